"""A run while it is simulated: the clock, the world now, the operations, and what waits for what."""

import math
from collections.abc import Callable, Generator
from functools import cached_property

import simpy

from hvviz.scenario.constants import ModelConstants
from hvviz.scenario.plan import Action, Anchor, RunPlan
from hvviz.simulation.background import Background
from hvviz.simulation.capacities import Capacities
from hvviz.simulation.connections import Connections
from hvviz.simulation.fluid import FluidNetwork
from hvviz.simulation.operation import OperationNow
from hvviz.simulation.precopy import GuestWrites
from hvviz.simulation.recorder import Recorder
from hvviz.simulation.slots import Request, Slot, SlotKind, Slots
from hvviz.simulation.state import VmNow, WorldNow
from hvviz.simulation.stopping import Stop, StopError, stop_of
from hvviz.trace.records import OperationKind, Outcome
from hvviz.world.model import Cluster, VmState

Procedure = Generator[simpy.Event, None, None]
"""What a procedure is to SimPy: it yields what it waits for."""

Attempt = Generator[simpy.Event, None, str | None]
"""A procedure that returns why it could not be done, or None."""

_Signal = tuple[str, tuple[str, ...], bool]


class Simulation:
    """One run. Procedures get it as ``sim`` and change the world through it."""

    def __init__(self, plan: RunPlan) -> None:
        self.plan = plan
        self.env = simpy.Environment()
        self.recorder = Recorder(self.env)
        self.network = FluidNetwork(self.env, lambda: self.recorder.last)
        self.world = WorldNow(plan.world, self.recorder)
        self.capacities = Capacities(self.network, self.world, plan.model.constants)
        self.background = Background(self.network, self.world, self.capacities)
        self.world.placement_changed = self._placement_changed
        self.connections = Connections(plan.world, self.network, self.capacities)
        self.writes: dict[str, GuestWrites] = {}
        self.slots = Slots(self.env, self._slot_limit)
        self.operations: dict[str, OperationNow] = {}
        self.active: dict[str, OperationNow] = {}
        self.endless: set[str] = set()
        self.queued: set[str] = set()
        self.timed_actions = 0
        self._management: dict[str, simpy.Resource] = {}
        self._lost: dict[str, frozenset[str]] = {}
        self._voters: dict[str, list[str]] = {}
        self._signals: dict[_Signal, simpy.Event] = {}
        for action in plan.actions:
            if action.after is not None:
                self._signals[action.after, (), True] = simpy.Event(self.env)
            if isinstance(action.at, Anchor):
                anchor = action.at
                self._signals[anchor.action, anchor.path, anchor.end] = simpy.Event(self.env)

    def _placement_changed(self, vm: VmNow, host: str) -> None:
        self.capacities.refresh_cores(host)
        self.background.refresh(vm)

    def lost_on(self, host: str) -> frozenset[str]:
        """The VMs that ran on ``host`` when it was last lost."""
        return self._lost.get(host, frozenset())

    def note_lost(self, host: str, vms: frozenset[str]) -> None:
        self._lost[host] = vms

    def lose_power(self, vm: VmNow, cause: int) -> None:
        """What the VM had in memory is gone."""
        self.recorder.event("vm.lost", vm.spec.id, causes=(cause,), data={"host": vm.host})
        self.halt(vm, VmState.OFF)
        vm.power_lost_s.append(self.env.now)

    def halt(self, vm: VmNow, state: VmState) -> None:
        """The VM's processors stop, and nobody can reach it."""
        self.world.set_state(vm, state)
        self.world.set_runs_on(vm, None)
        self.world.set_unreachable(vm, self.env.now)

    def bring_up(self, vm: VmNow) -> None:
        """The VM runs where it is registered, and can be reached there."""
        vm.uptime_reset = True
        self.world.set_state(vm, VmState.RUNNING)
        self.world.set_runs_on(vm, vm.host)
        self.world.learn_mac(vm)
        self.world.set_reachable(vm, self.env.now)

    def voters(self, cluster: Cluster) -> list[str]:
        """The nodes that have a vote: all at first, later those that were left after the last loss."""
        return self._voters.get(cluster.id, list(cluster.hosts))

    def set_voters(self, cluster: Cluster, hosts: list[str]) -> None:
        self._voters[cluster.id] = hosts

    def model(self, source_host: str) -> ModelConstants:
        """The constants for a migration from ``source_host``."""
        return self.plan.model.for_version(self.plan.world.hosts[source_host].version)

    def fire(self, action: str, path: tuple[str, ...], *, end: bool) -> None:
        """Tell who waits for this moment of ``action`` that it has come; later comings of it count for nothing."""
        signal = self._signals.get((action, path, end))
        if signal is not None and not signal.triggered:
            signal.succeed()

    def moment(self, action: Action) -> Procedure:
        """Wait until ``action`` is due."""
        if action.after is not None:
            yield self._signals[action.after, (), True]
        delay_s = action.at
        if isinstance(delay_s, Anchor):
            yield self._signals[delay_s.action, delay_s.path, delay_s.end]
            delay_s = delay_s.offset_s
        self.timed_actions += 1
        yield self.env.timeout(delay_s)
        self.timed_actions -= 1

    def start(
        self, operation: OperationNow, procedure: Callable[["Simulation", OperationNow], Procedure], order: int
    ) -> OperationNow:
        """Let ``operation`` begin to wait for its slots and then run ``procedure``."""
        self.operations[operation.id] = operation
        self.active[operation.id] = operation
        data = {"kind": operation.kind.value, "source": operation.source, "target": operation.target}
        operation.event("operation.requested", data=data)
        operation.process = self.env.process(self._drive(operation, procedure, order))
        return operation

    def _drive(
        self, operation: OperationNow, procedure: Callable[["Simulation", OperationNow], Procedure], order: int
    ) -> Procedure:
        request: Request | None = None
        try:
            wanted = self._wanted_slots(operation)
            if wanted:
                priority = 0 if operation.vm is None else self.world.vms[operation.vm].spec.priority.number
                request = self.slots.request(wanted, priority, order)
                self.queued.add(operation.id)
                yield request.granted
                self.queued.discard(operation.id)
            operation.started_s = self.env.now
            operation.event("operation.started", data={"queued_s": self.env.now - operation.requested_s})
            self.fire(operation.id, (), end=False)
            yield from procedure(self, operation)
            operation.outcome = Outcome.COMPLETED
        except StopError as error:
            self._note_stop(operation, error.stop)
        except simpy.Interrupt as interrupt:
            self._note_stop(operation, stop_of(interrupt))
        self.queued.discard(operation.id)
        if request is not None:
            self.slots.release(request)
        self._end(operation)

    def _note_stop(self, operation: OperationNow, stop: Stop) -> None:
        operation.outcome = stop.outcome
        operation.failure = stop.failure

    def _end(self, operation: OperationNow) -> None:
        if operation.started_s is None:
            operation.started_s = self.env.now
            self.fire(operation.id, (), end=False)
        operation.ended_s = self.env.now
        operation.end_blackout()
        operation.end_gap()
        failure = operation.failure
        operation.event(
            "operation.ended",
            data={
                "outcome": operation.outcome.value,
                "code": None if failure is None else failure.code,
                "message": None if failure is None else failure.message,
            },
        )
        del self.active[operation.id]
        self.endless.clear()
        operation.done.succeed()
        self.fire(operation.id, (), end=True)

    def _wanted_slots(self, operation: OperationNow) -> tuple[Slot, ...]:
        kinds = {
            OperationKind.LIVE: (SlotKind.LIVE,),
            OperationKind.STORAGE: (SlotKind.STORAGE,),
            OperationKind.SHARED_NOTHING: (SlotKind.LIVE, SlotKind.STORAGE),
        }.get(operation.kind, ())
        hosts = (operation.host,) if operation.kind is OperationKind.STORAGE else (operation.source, operation.target)
        known = dict.fromkeys(host for host in hosts if host is not None)
        return tuple((kind, host) for kind in kinds for host in known)

    def _slot_limit(self, slot: Slot) -> int:
        kind, host = slot
        settings = self.plan.world.hosts[host].settings
        if kind is SlotKind.STORAGE:
            return settings.simultaneous_storage_migrations
        cluster = self._clusters.get(host)
        if cluster is not None and cluster.settings.parallel_migrations is not None:
            return cluster.settings.parallel_migrations
        return settings.simultaneous_live_migrations

    @cached_property
    def _clusters(self) -> dict[str, Cluster]:
        return {host: cluster for cluster in self.plan.world.clusters.values() for host in cluster.hosts}

    def serial_setup(self, host: str, duration_s: float) -> Procedure:
        """The part of a set-up that the management service of ``host`` does for one migration after another."""
        if duration_s <= 0.0:
            return
        with self._management.setdefault(host, simpy.Resource(self.env)).request() as turn:
            yield turn
            yield self.env.timeout(duration_s)

    def run(self) -> None:
        """Simulate until ``until``, or until nothing is left to happen."""
        until_s = math.inf if self.plan.until_s is None else self.plan.until_s
        env = self.env
        while env.peek() <= until_s and env.peek() != math.inf:
            env.step()
            if self.endless and self.plan.until_s is None and self._only_endless():
                break

    def _only_endless(self) -> bool:
        return self.timed_actions == 0 and len(self.endless) + len(self.queued) == len(self.active)
