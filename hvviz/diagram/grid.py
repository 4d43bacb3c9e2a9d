"""A rectangle of cells, each a character and a role, with lines that join where they meet."""

import unicodedata

from hvviz.diagram.glyphs import Tier, glyph, line_char
from hvviz.diagram.roles import Token, role

UP, RIGHT, DOWN, LEFT = 0, 1, 2, 3


def width_of(text: str) -> int:
    """Cells that ``text`` takes."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def shorten(text: str, width: int, tier: Tier) -> str:
    """``text`` within ``width`` cells; what is cut off leaves an ellipsis."""
    if width <= 0:
        return ""
    if width_of(text) <= width:
        return text
    kept = ""
    for char in text:
        if width_of(kept + char) > width - 1:
            break
        kept += char
    return kept + glyph("ellipsis", tier)


class Grid:
    """``width`` by ``height`` cells. Writing outside is clipped."""

    def __init__(self, width: int, height: int, tier: Tier = Tier.FULL) -> None:
        self.width = width
        self.height = height
        self.tier = tier
        self._chars = [[" "] * width for _ in range(height)]
        self._roles = [[0] * width for _ in range(height)]
        self._arms: dict[tuple[int, int], list[int]] = {}

    def char(self, x: int, y: int) -> str:
        return self._chars[y][x]

    def role(self, x: int, y: int) -> int:
        return self._roles[y][x]

    def put(self, x: int, y: int, char: str, role: int) -> None:
        """Write one cell."""
        if 0 <= x < self.width and 0 <= y < self.height:
            self._chars[y][x] = char
            self._roles[y][x] = role

    def paint(self, x: int, y: int, role: int) -> None:
        """Give a cell another role and leave its character."""
        if 0 <= x < self.width and 0 <= y < self.height:
            self._roles[y][x] = role

    def write(self, x: int, y: int, text: str, role: int, width: int | None = None) -> int:
        """Write ``text``, shortened to ``width`` where given; returns the cells that it took."""
        room = self.width - x if width is None else min(width, self.width - x)
        shown = shorten(text, room, self.tier)
        taken = 0
        for char in shown:
            cells = width_of(char)
            self.put(x + taken, y, char, role)
            if cells == 2:
                self.put(x + taken + 1, y, "", role)
            taken += cells
        return taken

    def clear(self, x: int, y: int, width: int, height: int) -> None:
        """Empty a rectangle."""
        for row in range(max(0, y), min(self.height, y + height)):
            for column in range(max(0, x), min(self.width, x + width)):
                self._chars[row][column] = " "
                self._roles[row][column] = 0
                self._arms.pop((column, row), None)

    def line(self, x1: int, y1: int, x2: int, y2: int, weight: int, role: int) -> None:
        """A straight line, which joins what it meets."""
        if x1 == x2:
            low, high = sorted((y1, y2))
            for y in range(low, high + 1):
                self._join(x1, y, (UP,) if y == high and y > low else (DOWN,) if y == low else (UP, DOWN), weight, role)
        else:
            low, high = sorted((x1, x2))
            for x in range(low, high + 1):
                self._join(x, y1, (LEFT,) if x == high else (RIGHT,) if x == low else (LEFT, RIGHT), weight, role)

    def _join(self, x: int, y: int, sides: tuple[int, ...], weight: int, role: int) -> None:
        if not (0 <= x < self.width and 0 <= y < self.height):
            return
        arms = self._arms.setdefault((x, y), [0, 0, 0, 0])
        for side in sides:
            arms[side] = weight
        up, right, down, left = arms
        self._chars[y][x] = line_char((up, right, down, left), self.tier)
        self._roles[y][x] = role

    def box(self, x: int, y: int, width: int, height: int, weight: int, role: int) -> None:
        """A box of lines."""
        if width < 2 or height < 2:
            return
        self.line(x, y, x + width - 1, y, weight, role)
        self.line(x, y + height - 1, x + width - 1, y + height - 1, weight, role)
        self.line(x, y, x, y + height - 1, weight, role)
        self.line(x + width - 1, y, x + width - 1, y + height - 1, weight, role)

    def runs(self, y: int) -> list[tuple[str, int]]:
        """A row as pieces of one role each."""
        chars, roles = self._chars[y], self._roles[y]
        found: list[tuple[str, int]] = []
        start = 0
        for x in range(1, self.width + 1):
            if x == self.width or roles[x] != roles[start]:
                found.append(("".join(chars[start:x]), roles[start]))
                start = x
        return found

    def row_text(self, y: int) -> str:
        return "".join(self._chars[y])

    def text(self) -> str:
        """All rows, without what is blank at their ends."""
        return "\n".join(self.row_text(y).rstrip() for y in range(self.height))

    def changed(self, previous: "Grid | None") -> list[tuple[int, int, int]]:
        """Rows that differ from ``previous`` as (y, first x, end x); all of them where its size is another."""
        if previous is None or (previous.width, previous.height) != (self.width, self.height):
            return [(y, 0, self.width) for y in range(self.height)]
        found = []
        for y in range(self.height):
            if self._chars[y] == previous._chars[y] and self._roles[y] == previous._roles[y]:
                continue
            differing = [
                x
                for x in range(self.width)
                if self._chars[y][x] != previous._chars[y][x] or self._roles[y][x] != previous._roles[y][x]
            ]
            found.append((y, differing[0], differing[-1] + 1))
        return found

    def dim(self, emphasis: int, keep: set[tuple[int, int]]) -> None:
        """Give every cell outside ``keep`` the emphasis ``emphasis``, where it has none yet."""
        for y in range(self.height):
            roles = self._roles[y]
            for x in range(self.width):
                if roles[x] and not roles[x] & 7 and (x, y) not in keep:
                    roles[x] |= emphasis

    def paste(self, x: int, y: int, other: "Grid") -> None:
        """Write another grid over this one."""
        for row in range(other.height):
            for column in range(other.width):
                self.put(x + column, y + row, other.char(column, row), other.role(column, row))

    def bar(self, x: int, y: int, width: int, share: float, token: Token, emphasis: int = 0) -> None:
        """A gauge that is filled to ``share``."""
        filled = round(max(0.0, min(1.0, share)) * width)
        full, empty = glyph("full-bar", self.tier), glyph("empty-bar", self.tier)
        for column in range(width):
            if column < filled:
                self.put(x + column, y, full, role(token, emphasis))
            else:
                self.put(x + column, y, empty, role(Token.TRACK, emphasis))
