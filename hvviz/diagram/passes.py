"""The passes of a memory copy as bars, with the target that the last one has to come under."""

from hvviz import units
from hvviz.diagram.glyphs import Tier, bar_text, glyph, plain
from hvviz.diagram.grid import Grid
from hvviz.diagram.roles import Emphasis, Token, role
from hvviz.trace.records import Operation, Pass
from hvviz.trace.trace import Trace

_NAME = 9
_NUMBERS = 20


def pass_table(trace: Trace, operation_id: str, time_s: float, width: int, height: int, tier: Tier) -> Grid:
    """A row a pass that has begun: bar, bytes, seconds; last what the rule decides by, and how it decided.

    The bar of a pass fills as its bytes are sent. A mark in each bar's row is where the target lies: a pass whose bar
    stays right of it is followed by another.
    """
    grid = Grid(width, height, tier)
    operation = trace.operations.get(operation_id)
    begun = [] if operation is None else [each for each in operation.passes if each.start_s <= time_s]
    if operation is None or not begun:
        text = "No pass yet." if operation is None or operation.passes else "No memory is copied in passes."
        grid.write(0, 0, text, role(Token.MUTED), width)
        return grid
    largest = max(each.bytes for each in operation.passes) or 1.0
    rows = begun[-max(1, height - 1) :]
    room = max(4, width - _NAME - _NUMBERS)
    for row, each in enumerate(rows):
        _draw_pass(grid, row, each, trace, operation, time_s, largest, room)
    if height > len(rows):
        text, token = _decision(operation, begun[-1], time_s)
        grid.write(0, len(rows), plain(text, tier), role(token), width)
    return grid


def _draw_pass(
    grid: Grid, row: int, each: Pass, trace: Trace, operation: Operation, time_s: float, largest: float, room: int
) -> None:
    done = each.end_s is not None and each.end_s <= time_s
    name = "standing" if each.final else f"pass {each.index}"
    grid.write(0, row, name, role(Token.TEXT if done else Token.PHASE, 0 if done else Emphasis.LIT), _NAME - 1)
    token = Token.BLACKOUT if each.final else Token.MEMORY
    share = each.bytes / largest
    text, filled = bar_text(share, room, grid.tier)
    sent = 1.0
    if not done:
        memory = trace.at(time_s).memory(operation)
        sent = memory.sent_bytes / each.bytes if memory is not None and each.bytes > 0 else 0.0
    grid.write(_NAME, row, text[:filled], role(token, Emphasis.DIM if not done else Emphasis.NORMAL))
    for x in range(_NAME, _NAME + round(filled * sent)):
        grid.paint(x, row, role(token))
    mark = _NAME + round(room * min(1.0, each.threshold_bytes / largest))
    if not each.final and mark < _NAME + room:
        char = glyph("target", grid.tier) if grid.char(mark, row) == " " else grid.char(mark, row)
        grid.put(mark, row, char, role(Token.WARN, Emphasis.LIT))
    lasted = units.show_time(each.end_s - each.start_s) if done and each.end_s is not None else ""
    numbers = f"{units.show_bytes(each.bytes):>9} {lasted:>9}"
    grid.write(_NAME + room + 1, row, numbers, role(Token.TEXT), _NUMBERS - 1)


def _decision(operation: Operation, last: Pass, time_s: float) -> tuple[str, Token]:
    """What the stop rule says about the pass that was begun last."""
    if last.final:
        if operation.forced:
            return "the limit of passes forced the cutover: what was left came later than the target", Token.WARN
        return "what was left could be sent within the target: cutover", Token.DONE
    limit = units.show_bytes(last.threshold_bytes)
    if last.end_s is not None and last.end_s <= time_s:
        left = units.show_bytes(last.dirty_bytes)
        if last.dirty_bytes <= last.threshold_bytes:
            return f"{left} were written meanwhile, no more than {limit}: stop", Token.DONE
        return f"{left} were written meanwhile, more than {limit}: once more", Token.TEXT
    return f"stop once no more than {limit} is left", Token.MUTED
