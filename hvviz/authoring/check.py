"""``hvviz check``: a scenario proved without a screen.

Beyond what loading finds: every run simulates, every check holds, each goal is false at first and true with its
solution, traps are clear of the accepted answer and of each other, anchors come, and controls' choices simulate.
"""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from hvviz.lesson.grading import interval
from hvviz.scenario.diagnostics import Diagnostic, ScenarioError, Severity
from hvviz.scenario.expressions import ExpressionError, parse
from hvviz.scenario.lesson import Ask, AskType, Step
from hvviz.scenario.loader import Scenario, load
from hvviz.session.session import Session
from hvviz.simulation import SIMULATED

_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
_COLOURS = re.compile(
    r"\b(?:click|pick|choose|press|look at|see)\b[^.]{0,40}\b(?:red|green|blue|yellow|orange)\b", re.I
)
_WORDS_A_MINUTE = 180
_SECONDS_A_QUESTION = 45
_MOST_CHOICES = 40


def check_file(path: Path | str) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with one file, by position."""
    try:
        scenario = load(path)
    except ScenarioError as error:
        return error.diagnostics
    found = [*scenario.warnings, *Checker(scenario).findings()]
    return tuple(sorted(dict.fromkeys(found), key=lambda each: (each.line, each.column, each.code)))


class Checker:
    """The checks of one scenario that loads."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._session = Session(scenario)
        self._lines = scenario.text.splitlines()

    def findings(self) -> Iterator[Diagnostic]:
        yield from self._runs()
        yield from self._checks()
        for step in self._scenario.lesson.steps:
            yield from self._step(step)
        yield from self._goals()
        yield from self._reading_time()

    def _finding(
        self, code: str, place: tuple[int, int], message: str, hint: str = "", severity: Severity = Severity.ERROR
    ) -> Diagnostic:
        line, column = place
        source = self._lines[line - 1] if 0 < line <= len(self._lines) else ""
        return Diagnostic(code, severity, self._scenario.path, line, column, message, hint, source[:200])

    def _runs(self) -> Iterator[Diagnostic]:
        for id, spec in self._scenario.runs.items():
            for action in self._scenario.plan(id).actions:
                if action.do not in SIMULATED:
                    message = f"'{action.do}' of run '{id}' cannot be simulated by this version."
                    yield self._finding("HV401", spec.place, message)
            for skipped in self._session.trace(id).skipped:
                message = f"In run '{id}' the action '{skipped.id}' does not happen. {skipped.reason}"
                yield self._finding("HV402", spec.place, message, severity=Severity.WARNING)

    def _checks(self) -> Iterator[Diagnostic]:
        for check in self._scenario.lesson.checks:
            place = (check.line, check.column)
            try:
                if self._session.evaluate(check.expect, check.run):
                    continue
            except ExpressionError as error:
                yield self._finding("HV403", place, f"This check cannot be evaluated: {error}")
                continue
            values = ", ".join(f"{'.'.join(name)} = {self._shown(name, check.run)}" for name in check.expect.names())
            yield self._finding(
                "HV403", place, f"This check does not hold in run '{check.run}': {check.expect.text}", values
            )

    def _shown(self, name: tuple[str, ...], run: str) -> str:
        try:
            return str(self._session.value(name, run))
        except LookupError as error:
            return str(error.args[0])

    def _step(self, step: Step) -> Iterator[Diagnostic]:
        place = (step.line, step.column)
        if self._session.moment_s(step.at, step.run) is None:
            message = f"'{step.at}' never comes in run '{step.run}', so step '{step.id}' would never be shown."
            yield self._finding("HV404", place, message)
        for text in self._texts(step):
            yield from self._placeholders(step, text)
            if _COLOURS.search(text):
                message = f"Step '{step.id}' tells things apart by colour alone."
                yield self._finding("HV405", place, message, "Name the thing, or what it looks like.", Severity.WARNING)
        for control in step.controls:
            broken = (
                found for value in control.choices[:_MOST_CHOICES] for found in self._choice(step, control.path, value)
            )
            yield from islice(broken, 1)
        if step.ask is not None and step.ask.type is AskType.NUMERIC:
            yield from self._traps(step, step.ask)
        ordered = None if step.ask is None else step.ask.phases_of
        if ordered is not None and ordered not in self._session.trace(step.run).operations:
            yield self._finding("HV406", place, f"There is no operation '{ordered}' in run '{step.run}'.")

    def _texts(self, step: Step) -> list[str]:
        texts = [step.say]
        if step.ask is not None:
            texts += [step.ask.prompt, step.ask.why, *step.ask.hints, *(trap.why for trap in step.ask.traps)]
            for choice in step.ask.choices:
                texts += [choice.text, choice.why]
        return texts

    def _placeholders(self, step: Step, text: str) -> Iterator[Diagnostic]:
        for match in _PLACEHOLDER.finditer(text):
            try:
                self._session.evaluate(parse(match[1]), step.run)
            except ExpressionError as error:
                message = f"The placeholder '{match[0]}' of step '{step.id}' has no value: {error}"
                yield self._finding("HV407", (step.line, step.column), message)

    def _choice(self, step: Step, path: str, value: str) -> Iterator[Diagnostic]:
        try:
            self._session.trace(step.run, {path: value})
        except ScenarioError as error:
            message = (
                f"A control of step '{step.id}' offers '{value}', which does not fit: {error.diagnostics[0].message}"
            )
            yield self._finding("HV408", (step.line, step.column), message)

    def _traps(self, step: Step, ask: Ask) -> Iterator[Diagnostic]:
        place = (step.line, step.column)
        spans: list[tuple[str, float, float]] = []
        try:
            target = ask.literal if ask.metric is None else self._session.evaluate(ask.metric, step.run)
            if isinstance(target, bool) or not isinstance(target, (int, float)):
                yield self._finding(
                    "HV409", place, f"The answer of step '{step.id}' is not a number in run '{step.run}'."
                )
                return
            spans.append(("the accepted answer", *interval(ask, target)))
            for trap in ask.traps:
                near = self._session.evaluate(trap.near, step.run)
                if isinstance(near, bool) or not isinstance(near, (int, float)):
                    yield self._finding("HV409", place, f"The trap '{trap.id}' is not a number.")
                    continue
                spans.append((f"trap '{trap.id}'", *interval(ask, near)))
        except ExpressionError as error:
            yield self._finding("HV409", place, f"The answer or a trap of step '{step.id}' has no value: {error}")
            return
        for number, (name, low, high) in enumerate(spans):
            for other, other_low, other_high in spans[:number]:
                if low <= other_high and other_low <= high:
                    message = (
                        f"{name} ({low:.4g} to {high:.4g}) overlaps {other} ({other_low:.4g} to {other_high:.4g})."
                    )
                    hint = (
                        "A learner with the wrong model would be marked right: change a number, or tighten 'tolerance'."
                    )
                    yield self._finding("HV410", place, message, hint)

    def _goals(self) -> Iterator[Diagnostic]:
        lesson = self._scenario.lesson
        for step in lesson.steps:
            if step.goal is None:
                continue
            goal = lesson.goals[step.goal]
            place = (goal.line, goal.column)
            paths = {control.id: control.path for control in step.controls}
            solution = {paths[name]: value for name, value in goal.solution.items() if name in paths}
            try:
                if self._session.evaluate(goal.when, step.run):
                    hint = "Learners would pass without acting."
                    yield self._finding("HV411", place, f"Goal '{goal.id}' holds already in run '{step.run}'.", hint)
                if not self._session.evaluate(goal.when, step.run, solution):
                    yield self._finding("HV412", place, f"Goal '{goal.id}' does not hold with its own solution.")
            except ScenarioError:
                continue  # a choice that does not fit is reported with its control
            except ExpressionError as error:
                yield self._finding("HV412", place, f"Goal '{goal.id}' cannot be evaluated: {error}")

    def _reading_time(self) -> Iterator[Diagnostic]:
        minutes = self._scenario.minutes
        if minutes is None:
            return
        steps = self._scenario.lesson.steps
        words = sum(len(text.split()) for step in steps for text in self._texts(step))
        needed = words / _WORDS_A_MINUTE + sum(step.ask is not None for step in steps) * _SECONDS_A_QUESTION / 60
        if needed > 2 * minutes or (steps and needed < minutes / 6):
            message = f"'minutes' says {minutes}; reading and answering take about {max(1, round(needed))}."
            yield self._finding("HV413", (1, 1), message, severity=Severity.WARNING)
