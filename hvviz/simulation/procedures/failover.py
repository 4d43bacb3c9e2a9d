"""Failover: a node is gone, the others notice, vote, and start its VMs again from cold.

Nothing was saved, so this is no migration: the VMs behave as after a loss of power (PETRI-QM). Since 2016 a node
that no longer answers counts as isolated for a while before its roles are moved (MS-RESIL).
"""

from collections.abc import Collection

from hvviz.simulation import failures
from hvviz.simulation.kernel import Procedure, Simulation
from hvviz.simulation.needs import need
from hvviz.simulation.operation import OperationNow
from hvviz.simulation.placement import Placement
from hvviz.simulation.state import VmNow
from hvviz.simulation.stopping import STOPPING, Stop, StopError
from hvviz.trace.records import OperationKind, Outcome
from hvviz.world.model import Cluster, Priority, Witness


def fail_over(sim: Simulation, host: str, action: str, cause: int, busy: Collection[str | None]) -> None:
    """Begin the failover of every clustered VM registered on ``host``, called ``action``-VM each.

    Those in ``busy`` are in the hands of a migration that goes on without the host.
    """
    cluster = sim.world.spec.cluster_of(host)
    if cluster is None:
        return
    roles = [vm for vm in sim.world.vms.values() if vm.host == host and vm.spec.clustered and vm.spec.id not in busy]
    roles.sort(key=lambda vm: -vm.spec.priority.number)
    ruling = Ruling(sim, cluster, host)
    for order, vm in enumerate(roles):
        operation = OperationNow(
            sim, f"{action}-{vm.spec.id}", OperationKind.FAILOVER, vm=vm.spec.id, source=host, cause=cause
        )
        if vm.runs_on is None and vm.spec.id in sim.lost_on(host):
            operation.begin_blackout()
        operation.cancellable = False
        sim.start(operation, ruling.restart, order)


class Ruling:
    """What the nodes that are left decide about one lost node, once for all of its roles."""

    def __init__(self, sim: Simulation, cluster: Cluster, lost: str) -> None:
        self._sim = sim
        self._cluster = cluster
        self._lost = lost
        self._running = sim.lost_on(lost)
        self._placement: Placement | None = None

    def restart(self, sim: Simulation, operation: OperationNow) -> Procedure:
        """Bring one VM up on another node, if the vote and the memory allow."""
        vm = sim.world.vms[operation.vm or ""]
        model, settings = sim.model(self._lost), self._cluster.settings
        with operation.phase("detect"):
            yield sim.env.timeout(settings.failure_detection_s)
            operation.event("node.missing", self._lost, {"after_s": settings.failure_detection_s})
            if settings.resiliency_period_s > 0.0:
                operation.event("node.isolated", self._lost, {"for_s": settings.resiliency_period_s})
                yield sim.env.timeout(settings.resiliency_period_s)
            if vm.runs_on == self._lost:
                self._pull_down(operation, vm)
        with operation.phase("arbitrate"):
            yield sim.env.timeout(model.arbitration_time)
            self._vote(operation)
            target = self._choose(operation, vm)
        if vm.operation is not None:
            raise StopError(
                Stop(Outcome.FAILED, failures.BUSY.failure("arbitrate", vm=vm.spec.id, operation=vm.operation))
            )
        vm.operation = operation.id
        try:
            yield from self._take_over(operation, vm, target)
            if vm.spec.id in self._running and vm.spec.priority is not Priority.NO_AUTO_START:
                yield from self._start(operation, vm, target)
        finally:
            vm.operation = None

    def _pull_down(self, operation: OperationNow, vm: VmNow) -> None:
        """The node still runs the VM but is no member any more: the VM is stopped there before it starts elsewhere."""
        operation.begin_blackout()
        self._sim.world.give_memory(self._lost, vm)
        self._sim.lose_power(vm, operation.last)

    def _vote(self, operation: OperationNow) -> None:
        """The nodes that are up, and the witness, against all that had a vote; dynamic quorum forgives a tie."""
        sim, cluster = self._sim, self._cluster
        witness = 0 if cluster.witness is Witness.NONE else 1
        alive = [host for host in cluster.hosts if sim.world.hosts[host].up and sim.world.hosts[host].in_cluster]
        voters = sim.voters(cluster)
        votes, total = len(alive) + witness, len(voters) + witness
        operation.event("votes.counted", cluster.id, {"votes": votes, "of": total, "witness": cluster.witness.value})
        if not alive or 2 * votes < total:
            failure = failures.NO_QUORUM.failure(
                "arbitrate", cluster=cluster.id, votes=votes, total=total, vm=operation.vm
            )
            raise StopError(Stop(Outcome.FAILED, failure))
        sim.set_voters(cluster, alive)

    def _choose(self, operation: OperationNow, vm: VmNow) -> str:
        if self._placement is None:
            self._placement = Placement(self._sim, self._cluster.hosts)
        target = self._placement.place(vm, needs_memory=vm.spec.id in self._running)
        if target is None:
            raise StopError(Stop(Outcome.FAILED, failures.NO_NODE.failure("arbitrate", vm=vm.spec.id)))
        operation.target = target
        return target

    def _take_over(self, operation: OperationNow, vm: VmNow, target: str) -> Procedure:
        sim, world, model = self._sim, self._sim.world, self._sim.model(self._lost)
        with operation.phase("transfer-link"):
            need(sim, operation, target)
            with operation.step("copy-link"):
                yield sim.env.timeout(model.link_time)
                operation.event("link.copied", data={"host": target})
                if not world.has_link(vm, target):
                    world.add_link(vm, target)
            owned = [storage for storage in world.owned_storages(vm) if storage.owner != target]
            if owned:
                with operation.step("disk-ownership"):
                    yield sim.env.timeout(model.disk_ownership_time)
                    for storage in owned:
                        operation.event("ownership.moved", storage.spec.id, {"from": storage.owner, "to": target})
                        world.own_storage(storage, target)
            before = vm.host
            operation.event("role.moved", data={"from": before, "to": target})
            world.register(vm, target)
            if world.hosts[before].up and world.has_link(vm, before):
                world.remove_link(vm, before)

    def _start(self, operation: OperationNow, vm: VmNow, target: str) -> Procedure:
        """The VM boots as after a loss of power; what was only in memory is gone."""
        sim, world = self._sim, self._sim.world
        with operation.phase("start"):
            operation.event("vm.starting", data={"host": target, "cold": True})
            world.take_memory(target, vm)
            try:
                yield sim.env.timeout(sim.model(target).start_time)
            except STOPPING:
                world.give_memory(target, vm)
                raise
            operation.event("vm.started", data={"host": target})
            sim.bring_up(vm)
            operation.end_blackout()
            operation.end_gap()
            operation.needs = set()


def sweep_links(sim: Simulation, host: str) -> None:
    """The cluster removes the links on a returned ``host`` whose VMs live elsewhere now."""
    for vm in sim.world.vms.values():
        if vm.host != host and sim.world.has_link(vm, host) and len(vm.links) > 1:
            sim.recorder.event("link.swept", vm.spec.id, data={"host": host})
            sim.world.remove_link(vm, host)
