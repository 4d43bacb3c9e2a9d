"""Everything that is shared, as one mechanism: fluid flows over resources, with weighted max-min fair rates.

A *resource* has a capacity: one direction of a link, the read or the write side of a disk, the spare cores of a
host, a ceiling. A *flow* uses so much of each of its resources for every unit that it carries. Rates are solved by
progressive filling, once per instant in which a flow or a capacity changes, and are constant in between, so every
completion is computed and nothing is polled (precopy D.1). One alarm serves all flows; no process is interrupted.
"""

import math
from collections.abc import Callable, Sequence
from heapq import heapify, heappop, heappush

import simpy
from simpy.events import EventPriority

from hvviz.simulation.compression import Compression
from hvviz.simulation.recorder import TransferRecord
from hvviz.trace.records import Segment

_LATE = EventPriority(2)
"""SimPy priority of the solving of an instant: after everything else that happens in it."""

_NOTHING_BYTES = 1e-6
"""What is left of a transfer when only rounding is left."""


class Late(simpy.Event):
    """An event of this instant that comes after all that is already set to happen in it."""

    def __init__(self, env: simpy.Environment, callback: Callable[[simpy.Event], None]) -> None:
        super().__init__(env)
        self._ok = True
        self._value = None
        self.callbacks = [callback]
        env.schedule(self, priority=_LATE)


class Resource:
    """Something that flows share; ``capacity`` is in units per second."""

    __slots__ = ("capacity", "flows", "id", "load", "open", "order", "room")

    def __init__(self, id: str, capacity: float, order: int) -> None:
        self.id = id
        self.capacity = capacity
        self.order = order
        self.flows: dict[Flow, float] = {}
        self.load = 0.0
        self.room = 0.0
        self.open = 0


class Flow:
    """A flow over ``usage``, pairs of a resource and what one unit of the flow takes of it.

    ``cap`` bounds its rate and ``cap_id`` is the bound's name, ``weight`` is its share where it competes. ``speed``
    is the rate of the bytes that the owner counts: the same as ``rate`` unless they are compressed on their way.
    """

    __slots__ = (
        "bottleneck",
        "cap",
        "cap_id",
        "carried",
        "compression",
        "fixed",
        "fresh",
        "order",
        "rate",
        "record",
        "remaining",
        "settled_s",
        "solved_rate",
        "speed",
        "usage",
        "version",
        "waiter",
        "weight",
    )

    def __init__(
        self,
        usage: Sequence[tuple[Resource, float]],
        *,
        cap: float | None = None,
        cap_id: str = "demand",
        weight: float = 1.0,
        compression: Compression | None = None,
    ) -> None:
        self.usage = _merged(usage)
        self.cap = cap
        self.cap_id = cap_id
        self.weight = weight
        self.compression = compression
        self.order = -1
        self.rate = 0.0
        self.speed = 0.0
        self.solved_rate = 0.0
        self.fixed = False
        self.fresh = False
        self.bottleneck: str | None = None
        self.remaining = 0.0
        self.carried = 0.0
        self.settled_s = 0.0
        self.version = 0
        self.waiter: simpy.Event | None = None
        self.record: TransferRecord | None = None

    @property
    def attached(self) -> bool:
        return self.order >= 0

    def fastest(self) -> float:
        """The speed that it would have with all of its resources to itself."""
        rate = float("inf") if self.cap is None else self.cap
        for resource, coefficient in self.usage:
            rate = min(rate, resource.capacity / coefficient)
        return rate if self.compression is None else rate * self.compression.ratio


class FluidNetwork:
    """The resources of a run, the flows over them, and the one alarm that wakes who waits for bytes.

    ``cause`` gives the event to which a change of rates is put down. ``transfers`` collects every transfer.
    """

    def __init__(self, env: simpy.Environment, cause: Callable[[], int] = lambda: -1) -> None:
        self.env = env
        self.resources: dict[str, Resource] = {}
        self.transfers: list[TransferRecord] = []
        self.flows: dict[Flow, None] = {}
        self._cause = cause
        self._next_order = 0
        self._unsolved = False
        self._due: list[tuple[float, int, int, Flow]] = []
        self._armed: float | None = None
        self._change_cause = -1

    def resource(self, id: str, capacity: float) -> Resource:
        """The resource called ``id``, made with ``capacity`` where it is new."""
        found = self.resources.get(id)
        if found is None:
            found = self.resources[id] = Resource(id, capacity, len(self.resources))
        return found

    def set_capacity(self, resource: Resource, capacity: float) -> None:
        if capacity != resource.capacity:
            resource.capacity = capacity
            if resource.flows:
                self._touch()

    def attach(self, flow: Flow) -> None:
        """Let ``flow`` compete from now on; it holds its share until it is detached, whether it sends or not."""
        flow.order = self._next_order
        self._next_order += 1
        flow.settled_s = self.env.now
        self.flows[flow] = None
        for resource, coefficient in flow.usage:
            resource.flows[flow] = coefficient
        self._touch()

    def detach(self, flow: Flow) -> None:
        """Take ``flow`` out; what it was sending stays unfinished where it is."""
        if not flow.attached:
            return
        self.stop(flow)
        del self.flows[flow]
        for resource, _ in flow.usage:
            resource.flows.pop(flow, None)
        flow.order = -1
        flow.rate = flow.speed = 0.0
        self._touch()

    def set_cap(self, flow: Flow, cap: float | None) -> None:
        if cap != flow.cap:
            flow.cap = cap
            if flow.attached:
                self._touch()

    def change_usage(self, flow: Flow, usage: Sequence[tuple[Resource, float]]) -> None:
        """Let an attached flow go on over other resources; what it is sending goes on too."""
        for resource, _ in flow.usage:
            resource.flows.pop(flow, None)
        flow.usage = _merged(usage)
        for resource, coefficient in flow.usage:
            resource.flows[flow] = coefficient
        self._touch()

    def send(self, flow: Flow, count: float, record: TransferRecord | None = None) -> simpy.Event:
        """Send ``count`` bytes over an attached flow; the event fires when the last one has arrived."""
        now = self.env.now
        self._settle(flow, now)
        flow.remaining = count
        flow.version += 1
        flow.waiter = simpy.Event(self.env)
        flow.record = record
        if record is not None:
            record.total_bytes = count
            record.started_s = now
            self.transfers.append(record)
        done = flow.waiter
        if self._unsolved:
            flow.fresh = True
        else:
            self._add_segment(flow, now, self._cause())
        if count <= _NOTHING_BYTES:
            self._finish(flow)
        elif not self._unsolved:
            self._schedule(flow)
        return done

    def stop(self, flow: Flow) -> float:
        """End what ``flow`` is sending and return the bytes that are left of it."""
        left = self.left(flow)
        flow.version += 1
        flow.waiter = None
        if flow.record is not None:
            flow.record.ended_s = self.env.now
            flow.record = None
        flow.remaining = 0.0
        return left

    def left(self, flow: Flow) -> float:
        """Bytes that ``flow`` still has to send, now."""
        self._settle(flow, self.env.now)
        return flow.remaining

    def wire_bytes(self, flow: Flow) -> float:
        """Bytes that ``flow`` has put on the wire so far."""
        self._settle(flow, self.env.now)
        return flow.carried

    def _settle(self, flow: Flow, now: float) -> None:
        elapsed_s = now - flow.settled_s
        if elapsed_s > 0.0:
            if flow.remaining > 0.0:
                moved = min(flow.remaining, flow.speed * elapsed_s)
                flow.remaining -= moved
                if flow.speed > 0.0:
                    flow.carried += moved * (flow.rate / flow.speed)
            flow.settled_s = now

    def _touch(self) -> None:
        self._change_cause = self._cause()
        if not self._unsolved:
            self._unsolved = True
            Late(self.env, self._solve_instant)

    def _solve_instant(self, _: simpy.Event) -> None:
        self._unsolved = False
        now = self.env.now
        self.fill()
        for flow in self.flows:
            rate = speed = flow.solved_rate
            if flow.compression is not None:
                speed = flow.compression.payload_rate(rate)
            if rate != flow.rate or speed != flow.speed:
                self._settle(flow, now)
                flow.rate, flow.speed = rate, speed
                flow.version += 1
            elif not flow.fresh:
                continue
            flow.fresh = False
            self._add_segment(flow, now, self._change_cause)
            self._schedule(flow)
        self._arm()

    def fill(self) -> None:
        """Weighted max-min rates by progressive filling; sets ``solved_rate`` and ``bottleneck`` of every flow.

        A heap holds the level at which each resource, or each flow's cap, would be full. Levels only grow while
        flows are fixed, so a stale entry is a lower bound and is pushed again (precopy D.1, step 4).
        """
        heap: list[tuple[float, int, Resource | Flow]] = []
        touched: dict[Resource, None] = {}
        for flow in self.flows:
            flow.fixed = False
            for resource, _ in flow.usage:
                touched[resource] = None
            if flow.cap is not None:
                heap.append((flow.cap / flow.weight, -1 - flow.order, flow))
            elif not flow.usage:
                raise ValueError("a flow without resources needs a cap")
        for resource in touched:
            load = 0.0
            for flow, coefficient in resource.flows.items():
                load += coefficient * flow.weight
            resource.load = load
            resource.room = resource.capacity
            resource.open = len(resource.flows)
            heap.append((resource.capacity / load, resource.order, resource))
        heapify(heap)
        open_flows = len(self.flows)
        while heap and open_flows:
            level, _, entry = heappop(heap)
            if isinstance(entry, Flow):
                if not entry.fixed:
                    _fix(entry, level, entry.cap_id)
                    open_flows -= 1
                continue
            if not entry.open:
                continue
            fresh = entry.room / entry.load if entry.load > 0.0 else 0.0
            if fresh > level * (1.0 + 1e-12):
                heappush(heap, (fresh, entry.order, entry))
                continue
            for flow in entry.flows:
                if not flow.fixed:
                    _fix(flow, level, entry.id)
                    open_flows -= 1

    def _add_segment(self, flow: Flow, now: float, cause: int) -> None:
        record = flow.record
        if record is None:
            return
        done = (record.total_bytes or 0.0) - flow.remaining
        cores = 0.0 if flow.compression is None else flow.compression.cores(flow.rate, flow.speed)
        segment = Segment(now, done, flow.speed, flow.bottleneck, cause, flow.rate, cores)
        if record.segments and record.segments[-1].time_s == now:
            record.segments[-1] = segment
        else:
            record.segments.append(segment)

    def _schedule(self, flow: Flow) -> None:
        if flow.waiter is not None and flow.speed > 0.0 and flow.remaining < math.inf:
            due_s = flow.settled_s + flow.remaining / flow.speed
            heappush(self._due, (due_s, flow.order, flow.version, flow))
            self._arm()

    def _finish(self, flow: Flow) -> None:
        flow.remaining = 0.0
        flow.version += 1
        if flow.record is not None:
            flow.record.ended_s = self.env.now
            flow.record = None
        waiter, flow.waiter = flow.waiter, None
        if waiter is not None:
            waiter.succeed()

    def _arm(self) -> None:
        due = self._due
        while due and (due[0][3].version != due[0][2] or not due[0][3].attached):
            heappop(due)
        if not due or (self._armed is not None and self._armed <= due[0][0]):
            return
        self._armed = due[0][0]
        alarm = simpy.Timeout(self.env, max(0.0, self._armed - self.env.now), self._armed)
        alarm.callbacks.append(self._ring)

    def _ring(self, alarm: simpy.Event) -> None:
        if self._armed is None or alarm.value != self._armed:
            return
        due_s = self._armed
        self._armed = None
        due = self._due
        while due and due[0][0] <= due_s:
            _, _, version, flow = heappop(due)
            if version == flow.version and flow.attached:
                moved = flow.remaining
                if flow.speed > 0.0:
                    flow.carried += moved * (flow.rate / flow.speed)
                flow.settled_s = self.env.now
                self._finish(flow)
        self._arm()


def _merged(usage: Sequence[tuple[Resource, float]]) -> tuple[tuple[Resource, float], ...]:
    """The same usage with each resource named once."""
    merged: dict[Resource, float] = {}
    for resource, coefficient in usage:
        merged[resource] = merged.get(resource, 0.0) + coefficient
    return tuple(merged.items())


def _fix(flow: Flow, level: float, bottleneck: str | None) -> None:
    flow.fixed = True
    flow.bottleneck = bottleneck
    rate = level * flow.weight
    flow.solved_rate = rate
    for resource, coefficient in flow.usage:
        room = resource.room - coefficient * rate
        resource.room = room if room > 0.0 else 0.0
        resource.load -= coefficient * flow.weight
        resource.open -= 1
