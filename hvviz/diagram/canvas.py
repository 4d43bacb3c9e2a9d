"""What stands still, as lines that know what they join: boxes, containers and wires, baked into a grid.

Lines are kept as masks until they are baked, so that a wire that ends in a border makes a junction there, and two
that cross make a crossing.
"""

from collections.abc import Sequence
from enum import Enum, auto
from typing import NamedTuple

from hvviz.diagram.glyphs import Tier, glyph
from hvviz.diagram.grid import Grid
from hvviz.diagram.lines import DOWN, LEFT, RIGHT, SIDE_OF, UP, Weight, join

Cell = tuple[int, int]

_DASHED, _ROUND = 1, 2


class Rect(NamedTuple):
    """A rectangle of cells."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The last column."""
        return self.x + self.width - 1

    @property
    def bottom(self) -> int:
        """The last row."""
        return self.y + self.height - 1

    @property
    def centre(self) -> Cell:
        return self.x + self.width // 2, self.y + self.height // 2

    def inner(self, across: int = 1, down: int = 1) -> "Rect":
        """Without a margin."""
        return Rect(self.x + across, self.y + down, max(0, self.width - 2 * across), max(0, self.height - 2 * down))

    def holds(self, x: int, y: int) -> bool:
        return self.x <= x <= self.right and self.y <= y <= self.bottom

    def meets(self, other: "Rect") -> bool:
        """Whether they share a cell."""
        return self.x <= other.right and other.x <= self.right and self.y <= other.bottom and other.y <= self.bottom


class Border(Enum):
    """How a box is drawn, which says what it is."""

    CARD = auto()
    STORE = auto()
    SWITCH = auto()
    CONTAINER = auto()
    SOLID = auto()
    GHOST = auto()


_WEIGHT = {
    Border.CARD: Weight.LIGHT,
    Border.STORE: Weight.DOUBLE,
    Border.SWITCH: Weight.HEAVY,
    Border.CONTAINER: Weight.LIGHT,
    Border.SOLID: Weight.LIGHT,
    Border.GHOST: Weight.LIGHT,
}
_FLAGS = {Border.CONTAINER: _DASHED, Border.GHOST: _DASHED, Border.SOLID: _ROUND}


class Canvas:
    """Lines by cell. Later strokes win the role of a cell; the heavier stroke wins a side."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self._masks = [bytearray(width) for _ in range(height)]
        self._flags = [bytearray(width) for _ in range(height)]
        self._roles = [bytearray(width) for _ in range(height)]

    def copy(self) -> "Canvas":
        twin = Canvas.__new__(Canvas)
        twin.width, twin.height = self.width, self.height
        twin._masks = [row[:] for row in self._masks]
        twin._flags = [row[:] for row in self._flags]
        twin._roles = [row[:] for row in self._roles]
        return twin

    def mask(self, x: int, y: int) -> int:
        return self._masks[y][x]

    def _join(self, x: int, y: int, side: int, weight: Weight) -> None:
        masks = self._masks[y]
        if masks[x] >> side & 3 < weight:
            masks[x] = masks[x] & ~(3 << side) | weight << side

    def wire(self, path: Sequence[Cell], byte: int, weight: Weight = Weight.LIGHT, *, ends: bool = True) -> None:
        """A line through neighbouring cells. With ``ends`` it takes the role of its first and last cell too."""
        last = len(path) - 1
        for number, (x, y) in enumerate(path):
            if not (0 <= x < self.width and 0 <= y < self.height):
                continue
            inner = 0 < number < last
            if inner or ends:
                self._roles[y][x] = byte
            if inner:
                self._flags[y][x] = self._flags[y][x] & ~_DASHED | _ROUND
            for other in (number - 1, number + 1):
                if 0 <= other <= last:
                    side = SIDE_OF[path[other][0] - x, path[other][1] - y]
                    self._join(x, y, side, weight)

    def box(self, rect: Rect, border: Border, byte: int) -> None:
        """The border of a box; its inside is left as it is."""
        weight = _WEIGHT[border]
        if rect.height == 1:
            self.wire([(x, rect.y) for x in range(rect.x, rect.right + 1)], byte, weight)
            return
        flag = _FLAGS.get(border, 0)
        for x in range(rect.x, rect.right + 1):
            for y in (rect.y, rect.bottom):
                if x > rect.x:
                    self._edge(x, y, LEFT, weight, byte, flag)
                if x < rect.right:
                    self._edge(x, y, RIGHT, weight, byte, flag)
        for y in range(rect.y, rect.bottom + 1):
            for x in (rect.x, rect.right):
                if y > rect.y:
                    self._edge(x, y, UP, weight, byte, flag)
                if y < rect.bottom:
                    self._edge(x, y, DOWN, weight, byte, flag)

    def _edge(self, x: int, y: int, side: int, weight: Weight, byte: int, flag: int) -> None:
        if 0 <= x < self.width and 0 <= y < self.height:
            self._join(x, y, side, weight)
            self._roles[y][x] = byte
            self._flags[y][x] = flag

    def bake(self, tier: Tier) -> Grid:
        """The characters of all that was drawn."""
        grid = Grid(self.width, self.height, tier)
        for y in range(self.height):
            masks, flags = self._masks[y], self._flags[y]
            row = grid.chars[y]
            for x, mask in enumerate(masks):
                if mask:
                    row[x] = character(mask, flags[x], tier)
            grid.roles[y][:] = self._roles[y]
        return grid


_ACROSS = Weight.LIGHT << LEFT | Weight.LIGHT << RIGHT
_DOWNWARDS = Weight.LIGHT << UP | Weight.LIGHT << DOWN


def character(mask: int, flags: int, tier: Tier) -> str:
    """The character of one cell; dashes are kept where nothing but the dashed line passes."""
    if flags & _DASHED:
        if mask == _ACROSS:
            return glyph("dash-across", tier)
        if mask == _DOWNWARDS:
            return glyph("dash-down", tier)
        return join(mask, tier, rounded=True)
    return join(mask, tier, bool(flags & _ROUND))
