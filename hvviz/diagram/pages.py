"""The memory of a VM as a map: sent, left to send, written again."""

import math

from hvviz.diagram.glyphs import Tier, glyph
from hvviz.diagram.grid import Grid
from hvviz.diagram.roles import Token, role
from hvviz.trace.trace import Instant


def page_map(instant: Instant, operation_id: str, width: int, height: int, tier: Tier) -> Grid:
    """A cell for so many pages, filled row by row."""
    grid = Grid(width, height, tier)
    operation = instant.trace.operations.get(operation_id)
    memory = None if operation is None else instant.memory(operation)
    if memory is None:
        return grid
    total = memory.sent_bytes + memory.left_bytes
    cells = width * height
    sent = round(cells * memory.sent_bytes / total) if total else cells
    again = min(sent, math.ceil(cells * memory.dirty_bytes / total)) if total else 0
    for cell in range(cells):
        if cell >= sent:
            char, token = glyph("empty-bar", tier), Token.TRACK
        elif cell >= sent - again:
            char, token = glyph("dirty-bar", tier), Token.DIRTY
        else:
            char, token = glyph("full-bar", tier), Token.MEMORY
        grid.put(cell % width, cell // width, char, role(token))
    return grid
