"""Every glyph in three tiers: plain ASCII, the characters that old Windows fonts have, and the full set."""

from enum import StrEnum
from functools import lru_cache


class Tier(StrEnum):
    ASCII = "ascii"
    WGL4 = "wgl4"
    FULL = "full"


_GLYPHS: dict[str, tuple[str, str, str]] = {
    "running": ("@", "■", "▣"),
    "suspended": ("=", "▒", "▨"),
    "saved": ("s", "▬", "◫"),
    "off": ("-", "□", "□"),
    "paused": ('"', "▌", "▥"),
    "shell": (":", "░", "▒"),
    "file": ("=", "≡", "▤"),
    "folder": ("u", "∩", "▱"),
    "link": (">", "→", "↳"),
    "client": ("o", "○", "○"),
    "lost": ("x", "×", "✗"),
    "done": ("+", "√", "✓"),
    "failed": ("x", "×", "✗"),
    "live": ("*", "●", "●"),
    "pending": (".", "○", "○"),
    "memory": ("O", "●", "●"),
    "storage": ("#", "▪", "■"),
    "state": ("&", "◘", "◉"),
    "control": ("+", "♦", "◆"),
    "background": (".", "·", "·"),
    "right": (">", "►", "▶"),
    "left": ("<", "◄", "◀"),
    "down": ("v", "▼", "▼"),
    "up": ("^", "▲", "▲"),
    "mac": ("%", "◊", "◈"),
    "full-bar": ("#", "█", "█"),
    "dirty-bar": ("+", "▓", "▒"),
    "empty-bar": (".", "░", "░"),
    "page-sent": ("#", "■", "■"),
    "page-left": (".", "·", "·"),
    "page-again": ("%", "◊", "◆"),
    "page-stale": ("o", "□", "□"),
    "other-bar": ("=", "▓", "▓"),
    "tick": ("+", "┴", "┴"),
    "playhead": ("|", "│", "┃"),
    "ellipsis": ("~", "…", "…"),
    "arrow": (">", "→", "→"),
    "dot": ("-", "·", "·"),
    "target": (":", "│", "┊"),
    "joint": ("-", "─", "─"),
    "dash-across": (".", "-", "┄"),
    "dash-down": (":", "¦", "┆"),
    "minus": ("-", "-", "−"),
}

_PARTS = {Tier.ASCII: "#", Tier.WGL4: "▌█", Tier.FULL: "▏▎▍▌▋▊▉█"}
_PLAIN = {"≤": "<=", "×": "x", "·": "-", "−": "-", "–": "-", "…": "~", "µ": "u", "→": ">"}


def glyph(name: str, tier: Tier) -> str:
    """The glyph called ``name`` in ``tier``."""
    return _GLYPHS[name][_INDEX[tier]]


_INDEX = {Tier.ASCII: 0, Tier.WGL4: 1, Tier.FULL: 2}


@lru_cache(maxsize=4096)
def bar_text(share: float, width: int, tier: Tier) -> tuple[str, int]:
    """A bar ``width`` cells wide, and how many cells of it are filled, the last one perhaps in part.

    More than nothing always shows, and less than all always leaves a gap where the bar has more than one part.
    """
    parts = _PARTS[tier]
    count = round(max(0.0, min(1.0, share)) * width * len(parts))
    if share > 0.0:
        count = max(1, count)
    if share < 1.0 and width * len(parts) > 1:
        count = min(count, width * len(parts) - 1)
    whole, rest = divmod(max(0, count), len(parts))
    filled = parts[-1] * whole + (parts[rest - 1] if rest else "")
    filled = filled[:width]
    return filled + glyph("empty-bar", tier) * (width - len(filled)), len(filled)


def plain(text: str, tier: Tier) -> str:
    """``text`` with what ``tier`` lacks written otherwise."""
    if tier is not Tier.ASCII or text.isascii():
        return text
    for char, ascii_char in _PLAIN.items():
        text = text.replace(char, ascii_char)
    return text.encode("ascii", "replace").decode("ascii")
