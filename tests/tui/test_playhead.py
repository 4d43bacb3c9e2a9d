"""A playhead reaches every stop of a run, in order, both ways, and never leaves it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hvviz.trace.playhead import SPEEDS, Mark, Pace, Playhead, Unit, fitting_speed
from hvviz.trace.trace import Trace
from tests.worlds import live, run, world


@pytest.fixture(scope="module")
def trace() -> Trace:
    return run(world(), live(at=5.0))


@pytest.mark.parametrize("unit", list(Unit))
def test_stepping_forward_and_back_visits_the_same_marks(trace: Trace, unit: Unit) -> None:
    head = Playhead.start(trace)
    forward = [head.mark]
    while not head.at_end:
        head = head.next(unit)
        forward.append(head.mark)
    backward = [head.mark]
    while not head.at_start:
        head = head.previous(unit)
        backward.append(head.mark)
    assert forward == backward[::-1]
    assert forward == sorted(set(forward))


def test_phase_steps_stop_at_each_phase_of_a_live_migration(trace: Trace) -> None:
    head = Playhead.start(trace)
    phases = []
    while not head.at_end:
        head = head.next(Unit.PHASE)
        phases.append(trace.events[head.position - 1].phase)
    names = ["preflight", "shell-creation", "memory-copy", "cutover", "announce", "cleanup"]
    assert phases[: len(names)] == names


def test_event_steps_leave_out_the_ends_that_change_nothing(trace: Trace) -> None:
    head = Playhead.start(trace).next(Unit.EVENT)
    kinds = []
    while not head.at_end:
        event = head.event
        assert event is not None
        kinds.append(trace.events[event].kind)
        head = head.next(Unit.EVENT)
    assert "phase.end" not in kinds
    assert "step.end" not in kinds
    assert {"vm.suspended", "link.copied", "vm.resumed", "mac.learned"} <= set(kinds)


def test_pass_steps_stop_at_the_start_and_end_of_each_pass(trace: Trace) -> None:
    head = Playhead.start(trace)
    times = set()
    while not head.at_end:
        head = head.next(Unit.PASS)
        times.add(head.time_s)
    for each in trace.operations["m1"].passes:
        assert {each.start_s, each.end_s} <= times


def test_stepping_between_events_of_one_time_shows_each_state(trace: Trace) -> None:
    suspended = next(event for event in trace.events if event.kind == "vm.suspended")
    head = Playhead.start(trace).seek_event(suspended.id - 1)
    assert head.instant.field("web1", "state") == "running"
    after = head.next(Unit.EVENT)
    assert after.time_s == head.time_s
    assert after.instant.field("web1", "state") == "suspended"
    assert head.instant.field("web1", "state") == "running", "a move must not change the playhead that it came from"


def test_seeking_stays_within_the_run(trace: Trace) -> None:
    head = Playhead.start(trace)
    assert head.seek(-3.0).at_start
    assert head.seek(1e9).at_end
    assert head.seek(10.0).instant.position == trace.at(10.0).position
    with pytest.raises(IndexError):
        head.seek_event(len(trace.events))


def test_time_passes_at_the_speed_and_only_while_playing(trace: Trace) -> None:
    head = replace(Playhead.start(trace), speed=2.0)
    assert head.advance(1.0) is head
    assert head.play().advance(1.5).time_s == pytest.approx(3.0)
    assert head.play().advance(-1.0).time_s == 0.0


def test_playing_stops_paused_at_the_given_mark_and_at_the_end(trace: Trace) -> None:
    head = Playhead.start(trace)
    stop = head.next_stop(Unit.PHASE)
    there = head.play().advance(1e6, stop)
    assert there.mark == stop
    assert not there.playing
    end = head.play().advance(1e6)
    assert end.at_end
    assert not end.playing
    assert end.play().at_start, "play at the end begins again"


def test_a_stop_that_is_already_behind_does_not_move_the_playhead_back(trace: Trace) -> None:
    head = Playhead.start(trace).seek(10.0).play()
    assert head.advance(1.0, Mark(6.0, 3)).time_s == 10.0


def test_speed_runs_from_a_twentieth_to_sixty_four(trace: Trace) -> None:
    head = Playhead.start(trace)
    for _ in range(30):
        head = head.faster()
    assert head.speed == 64.0
    for _ in range(30):
        head = head.slower()
    assert head.speed == 0.05
    assert head.faster().speed == SPEEDS[1]


@pytest.mark.parametrize(("end_s", "speed"), [(0.0, 1.0), (28.0, 1.0), (95.0, 2.0), (900.0, 16.0), (1e6, 64.0)])
def test_a_run_starts_at_a_speed_that_ends_within_a_minute(end_s: float, speed: float) -> None:
    assert fitting_speed(end_s) == speed


def test_equal_pace_gives_the_blackout_as_long_as_the_copy(trace: Trace) -> None:
    operation = trace.operations["m1"]
    copy, cutover = operation.phase("memory-copy"), operation.phase("cutover")
    assert copy is not None
    assert cutover is not None
    course = Playhead.start(trace).course
    spans = [course.to_equal(phase.end_s or 0.0) - course.to_equal(phase.start_s) for phase in (copy, cutover)]
    assert spans[0] == pytest.approx(spans[1])
    head = Playhead.start(trace).at_pace(Pace.EQUAL).seek(cutover.start_s).play()
    half = replace(head, speed=1.0).advance(course.span_s / 2)
    assert half.time_s == pytest.approx((cutover.start_s + (cutover.end_s or 0.0)) / 2)


@given(share=st.floats(0.0, 1.0))
def test_equal_pace_is_a_bijection(trace: Trace, share: float) -> None:
    course = Playhead.start(trace).course
    time_s = share * course.end.time_s
    assert course.from_equal(course.to_equal(time_s)) == pytest.approx(time_s, abs=1e-6)


@given(
    moves=st.lists(st.tuples(st.sampled_from(["next", "previous", "seek", "advance"]), st.floats(-5, 40)), max_size=30)
)
def test_no_sequence_of_moves_leaves_the_run_or_disagrees_with_the_trace(
    trace: Trace, moves: list[tuple[str, float]]
) -> None:
    head = Playhead.start(trace)
    for move, amount in moves:
        if move == "seek":
            head = head.seek(amount)
        elif move == "advance":
            head = head.play().advance(amount)
        else:
            head = getattr(head, move)(list(Unit)[int(abs(amount)) % 3])
        assert Mark(0.0, 0) <= head.mark <= head.end
        assert head.position <= trace.at(head.time_s).position
        before = trace.events[head.position - 1].time_s if head.position else 0.0
        assert before <= head.time_s


def test_a_run_in_which_nothing_happens_can_be_played() -> None:
    head = Playhead.start(run(world()))
    for pace in Pace:
        played = head.at_pace(pace).play().advance(1.0)
        assert played.at_end
        assert not played.playing
