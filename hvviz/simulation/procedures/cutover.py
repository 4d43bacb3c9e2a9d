"""The cutover: the only moments in which the VM runs nowhere, and what puts things back if they go wrong."""

from collections.abc import Callable

from hvviz.simulation.fluid import Flow
from hvviz.simulation.kernel import Procedure, Simulation
from hvviz.simulation.needs import need
from hvviz.simulation.operation import OperationNow
from hvviz.simulation.precopy import Copied
from hvviz.simulation.procedures.memory_move import Move, close, dissolve_shell, transfer_record
from hvviz.simulation.procedures.network import reached
from hvviz.simulation.state import VmNow
from hvviz.simulation.stopping import STOPPING
from hvviz.trace.records import Pass, Traffic
from hvviz.world.model import VmState


def cut_over(
    sim: Simulation,
    operation: OperationNow,
    move: Move,
    copied: Copied,
    switch_disks: Callable[[], None] = lambda: None,
) -> Procedure:
    """The blackout: the VM stands still while the last pages, the processors' state and the ownership change sides.

    ``switch_disks`` is called at the end of it, where the VM's files have travelled too.
    """
    with operation.phase("cutover"):
        try:
            with operation.step("suspend"):
                _suspend(sim, operation, move)
            with operation.step("final-copy"):
                yield from _send_the_rest(sim, operation, move, copied)
            need(sim, operation, move.target)
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
                switch_disks()
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
    flow = connection.open_flow
    index, started_s = len(operation.passes) + 1, sim.env.now
    operation.event("pass.started", data={"index": index, "bytes": copied.left_bytes, "final": True})
    record = transfer_record(operation, Traffic.MEMORY, connection, index)
    try:
        yield sim.network.send(flow, copied.left_bytes, record)
    finally:
        _note_final_pass(sim, operation, move, flow, index, started_s, copied.left_bytes)
    operation.event("pass.ended", data={"index": index, "bytes": copied.left_bytes, "final": True})
    if model.device_state > 0:
        yield sim.network.send(flow, float(model.device_state), transfer_record(operation, Traffic.STATE, connection))
    close(sim, operation, connection)


def _note_final_pass(
    sim: Simulation, operation: OperationNow, move: Move, flow: Flow, index: int, started_s: float, count: float
) -> None:
    """The pass made while the VM stands still, as far as it came."""
    sent = count - sim.network.left(flow)
    elapsed_s = sim.env.now - started_s
    rate = sent / elapsed_s if elapsed_s > 0.0 else flow.speed
    threshold = rate * move.model.target_blackout
    operation.passes.append(
        Pass(index, started_s, sim.env.now, count, 0.0, True, rate, threshold, flow.bottleneck, 0.0)
    )
    operation.memory_bytes += sent


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
    """What is left of the VM on the source goes away."""
    with operation.phase("cleanup"):
        yield sim.env.timeout(move.model.teardown_time)
        operation.event("source.cleared", data={"host": move.source})
        sim.world.give_memory(move.source, move.vm)
