"""Answers in the making: rows with a cursor, which keys and clicks change. No widget knows how, no form knows a widget.

One rule for all of them: up and down move, space marks, left and right change, Enter answers.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from hvviz import units
from hvviz.lesson.grading import Answer, AnswerError, parse_number
from hvviz.scenario.lesson import Ask, AskType, Control

CONFIDENCES = ("a guess", "fairly sure", "certain")
_SHARES = (0.0, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.18, 0.25, 0.35, 0.5, 0.7, 0.85, 1.0)
_STARTS_NUMBER = "0123456789.,"
_LONGEST = 24
_MOST_OPTIONS = 200
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)(.*)")


class Mark(StrEnum):
    """What stands before a row."""

    NONE = ""
    OPEN = "open"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a form. ``number`` is its place where order counts, ``value`` what left and right change."""

    text: str
    mark: Mark = Mark.NONE
    number: int | None = None
    value: str = ""
    share: float | None = None
    truth: float | None = None


class IncompleteError(ValueError):
    """The form cannot be handed in yet; the message says what is missing."""


@dataclass(slots=True)
class Form:
    """What all forms share. ``confidence`` is an index into `CONFIDENCES`, asked on the last row where the author wants it."""

    asks_confidence: bool = False
    confidence: int = 1
    cursor: int = 0

    def fields(self) -> Sequence[Row]:
        """The rows before the one for confidence."""
        raise NotImplementedError

    def answer(self) -> Answer:
        """What was answered; raises `IncompleteError`."""
        raise NotImplementedError

    @property
    def how(self) -> str:
        """Which keys do what here."""
        raise NotImplementedError

    def rows(self) -> list[Row]:
        found = list(self.fields())
        if self.asks_confidence:
            found.append(Row("How sure are you?", value=CONFIDENCES[self.confidence]))
        return found

    @property
    def at_confidence(self) -> bool:
        return self.asks_confidence and self.cursor == len(self.rows()) - 1

    def move(self, by: int) -> None:
        self.cursor = max(0, min(len(self.rows()) - 1, self.cursor + by))

    def go(self, row: int) -> None:
        self.cursor = max(0, min(len(self.rows()) - 1, row))

    def change(self, by: int) -> bool:
        """Left or right; returns whether the form has a use for it here."""
        if self.at_confidence:
            self.confidence = max(0, min(len(CONFIDENCES) - 1, self.confidence + by))
            return True
        return self.change_field(by)

    def change_field(self, by: int) -> bool:
        return False

    def mark(self, row: int) -> bool:
        """Space on a row, or a click; returns whether the form has a use for it."""
        return False

    def type(self, character: str) -> bool:
        """A printable key; returns whether the form takes it."""
        if character.isdigit() and character != "0" and int(character) <= len(self.fields()):
            self.cursor = int(character) - 1
            return self.mark(self.cursor)
        return False

    def erase(self) -> bool:
        return False

    def enter(self) -> bool:
        """Enter: on to the confidence where it is asked; True where the answer is now to be handed in."""
        self.answer()
        if self.asks_confidence and not self.at_confidence:
            self.cursor = len(self.rows()) - 1
            return False
        return True


@dataclass(slots=True)
class ChoiceForm(Form):
    """One of several (``most`` 1), any of several, or several in order. ``ids`` are what is answered, ``texts`` what is read."""

    ids: Sequence[str] = ()
    texts: Sequence[str] = ()
    most: int | None = None
    ordered: bool = False
    chosen: list[str] = field(default_factory=list)

    def fields(self) -> Sequence[Row]:
        return [
            Row(
                text,
                Mark.CHOSEN if id in self.chosen else Mark.OPEN,
                self.chosen.index(id) + 1 if self.ordered and id in self.chosen else None,
            )
            for id, text in zip(self.ids, self.texts, strict=True)
        ]

    @property
    def how(self) -> str:
        if self.ordered:
            return "Space gives the next number, or takes it back; leave out what does not belong. Enter answers."
        if self.most == 1:
            return "↑↓ or a number chooses, Enter answers."
        return "Space marks all that are right, Enter answers."

    def mark(self, row: int) -> bool:
        if row >= len(self.ids):
            return False
        id = self.ids[row]
        if self.most == 1:
            self.chosen = [id]
        elif id in self.chosen:
            self.chosen.remove(id)
        else:
            self.chosen.append(id)
        return True

    def enter(self) -> bool:
        if self.most == 1 and not self.at_confidence:
            self.mark(self.cursor)
        return Form.enter(self)

    def answer(self) -> Answer:
        if not self.chosen:
            raise IncompleteError("Nothing is marked yet: space marks the line that you are on.")
        if self.most == 1:
            return self.chosen[0]
        return tuple(self.chosen) if self.ordered else tuple(id for id in self.ids if id in self.chosen)


@dataclass(slots=True)
class NumberForm(Form):
    """A number that is typed; ``ask`` says in which unit."""

    ask: Ask | None = None
    typed: str = ""

    def fields(self) -> Sequence[Row]:
        unit = "" if self.ask is None else self.ask.unit
        return [Row("Your answer:", value=f"{self.typed}▏{'' if any(c.isalpha() for c in self.typed) else f' {unit}'}")]

    @property
    def how(self) -> str:
        unit = "" if self.ask is None or not self.ask.unit else f" in {self.ask.unit}, or with a unit of your own"
        return f"Type a number{unit}. Enter answers."

    def type(self, character: str) -> bool:
        if self.at_confidence or len(self.typed) >= _LONGEST:
            return False
        if not self.typed and character not in _STARTS_NUMBER:
            return False
        self.typed += character
        return True

    def erase(self) -> bool:
        if self.at_confidence or not self.typed:
            return False
        self.typed = self.typed[:-1]
        return True

    def mark(self, row: int) -> bool:
        return not self.at_confidence and self.type(" ") if self.typed else False

    def answer(self) -> Answer:
        if not self.typed.strip():
            raise IncompleteError("Type a number first.")
        if self.ask is None:
            return self.typed
        try:
            return parse_number(self.ask, self.typed)
        except AnswerError as error:
            raise IncompleteError(str(error)) from error


@dataclass(slots=True)
class PickForm(Form):
    """A thing in the diagram."""

    picked: str | None = None

    def fields(self) -> Sequence[Row]:
        return [Row("You picked:", value=self.picked or "nothing yet")]

    @property
    def how(self) -> str:
        return "Go there in the diagram with the arrows, Enter picks; or click it twice."

    def answer(self) -> Answer:
        if self.picked is None:
            raise IncompleteError("Pick a thing in the diagram: the arrows go from thing to thing.")
        return self.picked


@dataclass(slots=True)
class MatchForm(Form):
    """For each of ``left`` one of ``right``."""

    left: Sequence[str] = ()
    right: Sequence[str] = ()
    matched: dict[str, str] = field(default_factory=dict)

    def fields(self) -> Sequence[Row]:
        return [
            Row(each, Mark.CHOSEN if each in self.matched else Mark.OPEN, value=self.matched.get(each, "…"))
            for each in self.left
        ]

    @property
    def how(self) -> str:
        return "← and → choose what belongs to the line that you are on. Enter answers."

    def change_field(self, by: int) -> bool:
        if not self.right:
            return False
        here = self.left[self.cursor]
        now = self.right.index(self.matched[here]) if here in self.matched else (-1 if by > 0 else 0)
        self.matched[here] = self.right[(now + by) % len(self.right)]
        return True

    def mark(self, row: int) -> bool:
        self.go(row)
        return not self.at_confidence and self.change_field(1)

    def type(self, character: str) -> bool:
        return False

    def answer(self) -> Answer:
        missing = [each for each in self.left if each not in self.matched]
        if missing:
            raise IncompleteError(f"'{missing[0]}' has no partner yet.")
        return dict(self.matched)


@dataclass(slots=True)
class CurveForm(Form):
    """How much each pass sends, as bars that are drawn out; ``truth`` is laid over them once it is known."""

    most_bytes: float = 0.0
    levels: list[int] = field(default_factory=list)
    truth_bytes: Sequence[float] = ()

    def fields(self) -> Sequence[Row]:
        found = []
        for index, level in enumerate(self.levels):
            share = _SHARES[level]
            truth = self.truth_bytes[index] / (self.most_bytes or 1.0) if index < len(self.truth_bytes) else None
            shown = units.show_bytes(share * self.most_bytes)
            if truth is not None:
                shown = f"{shown}, really {units.show_bytes(self.truth_bytes[index])}"
            found.append(Row(f"pass {index + 1}", value=shown, share=share, truth=truth))
        return found

    @property
    def how(self) -> str:
        return "← and → draw the bar shorter or longer. Enter answers."

    def change_field(self, by: int) -> bool:
        self.levels[self.cursor] = max(0, min(len(_SHARES) - 1, self.levels[self.cursor] + by))
        return True

    def type(self, character: str) -> bool:
        return False

    def answer(self) -> Answer:
        return tuple(_SHARES[level] * self.most_bytes for level in self.levels)


def form_for(ask: Ask, offered: Sequence[str], texts: Sequence[str], most_bytes: float = 0.0) -> Form:
    """An empty form for a question; ``offered`` in the order in which the learner sees it."""
    sure = ask.confidence
    match ask.type:
        case AskType.SINGLE:
            return ChoiceForm(sure, ids=offered, texts=texts, most=1)
        case AskType.MULTI:
            return ChoiceForm(sure, ids=offered, texts=texts)
        case AskType.ORDER:
            return ChoiceForm(sure, ids=offered, texts=texts, ordered=True)
        case AskType.NUMERIC:
            return NumberForm(sure, ask=ask)
        case AskType.PICK:
            return PickForm(sure)
        case AskType.MATCH:
            return MatchForm(sure, left=[left for left, _ in ask.pairs], right=list(offered))
        case AskType.PREDICT_CURVE:
            return CurveForm(sure, most_bytes=most_bytes, levels=[len(_SHARES) - 1] * ask.points_asked)


@dataclass(slots=True)
class ControlForm(Form):
    """What the learner may change, with the values in force."""

    controls: Sequence[Control] = ()
    values: dict[str, str] = field(default_factory=dict)

    def fields(self) -> Sequence[Row]:
        return [Row(f"{each.label}:", value=self.values.get(each.path, "unchanged")) for each in self.controls]

    @property
    def how(self) -> str:
        return "← and → change, u takes back, U does again, s shows a solution."

    def options(self, control: Control) -> list[str]:
        """The values that a control can take, in order."""
        return list(control.choices) or _between(control)

    def change_field(self, by: int) -> bool:
        control = self.controls[self.cursor]
        options = self.options(control)
        if not options:
            return False
        now = self.values.get(control.path)
        at = options.index(now) if now in options else (-1 if by > 0 else len(options))
        self.values[control.path] = options[max(0, min(len(options) - 1, at + by))]
        return True

    def mark(self, row: int) -> bool:
        self.go(row)
        return self.change_field(1)

    def type(self, character: str) -> bool:
        return False

    def answer(self) -> Answer:
        return dict(self.values)


def _between(control: Control) -> list[str]:
    """The steps from the least to the most, written in the unit of the least."""
    if control.least is None or control.most is None:
        return []
    for dimension in units.Dimension:
        try:
            least, most = units.parse(control.least, dimension), units.parse(control.most, dimension)
            step = units.parse(control.step, dimension) if control.step is not None else (most - least) / 10
        except units.UnitError:
            continue
        return _written(control.least, least, most, step)
    try:
        least, most = float(control.least), float(control.most)
        step = float(control.step) if control.step is not None else (most - least) / 10
    except ValueError:
        return [control.least, control.most]
    return _written(control.least, least, most, step)


def _written(example: str, least: float, most: float, step: float) -> list[str]:
    written = _NUMBER.fullmatch(example.strip())
    if written is None or step <= 0:
        return [example]
    factor = least / float(written[1]) if float(written[1]) else 1.0
    count = min(_MOST_OPTIONS, round((most - least) / step))
    return [f"{(least + index * step) / factor:g}{written[2]}" for index in range(count + 1)]
