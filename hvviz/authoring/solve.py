"""``hvviz solve``: a lesson played with its own keys, headless."""

from dataclasses import dataclass

from hvviz.lesson.grading import grade, key_of
from hvviz.scenario.loader import Scenario
from hvviz.session.session import Session


@dataclass(frozen=True, slots=True)
class Score:
    """Points and goals reached, and how many there are."""

    points: int
    most_points: int
    goals: int
    most_goals: int

    @property
    def complete(self) -> bool:
        return self.points == self.most_points and self.goals == self.most_goals


def solve(scenario: Scenario) -> Score:
    """Answer every question with its key and set every goal's solution. A sound lesson gives full marks."""
    session = Session(scenario)
    points = most_points = goals = most_goals = 0
    for step in scenario.lesson.steps:
        if step.ask is not None:
            trace = session.trace(step.run)

            def value(parts: tuple[str, ...], run: str = step.run) -> object:
                return session.value(parts, run)

            given = grade(step.ask, key_of(step.ask, trace, value), trace, value)
            points += given.points
            most_points += given.most_points
        if step.goal is not None:
            most_goals += 1
            goal = scenario.lesson.goals[step.goal]
            paths = {control.id: control.path for control in step.controls}
            solution = {paths[name]: setting for name, setting in goal.solution.items() if name in paths}
            goals += bool(session.evaluate(goal.when, step.run, solution))
    return Score(points, most_points, goals, most_goals)
