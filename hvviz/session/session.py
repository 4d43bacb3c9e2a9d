"""A scenario in use: its runs simulated and kept, with what the learner has changed, and a way back from each change."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hvviz.scenario.expressions import Expression
from hvviz.scenario.loader import Scenario
from hvviz.scenario.plan import Action
from hvviz.trace import metrics
from hvviz.trace.trace import Trace

Changes = Mapping[str, str]
"""What the learner has set: a path and its value as the file would write it."""

_KEPT = 64


class Session:
    """Simulates the runs of ``scenario`` when they are first asked for.

    ``changes`` apply to every run, as a learner's controls do. Each change can be undone and done again.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._history: list[dict[str, str]] = [{}]
        self._position = 0
        self._traces: dict[tuple[Any, ...], Trace] = {}

    @property
    def changes(self) -> Changes:
        return self._history[self._position]

    def change(self, path: str, value: str) -> None:
        """Set ``path`` to ``value`` from now on; raises `ScenarioError` where the value does not fit any run."""
        changed = {**self.changes, path: value}
        for run in self.scenario.runs:
            self.scenario.plan(run, changed)
        self._history = [*self._history[: self._position + 1], changed]
        self._position += 1

    def reset(self) -> None:
        """Take back every change, in a way that can itself be undone."""
        if self.changes:
            self._history = [*self._history[: self._position + 1], {}]
            self._position += 1

    def undo(self) -> bool:
        """Take the latest change back; False where there is none."""
        if self._position == 0:
            return False
        self._position -= 1
        return True

    def redo(self) -> bool:
        """Make the change again that was taken back last; False where there is none."""
        if self._position + 1 == len(self._history):
            return False
        self._position += 1
        return True

    def trace(self, run: str | None = None, changes: Changes | None = None) -> Trace:
        """The trace of ``run`` (``base`` or the only one where None), with ``changes`` or the session's own.

        Raises KeyError for an unknown run and `ScenarioError` where a change does not fit.
        """
        name = run or self.scenario.default_run() or next(iter(self.scenario.runs))
        given = self.changes if changes is None else changes
        key = (name, *sorted(given.items()))
        found = self._traces.get(key)
        if found is None:
            found = self._simulate(name, given)
            if len(self._traces) >= _KEPT:
                del self._traces[next(iter(self._traces))]
            self._traces[key] = found
        return found

    def fork(self, run: str, actions: tuple[Action, ...]) -> Trace:
        """What would come of ``run`` if ``actions`` happened too; the run itself stays as it is."""
        return self._simulate(run, self.changes, actions)

    def _simulate(self, run: str, changes: Changes, actions: tuple[Action, ...] = ()) -> Trace:
        from hvviz.simulation import simulate

        plan = self.scenario.plan(run, changes, actions)
        if actions:
            plan = replace(plan, run=f"{run}, forked")
        return simulate(plan)

    def value(self, parts: tuple[str, ...], run: str | None = None, changes: Changes | None = None) -> Any:
        """The value of ``[RUN.]NAME.metric``; raises `metrics.MetricError` where there is none."""
        if len(parts) > 1 and parts[0] in self.scenario.runs:
            return metrics.value(self.trace(parts[0], changes), parts[1:])
        return metrics.value(self.trace(run, changes), parts)

    def evaluate(self, expression: Expression, run: str | None = None, changes: Changes | None = None) -> Any:
        """The value of an expression; raises `ExpressionError`."""
        return expression.evaluate(lambda parts: self.value(parts, run, changes))

    def moment_s(self, at: str, run: str | None = None) -> float | None:
        """The time of an anchor of a step (``start``, ``end``, ``m1.memory-copy.mid``), None where it never comes."""
        return moment_s(self.trace(run), at)


def moment_s(trace: Trace, at: str) -> float | None:
    """The time of a step's anchor in ``trace``, None where it never comes."""
    if at == "start":
        return 0.0
    if at == "end":
        return trace.end_s
    name, _, offset = at.partition("+")
    parts = name.strip().split(".")
    operation = trace.operations.get(parts[0])
    if operation is None or len(parts) < 2:
        return None
    start_s, end_s = operation.started_s, operation.ended_s
    if len(parts) > 2:
        phase = operation.phase(parts[1])
        if phase is None:
            return None
        start_s, end_s = phase.start_s, phase.end_s
        if len(parts) > 3:
            steps = [step for step in phase.steps if step.id == parts[2]]
            if not steps:
                return None
            start_s, end_s = steps[0].start_s, steps[0].end_s
    found = {"start": start_s, "end": end_s, "mid": _middle(start_s, end_s, trace.end_s)}.get(parts[-1])
    return None if found is None else found + _offset_s(offset)


def _middle(start_s: float | None, end_s: float | None, last_s: float) -> float | None:
    return None if start_s is None else (start_s + (last_s if end_s is None else end_s)) / 2


def _offset_s(text: str) -> float:
    from hvviz import units

    return units.parse(text.strip(), units.Dimension.TIME) if text.strip() else 0.0
