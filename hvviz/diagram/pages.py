"""The memory of a VM as a map: sent, left to send, written again since it was sent."""

import math
from functools import lru_cache

from hvviz.diagram.canvas import Rect
from hvviz.diagram.glyphs import Tier, glyph
from hvviz.diagram.grid import Grid
from hvviz.diagram.roles import Token, role
from hvviz.trace.records import Operation
from hvviz.trace.trace import Instant, MemoryAt


@lru_cache(maxsize=64)
def _scattered(count: int) -> tuple[int, ...]:
    """A fixed order of ``count`` cells that looks like chance: where a guest's writes fall, one after the other."""
    return tuple(sorted(range(count), key=_mixed))


def _mixed(number: int) -> int:
    """The number with its bits mixed, the same on every machine."""
    number = (number + 1) * 0x9E3779B1 & 0xFFFFFFFF
    number = (number ^ number >> 15) * 0x85EBCA77 & 0xFFFFFFFF
    return number ^ number >> 13


def cells_of(memory: MemoryAt, operation: Operation, count: int) -> list[str]:
    """For each of ``count`` cells, an equal part of what the first pass sends: ``sent``, ``left`` or ``again``.

    The first pass goes through memory from end to end, so that it is a front that moves; later passes send what was
    written meanwhile, wherever that lies. What is more than nothing has a cell.
    """
    total = max((each.bytes for each in operation.passes if each.index == 1), default=0.0)
    if total <= 0.0 or count <= 0:
        return ["sent"] * count

    def share(part_bytes: float) -> int:
        return min(count, math.ceil(count * part_bytes / total - 1e-9))

    again = share(memory.dirty_bytes)
    if memory.pass_index == 1:
        front = min(count, int(count * memory.sent_bytes / total + 1e-9))
        found = ["sent"] * front + ["left"] * (count - front)
        behind = [cell for cell in _scattered(count) if cell < front]
        for cell in behind[: min(again, len(behind))]:
            found[cell] = "again"
        return found
    found = ["sent"] * count
    order = _scattered(count)
    left = share(memory.left_bytes)
    for cell in order[:left]:
        found[cell] = "left"
    for cell in order[left : left + again]:
        found[cell] = "again"
    return found


_SOURCE = {
    "sent": ("page-sent", Token.MEMORY),
    "left": ("page-left", Token.TRACK),
    "again": ("page-again", Token.DIRTY),
}
_TARGET = {
    "sent": ("page-sent", Token.MEMORY),
    "left": ("page-left", Token.TRACK),
    "again": ("page-stale", Token.TRACK),
}


def draw_pages(grid: Grid, rect: Rect, memory: MemoryAt, operation: Operation, *, target: bool = False) -> None:
    """Draw the map into ``rect``, row by row: as the source knows it, or which pages the target has and how fresh."""
    look = {
        name: (glyph(sign, grid.tier), role(token)) for name, (sign, token) in (_TARGET if target else _SOURCE).items()
    }
    for number, cell in enumerate(cells_of(memory, operation, rect.width * rect.height)):
        char, ink = look[cell]
        grid.put(rect.x + number % rect.width, rect.y + number // rect.width, char, ink)


def page_map(instant: Instant, operation_id: str, width: int, height: int, tier: Tier) -> Grid:
    """A cell for so many pages, filled row by row; empty before the first pass."""
    grid = Grid(width, height, tier)
    operation = instant.trace.operations.get(operation_id)
    memory = None if operation is None else instant.memory(operation)
    if operation is not None and memory is not None:
        draw_pages(grid, Rect(0, 0, width, height), memory, operation)
    return grid


def received_share(memory: MemoryAt, operation: Operation) -> float:
    """How much of the VM's memory the target has in its latest version."""
    total = max((each.bytes for each in operation.passes if each.index == 1), default=0.0)
    if total <= 0.0:
        return 1.0
    missing = memory.left_bytes + (memory.dirty_bytes if not memory.final else 0.0)
    if memory.pass_index == 1:
        missing = memory.left_bytes
    return max(0.0, min(1.0, 1.0 - missing / total))
