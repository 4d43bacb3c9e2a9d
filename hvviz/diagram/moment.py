"""What one instant has to show, read from the trace once for a frame."""

from dataclasses import dataclass, field

from hvviz.trace.records import Operation, OperationKind, Traffic
from hvviz.trace.trace import Instant, MemoryAt, Trace, TransferAt
from hvviz.world.facts import EdgeKey, FieldKey, Kind, NodeKey, Relation
from hvviz.world.model import VmState


@dataclass(slots=True)
class Moment:
    """The instant with what its parts are asked for most."""

    instant: Instant
    transfers: list[TransferAt]
    operations: list[Operation]
    by_vm: dict[str, Operation] = field(default_factory=dict)
    memory: dict[str, MemoryAt] = field(default_factory=dict)
    vms_at: dict[str, list[str]] = field(default_factory=dict)
    links_at: dict[str, list[str]] = field(default_factory=dict)
    shells_at: dict[str, list[str]] = field(default_factory=dict)

    @property
    def blackout(self) -> tuple[Operation, float] | None:
        """The operation whose VM stands still now, and for how long it has."""
        now_s = self.instant.time_s
        for operation in self.operations:
            start_s = stopped_since(operation, now_s)
            if start_s is not None:
                return operation, now_s - start_s
        return None


def stopped_since(operation: Operation, now_s: float) -> float | None:
    """Since when the VM of ``operation`` runs nowhere, None where it runs at ``now_s``."""
    if operation.kind is OperationKind.QUICK:
        first, last = operation.phase("save-state"), operation.phase("resume")
        if first is None or not operation.blackout_s:
            return None
    else:
        cutover = operation.phase("cutover")
        if cutover is None:
            return None
        first = last = cutover
    end_s = operation.ended_s if last is None else last.end_s
    return first.start_s if first.start_s <= now_s and (end_s is None or now_s < end_s) else None


def read_moment(instant: Instant) -> Moment:
    """Gather what a frame needs."""
    trace, now_s = instant.trace, instant.time_s
    under_way = [
        operation
        for operation in trace.operations.values()
        if operation.started_s is not None
        and operation.started_s <= now_s
        and (operation.ended_s is None or now_s < operation.ended_s)
    ]
    moment = Moment(instant, list(instant.transfers()), under_way)
    for operation in under_way:
        if operation.vm is not None:
            moment.by_vm[operation.vm] = operation
            memory = instant.memory(operation)
            if memory is not None:
                moment.memory[operation.vm] = memory
    for vm in trace.world.vms:
        home = instant.target(Relation.RUNS_ON, vm) or _home(trace, instant, vm)
        if home is not None:
            moment.vms_at.setdefault(home, []).append(vm)
    for host in trace.world.hosts:
        for edge in instant.edges(Relation.CONTAINS, host):
            kind = instant.kind(edge.target)
            if kind is Kind.LINK:
                moment.links_at.setdefault(host, []).append(instant.field(edge.target, "vm"))
            elif kind is Kind.SHELL:
                moment.shells_at.setdefault(host, []).append(instant.field(edge.target, "vm"))
    return moment


def _home(trace: Trace, instant: Instant, vm: str) -> str | None:
    """Where a VM that runs nowhere is drawn: where it is registered, but a saved one is only a file on its way."""
    return instant.target(Relation.REGISTERED_AT, vm)


def changed_nodes(trace: Trace, event: int) -> frozenset[str]:
    """The nodes that event number ``event`` was about or changed, with the hosts of links and shells."""
    if not 0 <= event < len(trace.events):
        return frozenset()
    found = {trace.events[event].subject}
    for change in trace.changed_by_event.get(event, ()):
        key = change.key
        if isinstance(key, (NodeKey, FieldKey)):
            found.add(key.node)
        elif isinstance(key, EdgeKey):
            found.update((key.source, key.target))
    return frozenset(found)


STATE_WORDS = {
    VmState.RUNNING: "running",
    VmState.PAUSED: "paused",
    VmState.SUSPENDED: "suspended",
    VmState.SAVED: "saved",
    VmState.OFF: "off",
}
TRAFFIC_GLYPHS = {
    Traffic.MEMORY: "memory",
    Traffic.STORAGE: "storage",
    Traffic.STATE: "state",
    Traffic.CONTROL: "control",
    Traffic.BACKGROUND: "background",
}
