"""A lesson told as sequential text: what happens, the questions, the score. Nothing is drawn."""

from collections.abc import Callable
from typing import Any, TextIO

from hvviz.lesson.answers import invitation, offered_texts, parse_answer
from hvviz.lesson.grading import AnswerError, grade, key_of, shuffled
from hvviz.lesson.text import fill, plain
from hvviz.scenario.diagnostics import ScenarioError
from hvviz.scenario.expressions import ExpressionError
from hvviz.scenario.lesson import Ask, Step
from hvviz.scenario.loader import Scenario
from hvviz.session.session import Session
from hvviz.trace.phases import phase_info
from hvviz.trace.trace import Trace
from hvviz.units import show_time


def tell(scenario: Scenario, read: TextIO, write: TextIO, seed: int = 0) -> tuple[int, int]:
    """Tell the lesson, ask from ``read``, answer to ``write``; returns points and the most that there are.

    Where the input ends, the remaining questions are answered for the reader, without points.
    """
    return _Teller(scenario, read, write, seed).tell()


class _Teller:
    def __init__(self, scenario: Scenario, read: TextIO, write: TextIO, seed: int) -> None:
        self._scenario = scenario
        self._session = Session(scenario)
        self._read = read
        self._write = write
        self._seed = seed
        self._told_s: dict[str, float] = {}

    def _say(self, text: str = "") -> None:
        self._write.write(f"{text}\n")
        self._write.flush()

    def tell(self) -> tuple[int, int]:
        scenario = self._scenario
        self._say(scenario.title)
        if scenario.summary:
            self._say(scenario.summary)
        if scenario.assumes:
            self._say("This lesson assumes: " + "; ".join(scenario.assumes) + ".")
        points = most = 0
        steps = scenario.lesson.steps
        for number, step in enumerate(steps, 1):
            self._say()
            self._say(f"Step {number} of {len(steps)}.")
            self._happenings(step)
            if step.say:
                self._say(plain(fill(step.say, self._values(step))))
            if step.ask is not None:
                got, possible = self._ask(step, step.ask)
                points, most = points + got, most + possible
            if step.goal is not None:
                self._goal(step)
        if not steps:
            self._happenings_until(self._session.trace(), None)
        self._say()
        self._say(f"The end. {points} of {most} points." if most else "The end.")
        return points, most

    def _happenings(self, step: Step) -> None:
        """What has happened since the last step of this run."""
        trace = self._session.trace(step.run)
        at_s = self._session.moment_s(step.at, step.run)
        self._happenings_until(trace, at_s)

    def _happenings_until(self, trace: Trace, until_s: float | None) -> None:
        since_s = self._told_s.get(trace.run, -1.0)
        until_s = trace.end_s if until_s is None else until_s
        for operation in trace.operations.values():
            for phase in operation.phases:
                if since_s < phase.start_s <= until_s:
                    info = phase_info(operation.kind, phase.id)
                    lasted = "" if phase.end_s is None else f", {show_time(phase.end_s - phase.start_s)}"
                    self._say(f"At {show_time(phase.start_s)}: {operation.id}, {info.title}{lasted}. {info.story}")
            ended = operation.ended_s
            if ended is not None and since_s < ended <= until_s:
                why = "" if operation.failure is None else f" {operation.failure.message} {operation.failure.remedy}"
                self._say(f"At {show_time(ended)}: {operation.id} is {operation.outcome}.{why}")
        self._told_s[trace.run] = max(since_s, until_s)

    def _values(self, step: Step) -> Callable[[tuple[str, ...]], Any]:
        """Values by name in the step's run."""
        return lambda parts: self._session.value(parts, step.run)

    def _line(self) -> str | None:
        """A line of the reader's, None at the end of the input."""
        line = self._read.readline()
        return None if line == "" else line.strip()

    def _ask(self, step: Step, ask: Ask) -> tuple[int, int]:
        trace = self._session.trace(step.run)

        value = self._values(step)
        self._say(f"Question, {ask.points} point{'s' if ask.points != 1 else ''}: {plain(fill(ask.prompt, value))}")
        offered = shuffled(ask, trace, self._seed)
        self._offer(ask, offered)
        hints = list(ask.hints)
        while True:
            line = self._line()
            if line is None:
                answer = key_of(ask, trace, value)
                known = grade(ask, answer, trace, value)
                self._say(f"Not answered. The answer: {known.key}. {plain(known.explanation)}")
                return 0, ask.points
            if line in ("?", "h", "hint"):
                self._say(f"Hint: {plain(hints.pop(0))}" if hints else "There are no more hints.")
                continue
            try:
                given = grade(ask, parse_answer(ask, line, offered), trace, value)
            except AnswerError as error:
                self._say(str(error))
                continue
            verdict = "Right." if given.correct else f"Not so. The answer: {given.key}."
            self._say(f"{verdict} {plain(given.explanation)} ({given.points} of {given.most_points})")
            return given.points, given.most_points

    def _offer(self, ask: Ask, offered: tuple[str, ...]) -> None:
        for number, text in enumerate(offered_texts(ask, offered), 1):
            self._say(f"  {number}. {text}")
        self._say(f"{invitation(ask)} '?' gives a hint.")

    def _goal(self, step: Step) -> None:
        """The task of a step, with what may be changed; each line sets one control."""
        goal = self._scenario.lesson.goals[step.goal or ""]
        self._say("Your task. Change one of these with NAME=VALUE until it holds; an empty line shows the solution:")
        for control in step.controls:
            values = ", ".join(control.choices) or f"{control.least} to {control.most}"
            self._say(f"  {control.id}: {control.label} ({values})")
        controls = {control.id: control.path for control in step.controls}
        changes: dict[str, str] = {}
        while True:
            line = self._line()
            if not line:
                solution = ", ".join(f"{name}={value}" for name, value in goal.solution.items())
                self._say(f"One solution: {solution}.")
                return
            name, _, value = line.partition("=")
            if name.strip() not in controls:
                self._say(f"Write NAME=VALUE; the names are {', '.join(controls)}.")
                continue
            changes[controls[name.strip()]] = value.strip()
            try:
                reached = bool(self._session.evaluate(goal.when, step.run, changes))
            except ScenarioError as error:
                del changes[controls[name.strip()]]
                self._say(error.diagnostics[0].message)
                continue
            except ExpressionError as error:
                self._say(str(error))
                continue
            if reached:
                self._say("It holds. Well done.")
                return
            self._say(f"Not yet: {goal.when.text}")
