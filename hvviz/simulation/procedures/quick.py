"""Quick Migration: save the VM to shared storage, move the link and the ownership, restore it on the other host.

Only registration and ownership change hands; the memory goes to a file and back, and no byte crosses the live
migration network (GUIDE, hyperv 1.3).
"""

from hvviz.scenario.constants import ModelConstants
from hvviz.simulation import failures, preflight
from hvviz.simulation.kernel import Procedure, Simulation
from hvviz.simulation.needs import need
from hvviz.simulation.operation import OperationNow
from hvviz.simulation.procedures.memory_file import read_memory, write_memory
from hvviz.simulation.procedures.network import announce, reached
from hvviz.simulation.state import VmNow
from hvviz.simulation.stopping import STOPPING
from hvviz.trace.records import Outcome
from hvviz.world.model import MacKind, VmState


def migrate_quick(sim: Simulation, operation: OperationNow) -> Procedure:
    """Move ``operation.vm`` to ``operation.target``. Once it is saved, whatever fails leaves it saved and whole."""
    vm = sim.world.vms[operation.vm or ""]
    target = operation.target or ""
    model = sim.model(vm.host)
    with operation.phase("preflight"):
        yield sim.env.timeout(model.setup_time * model.preflight_share)
        preflight.check(operation, preflight.quick_checks(sim, operation, vm, target))
    vm.operation = operation.id
    was = vm.state
    try:
        if was in (VmState.RUNNING, VmState.PAUSED):
            yield from _save(sim, operation, vm, was)
        yield from _transfer_link(sim, operation, vm, target, model)
        if was in (VmState.RUNNING, VmState.PAUSED):
            yield from _restore(sim, operation, vm, was)
            if was is VmState.RUNNING:
                yield from announce(sim, operation, vm, model.quick_announce_delay)
    finally:
        vm.operation = None


def _save(sim: Simulation, operation: OperationNow, vm: VmNow, was: VmState) -> Procedure:
    source = vm.host
    with operation.phase("save-state"):
        need(sim, operation, source, vm.storage)
        if was is VmState.RUNNING:
            operation.begin_blackout()
        operation.event("vm.suspended")
        sim.world.set_state(vm, VmState.SUSPENDED)
        sim.world.set_runs_on(vm, None)
        if was is VmState.RUNNING:
            sim.world.set_unreachable(vm, sim.env.now)
        try:
            yield from write_memory(sim, operation, vm)
        except STOPPING:
            _resume_on_source(sim, operation, vm, was)
            raise
        operation.event("vm.saved")
        sim.world.set_state(vm, VmState.SAVED)
        sim.world.give_memory(source, vm)


def _resume_on_source(sim: Simulation, operation: OperationNow, vm: VmNow, was: VmState) -> None:
    """The save failed: the VM goes on where it was, if its host still does."""
    operation.event("saved-state.removed")
    sim.world.remove_saved_state(vm)
    if not sim.world.hosts[vm.host].up:
        sim.world.set_state(vm, VmState.OFF)
        return
    operation.event("vm.resumed", data={"host": vm.host})
    sim.world.set_state(vm, was)
    sim.world.set_runs_on(vm, vm.host)
    if was is VmState.RUNNING:
        vm.clock_lag_s += 0.0 if operation.stopped_s is None else sim.env.now - operation.stopped_s
        operation.end_blackout()
        reached(sim, operation, vm)


def _transfer_link(
    sim: Simulation, operation: OperationNow, vm: VmNow, target: str, model: ModelConstants
) -> Procedure:
    """The cluster copies the link, moves the ownership, and removes the link from the source."""
    source, world = vm.host, sim.world
    with operation.phase("transfer-link"):
        need(sim, operation, target)
        try:
            with operation.step("copy-link"):
                yield sim.env.timeout(model.link_time)
                operation.event("link.copied", data={"host": target})
                world.add_link(vm, target)
            owned = [storage for storage in world.owned_storages(vm) if storage.owner != target]
            if owned:
                with operation.step("disk-ownership"):
                    yield sim.env.timeout(model.disk_ownership_time)
                    for storage in owned:
                        operation.event("ownership.moved", storage.spec.id, {"from": storage.owner, "to": target})
                        world.own_storage(storage, target)
            with operation.step("remove-link"):
                yield sim.env.timeout(model.link_time)
                operation.event("role.moved", data={"from": source, "to": target})
                world.register(vm, target)
                if world.hosts[source].up:
                    world.remove_link(vm, source)
        except STOPPING:
            operation.event("transfer.undone", data={"host": source})
            if world.has_link(vm, target) and world.hosts[target].up:
                world.remove_link(vm, target)
            for storage in world.owned_storages(vm):
                world.own_storage(storage, source)
            raise


def _restore(sim: Simulation, operation: OperationNow, vm: VmNow, was: VmState) -> Procedure:
    """The memory comes back from the file, and the processors go on as if nothing had been."""
    model, world, target = sim.model(operation.source or vm.host), sim.world, vm.host
    with operation.phase("restore-state"):
        need(sim, operation, target, vm.storage)
        preflight.check(
            operation, [preflight.memory(sim, vm, target, failures.NO_MEMORY_QUICK, "restore-state")], Outcome.FAILED
        )
        operation.event("memory.reserved", data={"host": target, "bytes": vm.assigned_bytes})
        world.take_memory(target, vm)
        try:
            yield from read_memory(sim, operation, vm)
        except STOPPING:
            operation.event("restore.undone")
            world.give_memory(target, vm)
            raise
    if was is VmState.PAUSED:
        _restored(sim, operation, vm, was)
        return
    with operation.phase("resume"):
        try:
            yield sim.env.timeout(model.resume_time)
        except STOPPING:
            operation.event("restore.undone")
            world.give_memory(target, vm)
            raise
        _restored(sim, operation, vm, was)


def _restored(sim: Simulation, operation: OperationNow, vm: VmNow, was: VmState) -> None:
    operation.event("vm.resumed", data={"host": vm.host})
    sim.world.remove_saved_state(vm)
    sim.world.set_state(vm, was)
    sim.world.set_runs_on(vm, vm.host)
    vm.uptime_reset = True
    if vm.spec.mac is MacKind.DYNAMIC and vm.spec.switch is not None:
        operation.event("mac.regenerated", data={"host": vm.host})
        vm.mac_changed = True
    if operation.stopped_s is not None:
        vm.clock_lag_s += sim.env.now - operation.stopped_s
    operation.end_blackout()
    operation.needs = set()
    operation.cancellable = False
