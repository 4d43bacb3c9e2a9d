"""Which character joins the lines that meet in a cell.

A cell's *mask* says for each of its four sides whether a line leaves there, and how heavy it is; two bits a side.
"""

from enum import IntEnum
from functools import lru_cache

from hvviz.diagram.glyphs import Tier


class Weight(IntEnum):
    NONE = 0
    LIGHT = 1
    HEAVY = 2
    DOUBLE = 3


UP, RIGHT, DOWN, LEFT = 0, 2, 4, 6
"""How far a side's two bits are shifted in a mask."""

STEP = {UP: (0, -1), RIGHT: (1, 0), DOWN: (0, 1), LEFT: (-1, 0)}
SIDE_OF = {step: side for side, step in STEP.items()}

_LIGHT_AND_HEAVY = " ╵╹╶└┖╺┕┗╷│╿┌├┞┍┝┡╻╽┃┎┟┠┏┢┣╴┘┚─┴┸╼┶┺┐┤┦┬┼╀┮┾╄┒┧┨┰╁╂┲╆╊╸┙┛╾┵┹━┷┻┑┥┩┭┽╃┯┿╇┓┪┫┱╅╉┳╈╋"
"""Indexed in base three, up being the lowest digit, then right, down and left."""

_WITH_DOUBLE = {
    (0, 3, 0, 3): "═",
    (3, 0, 3, 0): "║",
    (0, 3, 1, 0): "╒",
    (0, 1, 3, 0): "╓",
    (0, 3, 3, 0): "╔",
    (0, 0, 1, 3): "╕",
    (0, 0, 3, 1): "╖",
    (0, 0, 3, 3): "╗",
    (1, 3, 0, 0): "╘",
    (3, 1, 0, 0): "╙",
    (3, 3, 0, 0): "╚",
    (1, 0, 0, 3): "╛",
    (3, 0, 0, 1): "╜",
    (3, 0, 0, 3): "╝",
    (1, 3, 1, 0): "╞",
    (3, 1, 3, 0): "╟",
    (3, 3, 3, 0): "╠",
    (1, 0, 1, 3): "╡",
    (3, 0, 3, 1): "╢",
    (3, 0, 3, 3): "╣",
    (0, 3, 1, 3): "╤",
    (0, 1, 3, 1): "╥",
    (0, 3, 3, 3): "╦",
    (1, 3, 0, 3): "╧",
    (3, 1, 0, 1): "╨",
    (3, 3, 0, 3): "╩",
    (1, 3, 1, 3): "╪",
    (3, 1, 3, 1): "╫",
    (3, 3, 3, 3): "╬",
}
_ARCS = {(0, 1, 1, 0): "╭", (0, 0, 1, 1): "╮", (1, 1, 0, 0): "╰", (1, 0, 0, 1): "╯"}


def sides(mask: int) -> tuple[int, int, int, int]:
    """The weights up, right, down and left."""
    return mask & 3, mask >> 2 & 3, mask >> 4 & 3, mask >> 6 & 3


@lru_cache(maxsize=2048)
def join(mask: int, tier: Tier, rounded: bool = False) -> str:
    """The character for ``mask``. Where a tier lacks the exact one, the nearest that joins the same sides."""
    up, right, down, left = sides(mask)
    if mask == 0:
        return " "
    if not (right or left):
        up = down = max(up, down)
    if not (up or down):
        right = left = max(right, left)
    if tier is Tier.ASCII:
        return _ascii(up, right, down, left)
    if tier is Tier.WGL4:
        up, right, down, left = (3 if weight == 2 else weight for weight in (up, right, down, left))
        return _uniform(up, right, down, left)
    if 3 in (up, right, down, left):
        return _uniform(*(1 if weight == 2 else weight for weight in (up, right, down, left)))
    if rounded and (up, right, down, left) in _ARCS:
        return _ARCS[up, right, down, left]
    return _LIGHT_AND_HEAVY[up + 3 * right + 9 * down + 27 * left]


def _uniform(up: int, right: int, down: int, left: int) -> str:
    """Both vertical sides alike and both horizontal ones, since only such mixtures of single and double exist."""
    vertical, horizontal = max(up, down), max(right, left)
    up, down = (vertical if up else 0), (vertical if down else 0)
    right, left = (horizontal if right else 0), (horizontal if left else 0)
    if not horizontal:
        up = down = vertical
    if not vertical:
        right = left = horizontal
    if 3 in (vertical, horizontal):
        return _WITH_DOUBLE[up, right, down, left]
    return _LIGHT_AND_HEAVY[up + 3 * right + 9 * down + 27 * left]


def _ascii(up: int, right: int, down: int, left: int) -> str:
    weight = max(up, right, down, left)
    if not (up or down):
        return "-" if weight == Weight.LIGHT else "="
    if not (left or right):
        return "|" if weight == Weight.LIGHT else "#"
    return "#" if weight == Weight.DOUBLE else "+"
