"""Operations over time: a lane each, phases as bars, the blackout marked, a playhead."""

from dataclasses import dataclass

from hvviz import units
from hvviz.diagram.glyphs import Tier, glyph
from hvviz.diagram.grid import Grid, width_of
from hvviz.diagram.moment import stopped_since
from hvviz.diagram.roles import Emphasis, Token, role
from hvviz.trace.phases import phase_info
from hvviz.trace.records import Operation
from hvviz.trace.trace import Trace

_LABEL = 12
_TOKENS = {
    "memory-copy": Token.MEMORY,
    "mirror-copy": Token.DISK,
    "copy": Token.DISK,
    "save-state": Token.STATE,
    "restore-state": Token.STATE,
    "cutover": Token.BLACKOUT,
    "switch-over": Token.BLACKOUT,
    "resume": Token.BLACKOUT,
    "announce": Token.TALK,
    "start": Token.STATE,
}


@dataclass(frozen=True, slots=True)
class Timescale:
    """Columns to seconds and back. ``bounds_s`` are the edges of equal parts, the first and last only in plain time."""

    width: int
    bounds_s: tuple[float, ...]
    label_width: int = _LABEL

    @classmethod
    def plain(cls, trace: Trace, width: int, start_s: float | None = None, end_s: float | None = None) -> "Timescale":
        """Even time from ``start_s`` to ``end_s``, all of the run where not given."""
        last_s = trace.end_s if end_s is None else end_s
        first_s = 0.0 if start_s is None else start_s
        return cls(max(2, width - _LABEL), (first_s, max(last_s, first_s + 1e-6)))

    @classmethod
    def equal(cls, trace: Trace, width: int) -> "Timescale":
        """Each phase as wide as any other."""
        bounds = {0.0, trace.end_s}
        for operation in list(trace.operations.values())[:20]:
            for phase in operation.phases:
                bounds.add(phase.start_s)
                if phase.end_s is not None:
                    bounds.add(phase.end_s)
        ordered = tuple(sorted(bounds))
        return cls(max(2, width - _LABEL), ordered if len(ordered) > 1 else (0.0, 1.0))

    def x_of(self, time_s: float) -> int:
        """The column of a time, within the bars."""
        bounds = self.bounds_s
        if time_s <= bounds[0]:
            return 0
        if time_s >= bounds[-1]:
            return self.width - 1
        index = max(number for number in range(len(bounds) - 1) if bounds[number] <= time_s)
        share = (time_s - bounds[index]) / (bounds[index + 1] - bounds[index])
        return int((index + share) / (len(bounds) - 1) * (self.width - 1))

    def time_at(self, x: float) -> float:
        """The time of a column within the bars."""
        bounds = self.bounds_s
        place = max(0.0, min(1.0, x / max(1, self.width - 1))) * (len(bounds) - 1)
        index = min(int(place), len(bounds) - 2)
        return bounds[index] + (place - index) * (bounds[index + 1] - bounds[index])


def lanes_needed(trace: Trace) -> int:
    """Lanes for every operation that has phases."""
    return sum(bool(operation.phases) for operation in trace.operations.values())


def _lanes(trace: Trace) -> list[Operation]:
    return [operation for operation in trace.operations.values() if operation.phases]


def gantt(
    trace: Trace,
    time_s: float,
    width: int,
    height: int,
    tier: Tier,
    scale: Timescale | None = None,
    selected: str | None = None,
    first_lane: int = 0,
) -> Grid:
    """Lanes and a time axis; with one row, a scrubber alone."""
    grid = Grid(width, height, tier)
    scale = scale or Timescale.plain(trace, width)
    lanes = _lanes(trace)[first_lane : first_lane + max(1, height - 1)]
    rows = height if height == 1 else height - 1
    for row, operation in enumerate(lanes[:rows]):
        _draw_lane(grid, row, operation, trace, scale, selected)
    if height > 1:
        _draw_axis(grid, height - 1, scale)
    x = scale.label_width + scale.x_of(time_s)
    for row in range(height):
        behind = grid.char(x, row) if x < width else " "
        mark = glyph("playhead", tier) if behind in (" ", "─", "-") or row == height - 1 else behind
        emphasis = Emphasis.LIT if mark != behind or behind == " " else Emphasis.SELECTED
        grid.put(x, row, mark, role(Token.PLAYHEAD, emphasis))
    return grid


def _draw_lane(
    grid: Grid, row: int, operation: Operation, trace: Trace, scale: Timescale, selected: str | None
) -> None:
    label = operation.vm or operation.id
    ink = role(Token.TITLE if operation.id == selected else Token.TEXT)
    grid.write(0, row, label, ink, scale.label_width - 1)
    left = scale.label_width
    for phase in operation.phases:
        end_s = trace.end_s if phase.end_s is None else phase.end_s
        if end_s < scale.bounds_s[0] or phase.start_s > scale.bounds_s[-1]:
            continue
        start, end = scale.x_of(phase.start_s), scale.x_of(end_s)
        token = _TOKENS.get(phase.id, Token.BAR)
        cells = max(1, end - start)
        for x in range(start, start + cells):
            grid.put(left + x, row, glyph("full-bar", grid.tier), role(token))
        title = phase_info(operation.kind, phase.id).title
        if width_of(title) + 2 <= cells:
            padded = title.center(cells)
            grid.write(left + start, row, padded, role(token, Emphasis.INVERSE), cells)
    first = stopped_since(operation, operation.phases[-1].start_s)
    last_s = scale.bounds_s[-1]
    if first is not None and operation.blackout_s and first <= last_s:
        x = scale.x_of(first)
        grid.put(left + x, row, glyph("down", grid.tier), role(Token.BLACKOUT, Emphasis.INVERSE))
    if operation.failure is not None and operation.ended_s is not None and operation.ended_s <= last_s:
        x = min(scale.width - 1, scale.x_of(operation.ended_s) + 1)
        grid.put(left + x, row, glyph("failed", grid.tier), role(Token.FAULT, Emphasis.LIT))


def _draw_axis(grid: Grid, row: int, scale: Timescale) -> None:
    left = scale.label_width
    for x in range(scale.width):
        grid.put(left + x, row, glyph("joint", grid.tier), role(Token.TRACK))
    step = max(10, scale.width // 6)
    for x in range(0, scale.width - 6, step):
        text = units.show_time(scale.time_at(x)) if x else "0"
        grid.write(left + x, row, f"{text} ", role(Token.MUTED))


def gantt_hit(
    trace: Trace, x: int, y: int, width: int, height: int, scale: Timescale | None = None, first_lane: int = 0
) -> tuple[str | None, str | None, float | None]:
    """Operation, phase and time at a cell; time is None left of the bars."""
    scale = scale or Timescale.plain(trace, width)
    lanes = _lanes(trace)[first_lane:]
    operation = lanes[y] if 0 <= y < len(lanes) and (y < height - 1 or height == 1) else None
    if x < scale.label_width:
        return (None if operation is None else operation.id), None, None
    time_s = scale.time_at(x - scale.label_width)
    phase = None
    if operation is not None:
        for each in operation.phases:
            end_s = trace.end_s if each.end_s is None else each.end_s
            if each.start_s <= time_s <= end_s:
                phase = each.id
    return (None if operation is None else operation.id), phase, time_s
