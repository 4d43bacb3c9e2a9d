"""What must hold of every run at every event."""

from hvviz.trace.records import OperationKind, Outcome
from hvviz.trace.trace import Instant, Trace
from hvviz.world.facts import Kind, Relation, config_file, disk_file, resource_id, shell_id
from hvviz.world.model import VmState

_STANDS_STILL = (VmState.SUSPENDED, VmState.SAVED, VmState.OFF)


def check_trace(trace: Trace) -> None:
    """Raise AssertionError where an invariant is broken, naming the event."""
    times = [event.time_s for event in trace.events]
    assert times == sorted(times)
    for event in trace.events:
        assert all(cause < event.id for cause in event.causes), event
    for number in range(-1, len(trace.events)):
        now = trace.after(number)
        last_of_instant = number + 1 == len(trace.events) or trace.events[number + 1].time_s > now.time_s
        label = trace.events[number] if number >= 0 else "start"
        for vm in trace.world.vms.values():
            _check_vm(trace, now, vm.id, label, settled=last_of_instant)
        if last_of_instant:
            for host in trace.world.hosts.values():
                used = now.field(host.id, "used_memory_bytes", 0)
                assert 0 <= used <= host.memory_bytes, (host.id, used, label)
    _check_transfers(trace)
    _check_operations(trace)


def _in_transfer_link(trace: Trace, now: Instant, vm: str) -> bool:
    for operation in trace.operations.values():
        if operation.vm != vm:
            continue
        for phase in operation.phases:
            spans = [phase, *phase.steps]
            for span in spans:
                ends = span.end_s is None or now.time_s <= span.end_s
                if span.id in ("transfer-link",) and span.start_s <= now.time_s and ends:
                    return True
    return False


def _check_vm(trace: Trace, now: Instant, vm: str, label: object, *, settled: bool) -> None:
    spec = trace.world.vms[vm]
    homes = [edge.target for edge in now.edges(Relation.RUNS_ON, vm)]
    assert len(homes) <= 1, (vm, homes, label)
    state = now.field(vm, "state")
    if settled:
        assert bool(homes) == (state not in _STANDS_STILL), (vm, state, homes, label)
        for home in homes:
            assert now.field(home, "state") == "up", (vm, home, label)
    for file in [config_file(spec), *(disk_file(spec, disk) for disk in spec.disks)]:
        assert now.exists(file), (vm, file, label)
        assert any(True for _ in now.edges(Relation.STORED_ON, file)), (vm, file, label)
    if settled and not _in_transfer_link(trace, now, vm):
        registered = [edge.target for edge in now.edges(Relation.REGISTERED_AT, vm)]
        assert len(registered) == 1, (vm, registered, label)
        linked = [
            host
            for host in trace.world.hosts
            for edge in now.edges(Relation.CONTAINS, host)
            if now.kind(edge.target) is Kind.LINK and now.field(edge.target, "vm") == vm
        ]
        living = [host for host in linked if now.field(host, "state") == "up"]
        assert registered[0] in linked, (vm, registered, linked, label)
        assert len(living) <= 1, (vm, linked, label)
        if now.field(registered[0], "state") == "up":
            assert living == registered, (vm, living, registered, label)
        owner = now.target(Relation.OWNED_BY, resource_id(vm))
        assert owner in (None, registered[0]), (vm, owner, registered, label)


def _check_transfers(trace: Trace) -> None:
    for transfer in trace.transfers:
        done = 0.0
        for before, after in zip(transfer.segments, transfer.segments[1:], strict=False):
            assert before.time_s <= after.time_s
            moved = before.rate_bytes_per_s * (after.time_s - before.time_s)
            assert abs(after.done_bytes - before.done_bytes - moved) <= 1e-6 * max(1.0, moved) + 2.0, transfer
        if transfer.segments and transfer.ended_s is not None and transfer.total_bytes is not None:
            last = transfer.segments[-1]
            done = last.done_bytes + last.rate_bytes_per_s * (transfer.ended_s - last.time_s)
            assert done <= transfer.total_bytes * (1 + 1e-9) + 2.0, transfer


def _check_operations(trace: Trace) -> None:
    for operation in trace.operations.values():
        assert operation.queued_s is None or operation.queued_s >= 0.0
        for phase in operation.phases:
            assert phase.end_s is None or phase.end_s >= phase.start_s
        if operation.outcome is Outcome.COMPLETED:
            assert operation.failure is None
        elif operation.outcome is not Outcome.UNFINISHED:
            assert operation.failure is not None, operation
        if operation.vm is None or operation.kind is OperationKind.DRAIN:
            continue
        ended = operation.outcome is not Outcome.UNFINISHED and operation.ended_s is not None
        if ended and operation.target is not None and operation.target in trace.world.hosts:
            assert not trace.at(trace.end_s + 1.0).exists(shell_id(operation.target, operation.vm)) or any(
                other.outcome is Outcome.UNFINISHED and other.vm == operation.vm for other in trace.operations.values()
            ), operation
