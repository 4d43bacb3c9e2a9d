"""Every glyph in three tiers: plain ASCII, the characters that old Windows fonts have, and the full set."""

import unicodedata
from enum import StrEnum
from functools import cache


class Tier(StrEnum):
    ASCII = "ascii"
    WGL4 = "wgl4"
    FULL = "full"


_GLYPHS: dict[str, tuple[str, str, str]] = {
    "running": ("*", "■", "▣"),
    "suspended": ("=", "▒", "▨"),
    "saved": ("s", "□", "◫"),
    "off": ("o", "□", "□"),
    "paused": ('"', "▌", "▥"),
    "shell": ("~", "▒", "▒"),
    "file": ("#", "≡", "▤"),
    "folder": ("%", "∩", "▱"),
    "link": (">", "→", "↳"),
    "client": ("o", "○", "○"),
    "lost": ("x", "×", "✗"),
    "done": ("v", "√", "✓"),
    "failed": ("x", "×", "✗"),
    "live": ("*", "●", "●"),
    "pending": (".", "○", "○"),
    "memory": ("@", "●", "●"),
    "storage": ("#", "■", "■"),
    "state": ("#", "■", "■"),
    "control": ("+", "♦", "◆"),
    "background": (".", "·", "·"),
    "right": (">", "►", "▶"),
    "left": ("<", "◄", "◀"),
    "down": ("v", "▼", "▼"),
    "up": ("^", "▲", "▲"),
    "full-bar": ("#", "█", "█"),
    "dirty-bar": ("+", "▓", "▓"),
    "empty-bar": (".", "░", "░"),
    "playhead": ("|", "│", "┃"),
    "ellipsis": ("~", "…", "…"),
    "arrow": ("->", "→", "→"),
    "dot": (".", "·", "·"),
    "target": (":", "│", "┊"),
    "joint": ("-", "─", "─"),
}


def glyph(name: str, tier: Tier) -> str:
    """The glyph called ``name`` in ``tier``."""
    return _GLYPHS[name][_INDEX[tier]]


_INDEX = {Tier.ASCII: 0, Tier.WGL4: 1, Tier.FULL: 2}

LIGHT, HEAVY, DOUBLE, DASHED = 1, 2, 3, 4
_WEIGHTS = {"LIGHT": LIGHT, "SINGLE": LIGHT, "HEAVY": HEAVY, "DOUBLE": DOUBLE}
_SIDES = {"UP": "u", "DOWN": "d", "LEFT": "l", "RIGHT": "r", "VERTICAL": "ud", "HORIZONTAL": "lr"}
_ROUND = {"┌": "╭", "┐": "╮", "└": "╰", "┘": "╯"}


@cache
def _table() -> dict[tuple[int, int, int, int], str]:
    """Box-drawing characters by the weights of their arms (up, right, down, left), from their Unicode names."""
    table: dict[tuple[int, int, int, int], str] = {}
    for code in range(0x2500, 0x2580):
        words = unicodedata.name(chr(code)).removeprefix("BOX DRAWINGS ").split()
        if any(word in ("DASH", "ARC", "DIAGONAL") for word in words):
            continue
        arms: dict[str, int] = {}
        if words[0] in _WEIGHTS:
            weight = 0
            for word in words:
                weight = _WEIGHTS.get(word, weight)
                for side in _SIDES.get(word, ""):
                    arms[side] = weight
        else:
            waiting: list[str] = []
            for word in words:
                waiting += _SIDES.get(word, "")
                if word in _WEIGHTS:
                    arms |= dict.fromkeys(waiting, _WEIGHTS[word])
                    waiting = []
        key = (arms.get("u", 0), arms.get("r", 0), arms.get("d", 0), arms.get("l", 0))
        table.setdefault(key, chr(code))
    return table


@cache
def line_char(arms: tuple[int, int, int, int], tier: Tier) -> str:
    """The character whose arms have these weights, as near as ``tier`` comes."""
    dashed = DASHED in arms
    if tier is Tier.ASCII:
        up, right, down, left = arms
        if (up or down) and (left or right):
            return "+"
        if up or down:
            return ":" if dashed else "|"
        return "=" if DOUBLE in arms else ("." if dashed else "-")
    if dashed and tier is Tier.FULL:
        if arms[0] == arms[2] == DASHED and not (arms[1] or arms[3]):
            return "┆"
        if arms[1] == arms[3] == DASHED and not (arms[0] or arms[2]):
            return "┄"
    if tier is Tier.WGL4 and sum(1 for weight in arms if weight) == 1:
        arms = (arms[0] or arms[2], arms[1] or arms[3], arms[0] or arms[2], arms[1] or arms[3])
    light = (DASHED, HEAVY) if tier is Tier.WGL4 else (DASHED,)
    up, right, down, left = (LIGHT if weight in light else weight for weight in arms)
    table = _table()
    found = table.get((up, right, down, left))
    if found is None:
        up, right, down, left = (LIGHT if weight else 0 for weight in arms)
        found = table.get((up, right, down, left), " ")
    if dashed and tier is Tier.FULL and all(weight in (0, DASHED) for weight in arms):
        return _ROUND.get(found, found)
    return found
