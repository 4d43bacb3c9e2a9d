"""What a run writes down as it goes: events with their causes, and the facts that each of them changed."""

from collections.abc import Mapping
from typing import Any

import simpy

from hvviz.trace.records import Event, Segment, Traffic, Transfer
from hvviz.trace.trace import Change
from hvviz.world.facts import NO_ATTRIBUTES, EdgeKey, FactKey, FieldKey, Kind, NodeKey, Relation


class Recorder:
    """Collects events and changes. A change belongs to the event recorded last, so record the event first."""

    def __init__(self, env: simpy.Environment) -> None:
        self._env = env
        self.events: list[Event] = []
        self.changes: list[Change] = []

    @property
    def last(self) -> int:
        """The id of the latest event, -1 before the first."""
        return len(self.events) - 1

    def event(
        self,
        kind: str,
        subject: str,
        *,
        operation: str | None = None,
        phase: str | None = None,
        causes: tuple[int, ...] = (),
        data: Mapping[str, Any] = NO_ATTRIBUTES,
    ) -> int:
        """Record an event now and return its id."""
        id = len(self.events)
        known = tuple(cause for cause in causes if cause >= 0)
        self.events.append(Event(id, self._env.now, kind, subject, operation, phase, known, data))
        return id

    def set(self, key: FactKey, value: Any) -> None:
        self.changes.append(Change(len(self.events) - 1, key, value))

    def field(self, node: str, name: str, value: Any) -> None:
        self.set(FieldKey(node, name), value)

    def node(self, node: str, kind: Kind, **fields: Any) -> None:
        """Let ``node`` exist from now on."""
        self.set(NodeKey(node), kind)
        for name, value in fields.items():
            self.set(FieldKey(node, name), value)

    def no_node(self, node: str) -> None:
        self.set(NodeKey(node), None)

    def edge(self, relation: Relation, source: str, target: str, **attributes: Any) -> None:
        """Let an edge hold from now on."""
        self.set(EdgeKey(relation, source, target), attributes or NO_ATTRIBUTES)

    def no_edge(self, relation: Relation, source: str, target: str) -> None:
        self.set(EdgeKey(relation, source, target), None)


class TransferRecord:
    """A transfer while it is under way; frozen into a `Transfer` when the run is over."""

    __slots__ = (
        "ended_s",
        "operation",
        "pass_index",
        "route",
        "segments",
        "source",
        "started_s",
        "subject",
        "target",
        "total_bytes",
        "traffic",
    )

    def __init__(
        self,
        traffic: Traffic,
        subject: str,
        route: tuple[str, ...],
        *,
        operation: str | None = None,
        pass_index: int | None = None,
    ) -> None:
        self.traffic = traffic
        self.subject = subject
        self.source = route[0]
        self.target = route[-1]
        self.route = route
        self.operation = operation
        self.pass_index = pass_index
        self.total_bytes: float | None = None
        self.started_s = 0.0
        self.ended_s: float | None = None
        self.segments: list[Segment] = []

    def freeze(self, id: int) -> Transfer:
        return Transfer(
            id,
            self.operation,
            self.traffic,
            self.subject,
            self.source,
            self.target,
            self.route,
            self.total_bytes,
            self.started_s,
            self.ended_s,
            tuple(self.segments),
            self.pass_index,
        )
