"""A run, immutable, and its state at any instant.

State is kept as changes to facts, in the order of events. Each fact has its own timeline, found by bisection, so
any state at any instant costs one search and copies nothing; indexes are built when first needed.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from hvviz.trace.records import Event, Operation, Pass, Phase, SkippedAction, Step, Transfer, VmResult
from hvviz.world.facts import (
    EdgeKey,
    FactKey,
    FieldKey,
    Kind,
    NodeKey,
    Relation,
    initial_facts,
    to_networkx,
)
from hvviz.world.memory import distinct_bytes
from hvviz.world.model import World

if TYPE_CHECKING:
    import networkx as nx


class Change(NamedTuple):
    """Event number ``event`` gave the fact ``key`` the value ``value``."""

    event: int
    key: FactKey
    value: Any


class Edge(NamedTuple):
    """An edge at an instant."""

    relation: Relation
    source: str
    target: str
    attributes: Mapping[str, Any]


class MemoryAt(NamedTuple):
    """A memory copy at an instant: bytes sent and left in this pass, and written again since it began."""

    pass_index: int
    final: bool
    sent_bytes: float
    left_bytes: float
    dirty_bytes: float


@dataclass(frozen=True)
class Trace:
    """Everything that one run left behind.

    ``world`` is the world after ``set``, ``settings`` the model's constants that differ from their defaults,
    ``changes`` are in the order of events.
    """

    scenario: str
    rev: int
    run: str
    engine: str
    world: World
    settings: Mapping[str, Any]
    end_s: float
    events: Sequence[Event]
    changes: Sequence[Change]
    operations: Mapping[str, Operation]
    transfers: Sequence[Transfer]
    vms: Mapping[str, VmResult]
    skipped: Sequence[SkippedAction] = ()

    def at(self, time_s: float) -> "Instant":
        """The state at ``time_s``, after every event up to and at that time."""
        return Instant(self, time_s, bisect_right(self._event_times, time_s))

    def after(self, event: int) -> "Instant":
        """The state right after event number ``event``, before later events of the same time; -1 is the start."""
        time_s = self.events[event].time_s if event >= 0 else 0.0
        return Instant(self, time_s, event + 1)

    @cached_property
    def _event_times(self) -> list[float]:
        return [event.time_s for event in self.events]

    @cached_property
    def initial(self) -> Mapping[FactKey, Any]:
        """The facts at time zero."""
        return initial_facts(self.world)

    @cached_property
    def timelines(self) -> Mapping[FactKey, tuple[list[int], list[Any]]]:
        """For each fact that changes: the numbers of the events that change it, and the values they give it."""
        timelines: dict[FactKey, tuple[list[int], list[Any]]] = {}
        for event, key, value in self.changes:
            numbers, values = timelines.setdefault(key, ([], []))
            numbers.append(event)
            values.append(value)
        return timelines

    @cached_property
    def changed_by_event(self) -> Mapping[int, tuple[Change, ...]]:
        """The changes that each event made."""
        grouped: dict[int, list[Change]] = {}
        for change in self.changes:
            grouped.setdefault(change.event, []).append(change)
        return {event: tuple(changes) for event, changes in grouped.items()}

    @cached_property
    def _nodes(self) -> list[str]:
        keys = [key.node for key in self.initial if isinstance(key, NodeKey)]
        keys += [key.node for key in self.timelines if isinstance(key, NodeKey)]
        return list(dict.fromkeys(keys))

    @cached_property
    def _edges_from(self) -> Mapping[tuple[Relation, str], list[EdgeKey]]:
        return self._edges_by(lambda key: (key.relation, key.source))

    @cached_property
    def _edges_to(self) -> Mapping[tuple[Relation, str], list[EdgeKey]]:
        return self._edges_by(lambda key: (key.relation, key.target))

    @cached_property
    def _edges_of(self) -> Mapping[Relation, list[EdgeKey]]:
        return self._edges_by(lambda key: key.relation)

    def _edges_by(self, group: Any) -> dict[Any, list[EdgeKey]]:
        grouped: dict[Any, dict[EdgeKey, None]] = {}
        for facts in (self.initial, self.timelines):
            for key in facts:
                if isinstance(key, EdgeKey):
                    grouped.setdefault(group(key), {})[key] = None
        return {name: list(keys) for name, keys in grouped.items()}

    @cached_property
    def _transfer_blocks(self) -> "_ActiveBlocks":
        return _ActiveBlocks(self.transfers)

    @cached_property
    def _transfers_by_operation(self) -> Mapping[str | None, list[Transfer]]:
        grouped: dict[str | None, list[Transfer]] = {}
        for transfer in self.transfers:
            grouped.setdefault(transfer.operation, []).append(transfer)
        return grouped

    def transfers_of(self, operation: str) -> Sequence[Transfer]:
        """Every transfer that ``operation`` made, in the order of their start."""
        return self._transfers_by_operation.get(operation, ())


class _ActiveBlocks:
    """Which transfers are active in each of up to 256 equal spans of time, so that a look-up skips the others."""

    def __init__(self, transfers: Sequence[Transfer]) -> None:
        ends = [transfer.ended_s for transfer in transfers if transfer.ended_s is not None]
        last = max([*ends, *(transfer.started_s for transfer in transfers)], default=0.0)
        self.count = 256 if len(transfers) > 64 else 1
        self.span_s = last / self.count or 1.0
        self.blocks: list[list[Transfer]] = [[] for _ in range(self.count)]
        for transfer in transfers:
            first = self.block(transfer.started_s)
            final = self.count - 1 if transfer.ended_s is None else self.block(transfer.ended_s)
            for number in range(first, final + 1):
                self.blocks[number].append(transfer)

    def block(self, time_s: float) -> int:
        return min(self.count - 1, max(0, int(time_s / self.span_s)))


class TransferAt(NamedTuple):
    """A transfer at an instant."""

    transfer: Transfer
    done_bytes: float
    rate_bytes_per_s: float
    bottleneck: str | None


class Instant:
    """The state of a run at ``time_s`` after its first ``position`` events."""

    __slots__ = ("position", "time_s", "trace")

    def __init__(self, trace: Trace, time_s: float, position: int) -> None:
        self.trace = trace
        self.time_s = time_s
        self.position = position

    def fact(self, key: FactKey) -> Any:
        """The value of a fact, or None where it does not hold."""
        timeline = self.trace.timelines.get(key)
        if timeline is not None:
            found = bisect_right(timeline[0], self.position - 1)
            if found:
                return timeline[1][found - 1]
        return self.trace.initial.get(key)

    def exists(self, node: str) -> bool:
        return self.fact(NodeKey(node)) is not None

    def kind(self, node: str) -> Kind | None:
        kind: Kind | None = self.fact(NodeKey(node))
        return kind

    def field(self, node: str, name: str, default: Any = None) -> Any:
        """The field ``name`` of ``node`` now, or ``default`` where it has none."""
        value = self.fact(FieldKey(node, name))
        return default if value is None else value

    def nodes(self, kind: Kind | None = None) -> Iterator[str]:
        """Ids of the nodes that exist now, in the order in which they first appear."""
        for node in self.trace._nodes:
            found = self.fact(NodeKey(node))
            if found is not None and (kind is None or found is kind):
                yield node

    def edges(self, relation: Relation, source: str | None = None, target: str | None = None) -> Iterator[Edge]:
        """The edges of ``relation`` that hold now, from ``source`` or to ``target`` where given."""
        trace = self.trace
        if source is not None:
            keys = trace._edges_from.get((relation, source), [])
        elif target is not None:
            keys = trace._edges_to.get((relation, target), [])
        else:
            keys = trace._edges_of.get(relation, [])
        for key in keys:
            attributes = self.fact(key)
            if attributes is not None and (target is None or key.target == target):
                yield Edge(relation, key.source, key.target, attributes)

    def target(self, relation: Relation, source: str) -> str | None:
        """The one node that ``source`` has ``relation`` to, or None; the first where there are several."""
        for edge in self.edges(relation, source):
            return edge.target
        return None

    def graph(self) -> "nx.MultiDiGraph":
        """The whole world now, as a networkx graph of its own."""
        facts = dict(self.trace.initial)
        for key in self.trace.timelines:
            facts[key] = self.fact(key)
        return to_networkx(facts)

    def transfers(self) -> Iterator[TransferAt]:
        """The transfers under way now, in the order of their start."""
        blocks = self.trace._transfer_blocks
        if not blocks.blocks:
            return
        for transfer in blocks.blocks[blocks.block(self.time_s)]:
            if transfer.started_s <= self.time_s and (transfer.ended_s is None or self.time_s < transfer.ended_s):
                yield self.transfer(transfer)

    def transfer(self, transfer: Transfer) -> TransferAt:
        """How far ``transfer`` has come now."""
        segments = transfer.segments
        index = bisect_right(segments, self.time_s, key=lambda segment: segment.time_s) - 1
        if index < 0:
            return TransferAt(transfer, 0.0, 0.0, None)
        segment = segments[index]
        until_s = self.time_s if transfer.ended_s is None else min(self.time_s, transfer.ended_s)
        done = segment.done_bytes + segment.rate_bytes_per_s * (until_s - segment.time_s)
        if transfer.total_bytes is not None:
            done = min(done, transfer.total_bytes)
        over = transfer.ended_s is not None and self.time_s >= transfer.ended_s
        return TransferAt(transfer, done, 0.0 if over else segment.rate_bytes_per_s, segment.bottleneck)

    def phase(self, operation: Operation) -> Phase | None:
        """The phase that ``operation`` is in now."""
        for phase in reversed(operation.phases):
            if phase.start_s <= self.time_s:
                return phase if phase.end_s is None or self.time_s < phase.end_s else None
        return None

    def step(self, phase: Phase) -> Step | None:
        """The step that ``phase`` is in now."""
        for step in reversed(phase.steps):
            if step.start_s <= self.time_s:
                return step if step.end_s is None or self.time_s < step.end_s else None
        return None

    def memory(self, operation: Operation) -> MemoryAt | None:
        """How far the memory copy of ``operation`` has come, or None before its first pass."""
        current: Pass | None = None
        for memory_pass in operation.passes:
            if memory_pass.start_s <= self.time_s:
                current = memory_pass
        if current is None:
            return None
        sent = 0.0
        for transfer in self.trace.transfers_of(operation.id):
            if transfer.pass_index == current.index:
                sent = self.transfer(transfer).done_bytes
        until_s = self.time_s if current.end_s is None else min(self.time_s, current.end_s)
        dirty = _written_between(operation, current.start_s, until_s)
        if current.end_s is not None and self.time_s >= current.end_s:
            dirty = current.dirty_bytes
        return MemoryAt(current.index, current.final, sent, max(0.0, current.bytes - sent), dirty)


def _written_between(operation: Operation, start_s: float, end_s: float) -> float:
    """Bytes of distinct pages written from ``start_s`` to ``end_s``, by the operation's record of its writes."""
    written: dict[Any, float] = {}
    for number, writes in enumerate(operation.writes):
        following = operation.writes[number + 1].time_s if number + 1 < len(operation.writes) else end_s
        elapsed_s = min(following, end_s) - max(writes.time_s, start_s)
        if elapsed_s > 0:
            for dirty_set in writes.sets:
                exposure = dirty_set.dirty_rate_bytes_per_s * writes.share * elapsed_s
                written[dirty_set] = written.get(dirty_set, 0.0) + exposure
    total = 0.0
    for dirty_set, exposure in written.items():
        total += distinct_bytes(dirty_set, exposure)
    return total
