"""Numbers three rows high."""

from hvviz.diagram.glyphs import Tier
from hvviz.diagram.grid import Grid
from hvviz.diagram.roles import Emphasis, Token, role

_LINES = {
    "0": ("┌─┐", "│ │", "└─┘"),
    "1": ("  ┐", "  │", "  ┴"),
    "2": ("╶─┐", "┌─┘", "└─╴"),
    "3": ("╶─┐", " ─┤", "╶─┘"),
    "4": ("╷ ╷", "└─┤", "  ╵"),
    "5": ("┌─╴", "└─┐", "╶─┘"),
    "6": ("┌─╴", "├─┐", "└─┘"),
    "7": ("╶─┐", "  │", "  ╵"),
    "8": ("┌─┐", "├─┤", "└─┘"),
    "9": ("┌─┐", "└─┤", "╶─┘"),
    ".": (" ", " ", "."),
    " ": (" ", " ", " "),
    "s": ("   ", "   ", " s "),
    "m": ("   ", "   ", "m"),
    "i": (" ", " ", "i"),
    "n": (" ", " ", "n"),
    "h": (" ", " ", "h"),
}
_PLAIN = str.maketrans({"╶": "─", "╴": "─", "╷": "│", "╵": "│"})
_ASCII = str.maketrans({"─": "-", "│": "|", **dict.fromkeys("┌┐└┘┴├┤", "+")})


def big_digits(text: str, tier: Tier, token: Token = Token.BLACKOUT, emphasis: Emphasis = Emphasis.LIT) -> Grid:
    """``text`` (digits, a point, a unit) in three rows."""
    columns = [_LINES.get(char, (char, char, char)) for char in text]
    rows = ["".join(column[row].ljust(len(column[0])) for column in columns) for row in range(3)]
    if tier is not Tier.FULL:
        rows = [row.translate(_PLAIN) for row in rows]
    if tier is Tier.ASCII:
        rows = [row.translate(_ASCII) for row in rows]
    grid = Grid(max(len(row) for row in rows), 3, tier)
    for y, row in enumerate(rows):
        grid.write(0, y, row, role(token, emphasis))
    return grid
