"""What an action does to the world by force: links, hosts, storage and services that go, and come back."""

from hvviz import units
from hvviz.scenario.plan import Action
from hvviz.simulation import failures
from hvviz.simulation.failures import Fault
from hvviz.simulation.kernel import Simulation
from hvviz.simulation.operation import OperationNow
from hvviz.simulation.stopping import Stop
from hvviz.trace.records import Outcome
from hvviz.world.model import VmState


def adapters_of(sim: Simulation, action: Action) -> tuple[str, ...]:
    """The physical adapters that a fault of a link is about: those named, or all in the network named."""
    if action.adapters:
        return action.adapters
    teamed = {
        f"{host.id}/{member}": team.network
        for host in sim.plan.world.hosts.values()
        for team in host.teams.values()
        for member in team.members
    }
    return tuple(
        adapter.id
        for host in sim.plan.world.hosts.values()
        for adapter in host.adapters.values()
        if adapter.rate_bps is not None and action.network in (adapter.network, teamed.get(adapter.id))
    )


def link_down(sim: Simulation, action: Action) -> str | None:
    """Adapters lose their link: what they carry alone breaks, what a team can carry elsewhere goes on there."""
    adapters = adapters_of(sim, action)
    what = action.network or ", ".join(adapters)
    cause = sim.recorder.event("link.down", what, data={"adapters": adapters})
    for adapter in adapters:
        sim.world.set_adapter_up(adapter, False)
        sim.capacities.refresh_adapter(adapter)
    for operation in list(sim.active.values()):
        hit = [adapter for adapter in adapters if adapter in operation.needs]
        if hit and not _carried_elsewhere(sim, operation):
            _fail(sim, operation, cause, failures.CONNECTION_LOST, what=f"The link of {', '.join(hit)} went down.")
    return None


def _carried_elsewhere(sim: Simulation, operation: OperationNow) -> bool:
    """Whether a team has taken the operation's stream over to adapters that still have a link."""
    connection = operation.connection
    return connection is not None and sim.connections.reroute(connection, sim.model(operation.source or ""))


def link_up(sim: Simulation, action: Action) -> str | None:
    adapters = adapters_of(sim, action)
    sim.recorder.event("link.up", action.network or ", ".join(adapters), data={"adapters": adapters})
    for adapter in adapters:
        sim.world.set_adapter_up(adapter, True)
        sim.capacities.restore(adapter)
    sim.endless.clear()
    return None


def link_degrade(sim: Simulation, action: Action) -> str | None:
    adapters = adapters_of(sim, action)
    rate_bps = action.rate_bps or 0.0
    data = {"adapters": adapters, "rate": units.show_bits_per_second(rate_bps)}
    sim.recorder.event("link.degraded", action.network or ", ".join(adapters), data=data)
    for adapter in adapters:
        sim.recorder.field(adapter, "rate_bps", rate_bps)
        sim.capacities.degrade(adapter, rate_bps)
    sim.endless.clear()
    return None


def host_crash(sim: Simulation, action: Action) -> str | None:
    """A host loses its power: everything that ran on it is gone, its files on shared storage are not."""
    host = sim.world.hosts[action.host or ""]
    if not host.up:
        return f"{host.spec.id} is down already"
    cause = sim.recorder.event("host.crashed", host.spec.id)
    sim.world.set_host_up(host, False)
    sim.world.lose_memory(host.spec.id)
    for vm in sim.world.vms.values():
        if vm.runs_on == host.spec.id:
            sim.recorder.event("vm.lost", vm.spec.id, causes=(cause,), data={"host": host.spec.id})
            sim.world.set_runs_on(vm, None)
            sim.world.set_state(vm, VmState.OFF)
            sim.world.set_unreachable(vm, sim.env.now)
            vm.power_lost_s.append(sim.env.now)
    for operation in list(sim.active.values()):
        if host.spec.id in operation.needs:
            fault = failures.SOURCE_LOST if operation.source == host.spec.id else failures.TARGET_LOST
            _fail(sim, operation, cause, fault)
    return None


def storage_down(sim: Simulation, action: Action) -> str | None:
    storage = sim.world.storage[action.storage or ""]
    cause = sim.recorder.event("storage.down", storage.spec.id)
    sim.world.set_storage_up(storage, False)
    sim.capacities.refresh_storage(storage.spec.id)
    for operation in list(sim.active.values()):
        if storage.spec.id in operation.needs:
            _fail(sim, operation, cause, failures.STORAGE_LOST, storage=storage.spec.id)
    return None


def storage_up(sim: Simulation, action: Action) -> str | None:
    storage = sim.world.storage[action.storage or ""]
    sim.recorder.event("storage.up", storage.spec.id)
    storage.full = False
    sim.world.set_storage_up(storage, True)
    sim.capacities.refresh_storage(storage.spec.id)
    return None


def _fail(sim: Simulation, operation: OperationNow, cause: int, fault: Fault, **names: object) -> None:
    known = {"vm": operation.vm, "source": operation.source, "target": operation.target} | names
    stop = Stop(Outcome.FAILED, fault.failure(operation.phase_id or "queue", **known), cause)
    operation.stop(stop)


def cancel(sim: Simulation, action: Action) -> str | None:
    """Ask an operation to stop. Returns why it cannot, or None."""
    operation = sim.active.get(action.operation or "")
    if operation is None:
        return f"{action.operation} is not under way"
    if not operation.cancellable:
        return f"{action.operation} has moved {operation.vm} already, so there is nothing to cancel"
    cause = sim.recorder.event("cancel.requested", operation.subject, operation=operation.id)
    failure = failures.CANCELLED.failure(operation.phase_id or "queue", vm=operation.vm, action=action.id)
    operation.stop(Stop(Outcome.CANCELLED, failure, cause))
    return None
