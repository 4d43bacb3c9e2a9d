"""What every move of a running VM has in common: a connection, a shell on the target, and the copying of memory."""

from collections.abc import Generator
from dataclasses import dataclass

import simpy

from hvviz import units
from hvviz.scenario.constants import ModelConstants
from hvviz.simulation import failures, preflight
from hvviz.simulation.connections import Connection
from hvviz.simulation.kernel import Procedure, Simulation
from hvviz.simulation.needs import need
from hvviz.simulation.operation import OperationNow
from hvviz.simulation.precopy import Copied, GuestWrites, MemoryCopy, PassObserver
from hvviz.simulation.recorder import TransferRecord
from hvviz.simulation.state import VmNow
from hvviz.simulation.stopping import STOPPING, Stop, StopError
from hvviz.trace.records import Outcome, Pass, Traffic


@dataclass(slots=True)
class Move:
    """What a live migration holds while it is under way; ``files_on`` are the storages that its files travel between."""

    vm: VmNow
    source: str
    target: str
    model: ModelConstants
    connection: Connection | None = None
    files_on: tuple[str, ...] = ()

    @property
    def open_connection(self) -> Connection:
        """The connection, which preflight has chosen."""
        if self.connection is None:
            raise ValueError("preflight chooses the connection before anything is sent")
        return self.connection


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
        need(sim, operation, move.source, move.target, *_adapters(move), *move.files_on)
        operation.event("shell.created", data={"host": move.target, "bytes": move.vm.assigned_bytes})
        sim.world.add_shell(move.vm, move.target)
        try:
            yield from sim.serial_setup(move.source, move.model.serial_setup_time)
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
        return transfer_record(self._operation, traffic, self._connection, index)


def transfer_record(
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
