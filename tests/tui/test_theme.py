"""Every pair of colours that the program can show keeps its contrast, in each theme, for colour-blind people too."""

import itertools

import pytest

from hvviz.diagram.roles import Emphasis, Token, role
from hvviz.tui.colour import blend, contrast, deuteranopia, luminance, receded
from hvviz.tui.theme import (
    DARK,
    FADED,
    LINE_TOKENS,
    PALETTES,
    TEXT_CONTRAST,
    WIRE_CONTRAST,
    Palette,
    foreground_and_background,
    palette,
    role_styles,
    textual_theme,
)

palettes = pytest.mark.parametrize("colours", list(PALETTES.values()), ids=list(PALETTES))
APART = 1.25


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert luminance("#ffffff") == pytest.approx(1.0)


def test_receding_stops_where_the_contrast_would_be_lost() -> None:
    faint = blend("#ffffff", "#000000", 0.1)
    assert contrast(faint, "#000000") < 3.0
    assert contrast(receded("#ffffff", "#000000", 0.1, 3.0), "#000000") >= 3.0


@palettes
def test_every_role_is_legible_on_its_ground(colours: Palette) -> None:
    for token, emphasis in itertools.product(Token, Emphasis):
        foreground, background = foreground_and_background(colours, role(token, emphasis))
        line = token in LINE_TOKENS or emphasis in FADED
        needed = WIRE_CONTRAST if line else TEXT_CONTRAST
        assert contrast(foreground, background) >= needed, f"{token.name} {emphasis.name} in {colours.name}"


@palettes
def test_text_is_legible_on_every_surface(colours: Palette) -> None:
    words = [
        Token.TEXT,
        Token.MUTED,
        Token.TITLE,
        Token.PHASE,
        Token.DONE,
        Token.FAULT,
        Token.WARN,
        Token.HOST,
        Token.LINK,
    ]
    for token, ground in itertools.product(words, (colours.background, colours.surface, colours.panel)):
        assert contrast(colours.tokens[token], ground) >= TEXT_CONTRAST, f"{token.name} on {ground} in {colours.name}"


@palettes
def test_live_done_and_fault_differ_in_lightness_even_without_green_cones(colours: Palette) -> None:
    shown = [colours.tokens[token] for token in (Token.PHASE, Token.DONE, Token.FAULT)]
    for see in (lambda colour: colour, deuteranopia):
        for one, other in itertools.combinations(shown, 2):
            assert contrast(see(one), see(other)) >= APART, f"{one} and {other} in {colours.name}"


@palettes
def test_nothing_vanishes_where_the_terminal_has_sixteen_colours(colours: Palette) -> None:
    from rich.color import ColorSystem

    for number, style in enumerate(role_styles(colours.name)):
        assert style.color is not None
        assert style.bgcolor is not None
        pair = [colour.downgrade(ColorSystem.STANDARD).number for colour in (style.color, style.bgcolor)]
        assert pair[0] != pair[1], f"role {number} in {colours.name}"


@palettes
def test_lit_and_selected_stand_out_without_colour(colours: Palette) -> None:
    styles = role_styles(colours.name)
    for token in Token:
        assert styles[role(token, Emphasis.LIT)].bold
        selected = styles[role(token, Emphasis.SELECTED)]
        assert selected.bgcolor != styles[role(token)].bgcolor


@palettes
def test_textual_gets_the_same_colours(colours: Palette) -> None:
    theme = textual_theme(colours)
    assert theme.background == colours.background
    assert theme.dark is colours.dark
    generated = theme.to_color_system().generate()
    assert generated["text-muted"].lower() == colours.tokens[Token.MUTED]


def test_an_unknown_theme_is_the_dark_one() -> None:
    assert palette("solarized") is DARK
    assert palette(None) is DARK
