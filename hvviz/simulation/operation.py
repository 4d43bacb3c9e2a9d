"""An operation under way: its phases and steps, its passes, how it ends, and what it depends on meanwhile."""

from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

import simpy

from hvviz.simulation.connections import Connection
from hvviz.simulation.precopy import MemoryCopy
from hvviz.simulation.stopping import Stop
from hvviz.trace.records import (
    Failure,
    Operation,
    OperationKind,
    Outcome,
    Pass,
    Phase,
    Step,
    Writes,
)
from hvviz.world.facts import NO_ATTRIBUTES

if TYPE_CHECKING:
    from hvviz.simulation.kernel import Simulation


class OperationNow:
    """One operation. ``needs`` are the nodes whose loss would stop it in what it does now.

    ``targets``, ``disks``, ``storage`` and ``signed_in`` are what its action asked for. ``left_over`` are the
    storages whose files it has replaced, by disk, with "" for the configuration. ``last`` is its latest event,
    the cause of the next one unless another is named.
    """

    def __init__(
        self,
        sim: "Simulation",
        id: str,
        kind: OperationKind,
        *,
        vm: str | None = None,
        host: str | None = None,
        source: str | None = None,
        target: str | None = None,
        parent: str | None = None,
        cause: int = -1,
    ) -> None:
        self.sim = sim
        self.id = id
        self.kind = kind
        self.vm = vm
        self.host = host
        self.source = source
        self.target = target
        self.parent = parent
        self.requested_s = sim.env.now
        self.started_s: float | None = None
        self.ended_s: float | None = None
        self.outcome = Outcome.UNFINISHED
        self.failure: Failure | None = None
        self.forced = False
        self.converges: bool | None = None
        self.stopped_s: float | None = None
        self.blackout_s = 0.0
        self.gap_from_s: float | None = None
        self.gap_s = 0.0
        self.bytes_sent = 0.0
        self.memory_bytes = 0.0
        self.phases: list[_Span] = []
        self.passes: list[Pass] = []
        self.writes: list[Writes] = []
        self.children: list[str] = []
        self.targets: tuple[str, ...] = ()
        self.disks: dict[str, str] = {}
        self.storage: str | None = None
        self.signed_in: str | None = None
        self.left_over: dict[str, str] = {}
        self.needs: set[str] = set()
        self.cancellable = True
        self.quick_only = False
        self.process: simpy.Process | None = None
        self.connection: Connection | None = None
        self.copy: MemoryCopy | None = None
        self.done = simpy.Event(sim.env)
        self.last = cause
        self._phase: _Span | None = None

    @property
    def phase_id(self) -> str | None:
        return None if self._phase is None else self._phase.id

    @property
    def subject(self) -> str:
        """The node that its events are about."""
        return self.vm or self.host or self.id

    @property
    def has_hold(self) -> bool:
        """Whether its VM is in its hands now."""
        return self.vm is not None and self.sim.world.vms[self.vm].operation == self.id

    @property
    def writes_to(self) -> set[str]:
        """The storages that it is writing to now."""
        if self.phase_id == "save-state" and self.vm is not None:
            return {self.sim.world.vms[self.vm].storage}
        if self.phase_id in ("create-target", "copy", "mirror-copy", "move-files"):
            return set(self.disks.values()) | ({self.storage} if self.storage else set())
        return set()

    def event(
        self,
        kind: str,
        subject: str | None = None,
        data: Mapping[str, Any] = NO_ATTRIBUTES,
        causes: tuple[int, ...] | None = None,
    ) -> int:
        """Record an event of this operation; it follows from the operation's latest one unless causes are named."""
        self.last = self.sim.recorder.event(
            kind,
            self.subject if subject is None else subject,
            operation=self.id,
            phase=self.phase_id,
            causes=(self.last,) if causes is None else causes,
            data=data,
        )
        return self.last

    def phase(self, id: str) -> "_Span":
        """A context in which the operation is in the phase ``id``."""
        return _Span(self, id, None)

    def step(self, id: str) -> "_Span":
        """A context in which the operation is in the step ``id`` of its phase."""
        return _Span(self, id, self._phase)

    def stop(self, stop: Stop) -> None:
        """Interrupt what it is doing, for the reason given."""
        if self.process is not None and self.process.is_alive:
            self.process.interrupt(stop)

    def begin_blackout(self) -> None:
        """Note that the VM stands still and cannot be reached from now on."""
        self.stopped_s = self.gap_from_s = self.sim.env.now

    def end_blackout(self) -> None:
        """Note that the VM's processors run again."""
        if self.stopped_s is not None:
            self.blackout_s += self.sim.env.now - self.stopped_s
            self.stopped_s = None

    def end_gap(self) -> None:
        """Note that the VM can be reached again."""
        if self.gap_from_s is not None:
            self.gap_s += self.sim.env.now - self.gap_from_s
            self.gap_from_s = None

    def freeze(self) -> Operation:
        """The operation as it is reported."""
        over = self.ended_s is not None
        passes = list(self.passes)
        if self.copy is not None:
            passes.append(self.copy.under_way())
            if self.converges is None:
                self.converges = self.copy.converges(passes[-1].rate_bytes_per_s)
        return Operation(
            id=self.id,
            kind=self.kind,
            vm=self.vm,
            host=self.host,
            source=self.source,
            target=self.target,
            requested_s=self.requested_s,
            started_s=self.started_s,
            ended_s=self.ended_s,
            outcome=self.outcome,
            failure=self.failure,
            forced=self.forced,
            converges=self.converges,
            blackout_s=self.blackout_s if over else None,
            network_gap_s=self.gap_s if over else None,
            bytes_sent=self.bytes_sent,
            memory_bytes=self.memory_bytes,
            phases=tuple(span.freeze() for span in self.phases),
            passes=tuple(passes),
            writes=tuple(self.writes),
            children=tuple(self.children),
            parent=self.parent,
        )


class _Span:
    """A phase or a step while it lasts."""

    __slots__ = ("end_s", "id", "operation", "parent", "start_s", "steps")

    def __init__(self, operation: OperationNow, id: str, parent: "_Span | None") -> None:
        self.operation = operation
        self.id = id
        self.parent = parent
        self.start_s = 0.0
        self.end_s: float | None = None
        self.steps: list[_Span] = []

    @property
    def _path(self) -> tuple[str, ...]:
        return (self.id,) if self.parent is None else (self.parent.id, self.id)

    def __enter__(self) -> "_Span":
        operation, parent = self.operation, self.parent
        self.start_s = operation.sim.env.now
        if parent is None:
            operation.phases.append(self)
            operation._phase = self
            operation.event("phase.start")
        else:
            parent.steps.append(self)
            operation.event("step.start", data={"step": self.id})
        operation.sim.fire(operation.id, self._path, end=False)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is GeneratorExit:
            return
        operation = self.operation
        self.end_s = operation.sim.env.now
        if self.parent is None:
            operation.event("phase.end")
        else:
            operation.event("step.end", data={"step": self.id})
        operation.sim.fire(operation.id, self._path, end=True)
        if self.parent is None:
            operation._phase = None

    def freeze(self) -> Phase:
        return Phase(
            self.id,
            self.start_s,
            self.end_s,
            tuple(Step(step.id, step.start_s, step.end_s) for step in self.steps),
        )
