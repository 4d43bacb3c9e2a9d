"""Storage that goes, comes back, or fills up."""

from hvviz.scenario.plan import Action
from hvviz.simulation import failures
from hvviz.simulation.faults import fail
from hvviz.simulation.kernel import Simulation
from hvviz.world.model import HostVersion, VmState


def storage_down(sim: Simulation, action: Action) -> str | None:
    """A storage goes: what copies from or to it fails, and VMs with disks on it pause (2016) or stop."""
    storage = sim.world.storage[action.storage or ""]
    if not storage.up:
        return f"{storage.spec.id} is down already"
    cause = sim.recorder.event("storage.down", storage.spec.id)
    sim.world.set_storage_up(storage, False)
    sim.capacities.refresh_storage(storage.spec.id)
    for operation in list(sim.active.values()):
        if storage.spec.id in operation.needs:
            fail(sim, operation, cause, failures.STORAGE_LOST, storage=storage.spec.id)
    for vm in sim.world.vms.values():
        if vm.state is VmState.RUNNING and storage.spec.id in vm.storages and vm.runs_on is not None:
            if sim.world.hosts[vm.runs_on].spec.version.rank >= HostVersion.WS2016.rank:
                sim.recorder.event("vm.paused-critical", vm.spec.id, causes=(cause,))
                sim.world.set_state(vm, VmState.PAUSED)
                sim.world.set_unreachable(vm, sim.env.now)
                vm.paused_for = storage.spec.id
            else:
                sim.world.give_memory(vm.runs_on, vm)
                sim.lose_power(vm, cause)
    return None


def storage_up(sim: Simulation, action: Action) -> str | None:
    """A storage is back, with room: VMs that were paused for want of it go on."""
    storage = sim.world.storage[action.storage or ""]
    sim.recorder.event("storage.up", storage.spec.id)
    storage.full = False
    sim.world.set_storage_up(storage, True)
    sim.capacities.refresh_storage(storage.spec.id)
    for vm in sim.world.vms.values():
        if vm.paused_for == storage.spec.id:
            vm.paused_for = None
            if vm.state is VmState.PAUSED:
                sim.recorder.event("vm.resumed", vm.spec.id, data={"host": vm.host})
                sim.world.set_state(vm, VmState.RUNNING)
                sim.world.set_reachable(vm, sim.env.now)
    return None


def storage_full(sim: Simulation, action: Action) -> str | None:
    """A storage has no room left: what writes to it fails."""
    storage = sim.world.storage[action.storage or ""]
    cause = sim.recorder.event("storage.full", storage.spec.id)
    storage.full = True
    sim.recorder.field(storage.spec.id, "full", True)
    for operation in list(sim.active.values()):
        if storage.spec.id in operation.writes_to:
            fail(sim, operation, cause, failures.STORAGE_FULL, storage=storage.spec.id)
    return None
