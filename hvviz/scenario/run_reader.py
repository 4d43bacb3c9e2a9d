"""The ``runs`` section: deltas of one another, with what happens when."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from hvviz import units
from hvviz.scenario.diagnostics import Findings, nearest
from hvviz.scenario.plan import Action, Anchor
from hvviz.scenario.section import Section
from hvviz.scenario.tree import Node, Place
from hvviz.trace.phases import PHASES
from hvviz.trace.records import OperationKind
from hvviz.units import Dimension
from hvviz.world.model import World

OPERATIONS: Mapping[str, OperationKind] = {
    "migrate.live": OperationKind.LIVE,
    "migrate.quick": OperationKind.QUICK,
    "migrate.storage": OperationKind.STORAGE,
    "migrate.shared-nothing": OperationKind.SHARED_NOTHING,
    "drain": OperationKind.DRAIN,
    "host.shutdown": OperationKind.DRAIN,
}

_FIELDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "migrate.quick": (("vm", "to"), ()),
    "migrate.live": (("vm", "to"), ("signed_in",)),
    "migrate.storage": (("vm",), ("storage", "disks")),
    "migrate.shared-nothing": (("vm", "to", "storage"), ("signed_in",)),
    "drain": (("host",), ("to",)),
    "resume": (("host",), ()),
    "host.shutdown": (("host",), ()),
    "host.start": (("host",), ()),
    "cancel": (("operation",), ()),
    "fault.host-crash": (("host",), ()),
    "fault.host-restore": (("host",), ()),
    "fault.link-down": ((), ("host", "nic", "network")),
    "fault.link-up": ((), ("host", "nic", "network")),
    "fault.link-degrade": (("rate",), ("host", "nic", "network")),
    "fault.storage-down": (("storage",), ()),
    "fault.storage-up": (("storage",), ()),
    "fault.storage-full": (("storage",), ()),
    "fault.service-stop": (("host", "service"), ()),
    "vm.start": (("vm",), ()),
    "vm.stop": (("vm",), ()),
    "vm.save": (("vm",), ()),
    "vm.workload": (("vm", "workload"), ()),
}
"""For each action the fields that it needs and those that it may have."""

_ANCHOR = re.compile(r"\s*([a-z0-9.-]+?)(?:\s+\+\s+(.+?))?\s*")


@dataclass(slots=True)
class RunSource:
    """A run as the file has it: its parent, what it sets, and its actions as nodes."""

    id: str
    place: Place
    parent: str | None
    parent_place: Place
    sets: list[tuple[str, Node, Place]]
    actions: list[Node]
    until_s: float | None
    has_until: bool


@dataclass(frozen=True, slots=True)
class RunSpec:
    """A run with its parents merged in: every ``set``, the parent's first, and every action's node in order."""

    id: str
    place: Place
    sets: tuple[tuple[str, Node, Place], ...]
    actions: tuple[Node, ...]
    until_s: float | None
    chain: tuple[str, ...] = field(default=())


def read_runs(root: Section, findings: Findings) -> dict[str, RunSpec]:
    """Every run of the file, with ``from`` followed; cycles and unknown parents are reported."""
    sources: dict[str, RunSource] = {}
    if not root.has("runs"):
        root.missing("runs", "It says what happens, like: runs: {base: {actions: []}}.")
    for id, section in root.map("runs", what="run"):
        sets_node = section.raw("set")
        sets = []
        if sets_node is not None and sets_node.is_map:
            sets = [(path, node, sets_node.keys[path]) for path, node in sets_node.entries.items()]
        elif sets_node is not None and sets_node.value is not None:
            findings.add("HV201", sets_node.place, "'set' is a map of paths and values.")
        sources[id] = RunSource(
            id,
            section.place,
            section.text("from"),
            section.place_of("from"),
            sets,
            section.list("actions"),
            section.quantity("until", Dimension.TIME),
            section.has("until"),
        )
        section.finish()
    return {id: spec for id in sources if (spec := _merged(id, sources, findings)) is not None}


def _merged(id: str, sources: dict[str, RunSource], findings: Findings) -> RunSpec | None:
    chain: list[RunSource] = []
    seen: set[str] = set()
    name: str | None = id
    while name is not None:
        source = sources[name]
        if name in seen:
            findings.add("HV221", sources[id].parent_place, f"The run '{id}' is, in the end, a delta of itself.")
            return None
        seen.add(name)
        chain.insert(0, source)
        if source.parent is not None and source.parent not in sources:
            hint = nearest(source.parent, sources)
            findings.add("HV221", source.parent_place, f"There is no run '{source.parent}' to start from.", hint)
            return None
        name = source.parent
    actions: dict[str, Node] = {}
    until_s: float | None = None
    for source in chain:
        own: set[str] = set()
        for node in source.actions:
            action_id = _id_of(node, findings)
            if action_id in own:
                findings.add("HV222", node.place, f"The action '{action_id}' is given twice in this run.")
            own.add(action_id)
            actions[action_id] = node
        if source.has_until:
            until_s = source.until_s
    return RunSpec(
        id,
        sources[id].place,
        tuple(each for source in chain for each in source.sets),
        tuple(actions.values()),
        until_s,
        tuple(source.id for source in chain),
    )


def _id_of(node: Node, findings: Findings) -> str:
    given = node.entries.get("id") if node.is_map else None
    if given is None:
        findings.add("HV203", node.place, "An action needs an 'id'.", "Like {id: m1, do: migrate.live, …}.")
        return f"?{node.place}"
    return given.text


def read_actions(spec: RunSpec, world: World, findings: Findings) -> tuple[Action, ...]:
    """The actions of a run over ``world``, with everything that they name checked."""
    kinds: dict[str, str] = {}
    for node in spec.actions:
        if node.is_map and "id" in node.entries and "do" in node.entries:
            kinds[node.entries["id"].text] = node.entries["do"].text
    found = []
    for order, node in enumerate(spec.actions):
        action = _read_action(node, order, world, kinds, findings)
        if action is not None:
            found.append(action)
    return tuple(found)


def _read_action(node: Node, order: int, world: World, kinds: dict[str, str], findings: Findings) -> Action | None:
    if not node.is_map:
        findings.add("HV201", node.place, f"An action is a map, and this is {node.described}.")
        return None
    section = Section(node, findings, f"action '{kinds and node.entries.get('id', node).text}'", node.place)
    id = section.text("id")
    if id is None:
        return None
    section.check_id(id, section.place_of("id"), "action")
    do = section.text("do", required=True)
    if do is None:
        return None
    fields = _FIELDS.get(do)
    if fields is None:
        section.problem("HV223", "do", f"There is no action '{do}'.", nearest(do, _FIELDS))
        return None
    needed, optional = fields
    for name in needed:
        if not section.has(name):
            section.missing(name, f"{do} has {', '.join(needed)}.")
    for name in (*needed, *optional):
        section.raw(name)
    values = _Fields(section, world, kinds)
    at, after = _read_moment(section, kinds, findings)
    section.finish()
    action = Action(
        id=id,
        do=do,
        order=order,
        at=at,
        after=after,
        vm=values.one("vm", world.vms, "VM"),
        host=values.one("host", world.hosts, "host"),
        to=values.many("to", world.hosts, "host"),
        storage=values.one("storage", world.storage, "storage"),
        disks=values.disks(),
        signed_in=values.one("signed_in", world.hosts, "host"),
        operation=values.operation(),
        network=values.one("network", world.networks, "network"),
        adapters=values.adapters(),
        rate_bps=section.quantity("rate", Dimension.NETWORK_RATE) if "rate" in needed else None,
        service=values.service(),
        workload=values.one("workload", world.workloads, "workload"),
    )
    _check_whole(section, action)
    return action


def _check_whole(section: Section, action: Action) -> None:
    if action.do.startswith("fault.link") and not action.adapters and action.network is None:
        broken = section.has("nic") or section.has("network")
        if not broken:
            section.missing("nic", "A link is named by 'host' and 'nic', or by 'network'.")
    if action.do == "migrate.storage" and not section.has("storage") and not section.has("disks"):
        section.missing("storage", "One target for everything, or 'disks: {ID: storage}'.")
    if action.do in ("migrate.live", "migrate.quick", "migrate.shared-nothing") and len(action.to) > 1:
        section.problem("HV224", "to", "A migration goes to one host.")


class _Fields:
    """The fields of one action, looked up in the world."""

    def __init__(self, section: Section, world: World, kinds: dict[str, str]) -> None:
        self._section = section
        self._world = world
        self._kinds = kinds

    def one(self, key: str, known: Mapping[str, object], what: str) -> str | None:
        if not self._section.has(key):
            return None
        name = self._section.text(key)
        if name is not None and name not in known:
            self._section.problem("HV210", key, f"There is no {what} '{name}'.", nearest(name, known))
            return None
        return name

    def many(self, key: str, known: Mapping[str, object], what: str) -> tuple[str, ...]:
        if not self._section.has(key):
            return ()
        return self._section.known(key, self._section.ids(key), known.__contains__, what, known)

    def disks(self) -> dict[str, str]:
        if not self._section.has("disks"):
            return {}
        vm = self._world.vms.get(self._section.text("vm") or "")
        section = self._section.section("disks")
        found: dict[str, str] = {}
        for name in list(section.node.entries):
            target = section.text(name) or ""
            if vm is not None and name not in vm.disks:
                section.problem("HV210", name, f"'{vm.id}' has no disk '{name}'.", nearest(name, vm.disks))
            elif target not in self._world.storage:
                hint = nearest(target, self._world.storage)
                section.problem("HV210", name, f"There is no storage '{target}'.", hint)
            else:
                found[name] = target
        return found

    def operation(self) -> str | None:
        name = self._section.text("operation") if self._section.has("operation") else None
        if name is None:
            return None
        operations = [id for id, do in self._kinds.items() if do in OPERATIONS]
        parts = name.split("-")
        parents = {"-".join(parts[:count]) for count in range(1, len(parts))}
        if name not in operations and not any(self._kinds.get(each) in ("drain", "host.shutdown") for each in parents):
            self._section.problem("HV210", "operation", f"There is no operation '{name}'.", nearest(name, operations))
            return None
        return name

    def adapters(self) -> tuple[str, ...]:
        if not self._section.has("nic"):
            return ()
        host = self._world.hosts.get(self._section.text("host") or "")
        name = self._section.text("nic") or ""
        if host is None:
            if not self._section.has("host"):
                self._section.missing("host", "'nic' is an adapter of a host.")
            return ()
        if name in host.teams:
            return tuple(host.adapters[member].id for member in host.teams[name].members)
        if name not in host.adapters:
            message = f"'{host.id}' has no adapter '{name}'."
            self._section.problem("HV210", "nic", message, nearest(name, [*host.adapters, *host.teams]))
            return ()
        return (host.adapters[name].id,)

    def service(self) -> str | None:
        if not self._section.has("service"):
            return None
        name = self._section.text("service")
        if name not in ("vmms", "cluster"):
            self._section.problem("HV208", "service", f"'{name}' is not a service.", "One of: vmms, cluster.")
        return name


def _read_moment(section: Section, kinds: dict[str, str], findings: Findings) -> tuple[float | Anchor, str | None]:
    after = section.text("after")
    if after is not None and after not in kinds:
        section.problem("HV225", "after", f"There is no action '{after}' to wait for.", nearest(after, kinds))
        after = None
    node = section.raw("at")
    if node is None:
        return 0.0, after
    if node.is_scalar and isinstance(node.value, str) and node.text[:1].isalpha():
        anchor = read_anchor(node, kinds, findings)
        if after is not None and anchor is not None:
            section.problem("HV225", "at", "With 'after', 'at' is a delay such as 5 s.")
        return anchor or 0.0, after
    return section.quantity("at", Dimension.TIME, 0.0), after


def read_anchor(node: Node, kinds: Mapping[str, str], findings: Findings) -> Anchor | None:
    """``m1.memory-copy.start + 8 s``; what it names must be an action, one of its phases, one of its steps."""
    match = _ANCHOR.fullmatch(node.text)
    form = "An anchor is like m1.memory-copy.start + 8 s, or m1.end."
    if match is None:
        findings.add("HV225", node.place, f"'{node.text}' is neither a time nor an anchor.", form)
        return None
    parts = match[1].split(".")
    if len(parts) < 2 or parts[-1] not in ("start", "end"):
        findings.add("HV225", node.place, f"'{match[1]}' does not end in .start or .end.", form)
        return None
    offset_s = 0.0
    if match[2] is not None:
        try:
            offset_s = units.parse(match[2], Dimension.TIME)
        except units.UnitError as error:
            findings.add("HV225", node.place, f"The offset of the anchor: {error}")
            return None
    action, path = parts[0], tuple(parts[1:-1])
    if not _check_anchor(action, path, node.place, kinds, findings):
        return None
    return Anchor(action, path, parts[-1] == "end", offset_s)


def _check_anchor(
    action: str, path: tuple[str, ...], place: Place, kinds: Mapping[str, str], findings: Findings
) -> bool:
    kind = _kind_of(action, kinds)
    if action not in kinds and kind is None:
        findings.add("HV225", place, f"There is no action '{action}' in this run.", nearest(action, kinds))
        return False
    if not path:
        return True
    phases = PHASES[kind] if kind is not None else ()
    for info in phases:
        if info.id == path[0]:
            steps = [step.id for step in info.steps]
            if len(path) == 1 or (len(path) == 2 and path[1] in steps):
                return True
            message = f"'{path[0]}' has no step '{'.'.join(path[1:])}'."
            findings.add("HV225", place, message, nearest(path[-1], steps))
            return False
    names = [info.id for info in phases]
    message = f"'{action}' has no phase '{path[0]}'." if names else f"'{action}' has no phases."
    findings.add("HV225", place, message, nearest(path[0], names))
    return False


def _kind_of(action: str, kinds: Mapping[str, str]) -> OperationKind | None:
    """The kind of an operation; a drain's children may be either, and are taken as live migrations."""
    do = kinds.get(action)
    if do is not None:
        return OPERATIONS.get(do)
    parts = action.split("-")
    for count in range(1, len(parts)):
        parent = kinds.get("-".join(parts[:count]))
        if parent in ("drain", "host.shutdown"):
            return OperationKind.LIVE
        if parent in ("fault.host-crash", "fault.service-stop"):
            return OperationKind.FAILOVER
    return None
