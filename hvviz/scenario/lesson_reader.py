"""``steps``, ``goals`` and ``checks`` into a `Lesson`, with everything that they name checked."""

import re
from collections.abc import Mapping

from hvviz import units
from hvviz.scenario.diagnostics import Findings, Severity, nearest
from hvviz.scenario.expressions import Expression, ExpressionError, parse
from hvviz.scenario.lesson import Ask, AskType, Check, Choice, Control, Goal, Lesson, Step, Tolerance, Trap
from hvviz.scenario.run_reader import RunSpec, read_anchor
from hvviz.scenario.section import Section
from hvviz.scenario.tree import Node, Place

_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
_COMMON = ("type", "prompt", "why", "hints", "points", "objective", "confidence", "review")
_OF_TYPE: Mapping[AskType, tuple[str, ...]] = {
    AskType.SINGLE: ("choices",),
    AskType.MULTI: ("choices",),
    AskType.NUMERIC: ("answer", "tolerance", "traps"),
    AskType.ORDER: ("items", "decoys"),
    AskType.PICK: ("accept",),
    AskType.MATCH: ("pairs", "decoys"),
    AskType.PREDICT_CURVE: ("answer", "tolerance", "points_asked"),
}


class LessonReader:
    """Reads the lesson of one file. ``things`` are the ids that a step may point at, ``runs`` its runs."""

    def __init__(self, root: Section, findings: Findings, runs: Mapping[str, RunSpec], things: frozenset[str]) -> None:
        self._root = root
        self._findings = findings
        self._runs = runs
        self._things = things
        self._references = set(_keys(root.node.entries.get("references")))
        self._objectives = set(_keys(root.node.entries.get("objectives")))

    def read(self) -> Lesson:
        goals = dict(self._read_goals())
        steps: list[Step] = []
        seen: dict[str, Place] = {}
        for node in self._root.list("steps"):
            section = Section(node, self._findings, "a step", node.place)
            step = self._read_step(section, goals)
            if step is None:
                continue
            if step.id in seen:
                section.problem("HV301", "id", f"The step '{step.id}' is given twice.")
            seen[step.id] = section.place
            steps.append(step)
        checks = tuple(check for node in self._root.list("checks") if (check := self._read_check(node)) is not None)
        self._check_goals_used(goals, steps)
        return Lesson(tuple(steps), goals, checks, self._read_policy(), self._read_vary(self._root))

    def _read_goals(self) -> list[tuple[str, Goal]]:
        found = []
        for id, section in self._root.map("goals", what="goal"):
            when = self._expression(section, "when")
            solution = section.section("solution")
            values = {key: node.text for key, node in solution.node.entries.items()}
            for key in values:
                solution.raw(key)
            section.finish()
            if when is not None:
                found.append((id, Goal(id, when, values, *section.place)))
        return found

    def _read_check(self, node: Node) -> Check | None:
        section = Section(node, self._findings, "a check", node.place)
        run = self._run(section, "run")
        expect = self._expression(section, "expect")
        note = section.text("note", "") or ""
        section.finish()
        return None if expect is None else Check(run, expect, note, *node.place)

    def _run(self, section: Section, key: str) -> str:
        name = section.text(key, "base") or "base"
        if name not in self._runs:
            section.problem("HV302", key, f"There is no run '{name}'.", nearest(name, self._runs))
            return next(iter(self._runs), "base")
        return name

    def _expression(self, section: Section, key: str) -> Expression | None:
        text = section.text(key, required=True)
        if text is None:
            return None
        try:
            return parse(text)
        except ExpressionError as error:
            line, column = section.place_of(key)
            self._findings.add("HV303", (line, column + error.column - 1), f"{key}: {error}")
            return None

    def _read_step(self, section: Section, goals: Mapping[str, Goal]) -> Step | None:
        id = section.text("id", required=True)
        if id is None:
            return None
        section.check_id(id, section.place_of("id"), "step")
        section.name = f"step '{id}'"
        run = self._run(section, "run") if section.has("run") else self._default_run(section)
        section.raw("run")
        at = self._read_at(section, run)
        goal = section.text("goal")
        if goal is not None and goal not in goals:
            section.problem("HV304", "goal", f"There is no goal '{goal}'.", nearest(goal, goals))
            goal = None
        compare = section.text("compare")
        if compare is not None and compare not in self._runs:
            section.problem("HV302", "compare", f"There is no run '{compare}'.", nearest(compare, self._runs))
            compare = None
        step = Step(
            id=id,
            at=at,
            run=run,
            say=self._prose(section, "say"),
            notes=section.text("notes", "") or "",
            focus=section.known("focus", section.ids("focus"), self._is_thing, "thing", sorted(self._things)),
            show=tuple(name for name, _ in section.ids("show")),
            compare=compare,
            controls=self._read_controls(section),
            goal=goal,
            ask=self._read_ask(section),
            line=section.place[0],
            column=section.place[1],
        )
        self._read_vary(section)
        section.finish()
        if step.goal is not None:
            self._check_solution(section, step, goals[step.goal])
        return step

    def _default_run(self, section: Section) -> str:
        if "base" in self._runs:
            return "base"
        return next(iter(self._runs), "base")

    def _is_thing(self, name: str) -> bool:
        return name in self._things

    def _read_at(self, section: Section, run: str) -> str:
        at = section.text("at", "start") or "start"
        if at in ("start", "end") or run not in self._runs:
            return at
        kinds = {
            node.entries["id"].text: node.entries["do"].text
            for node in self._runs[run].actions
            if node.is_map and "id" in node.entries and "do" in node.entries
        }
        node = section.node.entries["at"]
        plain = at.removesuffix(".mid") + ".start" if at.endswith(".mid") else at
        read_anchor(Node(node.place, "scalar", plain, plain), kinds, self._findings)
        return at

    def _prose(self, section: Section, key: str) -> str:
        """Text with placeholders and links, both of which must be readable."""
        text = section.text(key, "") or ""
        for match in _PLACEHOLDER.finditer(text):
            try:
                parse(match[1])
            except ExpressionError as error:
                message = f"The placeholder '{match[0]}' cannot be read: {error}"
                self._findings.add("HV305", section.place_of(key), message)
        for target in re.findall(r"\]\(([^)]*)\)", text):
            if target not in self._references:
                hint = nearest(target, self._references)
                self._findings.add("HV306", section.place_of(key), f"There is no reference '{target}'.", hint)
        return text

    def _read_controls(self, section: Section) -> tuple[Control, ...]:
        found = []
        for id, control in section.map("controls", what="control"):
            path = control.text("path", required=True) or ""
            choices = tuple(name for name, _ in control.ids("choices"))
            least, most, step = control.text("min"), control.text("max"), control.text("step")
            if not choices and (least is None or most is None):
                control.missing("choices", "Or 'min', 'max' and 'step'.")
            label = control.text("label", id) or id
            control.finish()
            found.append(Control(id, label, path, choices, least, most, step))
        return tuple(found)

    def _check_solution(self, section: Section, step: Step, goal: Goal) -> None:
        controls = {control.id: control for control in step.controls}
        for name, value in goal.solution.items():
            control = controls.get(name)
            if control is None:
                message = f"The solution of goal '{goal.id}' sets '{name}', which is no control of this step."
                self._findings.add("HV307", (goal.line, goal.column), message, nearest(name, controls))
            elif control.choices and value not in control.choices:
                message = f"The solution of goal '{goal.id}' sets '{name}' to '{value}', which it does not offer."
                self._findings.add("HV307", (goal.line, goal.column), message, nearest(value, control.choices))

    def _check_goals_used(self, goals: Mapping[str, Goal], steps: list[Step]) -> None:
        used = {step.goal for step in steps}
        for goal in goals.values():
            if goal.id not in used:
                message = f"No step has the goal '{goal.id}'."
                self._findings.add("HV308", (goal.line, goal.column), message, severity=Severity.WARNING)

    def _read_policy(self) -> dict[str, object]:
        node = self._root.raw("policy")
        return {} if node is None or not node.is_map else {key: child.value for key, child in node.entries.items()}

    def _read_vary(self, section: Section) -> dict[str, tuple[str, ...]]:
        node = section.raw("vary")
        if node is None or not node.is_map:
            return {}
        return {path: tuple(item.text for item in values.items) for path, values in node.entries.items()}

    def _read_ask(self, step: Section) -> Ask | None:
        node = step.raw("ask")
        if node is None:
            return None
        section = Section(node, self._findings, "'ask'", node.place)
        kind = section.choice("type", AskType, None, required=True)
        if kind is None:
            return None
        for key in (*_COMMON, *_OF_TYPE[kind]):
            section.raw(key)
        answer = self._read_answer(section, kind)
        objective = section.text("objective")
        if objective is not None and objective not in self._objectives:
            hint = nearest(objective, self._objectives)
            section.problem("HV309", "objective", f"There is no objective '{objective}'.", hint)
        phases_of, items = self._read_items(section, kind)
        ask = Ask(
            type=kind,
            prompt=self._required_prose(section, "prompt"),
            why=self._required_prose(section, "why"),
            points=section.count("points", 1),
            hints=tuple(text for text, _ in section.ids("hints")),
            objective=objective,
            confidence=section.flag("confidence", False),
            review=section.flag("review", False) if section.has("review") else False,
            choices=self._read_choices(section, kind),
            metric=answer[0],
            literal=answer[1],
            unit=answer[2],
            tolerance=self._read_tolerance(section, answer[2]),
            traps=self._read_traps(section),
            phases_of=phases_of,
            items=items,
            decoys=tuple(text for text, _ in section.ids("decoys")),
            accept=section.known("accept", section.ids("accept"), self._is_thing, "thing", sorted(self._things)),
            pairs=self._read_pairs(section),
            curve=section.text("answer") if kind is AskType.PREDICT_CURVE else None,
            points_asked=section.count("points_asked", 5, least=2) if kind is AskType.PREDICT_CURVE else 5,
        )
        section.finish()
        self._check_ask(section, ask)
        return ask

    def _required_prose(self, section: Section, key: str) -> str:
        if not section.has(key):
            section.missing(key, "Every question explains its answer." if key == "why" else "")
        return self._prose(section, key)

    def _read_answer(self, section: Section, kind: AskType) -> tuple[Expression | None, float | None, str]:
        """The metric or the literal of a numeric answer, and its unit."""
        node = section.raw("answer")
        if kind is not AskType.NUMERIC:
            return None, None, ""
        if node is None:
            section.missing("answer", "Like {metric: m1.total_s, unit: s}.")
            return None, None, ""
        if node.is_map:
            answer = Section(node, self._findings, "'answer'", node.place)
            metric = self._expression(answer, "metric")
            unit = answer.text("unit", "") or ""
            answer.finish()
            return metric, None, unit
        if isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
            return None, float(node.value), ""
        for dimension in units.Dimension:
            try:
                return None, units.parse(node.text, dimension), node.text.lstrip("0123456789.eE+- ")
            except units.UnitError:
                continue
        self._findings.add("HV310", node.place, f"'{node.text}' is not a number, nor a number with a unit.")
        return None, None, ""

    def _read_tolerance(self, section: Section, unit: str) -> Tolerance:
        node = section.raw("tolerance")
        if node is None:
            return Tolerance(0.05, True)
        text = node.text.strip()
        if text.endswith("%"):
            return Tolerance(section.quantity("tolerance", units.Dimension.SHARE, 0.05), True)
        if isinstance(node.value, (int, float)):
            return Tolerance(float(node.value), not unit and node.value < 1)
        for dimension in units.Dimension:
            try:
                return Tolerance(units.parse(text, dimension), False)
            except units.UnitError:
                continue
        self._findings.add("HV311", node.place, f"'{text}' is neither a share such as 10% nor an amount such as 2 s.")
        return Tolerance(0.05, True)

    def _read_traps(self, section: Section) -> tuple[Trap, ...]:
        found = []
        for id, trap in section.map("traps", what="trap"):
            near = self._expression(trap, "near")
            why = self._required_prose(trap, "why")
            trap.finish()
            if near is not None:
                found.append(Trap(id, near, why))
        return tuple(found)

    def _read_items(self, section: Section, kind: AskType) -> tuple[str | None, tuple[str, ...]]:
        node = section.raw("items")
        if node is None:
            if kind is AskType.ORDER:
                section.missing("items", "A list, or {phases_of: m1}.")
            return None, ()
        if node.is_map:
            items = Section(node, self._findings, "'items'", node.place)
            phases_of = items.text("phases_of", required=True)
            items.finish()
            return phases_of, ()
        return None, tuple(text for text, _ in section.ids("items"))

    def _read_pairs(self, section: Section) -> tuple[tuple[str, str], ...]:
        node = section.raw("pairs")
        if node is None or not node.is_map:
            return ()
        return tuple((left, right.text) for left, right in node.entries.items())

    def _read_choices(self, section: Section, kind: AskType) -> tuple[Choice, ...]:
        found: list[Choice] = []
        for node in section.list("choices"):
            choice = Section(node, self._findings, "a choice", node.place)
            id = choice.text("id", required=True)
            text = self._required_prose(choice, "text")
            why = self._required_prose(choice, "why")
            correct = choice.flag("correct", False)
            choice.finish()
            if id is None:
                continue
            if any(other.id == id for other in found):
                choice.problem("HV312", "id", f"The choice '{id}' is given twice.")
            found.append(Choice(id, text, correct, why))
        return tuple(found)

    def _check_ask(self, section: Section, ask: Ask) -> None:
        right = sum(choice.correct for choice in ask.choices)
        if ask.type is AskType.SINGLE and right != 1:
            section.problem("HV313", "choices", f"{right} of the choices are correct; a 'single' has exactly one.")
        if ask.type is AskType.MULTI and right < 1:
            section.problem("HV313", "choices", "None of the choices is correct; a 'multi' has at least one.")
        if ask.type is AskType.PICK and not ask.accept and not self._findings.failed:
            section.missing("accept", "The ids of what may be picked.")
        if ask.type is AskType.MATCH and len(ask.pairs) < 2:
            section.missing("pairs", "A map of at least two things and what belongs to them.")
        for decoy in ask.decoys:
            if decoy in ask.items:
                section.problem("HV314", "decoys", f"'{decoy}' is an item and a decoy.")


def _keys(node: Node | None) -> list[str]:
    return list(node.entries) if node is not None and node.is_map else []
