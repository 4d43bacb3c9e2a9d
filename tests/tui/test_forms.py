"""A form takes an answer by keys alone, hands in nothing that is not one, and says what is missing."""

from contextlib import suppress
from typing import Any

import pytest

from hvviz.scenario.lesson import Ask, AskType, Control
from hvviz.tui.forms import (
    CONFIDENCES,
    ChoiceForm,
    ControlForm,
    CurveForm,
    Form,
    IncompleteError,
    Mark,
    MatchForm,
    NumberForm,
    PickForm,
    form_for,
)

GIB = 2**30


def ask(type: AskType, **fields: Any) -> Ask:
    return Ask(type, "What?", "Because.", **fields)


def choices(type: AskType, **fields: Any) -> ChoiceForm:
    form = form_for(ask(type, **fields), ("a", "b", "c"), ("Alpha", "Beta", "Gamma"))
    assert isinstance(form, ChoiceForm)
    return form


def test_enter_on_a_line_chooses_it_and_answers() -> None:
    form = choices(AskType.SINGLE)
    form.move(1)
    assert form.enter()
    assert form.answer() == "b"


def test_a_digit_chooses_and_another_choice_replaces_it() -> None:
    form = choices(AskType.SINGLE)
    assert form.type("3")
    assert form.answer() == "c"
    assert not form.type("7")
    assert not form.type("q"), "letters stay with the player"
    form.mark(0)
    assert form.answer() == "a"


def test_several_are_marked_and_unmarked() -> None:
    form = choices(AskType.MULTI)
    for row in (2, 0, 1, 1):
        form.mark(row)
    assert form.answer() == ("a", "c"), "in the order of the list, however they were marked"
    assert [row.mark for row in form.rows()] == [Mark.CHOSEN, Mark.OPEN, Mark.CHOSEN]


def test_an_order_is_that_of_the_marking() -> None:
    form = choices(AskType.ORDER)
    for row in (2, 1, 0, 1):
        form.mark(row)
    assert form.answer() == ("c", "a")
    assert [row.number for row in form.rows()] == [2, None, 1]


def test_nothing_marked_is_no_answer() -> None:
    for form in (choices(AskType.MULTI), choices(AskType.ORDER), PickForm(), NumberForm()):
        with pytest.raises(IncompleteError, match=r"\w"):
            form.enter()


def test_confidence_is_asked_last_and_before_the_answer_is_handed_in() -> None:
    form = choices(AskType.SINGLE, confidence=True)
    assert not form.enter()
    assert form.at_confidence
    form.change(5)
    assert CONFIDENCES[form.confidence] == "certain"
    form.change(-1)
    assert CONFIDENCES[form.confidence] == "fairly sure"
    assert form.enter()
    assert form.answer() == "a", "what was chosen stays chosen while the confidence is set"


def test_a_number_takes_letters_as_its_unit_only_after_a_digit() -> None:
    form = form_for(ask(AskType.NUMERIC, unit="s", literal=1.0), (), ())
    assert isinstance(form, NumberForm)
    assert not form.type("q"), "an empty line leaves letters to the player"
    for character in "1.5min":
        assert form.type(character)
    assert form.answer() == 90.0
    for _ in range(3):
        assert form.erase()
    assert form.answer() == 1.5
    assert form.rows()[0].value == "1.5▏ s"


def test_a_number_that_is_none_says_so_and_is_not_handed_in() -> None:
    form = NumberForm(ask=ask(AskType.NUMERIC, unit="s"))
    for character in "12 parsecs":
        form.type(character)
    with pytest.raises(IncompleteError, match="is not a number, like 12 s"):
        form.enter()


def test_a_number_does_not_grow_for_ever() -> None:
    form = NumberForm()
    for _ in range(500):
        form.type("9")
    assert len(form.typed) < 50


def test_a_thing_is_picked() -> None:
    form = PickForm()
    form.picked = "hv1"
    assert form.enter()
    assert form.answer() == "hv1"


def test_pairs_are_matched_by_going_round() -> None:
    form = form_for(ask(AskType.MATCH, pairs=(("a", "1"), ("b", "2"))), ("2", "1"), ())
    assert isinstance(form, MatchForm)
    form.change(1)
    with pytest.raises(IncompleteError, match="'b' has no partner"):
        form.enter()
    form.change(1)
    form.move(1)
    form.change(-1)
    form.change(-1)
    assert form.enter()
    assert form.answer() == {"a": "1", "b": "2"}


def test_a_curve_is_drawn_bar_by_bar_and_the_truth_is_laid_over_it() -> None:
    form = form_for(ask(AskType.PREDICT_CURVE, points_asked=2), (), (), 16 * GIB)
    assert isinstance(form, CurveForm)
    form.move(1)
    for _ in range(100):
        form.change(-1)
    form.change(1)
    drawn = form.answer()
    assert isinstance(drawn, tuple)
    assert drawn[0] == 16 * GIB
    assert 0 < drawn[1] < GIB
    form.truth_bytes = (14 * GIB, GIB)
    assert "really 14 GiB" in form.rows()[0].value


def test_controls_go_through_their_choices_and_stop_at_the_ends() -> None:
    control = Control("rate", "Network", "world.x", choices=("1 Gbit/s", "10 Gbit/s", "25 Gbit/s"))
    form = ControlForm(controls=[control])
    assert form.rows()[0].value == "unchanged"
    form.change(1)
    assert form.values == {"world.x": "1 Gbit/s"}
    for _ in range(5):
        form.change(1)
    assert form.values == {"world.x": "25 Gbit/s"}
    form.change(-1)
    assert form.answer() == {"world.x": "10 Gbit/s"}


@pytest.mark.parametrize(
    ("control", "expected"),
    [
        (
            Control("c", "C", "p", least="10 MiB/s", most="40 MiB/s", step="10 MiB/s"),
            ["10 MiB/s", "20 MiB/s", "30 MiB/s", "40 MiB/s"],
        ),
        (Control("c", "C", "p", least="1", most="3", step="1"), ["1", "2", "3"]),
        (Control("c", "C", "p", least="50%", most="100%", step="25%"), ["50%", "75%", "100%"]),
    ],
)
def test_a_range_is_walked_in_the_unit_it_is_written_in(control: Control, expected: list[str]) -> None:
    options = ControlForm(controls=[control]).options(control)
    assert options == expected


@pytest.mark.parametrize("type", list(AskType))
def test_every_kind_of_question_has_a_form_that_keys_cannot_break(type: AskType) -> None:
    form: Form = form_for(
        ask(type, unit="s", pairs=(("a", "1"),), confidence=True),
        ("1",) if type is AskType.MATCH else ("a", "b"),
        ("Alpha", "Beta"),
        GIB,
    )
    for _ in range(3):
        for act in (
            lambda: form.move(9),
            lambda: form.change(1),
            lambda: form.type("5"),
            lambda: form.erase(),
            lambda: form.mark(form.cursor),
            lambda: form.move(-9),
            lambda: form.change(-1),
            lambda: form.mark(form.cursor),
        ):
            act()
            assert 0 <= form.cursor < len(form.rows())
        with suppress(IncompleteError):
            form.enter()
        assert form.how.endswith(".")
