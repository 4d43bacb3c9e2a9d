"""What an operation depends on from here on: if it is gone already, the operation fails at once."""

from hvviz.simulation import failures
from hvviz.simulation.kernel import Simulation
from hvviz.simulation.operation import OperationNow
from hvviz.simulation.stopping import Stop, StopError
from hvviz.trace.records import Outcome


def need(sim: Simulation, operation: OperationNow, *nodes: str) -> None:
    """Depend on hosts, storage and adapters; raises `StopError` where one of them is down now."""
    operation.needs = set(nodes)
    names = {"vm": operation.vm, "source": operation.source, "target": operation.target}
    for node in nodes:
        fault = None
        if node in sim.world.hosts and not sim.world.hosts[node].up:
            fault = failures.SOURCE_LOST if node == operation.source else failures.TARGET_LOST
        elif node in sim.world.storage and not sim.world.storage[node].up:
            fault = failures.STORAGE_LOST
        if fault is not None:
            failure = fault.failure(operation.phase_id or "queue", storage=node, **names)
            raise StopError(Stop(Outcome.FAILED, failure))
