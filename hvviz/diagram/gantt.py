"""Operations over time: a lane each, phases as labelled bars, passes and steps beneath, the blackout, a playhead."""

from hvviz import units
from hvviz.diagram.glyphs import Tier, glyph, plain
from hvviz.diagram.grid import Grid, width_of
from hvviz.diagram.moment import stopped_since
from hvviz.diagram.roles import Emphasis, Token, role
from hvviz.diagram.timescale import Timescale
from hvviz.trace.phases import phase_info
from hvviz.trace.records import Operation
from hvviz.trace.trace import Trace

__all__ = ["Timescale", "gantt", "gantt_hit", "lanes_needed"]

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
    "detect": Token.WARN,
    "arbitrate": Token.WARN,
    "transfer-link": Token.LINK,
}


def lanes_needed(trace: Trace) -> int:
    """Lanes for every operation that has phases."""
    return len(_lanes(trace))


def _lanes(trace: Trace) -> list[Operation]:
    return [operation for operation in trace.operations.values() if operation.phases]


def _rows_of_lane(trace: Trace, height: int) -> int:
    """Two where every lane can have a second row for its passes and steps."""
    return 2 if height - 1 >= 2 * lanes_needed(trace) > 0 else 1


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
    each = _rows_of_lane(trace, height)
    shown = max(1, height - 1) // each
    for number, operation in enumerate(_lanes(trace)[first_lane : first_lane + shown]):
        _draw_lane(grid, number * each, each, operation, trace, scale, selected)
    if height > 1:
        _draw_axis(grid, height - 1, scale)
    _draw_playhead(grid, scale.label_width + scale.x_of(time_s))
    return grid


def _draw_lane(
    grid: Grid, row: int, rows: int, operation: Operation, trace: Trace, scale: Timescale, selected: str | None
) -> None:
    chosen = operation.id == selected
    label = operation.vm or operation.id
    grid.write(0, row, label, role(Token.TITLE if chosen else Token.TEXT), scale.label_width - 1)
    if rows > 1:
        grid.write(0, row + 1, f"{operation.id} {operation.kind.value}", role(Token.MUTED), scale.label_width - 1)
    if operation.started_s is not None and operation.requested_s < operation.started_s:
        _bar(grid, row, scale, operation.requested_s, operation.started_s, Token.TRACK, ("waits",), "empty-bar")
    for number, phase in enumerate(operation.phases):
        end_s = trace.end_s if phase.end_s is None else phase.end_s
        title = phase_info(operation.kind, phase.id).title
        sign = "full-bar" if number % 2 == 0 else "other-bar"
        _bar(grid, row, scale, phase.start_s, end_s, _TOKENS.get(phase.id, Token.BAR), (title, title.split()[0]), sign)
    if rows > 1:
        _draw_details(grid, row + 1, operation, trace, scale)
    stopped_s = _blackout_start(operation)
    if stopped_s is not None and scale.shows(stopped_s, stopped_s):
        x = scale.label_width + scale.x_of(stopped_s)
        grid.put(x, row, glyph("down", grid.tier), role(Token.BLACKOUT, Emphasis.INVERSE))
    ended_s = operation.ended_s
    if operation.failure is not None and ended_s is not None and scale.shows(ended_s, ended_s):
        x = scale.label_width + min(scale.width - 1, scale.x_of(ended_s) + 1)
        grid.put(x, row, glyph("failed", grid.tier), role(Token.FAULT, Emphasis.LIT))


def _blackout_start(operation: Operation) -> float | None:
    """When the VM began to stand still, None where it never did."""
    if not operation.blackout_s:
        return None
    for phase in operation.phases:
        since_s = stopped_since(operation, phase.start_s)
        if since_s is not None:
            return since_s
    return None


def _draw_details(grid: Grid, row: int, operation: Operation, trace: Trace, scale: Timescale) -> None:
    """Passes, steps, and the blackout as one bar under what it spans."""
    for each in operation.passes:
        end_s = trace.end_s if each.end_s is None else each.end_s
        if not each.final:
            sign = "full-bar" if each.index % 2 else "other-bar"
            size = units.show_bytes(each.bytes)
            texts = (f"pass {each.index}  {size}", f"pass {each.index}", f"{each.index}")
            _bar(grid, row, scale, each.start_s, end_s, Token.MEMORY, texts, sign)
    start_s = _blackout_start(operation)
    if start_s is not None and operation.blackout_s:
        lasted = units.show_time(operation.blackout_s)
        name = f"blackout {lasted}"
        end_s = start_s + operation.blackout_s
        cells = _bar(grid, row, scale, start_s, end_s, Token.BLACKOUT, (name, lasted), "full-bar")
        after = scale.label_width + scale.x_of(start_s) + cells + 1
        if cells < width_of(lasted) + 2 and scale.shows(start_s, start_s) and after + width_of(name) < grid.width:
            grid.write(after, row, name, role(Token.BLACKOUT))


def _bar(
    grid: Grid,
    row: int,
    scale: Timescale,
    start_s: float,
    end_s: float,
    token: Token,
    texts: tuple[str, ...],
    sign: str,
) -> int:
    """A bar with the first of ``texts`` that it has room for; returns its cells."""
    if not scale.shows(start_s, end_s):
        return 0
    start, end = scale.x_of(start_s), scale.x_of(end_s)
    if end_s >= scale.bounds_s[-1]:
        end = scale.width
    cells = max(1, end - start)
    left = scale.label_width + start
    grid.write(left, row, glyph(sign, grid.tier) * cells, role(token), cells)
    for text in texts:
        text = f" {plain(text, grid.tier)} "
        if width_of(text) <= cells:
            grid.write(left + (cells - width_of(text)) // 2, row, text, role(token, Emphasis.INVERSE))
            break
    return cells


def _draw_axis(grid: Grid, row: int, scale: Timescale) -> None:
    left = scale.label_width
    grid.write(left, row, glyph("joint", grid.tier) * scale.width, role(Token.TRACK), scale.width)
    for x, text in scale.ticks():
        grid.put(left + x, row, glyph("tick", grid.tier), role(Token.TRACK))
        grid.write(left + x + 1, row, plain(text, grid.tier), role(Token.MUTED))


def _draw_playhead(grid: Grid, x: int) -> None:
    """A line where nothing is; over a bar its colour alone, so that labels stay whole."""
    if not 0 <= x < grid.width:
        return
    bare = (" ", glyph("joint", grid.tier), glyph("tick", grid.tier))
    for row in range(grid.height):
        if grid.char(x, row) in bare or row == grid.height - 1:
            grid.put(x, row, glyph("playhead", grid.tier), role(Token.PLAYHEAD, Emphasis.LIT))
        else:
            grid.paint(x, row, role(Token.PLAYHEAD, Emphasis.SELECTED))


def gantt_hit(
    trace: Trace, x: int, y: int, width: int, height: int, scale: Timescale | None = None, first_lane: int = 0
) -> tuple[str | None, str | None, float | None]:
    """Operation, phase and time at a cell; time is None left of the bars."""
    scale = scale or Timescale.plain(trace, width)
    lanes = _lanes(trace)[first_lane:]
    lane = y // _rows_of_lane(trace, height)
    operation = lanes[lane] if 0 <= lane < len(lanes) and (y < height - 1 or height == 1) else None
    name = None if operation is None else operation.id
    if x < scale.label_width:
        return name, None, None
    time_s = scale.time_at(x - scale.label_width)
    phase = None
    for each in () if operation is None else operation.phases:
        end_s = trace.end_s if each.end_s is None else each.end_s
        if each.start_s <= time_s <= end_s:
            phase = each.id
    return name, phase, time_s
