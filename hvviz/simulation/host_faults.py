"""Hosts that go and come back: a crash, a shutdown, a start, and a service that stops."""

import simpy

from hvviz.scenario.plan import Action
from hvviz.simulation import failures
from hvviz.simulation.faults import fail
from hvviz.simulation.kernel import Attempt, Procedure, Simulation
from hvviz.simulation.operation import OperationNow
from hvviz.simulation.procedures.drain import drain
from hvviz.simulation.procedures.failover import fail_over, sweep_links
from hvviz.simulation.procedures.memory_file import read_memory, write_memory
from hvviz.simulation.state import HostNow, VmNow
from hvviz.trace.records import OperationKind
from hvviz.world.model import HostVersion, VmState


def crash(sim: Simulation, action: Action) -> str | None:
    """A host loses its power: everything that ran on it is gone, its files on shared storage are not."""
    host = sim.world.hosts[action.host or ""]
    if not host.up:
        return f"{host.spec.id} is down already"
    cause = sim.recorder.event("host.crashed", host.spec.id)
    sim.world.set_host_up(host, False)
    sim.world.lose_memory(host.spec.id)
    hit = [operation for operation in sim.active.values() if host.spec.id in operation.needs]
    lost = {vm.spec.id for vm in sim.world.vms.values() if vm.runs_on == host.spec.id}
    lost |= {operation.vm or "" for operation in hit if operation.source == host.spec.id and _in_memory(sim, operation)}
    for vm in sim.world.vms.values():
        if vm.spec.id in lost:
            sim.lose_power(vm, cause)
    sim.note_lost(host.spec.id, frozenset(lost))
    held = {operation.vm for operation in sim.active.values() if operation.has_hold} - lost
    for operation in hit:
        fail(sim, operation, cause, failures.SOURCE_LOST if operation.source == host.spec.id else failures.TARGET_LOST)
    fail_over(sim, host.spec.id, action.id, cause, held)
    return None


def _in_memory(sim: Simulation, operation: OperationNow) -> bool:
    """Whether the VM stands still and has its state in the memory of its source only."""
    return operation.vm is not None and sim.world.vms[operation.vm].state is VmState.SUSPENDED


def restore(sim: Simulation, action: Action) -> str | None:
    """A crashed host is back: its stale links go, and what it alone can run starts again."""
    host = sim.world.hosts[action.host or ""]
    if host.up:
        return f"{host.spec.id} is up already"
    _come_up(sim, host)
    return None


def _come_up(sim: Simulation, host: HostNow) -> None:
    sim.recorder.event("host.returned", host.spec.id)
    sim.world.set_host_up(host, True)
    host.in_cluster = host.management_up = True
    if host.paused:
        host.paused = False
        sim.recorder.field(host.spec.id, "paused", False)
    cluster = sim.world.spec.cluster_of(host.spec.id)
    if cluster is not None:
        sim.set_voters(cluster, list(dict.fromkeys([*sim.voters(cluster), host.spec.id])))
    sweep_links(sim, host.spec.id)
    for vm in sim.world.vms.values():
        if vm.host == host.spec.id and vm.spec.id in sim.lost_on(host.spec.id) and vm.operation is None:
            sim.env.process(_start_again(sim, vm))
    sim.note_lost(host.spec.id, frozenset())


def _start_again(sim: Simulation, vm: VmNow) -> Procedure:
    """A VM that ran when its host went, and that is still registered there, comes up with it."""
    host = sim.world.hosts[vm.host]
    if vm.state not in (VmState.OFF, VmState.SAVED) or host.free_bytes < vm.assigned_bytes:
        return
    was, vm.operation = vm.state, "start"
    sim.recorder.event("vm.starting", vm.spec.id, data={"host": vm.host, "cold": was is VmState.OFF})
    sim.world.take_memory(vm.host, vm)
    if was is VmState.SAVED:
        yield from read_memory(sim, None, vm)
    else:
        yield sim.env.timeout(sim.model(vm.host).start_time)
    vm.operation = None
    if not host.up or not sim.world.has_memory(vm.host, vm):
        return
    sim.recorder.event("vm.started", vm.spec.id, data={"host": vm.host})
    if was is VmState.SAVED:
        sim.world.remove_saved_state(vm)
    sim.bring_up(vm)


def shut_down(sim: Simulation, action: Action) -> Attempt:
    """Shut a host down in order: its roles leave, what cannot leave is saved, then it goes."""
    host = sim.world.hosts[action.host or ""]
    if not host.up:
        return f"{host.spec.id} is down already"
    cluster = sim.world.spec.cluster_of(host.spec.id)
    sim.recorder.event("host.stopping", host.spec.id)
    if cluster is not None:
        operation = OperationNow(sim, action.id, OperationKind.DRAIN, host=host.spec.id, cause=sim.recorder.last)
        operation.quick_only = not cluster.settings.drain_on_shutdown
        sim.start(operation, drain, action.order)
        yield operation.done
    staying = [vm for vm in sim.world.vms.values() if vm.runs_on == host.spec.id and vm.operation is None]
    saving = [sim.env.process(_save(sim, vm)) for vm in staying]
    if saving:
        yield simpy.AllOf(sim.env, saving)
    if not host.up:
        return f"{host.spec.id} went down by itself"
    cause = sim.recorder.event("host.stopped", host.spec.id)
    left = [vm for vm in sim.world.vms.values() if vm.runs_on == host.spec.id]
    sim.world.set_host_up(host, False)
    sim.world.lose_memory(host.spec.id)
    for vm in left:
        sim.lose_power(vm, cause)
    for other in [each for each in sim.active.values() if host.spec.id in each.needs]:
        fail(sim, other, cause, failures.SOURCE_LOST if other.source == host.spec.id else failures.TARGET_LOST)
    sim.note_lost(host.spec.id, frozenset(vm.spec.id for vm in [*staying, *left]))
    return None


def _save(sim: Simulation, vm: VmNow) -> Procedure:
    """The automatic stop action: the VM is saved, if its storage is up."""
    if not sim.world.storage[vm.storage].up:
        return
    sim.recorder.event("vm.suspended", vm.spec.id, data={"host": vm.host})
    sim.halt(vm, VmState.SUSPENDED)
    vm.operation = "save"
    yield from write_memory(sim, None, vm)
    vm.operation = None
    sim.recorder.event("vm.saved", vm.spec.id, data={"host": vm.host})
    sim.world.set_state(vm, VmState.SAVED)
    sim.world.give_memory(vm.host, vm)


def start(sim: Simulation, action: Action) -> Attempt:
    """Switch a host on; it is back in its cluster when its start is over."""
    host = sim.world.hosts[action.host or ""]
    if host.up:
        return f"{host.spec.id} is up already"
    sim.recorder.event("host.starting", host.spec.id)
    yield sim.env.timeout(sim.model(host.spec.id).host_start_time)
    if not host.up:
        _come_up(sim, host)
    return None


def stop_service(sim: Simulation, action: Action) -> str | None:
    """``vmms``: nothing can be moved any more. ``cluster``: the node is lost to the others though its VMs still run."""
    host = sim.world.hosts[action.host or ""]
    if not host.up:
        return f"{host.spec.id} is down"
    cause = sim.recorder.event("service.stopped", host.spec.id, data={"service": action.service})
    hit = [
        operation
        for operation in sim.active.values()
        if host.spec.id in (operation.source, operation.target, operation.host)
        and operation.kind not in (OperationKind.DRAIN, OperationKind.FAILOVER)
        and operation.cancellable
        and operation.has_hold
    ]
    if action.service == "cluster":
        hit = [operation for operation in hit if sim.world.vms[operation.vm or ""].spec.clustered]
    for operation in hit:
        fail(sim, operation, cause, failures.SERVICE_LOST, service=action.service, host=host.spec.id)
    if action.service == "vmms":
        host.management_up = False
        sim.recorder.field(host.spec.id, "management_up", False)
        return None
    host.in_cluster = False
    sim.recorder.field(host.spec.id, "in_cluster", False)
    roles = [vm for vm in sim.world.vms.values() if vm.runs_on == host.spec.id and vm.spec.clustered]
    sim.note_lost(host.spec.id, frozenset(vm.spec.id for vm in roles))
    if host.spec.version.rank < HostVersion.WS2016.rank:
        for vm in roles:
            sim.world.give_memory(host.spec.id, vm)
            sim.lose_power(vm, cause)
    fail_over(sim, host.spec.id, action.id, cause, {operation.vm for operation in hit})
    return None
