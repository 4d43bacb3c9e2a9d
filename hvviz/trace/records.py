"""The records that a run leaves behind. All times are seconds of simulated time, all sizes bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from hvviz.world.model import DirtySet, VmState


class Event(NamedTuple):
    """Something that happened at an instant.

    ``id`` is its position in the trace. ``subject`` is the node that it is about. ``causes`` are ids of earlier
    events. ``data`` has the numbers that an explanation needs.
    """

    id: int
    time_s: float
    kind: str
    subject: str
    operation: str | None
    phase: str | None
    causes: tuple[int, ...]
    data: Mapping[str, Any]


class OperationKind(StrEnum):
    QUICK = "quick"
    LIVE = "live"
    STORAGE = "storage"
    SHARED_NOTHING = "shared-nothing"
    DRAIN = "drain"
    FAILOVER = "failover"


class Outcome(StrEnum):
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    UNFINISHED = "unfinished"


class Traffic(StrEnum):
    """What a transfer carries, which is also how it is drawn."""

    MEMORY = "memory"
    STORAGE = "storage"
    STATE = "state"
    CONTROL = "control"
    BACKGROUND = "background"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an operation did not complete; ``code`` is Microsoft's own where there is one."""

    code: str | None
    event_id: int | None
    message: str
    phase: str
    cause: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step inside a phase; ``end_s`` is None where the run ended first."""

    id: str
    start_s: float
    end_s: float | None


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of an operation; ``end_s`` is None where the run ended first."""

    id: str
    start_s: float
    end_s: float | None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Pass:
    """One transfer of memory.

    ``bytes`` is what was sent of memory before compression, ``dirty_bytes`` what was written meanwhile and is
    left to send. ``rate_bytes_per_s`` is the mean payload rate, ``threshold_bytes`` what could have been sent
    within the target blackout at that rate, ``bottleneck`` the resource that held the rate down. The ``final``
    one is made while the VM stands still. ``guest_share`` is the processor share left to the guest.
    """

    index: int
    start_s: float
    end_s: float | None
    bytes: float
    dirty_bytes: float
    final: bool
    rate_bytes_per_s: float
    threshold_bytes: float
    bottleneck: str | None
    guest_share: float = 1.0


@dataclass(frozen=True, slots=True)
class Writes:
    """From ``time_s`` on the guest writes to ``sets`` at ``share`` of its speed (0 while it stands still)."""

    time_s: float
    sets: tuple[DirtySet, ...]
    share: float


@dataclass(frozen=True, slots=True)
class Operation:
    """A migration, a drain or a failover, as the result reports it.

    ``source`` and ``target`` are hosts, or storage for a storage migration. ``started_s`` is None while it waits
    for a slot, ``ended_s`` where the run ended first.
    """

    id: str
    kind: OperationKind
    vm: str | None
    host: str | None
    source: str | None
    target: str | None
    requested_s: float
    started_s: float | None
    ended_s: float | None
    outcome: Outcome
    failure: Failure | None = None
    forced: bool = False
    converges: bool | None = None
    blackout_s: float | None = 0.0
    network_gap_s: float | None = 0.0
    bytes_sent: float = 0.0
    memory_bytes: float = 0.0
    phases: tuple[Phase, ...] = ()
    passes: tuple[Pass, ...] = ()
    writes: tuple[Writes, ...] = ()
    children: tuple[str, ...] = ()
    parent: str | None = None

    @property
    def queued_s(self) -> float | None:
        """Time spent waiting for a slot; None while it still waits."""
        return None if self.started_s is None else self.started_s - self.requested_s

    @property
    def total_s(self) -> float | None:
        """From start to end; None where either is unknown."""
        if self.started_s is None or self.ended_s is None:
            return None
        return self.ended_s - self.started_s

    @property
    def brownout_s(self) -> float | None:
        """From the start of ``memory-copy`` to the start of ``suspend``, else 0."""
        copy, cutover = self.phase("memory-copy"), self.phase("cutover")
        if copy is None or self.kind not in (OperationKind.LIVE, OperationKind.SHARED_NOTHING):
            return 0.0
        end_s = cutover.start_s if cutover is not None else copy.end_s
        return None if end_s is None else end_s - copy.start_s

    def phase(self, phase_id: str) -> Phase | None:
        """The phase called ``phase_id``, if the operation came to it."""
        for phase in self.phases:
            if phase.id == phase_id:
                return phase
        return None


class Segment(NamedTuple):
    """From ``time_s`` on a transfer runs at ``rate_bytes_per_s``; ``done_bytes`` were done by then.

    ``bottleneck`` names the resource that holds the rate down, ``cause`` the event that last changed it.
    ``wire_bytes_per_s`` is what crosses the network, less than the rate where the data is compressed, and
    ``cpu_cores`` what that costs on each side.
    """

    time_s: float
    done_bytes: float
    rate_bytes_per_s: float
    bottleneck: str | None
    cause: int
    wire_bytes_per_s: float = 0.0
    cpu_cores: float = 0.0


@dataclass(frozen=True, slots=True)
class Transfer:
    """Bytes on their way. ``route`` is the nodes passed from ``source`` to ``target``, adapters and switches too.

    ``ended_s`` is None where the run ended first. ``total_bytes`` is None for background load, which has no end.
    """

    id: int
    operation: str | None
    traffic: Traffic
    subject: str
    source: str
    target: str
    route: tuple[str, ...]
    total_bytes: float | None
    started_s: float
    ended_s: float | None
    segments: tuple[Segment, ...]
    pass_index: int | None = None


@dataclass(frozen=True, slots=True)
class ClientResult:
    """``lost`` probes or datagrams; ``dropped`` says whether a TCP session was."""

    lost: int
    dropped: bool


@dataclass(frozen=True, slots=True)
class VmResult:
    """A VM at the end of the run. ``host`` is where it is registered; ``clients`` are keyed by their names."""

    host: str
    state: VmState
    storage: tuple[str, ...]
    clock_lag_s: float
    uptime_reset: bool
    clients: Mapping[str, ClientResult]
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SkippedAction:
    """An action that did not happen, and why."""

    id: str
    reason: str
