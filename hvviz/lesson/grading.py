"""Answers graded by the contract, with an explanation always and traps answered by their own refutation."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hvviz import units
from hvviz.lesson.text import fill
from hvviz.scenario.expressions import Expression, ExpressionError
from hvviz.scenario.lesson import Ask, AskType
from hvviz.trace.phases import phase_info
from hvviz.trace.trace import Trace

Answer = str | float | Sequence[str] | Mapping[str, str] | Sequence[float]
Value = Callable[[tuple[str, ...]], Any]
"""Gives the value of a dotted name; raises LookupError."""


@dataclass(frozen=True, slots=True)
class Grade:
    """What an answer is worth and what to say to it. ``key`` is the right answer in words, ``trap`` the trap it fell in."""

    correct: bool
    points: int
    most_points: int
    explanation: str
    key: str
    trap: str | None = None


class AnswerError(ValueError):
    """An answer that is not one; the message says what is expected."""


def items_of(ask: Ask, trace: Trace) -> tuple[str, ...]:
    """What an ``order`` has to put in order, in the right order."""
    if ask.phases_of is None:
        return ask.items
    operation = trace.operations.get(ask.phases_of)
    if operation is None:
        return ()
    return tuple(phase_info(operation.kind, phase.id).title for phase in operation.phases)


def shuffled(ask: Ask, trace: Trace, seed: int) -> tuple[str, ...]:
    """What the learner is offered, in an order that depends on ``seed`` alone."""
    if ask.type in (AskType.SINGLE, AskType.MULTI):
        return tuple(choice.id for choice in ask.choices)
    offered = [*items_of(ask, trace), *ask.decoys]
    if ask.type is AskType.MATCH:
        offered = list(dict.fromkeys([right for _, right in ask.pairs] + list(ask.decoys)))
    shuffler = random.Random(f"{seed}:{ask.prompt}")
    shuffler.shuffle(offered)
    if ask.type is AskType.ORDER and tuple(offered[: len(items_of(ask, trace))]) == items_of(ask, trace):
        offered.reverse()
    return tuple(offered)


def key_of(ask: Ask, trace: Trace, value: Value) -> Answer:
    """The right answer, as `grade` takes it."""
    match ask.type:
        case AskType.SINGLE:
            return next(choice.id for choice in ask.choices if choice.correct)
        case AskType.MULTI:
            return tuple(choice.id for choice in ask.choices if choice.correct)
        case AskType.NUMERIC:
            return _target(ask, value)
        case AskType.ORDER:
            return items_of(ask, trace)
        case AskType.PICK:
            return ask.accept[0]
        case AskType.MATCH:
            return dict(ask.pairs)
        case AskType.PREDICT_CURVE:
            return curve_of(ask, trace)


def curve_of(ask: Ask, trace: Trace) -> tuple[float, ...]:
    """The truth of a predicted curve: what each of the first passes of an operation sends, in bytes."""
    operation = trace.operations.get((ask.curve or "").split(".")[0])
    if operation is None:
        return ()
    return tuple(memory_pass.bytes for memory_pass in operation.passes[: ask.points_asked])


def _number(expression: Expression, value: Value) -> float:
    found = expression.evaluate(value)
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        raise ExpressionError(f"'{expression.text}' is not a number in this run.")
    return float(found)


def _target(ask: Ask, value: Value) -> float:
    if ask.metric is not None:
        return _number(ask.metric, value)
    return ask.literal or 0.0


def interval(ask: Ask, around: float) -> tuple[float, float]:
    """The values that count as ``around`` with the question's tolerance."""
    tolerance = ask.tolerance
    margin = abs(around) * tolerance.value if tolerance.relative else tolerance.value
    return around - margin, around + margin


def parse_number(ask: Ask, text: str) -> float:
    """What a learner typed, in the base unit; a bare number is in the question's own unit. Raises `AnswerError`."""
    written = text.strip().replace(",", ".")
    try:
        bare = float(written)
    except ValueError:
        bare = None
    if bare is not None:
        return bare * _unit_factor(ask.unit)
    for dimension in units.Dimension:
        try:
            return units.parse(written, dimension)
        except units.UnitError:
            continue
    example = f", like 12 {ask.unit}" if ask.unit else ""
    raise AnswerError(f"'{text}' is not a number{example}.")


def _unit_factor(unit: str) -> float:
    if not unit:
        return 1.0
    for dimension in units.Dimension:
        try:
            return units.parse(f"1 {unit}" if not unit.startswith("/") else f"1{unit}", dimension)
        except units.UnitError:
            continue
    return 1.0


def show_number(ask: Ask, found: float) -> str:
    """A number in the question's unit."""
    factor = _unit_factor(ask.unit)
    return f"{found / factor:.3g} {ask.unit}".strip()


def grade(ask: Ask, answer: Answer, trace: Trace, value: Value) -> Grade:
    """Grade ``answer``. ``value`` gives metrics for numeric keys and for text; raises `AnswerError` for a non-answer."""
    match ask.type:
        case AskType.SINGLE:
            return _grade_single(ask, str(answer), value)
        case AskType.MULTI:
            return _grade_multi(ask, _words(answer), value)
        case AskType.NUMERIC:
            return _grade_numeric(ask, answer, value)
        case AskType.ORDER:
            items = items_of(ask, trace)
            right = tuple(_words(answer)) == items
            return _done(ask, right, " → ".join(items), value)
        case AskType.PICK:
            return _done(ask, str(answer) in ask.accept, " or ".join(ask.accept), value)
        case AskType.MATCH:
            given = dict(answer) if isinstance(answer, Mapping) else {}
            hits = sum(given.get(left) == right for left, right in ask.pairs)
            key = "; ".join(f"{left}: {right}" for left, right in ask.pairs)
            return _done(ask, hits == len(ask.pairs), key, value, share=hits / len(ask.pairs))
        case AskType.PREDICT_CURVE:
            return _grade_curve(ask, answer, trace, value)


def _words(answer: Answer) -> tuple[str, ...]:
    if isinstance(answer, (str, float, int)):
        return (str(answer),)
    return tuple(str(item) for item in answer)


def _done(
    ask: Ask, right: bool, key: str, value: Value, *, share: float = 0.0, first: str = "", trap: str | None = None
) -> Grade:
    points = ask.points if right else int(ask.points * share)
    explanation = " ".join(part for part in (first, ask.why) if part)
    return Grade(right, points, ask.points, fill(explanation, value), key, trap)


def _grade_single(ask: Ask, answer: str, value: Value) -> Grade:
    chosen = next((choice for choice in ask.choices if choice.id == answer), None)
    if chosen is None:
        raise AnswerError(f"Choose one of {', '.join(choice.id for choice in ask.choices)}.")
    key = next(choice.text for choice in ask.choices if choice.correct)
    return _done(ask, chosen.correct, key, value, first=chosen.why)


def _grade_multi(ask: Ask, answer: tuple[str, ...], value: Value) -> Grade:
    wrong = [choice for choice in ask.choices if (choice.id in answer) != choice.correct]
    key = "; ".join(choice.text for choice in ask.choices if choice.correct)
    share = max(0.0, 1.0 - 2.0 * len(wrong) / len(ask.choices))
    return _done(ask, not wrong, key, value, share=share, first=" ".join(choice.why for choice in wrong))


def _grade_numeric(ask: Ask, answer: Answer, value: Value) -> Grade:
    given = parse_number(ask, answer) if isinstance(answer, str) else answer
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        raise AnswerError("A number is expected.")
    target = _target(ask, value)
    low, high = interval(ask, target)
    if low <= given <= high:
        return _done(ask, True, show_number(ask, target), value)
    for trap in ask.traps:
        try:
            near = _number(trap.near, value)
        except ExpressionError:
            continue
        low, high = interval(ask, near)
        if low <= given <= high:
            return _done(ask, False, show_number(ask, target), value, first=trap.why, trap=trap.id)
    return _done(ask, False, show_number(ask, target), value)


def _grade_curve(ask: Ask, answer: Answer, trace: Trace, value: Value) -> Grade:
    """Right where the mean distance from the truth, in shares of its largest point, is within the tolerance."""
    truth = curve_of(ask, trace)
    given = [float(point) for point in answer] if not isinstance(answer, (str, Mapping, float, int)) else []
    key = ", ".join(units.show_bytes(point) for point in truth)
    if not truth or len(given) < len(truth):
        return _done(ask, False, key, value)
    largest = max(truth) or 1.0
    distance = sum(abs(a - b) for a, b in zip(given, truth, strict=False)) / len(truth) / largest
    margin = ask.tolerance.value if ask.tolerance.relative else 0.1
    return _done(ask, distance <= max(margin, 0.1), key, value, share=max(0.0, 1.0 - 2.0 * distance))
