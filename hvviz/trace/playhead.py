"""Where one looks at in a trace, and how it moves. There is no clock here: elapsed time is handed in."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

from hvviz.trace.trace import Instant, Trace

SPEEDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
COMFORTABLE_S = 60.0
EQUAL_SPAN_S = 4.0
EQUAL_TOTAL_S = 160.0


class Unit(StrEnum):
    """What one step is. ``event`` leaves out the ends of phases and steps, which nothing follows but the next start."""

    EVENT = "event"
    PASS = "pass"
    PHASE = "phase"


class Pace(StrEnum):
    """``clock``: simulated seconds at the speed. ``equal``: each phase takes the same time on screen."""

    CLOCK = "clock"
    EQUAL = "equal"


class Mark(NamedTuple):
    """A place to stop at: a time in seconds, and how many events have happened by then."""

    time_s: float
    position: int


_SILENT = frozenset({"phase.end", "step.end"})
_STOPS = {
    Unit.PASS: frozenset({"pass.started", "pass.ended"}),
    Unit.PHASE: frozenset({"phase.start", "operation.ended"}),
}


class Course:
    """The places of a trace where a playhead can stop, by unit. Made once for a trace."""

    __slots__ = ("bounds_s", "end", "stops")

    def __init__(self, trace: Trace) -> None:
        self.end = Mark(max(trace.end_s, trace.events[-1].time_s if trace.events else 0.0), len(trace.events))
        self.stops: dict[Unit, list[Mark]] = {}
        for unit in Unit:
            marks = {Mark(0.0, 0), self.end}
            for event in trace.events:
                kinds = _STOPS.get(unit)
                if event.kind not in _SILENT if kinds is None else event.kind in kinds:
                    marks.add(Mark(event.time_s, event.id + 1))
            self.stops[unit] = sorted(marks)
        bounds_s = {0.0, self.end.time_s}
        bounds_s.update(event.time_s for event in trace.events if event.kind in ("phase.start", "phase.end"))
        self.bounds_s = sorted(bounds_s)

    @property
    def span_s(self) -> float:
        """Seconds on screen for each phase in the equal pace; less where there are very many."""
        return min(EQUAL_SPAN_S, EQUAL_TOTAL_S / max(1, len(self.bounds_s) - 1))

    def to_equal(self, time_s: float) -> float:
        """Simulated seconds to seconds of the equal pace."""
        index = max(0, bisect_right(self.bounds_s, time_s) - 1)
        if index >= len(self.bounds_s) - 1:
            return (len(self.bounds_s) - 1) * self.span_s
        start_s, end_s = self.bounds_s[index], self.bounds_s[index + 1]
        return (index + (time_s - start_s) / (end_s - start_s)) * self.span_s

    def from_equal(self, paced_s: float) -> float:
        """Seconds of the equal pace to simulated seconds."""
        index = int(paced_s / self.span_s)
        if index >= len(self.bounds_s) - 1:
            return self.bounds_s[-1]
        start_s, end_s = self.bounds_s[index], self.bounds_s[index + 1]
        return start_s + (paced_s / self.span_s - index) * (end_s - start_s)


def fitting_speed(end_s: float) -> float:
    """The slowest speed of real time or faster at which a run of ``end_s`` is over within a minute."""
    for speed in SPEEDS:
        if speed >= 1.0 and end_s / speed <= COMFORTABLE_S:
            return speed
    return SPEEDS[-1]


@dataclass(frozen=True, slots=True)
class Playhead:
    """A place in a trace: ``time_s``, with the first ``position`` events done. Every move gives a new one."""

    trace: Trace
    course: Course = field(repr=False, compare=False)
    time_s: float = 0.0
    position: int = 0
    playing: bool = False
    speed: float = 1.0
    pace: Pace = Pace.CLOCK

    @classmethod
    def start(cls, trace: Trace) -> "Playhead":
        """At time zero, before the first event, at a speed that fits the length of the run."""
        course = Course(trace)
        return cls(trace, course, speed=fitting_speed(course.end.time_s))

    @property
    def mark(self) -> Mark:
        return Mark(self.time_s, self.position)

    @property
    def end(self) -> Mark:
        return self.course.end

    @property
    def at_start(self) -> bool:
        return self.mark <= Mark(0.0, 0)

    @property
    def at_end(self) -> bool:
        return self.mark >= self.end

    @property
    def instant(self) -> Instant:
        """The state of the run here."""
        return Instant(self.trace, self.time_s, self.position)

    @property
    def event(self) -> int | None:
        """The event that happened last, or None before the first."""
        return self.position - 1 if self.position else None

    def seek(self, time_s: float) -> "Playhead":
        """To ``time_s``, after every event of that time, kept within the run."""
        if time_s <= 0.0:
            return self.to(Mark(0.0, 0))
        if time_s >= self.end.time_s:
            return self.to(self.end)
        return self.to(Mark(time_s, self.trace.at(time_s).position))

    def seek_event(self, event: int) -> "Playhead":
        """Right after event number ``event``; -1 is the start. Raises IndexError where there is none."""
        if not -1 <= event < len(self.trace.events):
            raise IndexError(f"the run has no event {event}")
        return self.to(Mark(self.trace.events[event].time_s if event >= 0 else 0.0, event + 1))

    def to(self, mark: Mark) -> "Playhead":
        """To a mark of this trace."""
        return replace(self, time_s=mark.time_s, position=mark.position)

    def to_start(self) -> "Playhead":
        return self.to(Mark(0.0, 0))

    def to_end(self) -> "Playhead":
        return self.to(self.end)

    def next_stop(self, unit: Unit) -> Mark:
        """The next place to stop at; the end of the run where there is no other."""
        stops = self.course.stops[unit]
        index = bisect_right(stops, self.mark)
        return stops[index] if index < len(stops) else self.end

    def previous_stop(self, unit: Unit) -> Mark:
        """The place to stop at before this one; the start where there is no other."""
        index = bisect_left(self.course.stops[unit], self.mark)
        return self.course.stops[unit][index - 1] if index else Mark(0.0, 0)

    def next(self, unit: Unit) -> "Playhead":
        return self.to(self.next_stop(unit))

    def previous(self, unit: Unit) -> "Playhead":
        return self.to(self.previous_stop(unit))

    def play(self) -> "Playhead":
        """Playing; at the end it begins again from the start."""
        return replace(self.to_start() if self.at_end else self, playing=True)

    def pause(self) -> "Playhead":
        return replace(self, playing=False)

    def faster(self) -> "Playhead":
        """One speed up, at most 64 times."""
        return replace(self, speed=next((speed for speed in SPEEDS if speed > self.speed), SPEEDS[-1]))

    def slower(self) -> "Playhead":
        """One speed down, at least a twentieth."""
        return replace(self, speed=next((speed for speed in reversed(SPEEDS) if speed < self.speed), SPEEDS[0]))

    def at_pace(self, pace: Pace) -> "Playhead":
        return replace(self, pace=pace)

    def advance(self, elapsed_s: float, stop: Mark | None = None) -> "Playhead":
        """After ``elapsed_s`` seconds of a viewer's time. It stops, paused, at ``stop`` or at the end of the run."""
        if not self.playing:
            return self
        limit = self.end if stop is None else min(stop, self.end)
        time_s = self._moved(max(0.0, elapsed_s) * self.speed)
        if time_s >= limit.time_s:
            return replace(self.to(max(limit, self.mark)), playing=False)
        if time_s <= self.time_s:
            return self
        return self.to(Mark(time_s, self.trace.at(time_s).position))

    def _moved(self, by_s: float) -> float:
        if self.pace is Pace.CLOCK:
            return self.time_s + by_s
        return self.course.from_equal(self.course.to_equal(self.time_s) + by_s)
