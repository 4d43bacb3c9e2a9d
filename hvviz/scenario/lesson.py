"""The lesson in a scenario: what the learner sees, is asked, may change, and has to reach."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hvviz.scenario.expressions import Expression


class AskType(StrEnum):
    SINGLE = "single"
    MULTI = "multi"
    NUMERIC = "numeric"
    ORDER = "order"
    PICK = "pick"
    MATCH = "match"
    PREDICT_CURVE = "predict-curve"


@dataclass(frozen=True, slots=True)
class Choice:
    id: str
    text: str
    correct: bool
    why: str


@dataclass(frozen=True, slots=True)
class Trap:
    """A wrong model: what it would make of the question, and why it is wrong."""

    id: str
    near: Expression
    why: str


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far an answer may be off: a share of the right one, or an amount in the base unit."""

    value: float
    relative: bool


@dataclass(frozen=True, slots=True)
class Ask:
    """A question. Which fields are set depends on ``type``.

    ``metric`` or ``literal`` is the answer to a numeric one, in the base unit of ``unit``. ``phases_of`` or ``items``
    are what is to be ordered, with ``decoys`` that do not belong. ``pairs`` is for ``match``. ``curve`` is the metric
    of a predicted curve and ``points_asked`` how many points the learner sets.
    """

    type: AskType
    prompt: str
    why: str
    points: int = 1
    hints: tuple[str, ...] = ()
    objective: str | None = None
    confidence: bool = False
    review: bool = False
    choices: tuple[Choice, ...] = ()
    metric: Expression | None = None
    literal: float | None = None
    unit: str = ""
    tolerance: Tolerance = Tolerance(0.05, True)
    traps: tuple[Trap, ...] = ()
    phases_of: str | None = None
    items: tuple[str, ...] = ()
    decoys: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    curve: str | None = None
    points_asked: int = 5


@dataclass(frozen=True, slots=True)
class Control:
    """Something that the learner may change: one of ``choices``, or a number between ``least`` and ``most``."""

    id: str
    label: str
    path: str
    choices: tuple[str, ...] = ()
    least: str | None = None
    most: str | None = None
    step: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a lesson. ``at`` is ``start``, ``end``, or a moment in an operation that may end in ``.mid``."""

    id: str
    at: str
    run: str
    say: str
    notes: str
    focus: tuple[str, ...]
    show: tuple[str, ...]
    compare: str | None
    controls: tuple[Control, ...]
    goal: str | None
    ask: Ask | None
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Goal:
    id: str
    when: Expression
    solution: Mapping[str, str]
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Check:
    """A condition of the author's own, never shown to a learner."""

    run: str
    expect: Expression
    note: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Lesson:
    """All of it, in the order of the file."""

    steps: tuple[Step, ...] = ()
    goals: Mapping[str, Goal] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    policy: Mapping[str, Any] = field(default_factory=dict)
    vary: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
