"""What an action does to the world by force: links that go and come back, and what is called off."""

from hvviz import units
from hvviz.scenario.plan import Action
from hvviz.simulation import failures
from hvviz.simulation.failures import Fault
from hvviz.simulation.kernel import Simulation
from hvviz.simulation.operation import OperationNow
from hvviz.simulation.stopping import Stop
from hvviz.trace.records import Outcome


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
            fail(sim, operation, cause, failures.CONNECTION_LOST, what=f"The link of {', '.join(hit)} went down.")
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


def fail(sim: Simulation, operation: OperationNow, cause: int, fault: Fault, **names: object) -> None:
    """Stop ``operation`` as failed by ``fault``, which came of the event ``cause``."""
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
