"""Seconds to columns and back: even time, a window of it, or each phase as wide as any other."""

from bisect import bisect_right
from dataclasses import dataclass

from hvviz import units
from hvviz.trace.trace import Trace

LABEL_WIDTH = 12
_MOST_OPERATIONS = 20
_SAME_S = 1e-6
_STEPS = (1.0, 2.0, 5.0)
_LONG_STEPS_S = (60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 21600.0, 86400.0)
_TICK_WIDTH = 9


@dataclass(frozen=True, slots=True)
class Timescale:
    """``width`` columns after a label of ``label_width``.

    ``bounds_s`` are the edges of parts that are equally wide, in even time the first and the last second alone.
    """

    width: int
    bounds_s: tuple[float, ...]
    label_width: int = LABEL_WIDTH

    @classmethod
    def plain(cls, trace: Trace, width: int, start_s: float | None = None, end_s: float | None = None) -> "Timescale":
        """Even time from ``start_s`` to ``end_s``, all of the run where not given."""
        first_s = 0.0 if start_s is None else start_s
        last_s = trace.end_s if end_s is None else end_s
        return cls(max(2, width - LABEL_WIDTH), (first_s, max(last_s, first_s + _SAME_S)))

    @classmethod
    def equal(cls, trace: Trace, width: int) -> "Timescale":
        """Each phase as wide as any other, so that a blackout of a moment can be seen beside a long copy."""
        moments = {0.0, trace.end_s}
        for operation in list(trace.operations.values())[:_MOST_OPERATIONS]:
            for phase in operation.phases:
                moments.add(phase.start_s)
                if phase.end_s is not None:
                    moments.add(phase.end_s)
        bounds: list[float] = []
        for moment_s in sorted(moments):
            if not bounds or moment_s > bounds[-1] + _SAME_S:
                bounds.append(moment_s)
        return cls(max(2, width - LABEL_WIDTH), tuple(bounds) if len(bounds) > 1 else (0.0, 1.0))

    def x_of(self, time_s: float) -> int:
        """The column of a time, within the bars; times outside are at the nearest end."""
        bounds = self.bounds_s
        if time_s <= bounds[0]:
            return 0
        if time_s >= bounds[-1]:
            return self.width - 1
        index = bisect_right(bounds, time_s) - 1
        share = (time_s - bounds[index]) / (bounds[index + 1] - bounds[index])
        return int((index + share) / (len(bounds) - 1) * (self.width - 1))

    def time_at(self, x: float) -> float:
        """The time of a column within the bars; columns outside are at the nearest end."""
        bounds = self.bounds_s
        place = max(0.0, min(1.0, x / max(1, self.width - 1))) * (len(bounds) - 1)
        index = min(int(place), len(bounds) - 2)
        return bounds[index] + (place - index) * (bounds[index + 1] - bounds[index])

    def shows(self, start_s: float, end_s: float) -> bool:
        """Whether any of a span is within the window."""
        return end_s >= self.bounds_s[0] and start_s <= self.bounds_s[-1]

    def ticks(self) -> list[tuple[int, str]]:
        """Columns and what to write there, with room for each: round times, or the bounds of the phases."""
        bounds = self.bounds_s
        if len(bounds) > 2:
            times = list(bounds)
        else:
            step_s = _round_step((bounds[-1] - bounds[0]) / max(1, self.width // 12))
            first = int(bounds[0] / step_s + 1 - 1e-9)
            count = int((bounds[-1] - first * step_s) / step_s + 1e-9)
            times = [(first + number) * step_s for number in range(count + 1)]
        found: list[tuple[int, str]] = []
        for time_s in times:
            x, text = self.x_of(time_s), units.show_time(time_s) if time_s else "0"
            if x + len(text) <= self.width and (
                not found or x >= found[-1][0] + max(_TICK_WIDTH, len(found[-1][1]) + 2)
            ):
                found.append((x, text))
        return found


def _round_step(least_s: float) -> float:
    """The smallest round step of at least ``least_s``: 1, 2 or 5 of a power of ten below a minute."""
    for step_s in _LONG_STEPS_S:
        if 30.0 < least_s <= step_s:
            return step_s
    power = 1e-6
    while True:
        for step in _STEPS:
            if step * power >= least_s:
                return step * power
        power *= 10.0
