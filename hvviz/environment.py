"""What the terminal can do, decided from facts that are handed in: nothing here reads the environment itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Glyphs(StrEnum):
    """Which characters the terminal's font is sure to have, fewest first."""

    ASCII = "ascii"
    WGL4 = "wgl4"
    FULL = "full"


class Colours(StrEnum):
    NONE = "none"
    SIXTEEN = "16"
    PALETTE = "256"
    TRUE = "truecolor"


class MotionLevel(StrEnum):
    """``reduced`` repaints five times a second and draws no trails; ``off`` draws still pictures only."""

    FULL = "full"
    REDUCED = "reduced"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What to draw with. ``obstacle`` is a sentence that says why no screen can be drawn here and what to do instead.

    ``accessible`` asks for sequential text. ``reasons`` has one sentence for each decision, for ``hvviz info``.
    """

    glyphs: Glyphs
    colours: Colours
    motion: MotionLevel
    accessible: bool = False
    obstacle: str | None = None
    reasons: tuple[str, ...] = ()

    @property
    def can_draw(self) -> bool:
        return self.obstacle is None


_INSTEAD = "Read the lesson as text with 'hvviz tell SCENARIO', or print results with 'hvviz run SCENARIO'."
_TERMINALS_WITH_FEW_GLYPHS = ("vt100", "vt102", "vt220", "ansi", "cons25")


def capabilities(
    environ: Mapping[str, str],
    *,
    interactive: bool,
    encoding: str,
    platform: str,
    glyphs: str | None = None,
    motion: str | None = None,
) -> Capabilities:
    """Decide from the terminal's facts.

    ``interactive`` says that input and output are both a terminal; ``encoding`` is that of the output; ``platform``
    is `sys.platform`. ``glyphs`` and ``motion`` are what the user asked for, which wins, as do the variables
    ``HVVIZ_GLYPHS`` and ``HVVIZ_MOTION``; a word that is not known is passed over.
    """
    accessible = _is_set(environ, "ACCESSIBLE")
    chosen_glyphs, why_glyphs = _glyphs(environ, encoding, platform, glyphs)
    chosen_motion, why_motion = _motion(environ, motion, accessible)
    chosen_colours, why_colours = _colours(environ, platform)
    return Capabilities(
        glyphs=chosen_glyphs,
        colours=chosen_colours,
        motion=chosen_motion,
        accessible=accessible,
        obstacle=_obstacle(environ, interactive, platform),
        reasons=(
            f"Glyphs {chosen_glyphs}: {why_glyphs}",
            f"Colours {chosen_colours}: {why_colours}",
            f"Motion {chosen_motion}: {why_motion}",
        ),
    )


def _is_set(environ: Mapping[str, str], name: str) -> bool:
    """Whether a variable asks for something: set, not empty and not 0."""
    return environ.get(name, "") not in ("", "0")


def _is_utf(encoding: str) -> bool:
    return encoding.lower().replace("_", "-").startswith(("utf-8", "utf8", "utf-16", "utf16", "cp65001"))


def _obstacle(environ: Mapping[str, str], interactive: bool, platform: str) -> str | None:
    if not interactive and platform == "win32":
        return (
            "There is no console here to draw on: PowerShell remoting (Enter-PSSession, Invoke-Command), the ISE and "
            f"pipes have none. Start hvviz in Windows Terminal on this machine, or connect with ssh. {_INSTEAD}"
        )
    if not interactive:
        return f"Input or output is not a terminal, so no screen can be drawn. {_INSTEAD}"
    if platform == "win32":
        return None
    terminal = environ.get("TERM", "")
    if terminal in ("", "dumb", "unknown"):
        named = f"TERM is '{terminal}'" if terminal else "TERM is not set"
        return f"{named}: this terminal cannot place text on a screen. {_INSTEAD}"
    return None


def _glyphs(environ: Mapping[str, str], encoding: str, platform: str, asked: str | None) -> tuple[Glyphs, str]:
    for word, origin in ((asked, "asked for with --glyphs."), (environ.get("HVVIZ_GLYPHS"), "set by HVVIZ_GLYPHS.")):
        if word in tuple(Glyphs):
            return Glyphs(word), origin
    if not _is_utf(encoding):
        return Glyphs.ASCII, f"the output is encoded as {encoding or 'an unknown code page'}, not as UTF-8."
    terminal = environ.get("TERM", "")
    if platform == "win32":
        if _is_set(environ, "WT_SESSION"):
            return Glyphs.FULL, "this is Windows Terminal."
        if environ.get("TERM_PROGRAM") == "vscode":
            return Glyphs.FULL, "this is the terminal of Visual Studio Code."
        return Glyphs.WGL4, "the fonts of the Windows console have no more; Windows Terminal shows the full set."
    if terminal.startswith(_TERMINALS_WITH_FEW_GLYPHS):
        return Glyphs.ASCII, f"a {terminal} terminal has no more."
    if terminal == "linux":
        return Glyphs.WGL4, "the font of the Linux console has no more."
    return Glyphs.FULL, "the output is UTF-8 on a modern terminal."


def _colours(environ: Mapping[str, str], platform: str) -> tuple[Colours, str]:
    if environ.get("NO_COLOR", "") != "":
        return Colours.NONE, "NO_COLOR is set."
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return Colours.TRUE, "COLORTERM says so."
    if platform == "win32":
        return Colours.TRUE, "the Windows console has had them since 2017."
    if "256color" in environ.get("TERM", ""):
        return Colours.PALETTE, "TERM says so; COLORTERM does not say truecolor."
    return Colours.SIXTEEN, "neither TERM nor COLORTERM says that there are more."


def _motion(environ: Mapping[str, str], asked: str | None, accessible: bool) -> tuple[MotionLevel, str]:
    for word, origin in ((asked, "asked for with --motion."), (environ.get("HVVIZ_MOTION"), "set by HVVIZ_MOTION.")):
        if word in tuple(MotionLevel):
            return MotionLevel(word), origin
    if accessible:
        return MotionLevel.OFF, "ACCESSIBLE is set."
    if environ.get("SESSIONNAME", "").upper().startswith("RDP-"):
        return (
            MotionLevel.OFF,
            "a Remote Desktop session sends every repaint as a picture; --motion full moves all the same.",
        )
    return MotionLevel.FULL, "nothing speaks against it."
