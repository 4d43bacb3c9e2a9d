"""Each fact of a terminal leads to one decision, and each refusal says what to do instead."""

from collections.abc import Mapping

import pytest

from hvviz.environment import Capabilities, Colours, Glyphs, MotionLevel, capabilities


def facts(
    environ: Mapping[str, str] | None = None,
    *,
    interactive: bool = True,
    encoding: str = "utf-8",
    platform: str = "linux",
    glyphs: str | None = None,
    motion: str | None = None,
) -> Capabilities:
    found = {"TERM": "xterm-256color"} if environ is None else environ
    return capabilities(
        found, interactive=interactive, encoding=encoding, platform=platform, glyphs=glyphs, motion=motion
    )


def test_a_modern_terminal_draws_everything() -> None:
    found = facts({"TERM": "xterm-256color", "COLORTERM": "truecolor"})
    assert (found.glyphs, found.colours, found.motion) == (Glyphs.FULL, Colours.TRUE, MotionLevel.FULL)
    assert found.can_draw
    assert not found.accessible


@pytest.mark.parametrize(
    ("environ", "encoding", "platform", "expected"),
    [
        ({"WT_SESSION": "6d1c"}, "utf-8", "win32", Glyphs.FULL),
        ({"TERM_PROGRAM": "vscode"}, "utf-8", "win32", Glyphs.FULL),
        ({}, "utf-8", "win32", Glyphs.WGL4),
        ({}, "cp437", "win32", Glyphs.ASCII),
        ({"TERM": "xterm"}, "ANSI_X3.4-1968", "linux", Glyphs.ASCII),
        ({"TERM": "linux"}, "UTF-8", "linux", Glyphs.WGL4),
        ({"TERM": "vt220"}, "UTF-8", "linux", Glyphs.ASCII),
        ({"TERM": "screen-256color"}, "UTF-8", "darwin", Glyphs.FULL),
    ],
)
def test_glyphs_are_those_that_the_font_is_sure_to_have(
    environ: dict[str, str], encoding: str, platform: str, expected: Glyphs
) -> None:
    assert facts(environ, encoding=encoding, platform=platform).glyphs is expected


@pytest.mark.parametrize(
    ("environ", "platform", "expected"),
    [
        ({"TERM": "xterm", "NO_COLOR": "1", "COLORTERM": "truecolor"}, "linux", Colours.NONE),
        ({"TERM": "xterm", "NO_COLOR": ""}, "linux", Colours.SIXTEEN),
        ({"TERM": "xterm-256color"}, "linux", Colours.PALETTE),
        ({"TERM": "xterm", "COLORTERM": "24bit"}, "linux", Colours.TRUE),
        ({}, "win32", Colours.TRUE),
    ],
)
def test_colours(environ: dict[str, str], platform: str, expected: Colours) -> None:
    assert facts(environ, platform=platform).colours is expected


def test_remote_desktop_switches_motion_off_unless_asked_for() -> None:
    rdp = {"SESSIONNAME": "RDP-Tcp#12", "WT_SESSION": "6d1c"}
    assert facts(rdp, platform="win32").motion is MotionLevel.OFF
    assert facts(rdp, platform="win32", motion="full").motion is MotionLevel.FULL
    assert facts({"SESSIONNAME": "Console"}, platform="win32").motion is MotionLevel.FULL


def test_accessible_asks_for_text_and_stillness() -> None:
    found = facts({"TERM": "xterm", "ACCESSIBLE": "1"})
    assert found.accessible
    assert found.motion is MotionLevel.OFF
    assert not facts({"TERM": "xterm", "ACCESSIBLE": "0"}).accessible


def test_what_is_asked_for_wins_over_the_variable_and_the_variable_over_the_facts() -> None:
    environ = {"TERM": "xterm", "HVVIZ_GLYPHS": "wgl4", "HVVIZ_MOTION": "reduced"}
    assert facts(environ).glyphs is Glyphs.WGL4
    assert facts(environ).motion is MotionLevel.REDUCED
    assert facts(environ, glyphs="ascii", motion="off").glyphs is Glyphs.ASCII
    assert facts(environ, glyphs="ascii", motion="off").motion is MotionLevel.OFF
    assert facts({"TERM": "xterm", "HVVIZ_GLYPHS": "runes"}).glyphs is Glyphs.FULL


@pytest.mark.parametrize(
    ("environ", "interactive", "platform", "says"),
    [
        ({"TERM": "dumb"}, True, "linux", "TERM is 'dumb'"),
        ({}, True, "linux", "TERM is not set"),
        ({"TERM": "xterm"}, False, "linux", "not a terminal"),
        ({}, False, "win32", "PowerShell remoting"),
    ],
)
def test_where_no_screen_can_be_drawn_a_sentence_says_why_and_what_to_do(
    environ: dict[str, str], interactive: bool, platform: str, says: str
) -> None:
    found = facts(environ, interactive=interactive, platform=platform)
    assert not found.can_draw
    assert found.obstacle is not None
    assert says in found.obstacle
    assert "hvviz tell" in found.obstacle


def test_every_decision_has_a_reason() -> None:
    assert [reason.split(":")[0] for reason in facts().reasons] == ["Glyphs full", "Colours 256", "Motion full"]
