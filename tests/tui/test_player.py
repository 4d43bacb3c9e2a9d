"""The player by its keys, at every size, in any order."""

import random
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from hvviz import units
from hvviz.environment import Capabilities, Colours, Glyphs, MotionLevel
from hvviz.trace.playhead import Unit
from hvviz.tui.app import HvvizApp
from hvviz.tui.screens.help import HelpScreen
from hvviz.tui.screens.library import LibraryScreen
from hvviz.tui.screens.player import PlayerScreen
from hvviz.tui.screens.player_actions import without_outside_fonts
from hvviz.tui.widgets.diagram import DiagramView
from hvviz.tui.widgets.floor import Floor
from hvviz.tui.widgets.form_view import FormView
from hvviz.tui.widgets.lesson_panel import LessonPanel
from hvviz.tui.widgets.timeline import PhaseStrip, Timeline

EXAMPLE = Path(__file__).parents[1] / "data" / "example.yaml"
SIZES = [(60, 20), (80, 24), (120, 36), (200, 60), (40, 12)]
KEYS = [
    *"aginpqrxm.,][+-'y",
    *[
        "left",
        "right",
        "up",
        "down",
        "space",
        "enter",
        "escape",
        "tab",
        "home",
        "end",
        "f1",
        "f2",
        "f3",
        "question_mark",
    ],
]


def app(path: Path | None = EXAMPLE) -> HvvizApp:
    return HvvizApp(path, Capabilities(Glyphs.FULL, Colours.TRUE, MotionLevel.OFF))


async def ready(pilot: Pilot[None]) -> PlayerScreen:
    """The player's screen once it has simulated."""
    for _ in range(100):
        await pilot.pause(0.05)
        screen = pilot.app.screen
        if isinstance(screen, PlayerScreen) and screen._player is not None:
            diagram = screen.query_one("#diagram", DiagramView)
            if diagram.grid is not None or not diagram.size.height:
                return screen
    raise AssertionError("the player did not get ready")


@pytest.mark.parametrize("size", SIZES)
async def test_the_initial_diagram_is_shown_at_every_size(size: tuple[int, int]) -> None:
    async with app().run_test(size=size) as pilot:
        screen = await ready(pilot)
        grid = screen.query_one("#diagram", DiagramView).grid
        if size >= (60, 20):
            assert grid is not None
            assert "hv1" in grid.text()
            assert "web1" in grid.text()


async def test_keys_step_by_phase_and_by_event_and_to_the_ends() -> None:
    async with app().run_test(size=(120, 36)) as pilot:
        screen = await ready(pilot)
        player = screen._player
        assert player is not None
        await pilot.press("right")
        first_phase = player.playhead.mark
        assert first_phase == player.playhead.course.stops[Unit.PHASE][1]
        await pilot.press("full_stop")
        assert player.playhead.mark > first_phase
        await pilot.press("comma", "left")
        assert player.playhead.mark < first_phase
        await pilot.press("end")
        assert player.playhead.time_s < player.playhead.end.time_s, "an unanswered question stops the way to the end"
        await pilot.press("x", "x", "home")
        assert player.playhead.at_start


async def test_a_question_is_asked_before_the_reveal_and_explained_after() -> None:
    async with app().run_test(size=(120, 36)) as pilot:
        screen = await ready(pilot)
        player = screen._player
        assert player is not None
        await pilot.press("n")
        assert player.question_open
        await pilot.press("a", *"68.7", "enter", "enter")
        await pilot.pause()
        assert "longer" in player.answered
        assert screen._room.grades["longer"].trap == "disk"
        assert "Quick Migration" in screen._room.grades["longer"].explanation
        await pilot.press("n")
        assert player.question_open
        picture = screen.query_one("#diagram", DiagramView).picture
        assert picture is not None
        box = picture.bounds("hv1")
        assert box is not None
        await pilot.click("#diagram", offset=(box[0] + 3, box[1]))
        assert "where" not in player.answered, "a first click only points"
        await pilot.click("#diagram", offset=(box[0] + 3, box[1]))
        assert screen._room.grades["where"].correct


async def test_what_is_changed_is_simulated_again_and_the_goal_is_noticed() -> None:
    async with app().run_test(size=(120, 36)) as pilot:
        screen = await ready(pilot)
        player = screen._player
        assert player is not None
        for _ in range(12):
            await pilot.press("x", "n")
        assert player.stage is not None
        assert player.stage.step.id == "yours"
        await pilot.press("right")
        for _ in range(60):
            await pilot.pause(0.05)
            if screen._room.reached:
                break
        assert screen._room.reached == {"slower"}
        assert player.trace.world.hosts["hv1"].adapters["lm0"].rate_bps == 1e9


async def test_the_mouse_picks_phases_nodes_and_times() -> None:
    async with app().run_test(size=(120, 36)) as pilot:
        screen = await ready(pilot)
        player = screen._player
        assert player is not None
        for _ in range(4):
            await pilot.press("x", "n")
        await pilot.click("#timeline", offset=(40, 0))
        clicked = player.playhead.time_s
        assert 0.0 < clicked < player.playhead.end.time_s
        await pilot.click("#strip", offset=(3, 0))
        assert player.playhead.time_s == pytest.approx(5.0)
        bounds = screen.query_one("#diagram", DiagramView).picture
        assert bounds is not None
        box = bounds.bounds("csv1")
        assert box is not None
        await pilot.click("#diagram", offset=(box[0], box[1]))
        assert screen.query_one("#diagram", DiagramView).cursor == "csv1"


async def test_in_a_small_window_picture_and_question_share_the_room_until_it_is_skipped() -> None:
    async with app().run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        diagram = screen.query_one("#diagram", DiagramView)
        await pilot.press("n")
        await pilot.pause()
        form = screen.query_one(FormView)
        assert form.region.height >= 3
        assert diagram.region.height >= 10
        assert form.region.bottom <= 24
        await pilot.press("x")
        await pilot.pause()
        assert not form.display
        assert diagram.region.height >= 13


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 36)])
async def test_a_long_list_to_order_is_whole_and_the_order_is_not_given_away(size: tuple[int, int]) -> None:
    async with app().run_test(size=size) as pilot:
        screen = await ready(pilot)
        for _ in range(3):
            await pilot.press("x", "n")
        form = screen.query_one(FormView)
        assert form.form is not None
        await pilot.pause()
        assert form.region.height >= len(form.form.rows())
        assert form.virtual_region.bottom <= screen.query_one(LessonPanel).size.height
        assert not screen.query_one(PhaseStrip).visible
        assert not screen.query_one(Timeline).visible


async def test_nobody_is_told_that_an_answer_is_right_before_it_is_whole() -> None:
    async with app().run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        await pilot.press("n", "enter")
        assert "Type a number" in str(screen.query_one("#verdict", Static).content)
        assert not screen._room.grades


async def test_below_the_floor_a_sentence_says_what_is_needed_and_growing_brings_the_picture_back() -> None:
    async with app().run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        for size in ((59, 24), (80, 19), (30, 8)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            floor = screen.query_one(Floor)
            assert floor.display
            assert f"{size[0]}×{size[1]}" in str(floor.render())
            assert not screen.query_one("#bar").display
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        assert not screen.query_one(Floor).display
        assert screen.query_one("#diagram", DiagramView).region.height >= 8


async def test_a_picture_at_rest_costs_nothing() -> None:
    async with app().run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        await pilot.pause(0.6)
        assert not screen._clock._active.is_set()
        await pilot.press("x", "n", "x", "space")
        assert screen._clock._active.is_set()


async def test_inspecting_goes_from_thing_to_thing() -> None:
    async with app().run_test(size=(120, 36)) as pilot:
        screen = await ready(pilot)
        await pilot.press("i")
        diagram = screen.query_one("#diagram", DiagramView)
        seen = {diagram.cursor}
        for key in ("down", "right", "down", "left"):
            await pilot.press(key)
            seen.add(diagram.cursor)
        assert len(seen) >= 3
        await pilot.press("escape")
        assert diagram.cursor is None


async def test_help_opens_and_closes_by_two_keys() -> None:
    async with app().run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        for key in ("question_mark", "f1"):
            await pilot.press(key)
            assert isinstance(pilot.app.screen, HelpScreen)
            await pilot.press("escape")
            assert isinstance(pilot.app.screen, PlayerScreen)


async def test_the_library_lists_and_plays() -> None:
    async with app(None).run_test(size=(80, 24)) as pilot:
        assert isinstance(pilot.app.screen, LibraryScreen)
        assert pilot.app.screen.query_one(OptionList).option_count >= 2
        await pilot.press("enter")
        await ready(pilot)
        await pilot.press("q")
        assert isinstance(pilot.app.screen, LibraryScreen)


async def test_a_broken_file_says_what_to_mend(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(
        "format: hvviz/1\nid: b\ntitle: B\nworld: {}\nruns: {base: {actions: [{id: a, do: migrate.liv}]}}\n"
    )
    async with app(broken).run_test(size=(80, 24)) as pilot:
        await pilot.pause(1.0)
        assert "HV223" in str(pilot.app.screen.query_one("#facts", Static).content)


@pytest.mark.parametrize("seed", range(3))
async def test_no_order_of_keys_and_sizes_breaks_it(seed: int) -> None:
    chooser = random.Random(seed)
    async with app().run_test(size=chooser.choice(SIZES)) as pilot:
        await ready(pilot)
        for _ in range(60):
            if chooser.random() < 0.1:
                await pilot.resize_terminal(*chooser.choice(SIZES))
            if isinstance(pilot.app.screen, LibraryScreen):
                await pilot.press("enter")
                await ready(pilot)
            await pilot.press(chooser.choice(KEYS) if not isinstance(pilot.app.focused, Input) else "escape")
        assert pilot.app.is_running


def test_a_saved_screen_refers_to_nothing_outside() -> None:
    svg = "<svg><style>@font-face { src: url('https://x/y.woff2') } .a {fill: red}</style></svg>"
    assert without_outside_fonts(svg) == "<svg><style> .a {fill: red}</style></svg>"


async def test_while_a_question_is_open_neither_clock_nor_timeline_tells_the_answer() -> None:
    async with app().run_test(size=(120, 36)) as pilot:
        screen = await ready(pilot)
        player = screen._player
        assert player is not None
        await pilot.press("n")
        assert player.question_open
        bar = screen.query_one("#bar", Static)
        timeline = screen.query_one(Timeline)
        ends = units.show_clock(player.playhead.end.time_s)
        assert ends not in str(bar.content)
        assert timeline.scale().time_at(timeline.scale().width) <= player.playhead.time_s + 0.01
        await pilot.press("f3")
        assert timeline.scale().time_at(timeline.scale().width) <= player.playhead.time_s + 0.01
        while player.future_hidden:
            await pilot.press("x", "n")
        assert ends in str(bar.content)
        assert timeline.scale().bounds_s[-1] == player.trace.end_s


async def test_a_thing_is_picked_with_the_keys_alone() -> None:
    async with app().run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        await pilot.press("n", "x", "n")
        diagram = screen.query_one("#diagram", DiagramView)
        await pilot.press("right")
        for key in ("left", "up", "left", "up", "down", "right", "up", "left") * 3:
            if diagram.cursor in ("hv1", "hv2"):
                break
            await pilot.press(key)
        wanted = diagram.cursor == "hv1"
        await pilot.press("enter")
        assert screen._room.grades["where"].correct is wanted
        assert diagram.has_focus
        assert not screen._inspecting


async def test_control_c_leaves() -> None:
    async with app().run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert not pilot.app.is_running or pilot.app._exit
