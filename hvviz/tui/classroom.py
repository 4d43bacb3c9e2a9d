"""The lesson while it is played: its session, the questions and what was answered. No widget knows it, it knows none."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hvviz.lesson.answers import invitation, offered_texts, parse_answer
from hvviz.lesson.grading import Grade, grade, shuffled
from hvviz.lesson.text import fill
from hvviz.scenario.diagnostics import ScenarioError
from hvviz.scenario.expressions import ExpressionError
from hvviz.scenario.lesson import Step
from hvviz.scenario.loader import Scenario
from hvviz.session.session import Session, moment_s
from hvviz.trace.playhead import Mark
from hvviz.trace.trace import Trace
from hvviz.tui.presenter import Moment, Stage


@dataclass(slots=True)
class Classroom:
    """A scenario with its lesson. ``grades`` are by step, ``hints_given`` too."""

    scenario: Scenario
    session: Session = field(init=False)
    grades: dict[str, Grade] = field(init=False, default_factory=dict)
    reached: set[str] = field(init=False, default_factory=set)
    hints_given: dict[str, int] = field(init=False, default_factory=dict)
    seed: int = 0

    def __post_init__(self) -> None:
        self.session = Session(self.scenario)

    @property
    def first_run(self) -> str:
        steps = self.scenario.lesson.steps
        if steps:
            return steps[0].run
        return self.scenario.default_run() or next(iter(self.scenario.runs))

    def trace(self, run: str) -> Trace:
        return self.session.trace(run)

    def stages(self) -> list[Stage]:
        """The steps of the lesson with their moments in the runs as they are now."""
        found = []
        for step in self.scenario.lesson.steps:
            trace = self.trace(step.run)
            at_s = moment_s(trace, step.at)
            mark = None if at_s is None else Mark(at_s, trace.at(at_s).position if at_s > 0 else 0)
            found.append(Stage(step, None if mark is None else Moment(step.run, mark)))
        return found

    def values(self, step: Step) -> Callable[[tuple[str, ...]], Any]:
        """Values by name in the step's run."""
        return lambda parts: self.session.value(parts, step.run)

    def say(self, step: Step) -> str:
        """What the step says, with its numbers."""
        text = fill(step.say, self.values(step))
        if step.compare is not None and not step.say:
            text = f"Compare with the run '{step.compare}'."
        return text

    def question(self, step: Step) -> tuple[str, tuple[str, ...], str] | None:
        """Prompt, options and how to answer; for a task its controls."""
        if step.ask is not None:
            offered = shuffled(step.ask, self.trace(step.run), self.seed)
            how = f"{invitation(step.ask)} ? gives a hint." if step.ask.hints else invitation(step.ask)
            return fill(step.ask.prompt, self.values(step)), offered_texts(step.ask, offered), how
        if step.controls:
            options = tuple(
                f"{control.label} ({control.id}): {', '.join(control.choices) or f'{control.least} to {control.most}'}"
                for control in step.controls
            )
            goal = "" if step.goal is None else f" Until: {self.scenario.lesson.goals[step.goal].when.text}"
            return f"Change something.{goal}", options, "Type NAME=VALUE; 'undo' takes it back, 'solution' shows one."
        return None

    def hint(self, step: Step) -> str:
        """The next hint of a question."""
        hints = () if step.ask is None else step.ask.hints
        number = self.hints_given.get(step.id, 0)
        if number >= len(hints):
            return "There are no more hints." if hints else "This question has no hints."
        self.hints_given[step.id] = number + 1
        return fill(hints[number], self.values(step))

    def answer(self, step: Step, text: str) -> Grade:
        """Grade what was typed; raises `AnswerError` where it is no answer."""
        if step.ask is None:
            raise ValueError("a step without a question takes no answer")
        trace = self.trace(step.run)
        offered = shuffled(step.ask, trace, self.seed)
        given = grade(step.ask, parse_answer(step.ask, text, offered), trace, self.values(step))
        self.grades.setdefault(step.id, given)
        return given

    def change(self, step: Step, text: str) -> tuple[bool, str]:
        """Change a control. Returns whether runs changed, and what to say."""
        controls = {control.id: control for control in step.controls}
        if text == "undo":
            return (True, "Taken back.") if self.session.undo() else (False, "There is nothing to take back.")
        if text == "redo":
            return (True, "Done again.") if self.session.redo() else (False, "There is nothing to do again.")
        if text == "solution" and step.goal is not None:
            solution = self.scenario.lesson.goals[step.goal].solution
            return False, "One solution: " + ", ".join(f"{name}={value}" for name, value in solution.items())
        name, _, value = text.partition("=")
        control = controls.get(name.strip())
        if control is None:
            return False, f"Write NAME=VALUE. The names are {', '.join(controls)}."
        value = value.strip()
        if control.choices and value not in control.choices:
            return False, f"{control.label} can be {', '.join(control.choices)}."
        try:
            self.session.change(control.path, value)
        except ScenarioError as error:
            return False, error.diagnostics[0].message
        return True, f"{control.label} is {value} now.{self._goal(step)}"

    def _goal(self, step: Step) -> str:
        if step.goal is None:
            return ""
        goal = self.scenario.lesson.goals[step.goal]
        try:
            holds = bool(self.session.evaluate(goal.when, step.run))
        except ExpressionError as error:
            return f" {error}"
        if holds:
            self.reached.add(step.goal)
            return " **The goal is reached.**"
        return f" Not yet: {goal.when.text}"

    def score(self) -> str:
        """Points so far."""
        most = sum(step.ask.points for step in self.scenario.lesson.steps if step.ask is not None)
        got = sum(each.points for each in self.grades.values())
        return f"{got}/{most} points" if most else ""
