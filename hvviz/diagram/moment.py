"""What one instant has to show, read from the trace once for every event and once for every frame."""

from bisect import bisect_left
from dataclasses import dataclass, field

from hvviz.diagram.census import Census
from hvviz.trace.records import Operation, OperationKind, Outcome, Phase, Step, Traffic
from hvviz.trace.trace import Instant, MemoryAt, Trace, TransferAt
from hvviz.world.facts import EdgeKey, FieldKey, NodeKey
from hvviz.world.model import VmState

_AFTERGLOW_S = 3.0
"""How long before the latest event an operation may have failed and still be told of."""


@dataclass(slots=True)
class Moment:
    """What is going on after a given event: it stays true until the next one.

    ``by_vm`` has the operation that moves a VM now, ``queue`` those that wait for a slot, in order, ``failed`` those
    that failed a moment ago.
    """

    instant: Instant
    census: Census
    operations: list[Operation]
    queue: list[Operation]
    failed: list[Operation]
    by_vm: dict[str, Operation] = field(default_factory=dict)
    phases: dict[str, Phase] = field(default_factory=dict)
    steps: dict[str, Step] = field(default_factory=dict)

    def phase_of(self, vm: str) -> str:
        """The id of the phase in which ``vm`` is moved, empty where it is not."""
        operation = self.by_vm.get(vm)
        phase = self.phases.get(operation.id) if operation is not None else None
        return "" if phase is None else phase.id

    def step_of(self, vm: str) -> str:
        operation = self.by_vm.get(vm)
        step = self.steps.get(operation.id) if operation is not None else None
        return "" if step is None else step.id

    def host_up(self, host: str) -> bool:
        return bool(self.instant.field(host, "state", "up") == "up")

    def stopped(self) -> tuple[Operation, float] | None:
        """The operation whose VM has stood still for longest among those that do now, and since when."""
        found: tuple[Operation, float] | None = None
        for operation in self.operations:
            since_s = stopped_since(operation, self.instant.time_s)
            if since_s is not None and (found is None or since_s < found[1]):
                found = (operation, since_s)
        return found

    @property
    def frozen(self) -> bool:
        """Whether a cutover holds still everything but what it does itself."""
        return any(phase.id == "cutover" for phase in self.phases.values()) and len(self.operations) == 1


@dataclass(slots=True)
class Progress:
    """What changes between events: transfers under way, and how far the memory of each VM has come."""

    transfers: list[TransferAt]
    memory: dict[str, MemoryAt]

    def of_vm(self, vm: str) -> TransferAt | None:
        """The transfer that carries ``vm``'s memory or state."""
        for transfer in self.transfers:
            if transfer.transfer.subject == vm and transfer.transfer.traffic in (Traffic.MEMORY, Traffic.STATE):
                return transfer
        return None

    def of_file(self, file: str) -> TransferAt | None:
        """The transfer that reads or writes ``file``."""
        for transfer in self.transfers:
            route = transfer.transfer.route
            if file in (route[0], route[-1]):
                return transfer
        return None


def share_done(transfer: TransferAt) -> float:
    """How much of a transfer is done, 0 to 1."""
    total = transfer.transfer.total_bytes
    return transfer.done_bytes / total if total else 0.0


def stopped_since(operation: Operation, now_s: float) -> float | None:
    """Since when the VM of ``operation`` runs nowhere, None where it runs at ``now_s``."""
    if not operation.blackout_s and operation.blackout_s is not None:
        return None
    if operation.kind is OperationKind.QUICK:
        first, last = operation.phase("save-state"), operation.phase("resume")
    elif operation.kind is OperationKind.FAILOVER:
        first, last = operation.phase("detect"), operation.phase("start")
    else:
        first = last = operation.phase("cutover")
    if first is None:
        return None
    end_s = operation.ended_s if last is None else last.end_s
    return first.start_s if first.start_s <= now_s and (end_s is None or now_s < end_s) else None


class Reader:
    """Reads moments of one trace, each from the one before where that is shorter."""

    def __init__(self, trace: Trace) -> None:
        self._census = Census(trace)
        self._operations = sorted(trace.operations.values(), key=lambda operation: operation.requested_s)
        self._requested = [operation.requested_s for operation in self._operations]

    def moment(self, instant: Instant) -> Moment:
        """What is going on at ``instant``. The census of earlier moments moves along and is theirs no more."""
        self._census.move_to(instant)
        now_s = instant.time_s
        events = instant.trace.events
        latest_s = events[instant.position - 1].time_s if 0 < instant.position <= len(events) else 0.0
        moment = Moment(instant, self._census, [], [], [])
        for operation in self._operations[: bisect_left(self._requested, now_s + 1e-12)]:
            if operation.started_s is None or now_s < operation.started_s:
                moment.queue.append(operation)
            elif operation.ended_s is None or now_s < operation.ended_s:
                self._add(moment, operation)
            elif (
                operation.outcome in (Outcome.FAILED, Outcome.REFUSED, Outcome.CANCELLED)
                and operation.ended_s >= latest_s - _AFTERGLOW_S
                and operation.vm is not None
            ):
                moment.failed.append(operation)
        moment.queue.sort(key=lambda operation: operation.started_s or float("inf"))
        return moment

    def _add(self, moment: Moment, operation: Operation) -> None:
        moment.operations.append(operation)
        if operation.vm is not None:
            moment.by_vm[operation.vm] = operation
        phase = moment.instant.phase(operation)
        if phase is not None:
            moment.phases[operation.id] = phase
            step = moment.instant.step(phase)
            if step is not None:
                moment.steps[operation.id] = step


def progress(moment: Moment, instant: Instant) -> Progress:
    """What of ``moment`` has come how far at ``instant``."""
    memory = {}
    for vm, operation in moment.by_vm.items():
        found = instant.memory(operation) if operation.passes else None
        if found is not None:
            memory[vm] = found
    return Progress(list(instant.transfers()), memory)


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
