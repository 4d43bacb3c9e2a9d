"""A scenario file into a `Scenario`, or everything that is wrong with it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from hvviz.scenario.constants import Model
from hvviz.scenario.diagnostics import Diagnostic, Findings, ScenarioError, Severity
from hvviz.scenario.expand import apply_set, expand
from hvviz.scenario.lesson import Lesson
from hvviz.scenario.lesson_reader import LessonReader
from hvviz.scenario.model_reader import read_model
from hvviz.scenario.plan import Action, RunPlan
from hvviz.scenario.run_reader import RunSpec, read_actions, read_runs
from hvviz.scenario.section import Section
from hvviz.scenario.tree import MAX_BYTES, Node, Place, parse, scalar
from hvviz.scenario.world_reader import read_layout, read_world
from hvviz.world.model import World

FORMAT = "hvviz/1"

__all__ = ["FORMAT", "Scenario", "ScenarioError", "load", "load_text"]


@dataclass(frozen=True)
class Scenario:
    """A scenario that can be used: what a catalogue needs, its runs, and its lesson."""

    path: str
    id: str
    rev: int
    title: str
    summary: str
    lang: str
    level: str
    minutes: int | None
    objectives: Mapping[str, str]
    requires: tuple[str, ...]
    authors: tuple[str, ...]
    license: str
    references: Mapping[str, Mapping[str, str]]
    assumes: tuple[str, ...]
    layout: Mapping[str, tuple[int, int]]
    runs: Mapping[str, RunSpec]
    lesson: Lesson
    warnings: tuple[Diagnostic, ...]
    content_hash: str
    text: str = field(repr=False)
    _root: Node = field(repr=False)
    _worlds: dict[Any, tuple[World, Model]] = field(default_factory=dict, repr=False)

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.splitlines()

    def default_run(self) -> str | None:
        """The run that is meant where none is named: the only one, or ``base``."""
        if "base" in self.runs:
            return "base"
        return next(iter(self.runs)) if len(self.runs) == 1 else None

    def plan(
        self, run: str, overrides: Mapping[str, str] | None = None, extra_actions: tuple[Action, ...] = ()
    ) -> RunPlan:
        """The run called ``run`` with ``overrides`` (path to value as written) applied last.

        Raises KeyError for an unknown run, `ScenarioError` where an override does not fit.
        """
        spec = self.runs[run]
        findings = Findings(self.path, self._lines)
        given = _given(overrides or {})
        plan = self._plan(spec, given, findings)
        findings.stop_if_failed()
        if not extra_actions:
            return plan
        actions = tuple(replace(action, order=order) for order, action in enumerate((*plan.actions, *extra_actions)))
        return replace(plan, actions=actions)

    def world(self, run: str | None = None) -> World:
        """The world of ``run``, or the one before any ``set``."""
        key = () if run is None else self.runs[run].sets
        return self._world_of(tuple(key), Findings(self.path, self._lines))[0]

    def _plan(self, spec: RunSpec, given: tuple[tuple[str, Node, Place], ...], findings: Findings) -> RunPlan:
        world, model = self._world_of((*spec.sets, *given), findings)
        actions = read_actions(spec, world, findings)
        return RunPlan(self.id, self.rev, spec.id, world, model, actions, spec.until_s)

    def _world_of(self, sets: tuple[tuple[str, Node, Place], ...], findings: Findings) -> tuple[World, Model]:
        key = tuple((path, node.text, node.place) for path, node, place in sets)
        found = self._worlds.get(key)
        if found is not None:
            return found
        root = self._root
        for path, node, place in sets:
            root = apply_set(root, path, node, place, findings)
        section = Section(root, findings, "the scenario")
        made = read_world(section, findings), read_model(section)
        if not findings.failed:
            self._worlds[key] = made
        return made


def _given(overrides: Mapping[str, str]) -> tuple[tuple[str, Node, Place], ...]:
    """Values from outside the file, as nodes without a place in it."""
    nodes = []
    for path, text in overrides.items():
        node = scalar(text, (0, 0))
        if text.startswith("[") and text.endswith("]"):
            items = [scalar(item.strip(), (0, 0)) for item in text[1:-1].split(",") if item.strip()]
            node = Node((0, 0), "list", items=items)
        nodes.append((path, node, (0, 0)))
    return tuple(nodes)


def load(path: Path | str) -> Scenario:
    """Read a scenario file. Raises `ScenarioError` with everything that is wrong with it."""
    name = str(path)
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ScenarioError([_about_file(name, "HV100", f"The file cannot be read: {error.strerror}.")]) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        finding = _about_file(name, "HV100", f"The file is not UTF-8 text (byte {error.start}).", "Save it as UTF-8.")
        raise ScenarioError([finding]) from error
    return load_text(text, name)


def _about_file(file: str, code: str, message: str, hint: str = "") -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, file, 1, 1, message, hint)


def load_text(text: str, name: str = "scenario.yaml") -> Scenario:
    """Read a scenario from its text; ``name`` stands for the file in messages."""
    findings = Findings(name, text.splitlines())
    tree = parse(text, findings)
    root = Section(tree, findings, "the scenario")
    _check_format(root)
    findings.stop_if_failed()
    expanded = expand(tree, findings)
    root = Section(expanded, findings, "the scenario")
    head = _read_head(root)
    world = read_world(root, findings)
    model = read_model(root)
    runs = read_runs(root, findings)
    layout = read_layout(root)
    scenario = Scenario(
        path=name,
        runs=runs,
        lesson=Lesson(),
        layout=layout,
        warnings=(),
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
        _root=expanded,
        **head,
    )
    if findings.failed:
        _read_actions_of_broken_world(world, runs, _declared(expanded), findings)
    else:
        scenario._worlds[()] = world, model
        for spec in runs.values():
            scenario._plan(spec, (), findings)
    things = frozenset([*_things(world), *runs])
    lesson = _read_lesson(root, findings, runs, things)
    root.raw("i18n")
    root.finish()
    findings.stop_if_failed()
    return replace(scenario, lesson=lesson, warnings=findings.diagnostics)


def _read_lesson(root: Section, findings: Findings, runs: Mapping[str, RunSpec], things: frozenset[str]) -> Lesson:
    """The lesson; where the runs are broken already, it is not blamed for naming them and their phases."""
    if not findings.failed:
        return LessonReader(root, findings, runs, things).read()
    others = Findings(findings.file, findings.lines)
    lesson = LessonReader(Section(root.node, others, root.name), others, runs, things).read()
    for key in ("steps", "goals", "checks", "policy", "vary"):
        root.raw(key)
    for each in others.diagnostics:
        if each.code not in ("HV210", "HV225", "HV302", "HV308"):
            findings.add(each.code, (each.line, each.column), each.message, each.hint, each.severity)
    return lesson


def _declared(root: Node) -> set[str]:
    """Every id that the world's sections have, sound or not."""
    world = root.entries.get("world")
    sections = [] if world is None else [section for section in world.entries.values() if section.is_map]
    return {id for section in sections for id in section.entries}


def _read_actions_of_broken_world(
    world: World, runs: Mapping[str, RunSpec], declared: set[str], findings: Findings
) -> None:
    """Find what is wrong with the actions too, but blame nothing for naming what is there and is itself broken."""
    others = Findings(findings.file, findings.lines)
    for spec in runs.values():
        read_actions(spec, world, others)
    for each in others.diagnostics:
        named = each.message.split("'")[1::2]
        if not any(name in declared for name in named[-1:]):
            findings.add(each.code, (each.line, each.column), each.message, each.hint, each.severity)


def _things(world: World) -> list[str]:
    """Ids that a step can point at, the parts of hosts and VMs too."""
    found = [*world.domains, *world.clusters, *world.hosts, *world.networks, *world.storage, *world.vms]
    found += world.physical_switches
    for host in world.hosts.values():
        found += [part.id for parts in (host.adapters, host.teams, host.switches) for part in parts.values()]
    for vm in world.vms.values():
        found += [disk.id for disk in vm.disks.values()] + [client.id for client in vm.clients.values()]
        found += [disk.name for disk in vm.disks.values()] + [client.name for client in vm.clients.values()]
    return found


def _check_format(root: Section) -> None:
    written = root.text("format", required=True)
    if written is None or written == FORMAT:
        return
    major = written.removeprefix("hvviz/")
    if written.startswith("hvviz/") and major.isdigit():
        hint = "A newer hvviz reads it: install the version that its author names."
        root.problem("HV110", "format", f"This file is in format {major}; this program reads format 1.", hint)
    else:
        root.problem("HV110", "format", f"'{written}' is not a format of scenarios.", f"Write: format: {FORMAT}")


def _read_head(root: Section) -> dict[str, Any]:
    root.text("format")
    id = root.text("id", required=True) or "scenario"
    if root.has("id"):
        root.check_id(id, root.place_of("id"), "scenario")
    references: dict[str, dict[str, str]] = {}
    for name, section in root.map("references", what="reference"):
        references[name] = {key: section.text(key) or "" for key in list(section.node.entries)}
    objectives: dict[str, str] = {}
    for name, node in _entries(root, "objectives"):
        objectives[name] = node.text
    return {
        "id": id,
        "rev": root.count("rev", 1),
        "title": root.text("title", required=True) or id,
        "summary": root.text("summary", "") or "",
        "lang": root.text("lang", "en") or "en",
        "level": root.text("level", "") or "",
        "minutes": root.count("minutes", None),
        "objectives": objectives,
        "requires": tuple(name for name, _ in root.ids("requires")),
        "authors": tuple(name for name, _ in root.ids("authors")),
        "license": root.text("license", "") or "",
        "references": references,
        "assumes": tuple(text for text, _ in root.ids("assumes")),
    }


def _entries(root: Section, key: str) -> list[tuple[str, Node]]:
    node = root.raw(key)
    return list(node.entries.items()) if node is not None and node.is_map else []
