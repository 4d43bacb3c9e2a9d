"""What a cell stands for, and how it stands out: one byte, which a theme turns into a style."""

from enum import IntEnum


class Token(IntEnum):
    """What a cell is part of."""

    BLANK = 0
    TEXT = 1
    MUTED = 2
    TITLE = 3
    CLUSTER = 4
    DOMAIN = 5
    HOST = 6
    VM = 7
    STILL = 8
    SHELL = 9
    STORAGE = 10
    FILE = 11
    LINK = 12
    NETWORK = 13
    WIRE = 14
    CLIENT = 15
    BAR = 16
    TRACK = 17
    MEMORY = 18
    DISK = 19
    STATE = 20
    CONTROL = 21
    TALK = 22
    BACKGROUND = 23
    DIRTY = 24
    DONE = 25
    FAULT = 26
    WARN = 27
    BLACKOUT = 28
    PLAYHEAD = 29
    PHASE = 30
    CPU = 31


class Emphasis(IntEnum):
    """How it stands out. GLOW1 to GLOW3 are the tail of a comet, fading into the wire."""

    NORMAL = 0
    DIM = 1
    LIT = 2
    SELECTED = 3
    INVERSE = 4
    GLOW1 = 5
    GLOW2 = 6
    GLOW3 = 7


TOKENS = tuple(Token)
EMPHASES = tuple(Emphasis)


def role(token: int, emphasis: int = 0) -> int:
    """Both in one byte."""
    return token << 3 | emphasis


def token_of(role: int) -> Token:
    return TOKENS[role >> 3]


def emphasis_of(role: int) -> Emphasis:
    return EMPHASES[role & 7]


def _with(emphasis: Emphasis, kept: tuple[Emphasis, ...]) -> bytes:
    return bytes(byte if byte & 7 in kept or byte < 8 else byte & ~7 | emphasis for byte in range(256))


DIMMED = _with(Emphasis.DIM, ())
"""A table for ``bytes.translate`` that lets every role recede."""

LIGHTED = _with(Emphasis.LIT, (Emphasis.INVERSE,))
"""A table for ``bytes.translate`` that lights every role."""

MARKED = bytes(byte & ~7 | Emphasis.SELECTED for byte in range(256))
"""A table for ``bytes.translate`` that puts every role under the cursor."""
