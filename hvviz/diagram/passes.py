"""The passes of a memory copy as bars, with the target that the last one has to come under."""

from hvviz import units
from hvviz.diagram.glyphs import Tier, glyph
from hvviz.diagram.grid import Grid
from hvviz.diagram.roles import Emphasis, Token, role
from hvviz.trace.trace import Trace


def pass_table(trace: Trace, operation_id: str, time_s: float, width: int, height: int, tier: Tier) -> Grid:
    """A row a pass that has begun: bar, bytes, seconds; then what the rule decides by."""
    grid = Grid(width, height, tier)
    operation = trace.operations.get(operation_id)
    begun = [] if operation is None else [each for each in operation.passes if each.start_s <= time_s]
    if operation is None or not begun:
        grid.write(0, 0, "No pass yet.", role(Token.MUTED), width)
        return grid
    largest = max(each.bytes for each in operation.passes) or 1.0
    rows = begun[-max(1, height - 1) :]
    bar = max(4, width - 28)
    for row, each in enumerate(rows):
        done = each.end_s is not None and each.end_s <= time_s
        name = "stopped" if each.final else f"pass {each.index}"
        token = Token.BLACKOUT if each.final else Token.MEMORY
        grid.write(0, row, name, role(Token.TEXT if done else Token.PHASE, 0 if done else Emphasis.LIT), 8)
        cells = max(1, round(bar * each.bytes / largest))
        for x in range(cells):
            grid.put(8 + x, row, glyph("full-bar", tier), role(token))
        lasted = "" if not done or each.end_s is None else units.show_time(each.end_s - each.start_s)
        grid.write(9 + bar, row, f"{units.show_bytes(each.bytes):>9} {lasted:>8}", role(Token.TEXT), width - bar - 9)
    if height > len(rows):
        last = begun[-1]
        text = f"stop if no more than {units.show_bytes(last.threshold_bytes)} is left"
        if operation.forced and last.final:
            text = "forced by the limit of passes"
        grid.write(0, len(rows), text, role(Token.WARN if operation.forced and last.final else Token.MUTED), width)
    return grid
