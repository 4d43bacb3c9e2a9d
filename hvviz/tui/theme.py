"""The program's own themes, and the only place where a role of the diagram becomes a style.

The hues are those of Okabe and Ito, lightened on dark grounds and darkened on light ones until each keeps its
contrast. Kind and state are told by glyph and word as well, so colour adds to the picture and never carries it alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from rich.style import Style
from textual.theme import Theme

from hvviz.diagram.roles import Emphasis, Token, emphasis_of, token_of
from hvviz.tui.colour import blend, receded

TEXT_CONTRAST = 4.5
WIRE_CONTRAST = 3.0
LINE_TOKENS = frozenset({Token.WIRE, Token.TRACK})
FADED = frozenset({Emphasis.DIM, Emphasis.GLOW1, Emphasis.GLOW2, Emphasis.GLOW3})


@dataclass(frozen=True, slots=True)
class Palette:
    """A theme's colours, all ``#rrggbb``. ``faded_contrast`` is what dimmed things keep against the background."""

    name: str
    title: str
    dark: bool
    background: str
    surface: str
    panel: str
    cursor: str
    brightest: str
    tokens: Mapping[Token, str]
    faded_contrast: float = WIRE_CONTRAST


DARK = Palette(
    name="hvviz-dark",
    title="Dark",
    dark=True,
    background="#10141b",
    surface="#161c26",
    panel="#1f2733",
    cursor="#ffd75f",
    brightest="#ffffff",
    tokens={
        Token.BLANK: "#d8dee8",
        Token.TEXT: "#d8dee8",
        Token.MUTED: "#97a3b6",
        Token.TITLE: "#f4f7fb",
        Token.CLUSTER: "#8fa5c8",
        Token.DOMAIN: "#ab9bd0",
        Token.HOST: "#62b8ea",
        Token.VM: "#f2e65a",
        Token.STILL: "#c9bf9a",
        Token.SHELL: "#a9b4c4",
        Token.STORAGE: "#d597bd",
        Token.FILE: "#e3b9d1",
        Token.LINK: "#86d5c4",
        Token.NETWORK: "#4cc3a0",
        Token.WIRE: "#66738a",
        Token.CLIENT: "#b8cbe0",
        Token.BAR: "#4aa3d8",
        Token.TRACK: "#626e82",
        Token.MEMORY: "#f0a51e",
        Token.DISK: "#e58abb",
        Token.STATE: "#f6d860",
        Token.CONTROL: "#9ad4f5",
        Token.TALK: "#5bd3ae",
        Token.BACKGROUND: "#8793a6",
        Token.DIRTY: "#ff9466",
        Token.DONE: "#5cc9a0",
        Token.FAULT: "#f2603c",
        Token.WARN: "#f3c04b",
        Token.BLACKOUT: "#ff8fc7",
        Token.PLAYHEAD: "#ffffff",
        Token.PHASE: "#ffd75f",
        Token.CPU: "#a6d96a",
    },
)

LIGHT = Palette(
    name="hvviz-light",
    title="Light, for projectors",
    dark=False,
    background="#fdfcf8",
    surface="#f4f2ea",
    panel="#e9e6da",
    cursor="#004f86",
    brightest="#000000",
    tokens={
        Token.BLANK: "#1c2128",
        Token.TEXT: "#1c2128",
        Token.MUTED: "#555e6b",
        Token.TITLE: "#000000",
        Token.CLUSTER: "#46597a",
        Token.DOMAIN: "#5d4a8a",
        Token.HOST: "#005a94",
        Token.VM: "#6b4e00",
        Token.STILL: "#6a6250",
        Token.SHELL: "#5b6470",
        Token.STORAGE: "#8a3568",
        Token.FILE: "#7a3a60",
        Token.LINK: "#00645c",
        Token.NETWORK: "#006a4d",
        Token.WIRE: "#7d8794",
        Token.CLIENT: "#3d5470",
        Token.BAR: "#0068a8",
        Token.TRACK: "#858e9a",
        Token.MEMORY: "#995200",
        Token.DISK: "#a02c72",
        Token.STATE: "#7a5c00",
        Token.CONTROL: "#1a6690",
        Token.TALK: "#00704f",
        Token.BACKGROUND: "#626b78",
        Token.DIRTY: "#b03c00",
        Token.DONE: "#007451",
        Token.FAULT: "#8f1a00",
        Token.WARN: "#7d5a00",
        Token.BLACKOUT: "#a3005f",
        Token.PLAYHEAD: "#000000",
        Token.PHASE: "#4a3200",
        Token.CPU: "#4a6b00",
    },
)

HIGH_CONTRAST = Palette(
    name="hvviz-contrast",
    title="High contrast",
    dark=True,
    background="#000000",
    surface="#000000",
    panel="#1a1a1a",
    cursor="#ffff00",
    brightest="#ffffff",
    faded_contrast=TEXT_CONTRAST,
    tokens={
        **dict.fromkeys(Token, "#ffffff"),
        Token.MUTED: "#d0d0d0",
        Token.CLUSTER: "#c8d6f0",
        Token.DOMAIN: "#d8c8ff",
        Token.HOST: "#7fd0ff",
        Token.VM: "#ffff00",
        Token.STILL: "#e6dcae",
        Token.SHELL: "#d0d8e4",
        Token.STORAGE: "#ffb0dc",
        Token.FILE: "#ffd0ea",
        Token.LINK: "#90ffe6",
        Token.NETWORK: "#6affc4",
        Token.WIRE: "#a8b4c4",
        Token.BAR: "#7fd0ff",
        Token.TRACK: "#909ba8",
        Token.MEMORY: "#ffb733",
        Token.DISK: "#ff9ed6",
        Token.STATE: "#ffe97a",
        Token.CONTROL: "#b0e4ff",
        Token.TALK: "#6affc4",
        Token.BACKGROUND: "#b4bcc8",
        Token.DIRTY: "#ffb08a",
        Token.DONE: "#2ee6a0",
        Token.FAULT: "#ff7a52",
        Token.WARN: "#ffd24d",
        Token.BLACKOUT: "#ffa6d6",
        Token.PHASE: "#ffff66",
        Token.CPU: "#c4ff7a",
    },
)

PALETTES: Mapping[str, Palette] = {palette.name: palette for palette in (DARK, LIGHT, HIGH_CONTRAST)}


def palette(name: str | None) -> Palette:
    """The palette called ``name``; the dark one where there is none."""
    return PALETTES.get(name or "", DARK)


def foreground_and_background(colours: Palette, role: int) -> tuple[str, str]:
    """The two colours of a role."""
    colour = colours.tokens[token_of(role)]
    ground = colours.background
    match emphasis_of(role):
        case Emphasis.DIM:
            return receded(colour, ground, 0.45, colours.faded_contrast), ground
        case Emphasis.LIT:
            return blend(colour, colours.brightest, 0.6), ground
        case Emphasis.SELECTED:
            return ground, colours.cursor
        case Emphasis.INVERSE:
            return ground, receded(colour, ground, 1.0, TEXT_CONTRAST)
        case Emphasis.GLOW1:
            return blend(colour, colours.tokens[Token.WIRE], 0.75), ground
        case Emphasis.GLOW2:
            return blend(colour, colours.tokens[Token.WIRE], 0.5), ground
        case Emphasis.GLOW3:
            return blend(colour, colours.tokens[Token.WIRE], 0.3), ground
        case _:
            return colour, ground


def _style(colours: Palette, role: int) -> Style:
    foreground, background = foreground_and_background(colours, role)
    emphasis = emphasis_of(role)
    return Style(
        color=foreground,
        bgcolor=background,
        bold=emphasis in (Emphasis.LIT, Emphasis.SELECTED) or token_of(role) is Token.TITLE or None,
    )


@cache
def role_styles(name: str) -> tuple[Style, ...]:
    """The style of each of the 256 roles, in the theme called ``name``."""
    colours = palette(name)
    return tuple(_style(colours, role) for role in range(256))


def variables(colours: Palette) -> dict[str, str]:
    """What the style sheets call ``$hv-…``."""
    tokens = colours.tokens
    return {
        "hv-text": tokens[Token.TEXT],
        "hv-muted": tokens[Token.MUTED],
        "hv-title": tokens[Token.TITLE],
        "hv-line": tokens[Token.WIRE],
        "hv-focus": tokens[Token.PHASE],
        "hv-live": tokens[Token.PHASE],
        "hv-good": tokens[Token.DONE],
        "hv-bad": tokens[Token.FAULT],
        "hv-warn": tokens[Token.WARN],
        "hv-host": tokens[Token.HOST],
        "hv-code": tokens[Token.LINK],
        "hv-cursor": colours.cursor,
    }


def textual_theme(colours: Palette) -> Theme:
    """The palette as a theme for Textual's own widgets."""
    tokens = colours.tokens
    text, muted, ground = tokens[Token.TEXT], tokens[Token.MUTED], colours.background
    return Theme(
        name=colours.name,
        primary=tokens[Token.HOST],
        secondary=tokens[Token.STORAGE],
        accent=tokens[Token.PHASE],
        warning=tokens[Token.WARN],
        error=tokens[Token.FAULT],
        success=tokens[Token.DONE],
        foreground=text,
        background=ground,
        surface=colours.surface,
        panel=colours.panel,
        dark=colours.dark,
        variables={
            **variables(colours),
            "text-muted": muted,
            "text-disabled": muted,
            "border": tokens[Token.PHASE],
            "border-blurred": tokens[Token.WIRE],
            "block-cursor-background": colours.cursor,
            "block-cursor-foreground": ground,
            "block-cursor-text-style": "bold",
            "block-cursor-blurred-background": colours.panel,
            "block-cursor-blurred-foreground": text,
            "block-hover-background": colours.panel,
            "footer-background": colours.panel,
            "footer-foreground": text,
            "footer-description-foreground": text,
            "footer-key-foreground": tokens[Token.PHASE],
            "footer-key-background": colours.panel,
            "scrollbar": tokens[Token.WIRE],
            "scrollbar-background": colours.surface,
            "scrollbar-corner-color": colours.surface,
            "scrollbar-background-hover": colours.surface,
            "scrollbar-background-active": colours.surface,
            "input-cursor-background": colours.cursor,
            "input-cursor-foreground": ground,
            "link-color": tokens[Token.HOST],
        },
    )
