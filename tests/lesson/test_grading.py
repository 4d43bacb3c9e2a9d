"""Answers of every kind, with an explanation always and each trap answered by its own refutation."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from hvviz.lesson.answers import parse_answer
from hvviz.lesson.grading import AnswerError, grade, items_of, key_of, shuffled
from hvviz.lesson.text import fill, paragraphs
from hvviz.plain.tell import tell
from hvviz.scenario.lesson import Ask, AskType, Choice, Tolerance
from hvviz.session.session import Session


def values(session: Session) -> Callable[[tuple[str, ...]], Any]:
    return lambda parts: session.value(parts, "base")


def ask_of(session: Session, step: str) -> Ask:
    found = next(each for each in session.scenario.lesson.steps if each.id == step).ask
    assert found is not None
    return found


def test_a_numeric_answer_is_right_within_its_tolerance_and_a_trap_is_refuted(session: Session) -> None:
    ask, trace = ask_of(session, "longer"), session.trace("base")
    assert grade(ask, "24", trace, values(session)).correct
    assert grade(ask, "0.4 min", trace, values(session)).correct
    trapped = grade(ask, "68.7 s", trace, values(session))
    assert (trapped.correct, trapped.trap, trapped.points) == (False, "disk", 0)
    assert trapped.explanation.startswith("That is the save")
    assert grade(ask, "1000", trace, values(session)).trap is None
    with pytest.raises(AnswerError):
        grade(ask, "soon", trace, values(session))


def test_an_order_is_right_only_without_decoys(session: Session) -> None:
    ask, trace = ask_of(session, "phases"), session.trace("base")
    right = items_of(ask, trace)
    assert grade(ask, right, trace, values(session)).points == 2
    assert not grade(ask, (*right, ask.decoys[0]), trace, values(session)).correct
    assert not grade(ask, right[::-1], trace, values(session)).correct
    assert set(shuffled(ask, trace, 3)) == {*right, *ask.decoys}
    assert shuffled(ask, trace, 3) == shuffled(ask, trace, 3)


def test_a_pick_takes_what_is_accepted(session: Session) -> None:
    ask, trace = ask_of(session, "where"), session.trace("base")
    assert grade(ask, "hv1", trace, values(session)).correct
    assert not grade(ask, "hv2", trace, values(session)).correct


CHOICES = (
    Choice("a", "A", True, "wa"),
    Choice("b", "B", False, "wb"),
    Choice("c", "C", True, "wc"),
    Choice("d", "D", False, "wd"),
)


def test_several_choices_give_part_of_the_points(session: Session) -> None:
    ask, trace = Ask(AskType.MULTI, "?", "why", points=4, choices=CHOICES), session.trace("base")
    assert grade(ask, ["a", "c"], trace, values(session)).points == 4
    partly = grade(ask, ["a"], trace, values(session))
    assert 0 < partly.points < 4
    assert "wc" in partly.explanation
    assert grade(ask, ["b", "d"], trace, values(session)).points == 0


def test_pairs_and_curves(session: Session) -> None:
    trace = session.trace("base")
    match = Ask(AskType.MATCH, "?", "why", points=2, pairs=(("x", "1"), ("y", "2")))
    assert grade(match, {"x": "1", "y": "2"}, trace, values(session)).correct
    assert grade(match, {"x": "1", "y": "1"}, trace, values(session)).points == 1
    curve = Ask(
        AskType.PREDICT_CURVE, "?", "why", points=3, curve="lm1.passes", points_asked=2, tolerance=Tolerance(0.1, True)
    )
    key = key_of(curve, trace, values(session))
    assert grade(curve, key, trace, values(session)).correct
    assert not grade(curve, [0.0, 0.0], trace, values(session)).correct


def test_numbers_typed_mean_what_was_offered(session: Session) -> None:
    ask = Ask(AskType.MULTI, "?", "why", choices=CHOICES)
    assert parse_answer(ask, "1, 3", ("a", "b", "c", "d")) == ["a", "c"]
    with pytest.raises(AnswerError, match="1 to 4"):
        parse_answer(ask, "7", ("a", "b", "c", "d"))


def test_text_is_filled_and_marked_up(session: Session) -> None:
    text = fill("**web1** took {lm1.total_s}, {nothing.at_all} and {web1.memory}.\n\n- one\n- `two`", values(session))
    assert "23.4 s, unknown and 16 GiB" in text
    kinds = [(each.bullet, each.plain) for each in paragraphs(text)]
    assert kinds[1:] == [(True, "one"), (True, "two")]
    assert paragraphs(text)[0].runs[0].style == "bold"


def test_a_learner_who_answers_nothing_gets_nothing(session: Session) -> None:
    points, most = tell(session.scenario, io.StringIO(""), io.StringIO())
    assert (points, most) == (0, 6)
