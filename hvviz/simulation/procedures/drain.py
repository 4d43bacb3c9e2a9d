"""Drain: a node is paused and its roles leave it by priority, live from a threshold on, quick below it (MS-DRAIN)."""

import math

import simpy

from hvviz.simulation import failures
from hvviz.simulation.kernel import Procedure, Simulation
from hvviz.simulation.operation import OperationNow
from hvviz.simulation.placement import Placement
from hvviz.simulation.procedures.live import migrate_live
from hvviz.simulation.procedures.quick import migrate_quick
from hvviz.simulation.state import VmNow
from hvviz.simulation.stopping import Stop, StopError
from hvviz.trace.records import Failure, OperationKind, Outcome
from hvviz.world.model import VmState


def drain(sim: Simulation, operation: OperationNow) -> Procedure:
    """Pause ``operation.host`` and move every clustered VM off it; fails where one could not be moved."""
    host = sim.world.hosts[operation.host or ""]
    cluster = sim.world.spec.cluster_of(host.spec.id)
    operation.event("node.paused")
    host.paused = True
    sim.recorder.field(host.spec.id, "paused", True)
    operation.cancellable = False
    roles = [vm for vm in sim.world.vms.values() if vm.host == host.spec.id and vm.spec.clustered]
    roles.sort(key=lambda vm: -vm.spec.priority.number)
    targets = operation.targets or (cluster.hosts if cluster is not None else ())
    threshold = math.inf if operation.quick_only or cluster is None else cluster.settings.move_type_threshold
    placement = Placement(sim, [id for id in sim.world.hosts if id in targets and id != host.spec.id])
    children: list[OperationNow] = []
    stuck: list[str] = []
    for order, vm in enumerate(roles):
        target = placement.place(vm, needs_memory=vm.state in (VmState.RUNNING, VmState.PAUSED))
        if target is None:
            operation.event("role.stuck", vm.spec.id)
            stuck.append(vm.spec.id)
        else:
            children.append(_move(sim, operation, vm, target, threshold, order))
    if children:
        yield simpy.AllOf(sim.env, [child.done for child in children])
    stuck += [child.vm or "" for child in children if child.outcome is not Outcome.COMPLETED]
    if stuck:
        raise StopError(Stop(Outcome.FAILED, _left_behind(operation, stuck)))
    operation.event("node.empty")


def _move(
    sim: Simulation, operation: OperationNow, vm: VmNow, target: str, threshold: float, order: int
) -> OperationNow:
    live = vm.state is VmState.RUNNING and vm.spec.priority.number >= threshold
    child = OperationNow(
        sim,
        f"{operation.id}-{vm.spec.id}",
        OperationKind.LIVE if live else OperationKind.QUICK,
        vm=vm.spec.id,
        source=vm.host,
        target=target,
        parent=operation.id,
        cause=operation.last,
    )
    operation.children.append(child.id)
    return sim.start(child, migrate_live if live else migrate_quick, order)


def _left_behind(operation: OperationNow, vms: list[str]) -> Failure:
    return failures.DRAIN_INCOMPLETE.failure("drain", host=operation.host, vms=", ".join(vms))


def resume(sim: Simulation, host: str) -> str | None:
    """Let the node take roles again. Returns why it cannot, or None."""
    now = sim.world.hosts[host]
    if not now.paused:
        return f"{host} is not paused"
    sim.recorder.event("node.resumed", host)
    now.paused = False
    sim.recorder.field(host, "paused", False)
    return None
