"""The player's rules: what stops playback, what a question hides, and where each key leads."""

import pytest

from hvviz.scenario.lesson import Ask, AskType, Step
from hvviz.trace.playhead import Mark, Pace, Unit
from hvviz.trace.trace import Trace
from hvviz.tui.presenter import Moment, Player, Stage
from tests.worlds import live, quick, run, world


@pytest.fixture(scope="module")
def traces() -> dict[str, Trace]:
    return {"base": run(world(), live(at=5.0)), "quick": run(world(), quick("q1", at=5.0))}


def a_step(id: str, *, asks: bool = False, run: str = "base", focus: tuple[str, ...] = ()) -> Step:
    ask = Ask(AskType.NUMERIC, "How long?", "Because.", literal=1.0) if asks else None
    return Step(id, "start", run, f"say {id}", "", focus, (), None, (), None, ask)


def phase_mark(trace: Trace, phase: str) -> Mark:
    return next(Mark(e.time_s, e.id + 1) for e in trace.events if e.kind == "phase.start" and e.phase == phase)


@pytest.fixture
def player(traces: dict[str, Trace]) -> Player:
    """A lesson of four steps: look, a question at the copy, look at the cutover, and the other run."""
    base = traces["base"]
    stages = [
        Stage(a_step("look", focus=("hv1",)), Moment("base", Mark(0.0, 0))),
        Stage(a_step("long", asks=True), Moment("base", phase_mark(base, "memory-copy"))),
        Stage(a_step("cut"), Moment("base", phase_mark(base, "cutover"))),
        Stage(a_step("other", run="quick"), Moment("quick", Mark(0.0, 0))),
    ]
    return Player("A lesson", "base", traces.__getitem__, stages)


def current(player: Player) -> str:
    assert player.stage is not None
    return player.stage.step.id


def test_a_scenario_without_a_lesson_plays_freely(traces: dict[str, Trace]) -> None:
    player = Player("Free", "base", traces.__getitem__)
    assert player.stage is None
    assert not player.future_hidden
    player.to_end()
    assert player.playhead.at_end
    assert player.horizon_s == traces["base"].end_s


def test_stepping_past_the_moment_of_a_step_enters_it(player: Player) -> None:
    steps = 0
    while current(player) == "look":
        player.forward(Unit.PHASE)
        steps += 1
        assert steps < 10
    assert current(player) == "long"
    assert player.playhead.mark == phase_mark(player.trace, "memory-copy")


def test_nothing_goes_past_an_open_question(player: Player) -> None:
    for move in (
        lambda: player.to_end(),
        lambda: player.seek(1e6),
        lambda: player.seek_event(len(player.trace.events) - 1),
        lambda: player.forward(Unit.EVENT),
        lambda: player.forward(Unit.PHASE),
        lambda: player.next_step(),
        lambda: player.toggle_play(),
    ):
        move()
        assert current(player) == "long"
        assert player.playhead.mark == phase_mark(player.trace, "memory-copy")
    assert player.notice is not None
    assert "x to skip" in player.notice


def test_playing_into_a_question_stops_there(player: Player) -> None:
    player.stop_at_phases = False
    player.toggle_play()
    for _ in range(1000):
        player.tick(0.5)
    assert current(player) == "long"
    assert not player.playhead.playing


def test_the_future_is_hidden_until_the_last_question_is_answered(player: Player) -> None:
    end_s = player.trace.end_s
    player.to_end()
    assert player.future_hidden
    assert player.horizon_s == player.playhead.time_s < end_s
    player.answer("long")
    assert not player.future_hidden
    assert player.horizon_s == end_s


def test_going_back_is_always_free_and_what_was_seen_stays_visible(player: Player) -> None:
    player.to_end()
    seen_s = player.playhead.time_s
    player.back(Unit.PHASE)
    assert player.playhead.time_s < seen_s
    assert player.horizon_s == seen_s
    player.to_start()
    assert player.playhead.at_start
    player.to_end()
    assert player.playhead.time_s == seen_s


def test_an_answer_or_a_skip_opens_the_way(player: Player) -> None:
    player.to_end()
    player.skip_question()
    player.to_end()
    assert player.playhead.at_end
    assert current(player) == "cut", "a seek passes steps that ask nothing and ends in the last one"


def test_playback_stops_at_each_phase_unless_told_otherwise(player: Player) -> None:
    player.toggle_play()
    for _ in range(1000):
        player.tick(0.1)
    assert player.playhead.mark == phase_mark(player.trace, "preflight")
    player.toggle_stops()
    player.toggle_play()
    for _ in range(1000):
        player.tick(0.1)
    assert player.playhead.mark == phase_mark(player.trace, "memory-copy")


def test_the_next_step_may_be_in_another_run_and_the_place_in_the_first_is_kept(player: Player) -> None:
    player.to_end()
    player.answer("long")
    player.next_step()
    assert (current(player), player.run) == ("cut", "base")
    player.next_step()
    assert (current(player), player.run) == ("other", "quick")
    assert player.trace.operations.keys() == {"q1"}
    player.show_run("base")
    assert player.playhead.mark == phase_mark(player.trace, "cutover")
    player.show_run("quick")
    player.next_step()
    assert player.notice is not None
    assert "last step" in player.notice


def test_at_the_end_of_a_run_play_goes_on_to_the_step_in_the_next(player: Player) -> None:
    player.to_end()
    player.answer("long")
    player.to_end()
    player.toggle_play()
    assert current(player) == "other"


def test_focus_holds_while_the_playhead_stands_at_the_step(player: Player) -> None:
    assert player.focus == ("hv1",)
    player.forward(Unit.EVENT)
    assert player.focus == ()


def test_the_operation_shown_is_the_one_that_moves(traces: dict[str, Trace]) -> None:
    both = run(world(), live("m1", at=5.0), quick("m2", to="hv1", at=60.0))
    player = Player("Both", "base", lambda _: both)
    assert player.operation is both.operations["m1"], "before anything moves, the first"
    player.seek(10.0)
    assert player.operation is both.operations["m1"]
    player.seek(65.0)
    assert player.operation is both.operations["m2"]
    player.pinned = "m1"
    assert player.operation is both.operations["m1"]
    assert Player("None", "base", lambda _: run(world())).operation is None


def test_bookmarks_go_round(player: Player) -> None:
    player.to_next_bookmark()
    assert player.notice is not None
    assert "m keeps" in player.notice
    player.bookmark()
    player.forward(Unit.PHASE)
    player.bookmark()
    there = player.playhead.mark
    player.to_next_bookmark()
    assert player.playhead.at_start
    player.to_next_bookmark()
    assert player.playhead.mark == there
    player.bookmark()
    assert len(player.bookmarks) == 1


def test_new_traces_keep_the_time_the_speed_and_the_step(player: Player, traces: dict[str, Trace]) -> None:
    player.seek(6.0)
    player.faster()
    player.toggle_pace()
    speed = player.playhead.speed
    other = {**traces, "base": run(world(), live(at=4.0))}
    player.replace_traces(other.__getitem__, player.stages)
    assert player.trace is other["base"]
    assert (player.playhead.time_s, player.playhead.speed, player.playhead.pace) == (6.0, speed, Pace.EQUAL)


def test_a_step_whose_anchor_never_occurs_says_so_and_blocks_nothing(traces: dict[str, Trace]) -> None:
    stages = [
        Stage(a_step("look"), Moment("base", Mark(0.0, 0))),
        Stage(a_step("never", asks=True), None),
    ]
    player = Player("A lesson", "base", traces.__getitem__, stages)
    assert not player.future_hidden
    player.next_step()
    assert player.notice is not None
    assert "does not occur" in player.notice
    player.to_end()
    assert player.playhead.at_end


def test_to_the_next_question(player: Player) -> None:
    player.to_next_question()
    assert current(player) == "long"
    player.to_next_question()
    assert current(player) == "long"
    player.answer("long")
    player.to_next_question()
    assert player.notice == "No question is left in this lesson."
