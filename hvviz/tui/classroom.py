"""The lesson while it is played: its session, the questions and what was answered. No widget knows it, it knows none."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hvviz.lesson.answers import offered_texts
from hvviz.lesson.grading import Answer, Grade, curve_of, grade, shuffled
from hvviz.lesson.text import fill
from hvviz.scenario.diagnostics import ScenarioError
from hvviz.scenario.expressions import ExpressionError
from hvviz.scenario.lesson import Step
from hvviz.scenario.loader import Scenario
from hvviz.session.session import Session, moment_s
from hvviz.trace.playhead import Mark
from hvviz.trace.trace import Trace
from hvviz.tui.forms import ControlForm, Form, form_for
from hvviz.tui.presenter import Moment, Stage


@dataclass(slots=True)
class Classroom:
    """A scenario with its lesson. ``grades``, ``confidences`` and ``hints_given`` are by step."""

    scenario: Scenario
    session: Session = field(init=False)
    grades: dict[str, Grade] = field(init=False, default_factory=dict)
    confidences: dict[str, str] = field(init=False, default_factory=dict)
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

    def form(self, step: Step) -> tuple[str, Form] | None:
        """What the step asks and an empty form for it; for a task its controls."""
        if step.ask is not None:
            offered = shuffled(step.ask, self.trace(step.run), self.seed)
            form = form_for(step.ask, offered, offered_texts(step.ask, offered), self._most_bytes(step))
            return fill(step.ask.prompt, self.values(step)), form
        if step.controls:
            return self._task(step), ControlForm(controls=step.controls, values=dict(self.session.changes))
        return None

    def _task(self, step: Step) -> str:
        if step.goal is None:
            return "Change something and see what comes of it."
        return f"Your task: `{self.scenario.lesson.goals[step.goal].when.text}`"

    def _most_bytes(self, step: Step) -> float:
        """The longest bar of a predicted curve: the memory of the VM that moves."""
        if step.ask is None or step.ask.curve is None:
            return 0.0
        trace = self.trace(step.run)
        operation = trace.operations.get(step.ask.curve.split(".")[0])
        vm = None if operation is None or operation.vm is None else trace.world.vms.get(operation.vm)
        return 0.0 if vm is None else float(vm.memory_bytes)

    def truth(self, step: Step) -> tuple[float, ...]:
        """What a predicted curve really is."""
        return () if step.ask is None else curve_of(step.ask, self.trace(step.run))

    def hint(self, step: Step) -> str:
        """The next hint of a question."""
        hints = () if step.ask is None else step.ask.hints
        number = self.hints_given.get(step.id, 0)
        if number >= len(hints):
            return "There are no more hints." if hints else "This question has no hints."
        self.hints_given[step.id] = number + 1
        return fill(hints[number], self.values(step))

    def answer(self, step: Step, answer: Answer, confidence: str | None = None) -> Grade:
        """Grade an answer; the first one counts. Raises `AnswerError` where it is none."""
        if step.ask is None:
            raise ValueError("a step without a question takes no answer")
        given = grade(step.ask, answer, self.trace(step.run), self.values(step))
        self.grades.setdefault(step.id, given)
        if confidence is not None:
            self.confidences.setdefault(step.id, confidence)
        return given

    def change(self, step: Step, path: str, value: str) -> tuple[bool, str]:
        """Set a control and simulate what the lesson shows. Returns whether runs changed, and what to say."""
        try:
            self.session.change(path, value)
        except ScenarioError as error:
            return False, error.diagnostics[0].message
        return True, f"Changed.{self._goal(step)}"

    def take_back(self, step: Step) -> tuple[bool, str]:
        done = self.session.undo()
        return done, f"Taken back.{self._goal(step)}" if done else "There is nothing to take back."

    def do_again(self, step: Step) -> tuple[bool, str]:
        done = self.session.redo()
        return done, f"Done again.{self._goal(step)}" if done else "There is nothing to do again."

    def solution(self, step: Step) -> str:
        """One solution of the step's task, in words."""
        if step.goal is None:
            return "This step has no goal: try what you like."
        labels = {control.id: control.label for control in step.controls}
        solution = self.scenario.lesson.goals[step.goal].solution
        return "One solution: " + ", ".join(f"{labels.get(name, name)}: {value}" for name, value in solution.items())

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
            return "\n**The goal is reached.** n goes on."
        return "\nThe goal is not reached yet."

    def score(self) -> str:
        """Points so far."""
        most = sum(step.ask.points for step in self.scenario.lesson.steps if step.ask is not None)
        got = sum(each.points for each in self.grades.values())
        return f"{got}/{most} points" if most else ""
