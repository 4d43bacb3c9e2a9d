"""A run as the simulation takes it: a world, the model's constants, and what happens when."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hvviz.scenario.constants import Model
from hvviz.world.model import World


@dataclass(frozen=True, slots=True)
class Anchor:
    """A moment in another action: ``m1.memory-copy.start + 8 s``, ``m1.cutover.suspend.end``, ``m1.end``.

    ``path`` is empty for the action itself, else the phase and perhaps the step. ``end`` says which edge.
    """

    action: str
    path: tuple[str, ...] = ()
    end: bool = False
    offset_s: float = 0.0

    def __str__(self) -> str:
        name = ".".join((self.action, *self.path, "end" if self.end else "start"))
        return f"{name} + {self.offset_s:g} s" if self.offset_s else name


@dataclass(frozen=True, slots=True)
class Action:
    """One entry of ``actions``, with what it names resolved.

    ``do`` is the action's name in the file; the fields that it does not use are None. ``at`` is a time in seconds
    (a delay where ``after`` is given) or an `Anchor`; ``order`` is the position in the run's list. ``adapters`` are
    ids of adapters for a fault of a link.
    """

    id: str
    do: str
    order: int
    at: float | Anchor = 0.0
    after: str | None = None
    vm: str | None = None
    host: str | None = None
    to: tuple[str, ...] = ()
    storage: str | None = None
    disks: Mapping[str, str] = field(default_factory=dict)
    signed_in: str | None = None
    operation: str | None = None
    network: str | None = None
    adapters: tuple[str, ...] = ()
    rate_bps: float | None = None
    service: str | None = None
    workload: str | None = None


@dataclass(frozen=True, slots=True)
class RunPlan:
    """A run after ``from`` and ``set``: everything that the simulation needs, and nothing else."""

    scenario: str
    rev: int
    run: str
    world: World
    model: Model
    actions: tuple[Action, ...]
    until_s: float | None = None
