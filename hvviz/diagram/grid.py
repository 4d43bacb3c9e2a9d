"""A rectangle of cells, each a character and a role."""

import re
import unicodedata
from functools import lru_cache

from hvviz.diagram.glyphs import Tier, bar_text, glyph
from hvviz.diagram.roles import DIMMED, Emphasis, Token, role

_RUN = re.compile(rb"(.)\1*", re.DOTALL)


@lru_cache(maxsize=4096)
def width_of(text: str) -> int:
    """Cells that ``text`` takes; a wide character takes two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


@lru_cache(maxsize=4096)
def shorten(text: str, width: int, tier: Tier) -> str:
    """``text`` within ``width`` cells; what is cut off leaves an ellipsis."""
    if width <= 0:
        return ""
    if width_of(text) <= width:
        return text
    kept, taken = "", 0
    for char in text:
        taken += width_of(char)
        if taken > width - 1:
            break
        kept += char
    return kept + glyph("ellipsis", tier)


class Grid:
    """``width`` by ``height`` cells. Writing outside is clipped.

    The cell after a wide character is empty. ``chars`` and ``roles`` are by row, for who paints many cells at once.
    """

    __slots__ = ("chars", "height", "roles", "tier", "width")

    def __init__(self, width: int, height: int, tier: Tier = Tier.FULL) -> None:
        self.width = width
        self.height = height
        self.tier = tier
        self.chars = [[" "] * width for _ in range(height)]
        self.roles = [bytearray(width) for _ in range(height)]

    def copy(self) -> "Grid":
        """The same cells, to be painted on."""
        twin = Grid.__new__(Grid)
        twin.width, twin.height, twin.tier = self.width, self.height, self.tier
        twin.chars = [row[:] for row in self.chars]
        twin.roles = [row[:] for row in self.roles]
        return twin

    def char(self, x: int, y: int) -> str:
        return self.chars[y][x]

    def role(self, x: int, y: int) -> int:
        return self.roles[y][x]

    def put(self, x: int, y: int, char: str, role: int) -> None:
        """Write one cell."""
        if 0 <= x < self.width and 0 <= y < self.height:
            self.chars[y][x] = char
            self.roles[y][x] = role

    def paint(self, x: int, y: int, role: int) -> None:
        """Give a cell another role and leave its character."""
        if 0 <= x < self.width and 0 <= y < self.height:
            self.roles[y][x] = role

    def write(self, x: int, y: int, text: str, role: int, width: int | None = None) -> int:
        """Write ``text``, shortened to ``width`` where given; returns the cells that it took."""
        room = self.width - x if width is None else min(width, self.width - x)
        if room <= 0 or x < 0 or not 0 <= y < self.height:
            return 0
        shown = shorten(text, room, self.tier)
        pieces = list(shown)
        if not shown.isascii():
            pieces = [cell for char in shown for cell in ((char, "") if width_of(char) == 2 else (char,))]
        end = x + len(pieces)
        self.chars[y][x:end] = pieces
        self.roles[y][x:end] = bytes((role,)) * len(pieces)
        return len(pieces)

    def clear(self, x: int, y: int, width: int, height: int) -> None:
        """Empty a rectangle."""
        left, right = max(0, x), min(self.width, x + width)
        for row in range(max(0, y), min(self.height, y + height)):
            self.chars[row][left:right] = [" "] * (right - left)
            self.roles[row][left:right] = bytes(right - left)

    def bar(self, x: int, y: int, width: int, share: float, token: Token, emphasis: Emphasis = Emphasis.NORMAL) -> None:
        """A gauge that is filled to ``share``, in parts of a cell where the tier has them."""
        text, filled = bar_text(share, width, self.tier)
        taken = self.write(x, y, text, role(Token.TRACK, emphasis), width)
        for column in range(x, x + min(filled, taken)):
            self.roles[y][column] = role(token, emphasis)

    def shade(self, x: int, y: int, width: int, height: int, table: bytes = DIMMED) -> None:
        """Change the roles of a rectangle by a table of `hvviz.diagram.roles`."""
        left, right = max(0, x), min(self.width, x + width)
        for row in range(max(0, y), min(self.height, y + height)):
            roles = self.roles[row]
            roles[left:right] = roles[left:right].translate(table)

    def restore(self, other: "Grid", x: int, y: int, width: int, height: int) -> None:
        """Take the roles of a rectangle from the same place of another grid."""
        left, right = max(0, x), min(self.width, x + width)
        for row in range(max(0, y), min(self.height, y + height)):
            self.roles[row][left:right] = other.roles[row][left:right]

    def paste(self, x: int, y: int, other: "Grid") -> None:
        """Write another grid over this one."""
        left, right = max(0, x), min(self.width, x + other.width)
        for row in range(max(0, -y), min(other.height, self.height - y)):
            if left < right:
                self.chars[y + row][left:right] = other.chars[row][left - x : right - x]
                self.roles[y + row][left:right] = other.roles[row][left - x : right - x]

    def runs(self, y: int) -> list[tuple[str, int]]:
        """A row as pieces of one role each."""
        chars, roles = self.chars[y], self.roles[y]
        found = []
        for match in _RUN.finditer(roles):
            start, end = match.span()
            found.append(("".join(chars[start:end]), roles[start]))
        return found

    def row_text(self, y: int) -> str:
        return "".join(self.chars[y])

    def text(self) -> str:
        """All rows, without what is blank at their ends."""
        return "\n".join(self.row_text(y).rstrip() for y in range(self.height))

    def changed(self, previous: "Grid | None") -> list[tuple[int, int, int]]:
        """Rows that differ from ``previous`` as (y, first x, end x); all of them where its size is another."""
        if previous is None or (previous.width, previous.height) != (self.width, self.height):
            return [(y, 0, self.width) for y in range(self.height)]
        found = []
        for y in range(self.height):
            chars, roles, old_chars, old_roles = self.chars[y], self.roles[y], previous.chars[y], previous.roles[y]
            if roles == old_roles and chars == old_chars:
                continue
            first, last = 0, self.width - 1
            while chars[first] == old_chars[first] and roles[first] == old_roles[first]:
                first += 1
            while chars[last] == old_chars[last] and roles[last] == old_roles[last]:
                last -= 1
            found.append((y, first, last + 1))
        return found
