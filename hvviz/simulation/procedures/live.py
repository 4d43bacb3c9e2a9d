"""Live Migration: a shell on the target, passes over the memory while the VM works, a short cutover, an announcement.

Only ownership and the running state change hands; no file moves. Until the VM has resumed on the target, whatever
fails leaves it running on the source (GUIDE, hyperv 1.4).
"""

from collections.abc import Generator
from dataclasses import dataclass

import simpy

from hvviz import units
from hvviz.scenario.constants import ModelConstants
from hvviz.simulation import failures, preflight
from hvviz.simulation.connections import Connection
from hvviz.simulation.kernel import Procedure, Simulation
from hvviz.simulation.operation import OperationNow
from hvviz.simulation.precopy import Copied, GuestWrites, MemoryCopy, PassObserver
from hvviz.simulation.procedures.network import announce, reached
from hvviz.simulation.recorder import TransferRecord
from hvviz.simulation.state import VmNow
from hvviz.simulation.stopping import STOPPING, Stop, StopError
from hvviz.trace.records import Outcome, Pass, Traffic
from hvviz.world.model import VmState


@dataclass(slots=True)
class Move:
    """What a live migration holds while it is under way."""

    vm: VmNow
    source: str
    target: str
    model: ModelConstants
    connection: Connection | None = None

    @property
    def open_connection(self) -> Connection:
        """The connection, which preflight has chosen."""
        if self.connection is None:
            raise ValueError("preflight chooses the connection before anything is sent")
        return self.connection


def migrate_live(sim: Simulation, operation: OperationNow) -> Procedure:
    """Move the running VM ``operation.vm`` to ``operation.target``."""
    vm = sim.world.vms[operation.vm or ""]
    move = Move(vm, vm.host, operation.target or "", sim.model(vm.host))
    with operation.phase("preflight"):
        yield sim.env.timeout(move.model.setup_time * move.model.preflight_share)
        preflight.check(operation, preflight.live_checks(sim, operation, vm, move.target))
        move.connection = connect(sim, operation, move)
    vm.operation = operation.id
    try:
        yield from create_shell(sim, operation, move)
        copied = yield from copy_memory(sim, operation, move)
        yield from cut_over(sim, operation, move, copied)
        yield from announce(sim, operation, vm)
        yield from clean_up(sim, operation, move)
    finally:
        vm.operation = None


def connect(sim: Simulation, operation: OperationNow, move: Move) -> Connection:
    """Choose the network and the transport, and say so; refuses where no network fits."""
    hosts = sim.world.spec.hosts
    source, target = hosts[move.source], hosts[move.target]
    networks, reason = sim.connections.usable(source, target)
    if not networks:
        preflight.check(
            operation,
            [
                preflight.Check(
                    "network",
                    failures.NO_NETWORK.failure("preflight", source=source.id, target=target.id, reason=reason),
                )
            ],
        )
    workload = None if move.vm.workload is None else sim.world.spec.workloads[move.vm.workload]
    ratio = 2.0 if workload is None else workload.compressibility
    connection = sim.connections.choose(source, target, networks, move.model, ratio)
    operation.connection = connection
    operation.event(
        "network.chosen",
        connection.network.id,
        {
            "wanted": connection.wanted.value,
            "transport": connection.transport.value,
            "rdma": connection.rdma,
            "notes": tuple(connection.notes),
            "adapters": connection.adapters,
            "others": tuple(network.id for network in networks[1:]),
        },
    )
    return connection


def create_shell(sim: Simulation, operation: OperationNow, move: Move) -> Procedure:
    """A VM of the same shape appears on the target, without memory in it, and its memory is reserved."""
    with operation.phase("shell-creation"):
        operation.needs = {move.source, move.target, *_adapters(move)}
        operation.event("shell.created", data={"host": move.target, "bytes": move.vm.assigned_bytes})
        sim.world.add_shell(move.vm, move.target)
        try:
            yield sim.env.timeout(move.model.setup_time * (1.0 - move.model.preflight_share))
        except STOPPING:
            dissolve_shell(sim, operation, move)
            raise


def _adapters(move: Move) -> tuple[str, ...]:
    return () if move.connection is None else move.connection.adapters


def dissolve_shell(sim: Simulation, operation: OperationNow, move: Move) -> None:
    """The migration has failed: what was built on the target goes away."""
    operation.event("shell.dissolved", data={"host": move.target})
    sim.world.remove_shell(move.vm, move.target)
    sim.world.give_memory(move.target, move.vm)
    if move.connection is not None:
        close(sim, operation, move.connection)


def close(sim: Simulation, operation: OperationNow, connection: Connection) -> None:
    """Close the connection and count what crossed the wire."""
    if connection.flow is not None:
        operation.bytes_sent += sim.network.wire_bytes(connection.flow)
    sim.connections.close(connection)
    operation.connection = None


class _Passes(PassObserver):
    """Writes the passes of a copy into the trace."""

    def __init__(self, sim: Simulation, operation: OperationNow, connection: Connection) -> None:
        self._sim = sim
        self._operation = operation
        self._connection = connection

    def pass_started(self, index: int, count: float, *, final: bool) -> None:
        self._operation.event("pass.started", data={"index": index, "bytes": count, "final": final})

    def pass_ended(self, done: Pass, converges: bool) -> None:
        operation = self._operation
        operation.passes.append(done)
        operation.converges = converges
        operation.event(
            "pass.ended",
            data={
                "index": done.index,
                "bytes": done.bytes,
                "duration_s": self._sim.env.now - done.start_s,
                "dirty_bytes": done.dirty_bytes,
                "threshold_bytes": done.threshold_bytes,
                "rate_bytes_per_s": done.rate_bytes_per_s,
                "bottleneck": done.bottleneck,
                "converges": converges,
            },
        )
        if not converges and self._sim.model(operation.source or "").max_passes is None:
            self._sim.endless.add(operation.id)
        else:
            self._sim.endless.discard(operation.id)

    def transfer(self, traffic: Traffic, index: int) -> TransferRecord | None:
        return _transfer_record(self._operation, traffic, self._connection, index)


def _transfer_record(
    operation: OperationNow, traffic: Traffic, connection: Connection, index: int | None = None
) -> TransferRecord:
    return TransferRecord(traffic, operation.vm or "", connection.route, operation=operation.id, pass_index=index)


def copy_memory(sim: Simulation, operation: OperationNow, move: Move) -> Generator[simpy.Event, None, Copied]:
    """Pass after pass, until what is left is small enough or the limit of passes is reached."""
    connection, model, vm = move.open_connection, move.model, move.vm
    size = vm.spec.used_memory_bytes * (1.0 - model.zero_page_share)
    with operation.phase("memory-copy"):
        flow = sim.connections.open(connection, model)
        writes = GuestWrites(sim.env, vm.sets, size)
        sim.writes[vm.spec.id] = writes
        operation.writes = writes.log
        untouched = vm.assigned_bytes - size
        observer = _Passes(sim, operation, connection)
        copy = MemoryCopy(sim.env, sim.network, flow, model, writes, size, observer, untouched)
        operation.copy = copy
        try:
            copied = yield from copy.run()
            _hold_limit(operation, move, copied, flow.speed)
        except simpy.Interrupt:
            operation.passes.append(copy.break_off())
            dissolve_shell(sim, operation, move)
            raise
        except StopError:
            dissolve_shell(sim, operation, move)
            raise
        finally:
            operation.copy = None
            operation.memory_bytes = copy.moved_bytes
            sim.endless.discard(operation.id)
        operation.forced = copied.forced
        if copied.forced:
            operation.event("cutover.forced", data={"passes": len(copy.passes), "left_bytes": copied.left_bytes})
    return copied


def _hold_limit(operation: OperationNow, move: Move, copied: Copied, rate: float) -> None:
    """Cancel where the blackout would be longer than the model allows (MS-WMI-MIG)."""
    model = move.model
    limit_s = model.cancel_above_blackout
    if limit_s is None or rate <= 0.0:
        return
    blackout_s = (copied.left_bytes + model.device_state) / rate + 2 * model.link_time + model.resume_time
    if blackout_s > limit_s:
        failure = failures.BLACKOUT_TOO_LONG.failure(
            "memory-copy",
            vm=move.vm.spec.id,
            blackout=units.show_time(blackout_s),
            limit=units.show_time(limit_s),
        )
        raise StopError(Stop(Outcome.CANCELLED, failure))


def cut_over(sim: Simulation, operation: OperationNow, move: Move, copied: Copied) -> Procedure:
    """The blackout: the VM stands still while the last pages, the processors' state and the ownership change sides."""
    with operation.phase("cutover"):
        try:
            with operation.step("suspend"):
                _suspend(sim, operation, move)
            with operation.step("final-copy"):
                yield from _send_the_rest(sim, operation, move, copied)
            operation.needs = {move.target}
            owned = [each for each in sim.world.owned_storages(move.vm) if each.owner != move.target]
            if owned:
                with operation.step("disk-ownership"):
                    yield sim.env.timeout(move.model.disk_ownership_time)
                    for storage in owned:
                        data = {"from": storage.owner, "to": move.target}
                        operation.event("ownership.moved", storage.spec.id, data)
                        sim.world.own_storage(storage, move.target)
            with operation.step("transfer-link"):
                yield from _transfer_link(sim, operation, move)
            with operation.step("resume"):
                yield sim.env.timeout(move.model.resume_time)
                _resume(sim, operation, move)
        except STOPPING:
            _go_back(sim, operation, move)
            raise


def _suspend(sim: Simulation, operation: OperationNow, move: Move) -> None:
    operation.begin_blackout()
    operation.event("vm.suspended", data={"host": move.source})
    sim.world.set_state(move.vm, VmState.SUSPENDED)
    sim.world.set_runs_on(move.vm, None)
    sim.world.set_unreachable(move.vm, sim.env.now)
    writes = sim.writes.pop(move.vm.spec.id)
    writes.change(writes.sets, 0.0)


def _send_the_rest(sim: Simulation, operation: OperationNow, move: Move, copied: Copied) -> Procedure:
    """The pages that are still dirty, then the state of processors and devices."""
    connection, model = move.open_connection, move.model
    flow = connection.flow
    if flow is None:
        raise ValueError("the connection stays open until the last byte is sent")
    index, started_s = len(operation.passes) + 1, sim.env.now
    operation.event("pass.started", data={"index": index, "bytes": copied.left_bytes, "final": True})
    sent = 0.0
    try:
        record = _transfer_record(operation, Traffic.MEMORY, connection, index)
        yield sim.network.send(flow, copied.left_bytes, record)
        sent = copied.left_bytes
        if model.device_state > 0:
            pages_s = sim.env.now
            yield sim.network.send(
                flow, float(model.device_state), _transfer_record(operation, Traffic.STATE, connection)
            )
        else:
            pages_s = sim.env.now
    finally:
        pages_s = sim.env.now if sent == 0.0 else pages_s
        if sent == 0.0:
            sent = copied.left_bytes - sim.network.left(flow)
        elapsed_s = pages_s - started_s
        rate = sent / elapsed_s if elapsed_s > 0.0 else flow.speed
        operation.passes.append(
            Pass(
                index,
                started_s,
                pages_s,
                copied.left_bytes,
                0.0,
                True,
                rate,
                rate * model.target_blackout,
                flow.bottleneck,
                0.0,
            )
        )
        operation.memory_bytes += sent
    operation.event("pass.ended", data={"index": index, "bytes": copied.left_bytes, "final": True})
    close(sim, operation, connection)


def _transfer_link(sim: Simulation, operation: OperationNow, move: Move) -> Procedure:
    world, vm = sim.world, move.vm
    yield sim.env.timeout(move.model.link_time)
    operation.event("link.copied", data={"host": move.target})
    world.add_link(vm, move.target)
    yield sim.env.timeout(move.model.link_time)
    operation.event("role.moved", data={"from": move.source, "to": move.target})
    world.register(vm, move.target)
    if world.hosts[move.source].up:
        world.remove_link(vm, move.source)


def _resume(sim: Simulation, operation: OperationNow, move: Move) -> None:
    """From here on the VM runs on the target, and nothing that fails brings it back."""
    vm = move.vm
    operation.event("vm.resumed", data={"host": move.target})
    sim.world.remove_shell(vm, move.target)
    _run_again(sim, operation, vm, move.target)
    vm.uptime_reset = True
    operation.needs = set()
    operation.cancellable = False


def _run_again(sim: Simulation, operation: OperationNow, vm: VmNow, host: str) -> None:
    sim.world.set_state(vm, VmState.RUNNING)
    sim.world.set_runs_on(vm, host)
    if operation.stopped_s is not None:
        vm.clock_lag_s += sim.env.now - operation.stopped_s
    operation.end_blackout()


def _go_back(sim: Simulation, operation: OperationNow, move: Move) -> None:
    """The cutover failed: link and ownership return, and the VM goes on where it was, if that host still lives."""
    world, vm = sim.world, move.vm
    operation.event("cutover.undone", data={"host": move.source})
    for storage in world.owned_storages(vm):
        world.own_storage(storage, move.source)
    if world.has_link(vm, move.target) and world.hosts[move.target].up:
        world.remove_link(vm, move.target)
    if not world.has_link(vm, move.source):
        world.add_link(vm, move.source)
    world.register(vm, move.source)
    dissolve_shell(sim, operation, move)
    if not world.hosts[move.source].up:
        operation.event("vm.lost", data={"host": move.source})
        world.set_state(vm, VmState.OFF)
        return
    operation.event("vm.resumed", data={"host": move.source})
    _run_again(sim, operation, vm, move.source)
    reached(sim, operation, vm)


def clean_up(sim: Simulation, operation: OperationNow, move: Move) -> Procedure:
    """What is left of the VM on the source goes away, and the cluster writes down who owns the role."""
    with operation.phase("cleanup"):
        yield sim.env.timeout(move.model.teardown_time)
        operation.event("source.cleared", data={"host": move.source})
        sim.world.give_memory(move.source, move.vm)
        if move.vm.spec.clustered:
            yield from sim.update_cluster(move.source, move.model.cluster_update_time)
