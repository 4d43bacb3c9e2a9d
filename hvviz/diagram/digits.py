"""Digits three rows high, for the one number that matters."""

from hvviz.diagram.glyphs import Tier
from hvviz.diagram.grid import Grid
from hvviz.diagram.roles import Emphasis, Token, role

_BLOCKS = {
    "0": ("█▀█", "█ █", "▀▀▀"),
    "1": ("▄█ ", " █ ", "▀▀▀"),
    "2": ("▀▀█", "█▀▀", "▀▀▀"),
    "3": ("▀▀█", " ▀█", "▀▀▀"),
    "4": ("█ █", "▀▀█", "  ▀"),
    "5": ("█▀▀", "▀▀█", "▀▀▀"),
    "6": ("█▀▀", "█▀█", "▀▀▀"),
    "7": ("▀▀█", "  █", "  ▀"),
    "8": ("█▀█", "█▀█", "▀▀▀"),
    "9": ("█▀█", "▀▀█", "▀▀▀"),
    ".": (" ", " ", "▀"),
    ":": ("▄", "▄", " "),
    " ": (" ", " ", " "),
}
_PLAIN = {
    "0": (" _ ", "| |", "|_|"),
    "1": ("   ", "  |", "  |"),
    "2": (" _ ", " _|", "|_ "),
    "3": (" _ ", " _|", " _|"),
    "4": ("   ", "|_|", "  |"),
    "5": (" _ ", "|_ ", " _|"),
    "6": (" _ ", "|_ ", "|_|"),
    "7": (" _ ", "  |", "  |"),
    "8": (" _ ", "|_|", "|_|"),
    "9": (" _ ", "|_|", " _|"),
    ".": (" ", " ", "."),
    ":": (" ", ".", "."),
    " ": (" ", " ", " "),
}


def big_digits(text: str, tier: Tier, token: Token = Token.BLACKOUT, emphasis: Emphasis = Emphasis.LIT) -> Grid:
    """``text`` in three rows. Letters, such as a unit, stand at their own size in the last row."""
    font = _PLAIN if tier is Tier.ASCII else _BLOCKS
    rows = ["", "", ""]
    for number, character in enumerate(text):
        shape = font.get(character, (" ", " ", character))
        gap = " " if number and character in font and text[number - 1] in font else ""
        for row in range(3):
            rows[row] += gap + shape[row]
    grid = Grid(max(len(row) for row in rows), 3, tier)
    for row in range(3):
        grid.write(0, row, rows[row], role(token, emphasis))
    return grid


def digits_width(text: str) -> int:
    """How many cells `big_digits` needs for ``text``."""
    return big_digits(text, Tier.FULL).width
