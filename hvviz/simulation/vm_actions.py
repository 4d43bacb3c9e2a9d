"""What an administrator does to a VM by hand: start, stop, save, and another workload inside it."""

from hvviz.scenario.plan import Action
from hvviz.simulation import failures
from hvviz.simulation.kernel import Attempt, Simulation
from hvviz.simulation.procedures.memory_file import read_memory, write_memory
from hvviz.simulation.state import VmNow
from hvviz.simulation.stopping import Stop
from hvviz.trace.records import Outcome
from hvviz.world.model import VmState

_ACTIVE = (VmState.RUNNING, VmState.PAUSED)


def start(sim: Simulation, action: Action) -> Attempt:
    """Start a VM that is off, or restore one that is saved. Returns why it cannot, or None."""
    vm = sim.world.vms[action.vm or ""]
    host = sim.world.hosts[vm.host]
    why_not = _hindrance(sim, vm, (VmState.OFF, VmState.SAVED))
    if why_not is None and not host.up:
        why_not = f"{vm.host} is down"
    if why_not is None and host.free_bytes < vm.assigned_bytes:
        why_not = f"{vm.host} has too little memory free for {vm.spec.id}"
    if why_not is not None:
        return why_not
    was = vm.state
    sim.recorder.event("vm.starting", vm.spec.id, data={"host": vm.host, "from": was.value})
    sim.world.take_memory(vm.host, vm)
    vm.operation = action.id
    if was is VmState.SAVED:
        yield from read_memory(sim, None, vm)
    vm.operation = None
    sim.recorder.event("vm.started", vm.spec.id, data={"host": vm.host})
    if was is VmState.SAVED:
        sim.world.remove_saved_state(vm)
    if not host.up:
        return f"{vm.host} went down meanwhile"
    sim.bring_up(vm)
    return None


def stop(sim: Simulation, action: Action) -> str | None:
    """Switch a VM off; a migration of it that is under way fails. Returns why it cannot, or None."""
    vm = sim.world.vms[action.vm or ""]
    why_not = _end_migration(sim, vm, action, "switched off")
    if why_not is None and vm.state not in (*_ACTIVE, VmState.SAVED):
        why_not = f"{vm.spec.id} is {vm.state} already"
    if why_not is not None:
        return why_not
    sim.recorder.event("vm.stopped", vm.spec.id, data={"host": vm.host})
    if vm.state is VmState.SAVED:
        sim.world.remove_saved_state(vm)
    sim.halt(vm, VmState.OFF)
    sim.world.give_memory(vm.host, vm)
    vm.power_lost_s.append(sim.env.now)
    return None


def save(sim: Simulation, action: Action) -> Attempt:
    """Save a running VM to its storage. Returns why it cannot, or None."""
    vm = sim.world.vms[action.vm or ""]
    why_not = _end_migration(sim, vm, action, "saved") or _hindrance(sim, vm, _ACTIVE)
    if why_not is not None:
        return why_not
    sim.recorder.event("vm.suspended", vm.spec.id, data={"host": vm.host})
    sim.halt(vm, VmState.SUSPENDED)
    vm.operation = action.id
    yield from write_memory(sim, None, vm)
    vm.operation = None
    sim.recorder.event("vm.saved", vm.spec.id, data={"host": vm.host})
    sim.world.set_state(vm, VmState.SAVED)
    sim.world.give_memory(vm.host, vm)
    return None


def change_workload(sim: Simulation, action: Action) -> str | None:
    """Let the guest do something else from now on."""
    vm = sim.world.vms[action.vm or ""]
    sim.recorder.event("vm.workload", vm.spec.id, data={"workload": action.workload})
    sim.world.set_workload(vm, action.workload)
    writes = sim.writes.get(vm.spec.id)
    if writes is not None:
        writes.change(vm.sets, writes.share)
    if vm.runs_on is not None:
        sim.capacities.refresh_cores(vm.runs_on)
        sim.background.refresh(vm)
    sim.endless.clear()
    return None


def _hindrance(sim: Simulation, vm: VmNow, states: tuple[VmState, ...]) -> str | None:
    if vm.operation is not None:
        return f"{vm.spec.id} is busy with {vm.operation}"
    if vm.state not in states:
        return f"{vm.spec.id} is {vm.state}"
    return None


def _end_migration(sim: Simulation, vm: VmNow, action: Action, how: str) -> str | None:
    """Fail the migration that has hold of the VM, while the VM still runs on the source."""
    if vm.operation is None:
        return None
    operation = sim.active.get(vm.operation)
    if operation is None or vm.state not in _ACTIVE or not operation.cancellable:
        return f"{vm.spec.id} is busy with {vm.operation}"
    failure = failures.VM_STOPPED.failure(operation.phase_id or "queue", vm=vm.spec.id, how=how, action=action.id)
    operation.stop(Stop(Outcome.FAILED, failure, sim.recorder.last))
    vm.operation = None
    return None
