"""The visual language in words."""

from hvviz.diagram.glyphs import Tier, glyph
from hvviz.diagram.grid import Grid
from hvviz.diagram.roles import Token, role

_ENTRIES = (
    ("running", "VM that runs", Token.VM),
    ("suspended", "VM that stands still", Token.STILL),
    ("saved", "VM whose memory is in a file", Token.STILL),
    ("off", "VM that is off", Token.STILL),
    ("shell", "shell that fills on the target", Token.SHELL),
    ("link", "link to the configuration", Token.LINK),
    ("file", "file on a storage", Token.FILE),
    ("memory", "memory on its way", Token.MEMORY),
    ("storage", "disk contents on their way", Token.DISK),
    ("client", "packets of a client", Token.TALK),
    ("lost", "packets that are lost", Token.FAULT),
    ("dirty-bar", "pages written again", Token.DIRTY),
)


def legend(width: int, tier: Tier) -> Grid:
    """A row for each thing."""
    grid = Grid(width, len(_ENTRIES), tier)
    for y, (name, words, token) in enumerate(_ENTRIES):
        grid.write(1, y, glyph(name, tier), role(token))
        grid.write(4, y, words, role(Token.TEXT), width - 4)
    return grid
