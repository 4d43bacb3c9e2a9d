"""Where things go: tiers that the world implies, clients and switches above, hosts in the middle, storage below.

Computed once for a trace and a size. Hosts that take part get cards, the others one row of small ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hvviz.trace.trace import Trace
from hvviz.world.model import Host

MIN_WIDTH, MIN_HEIGHT = 40, 10
_MIN_CARD, _MAX_CARD = 17, 34
_MIN_GAP, _MAX_GAP = 4, 30


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of cells."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width - 1

    @property
    def bottom(self) -> int:
        return self.y + self.height - 1

    @property
    def middle_x(self) -> int:
        return self.x + self.width // 2

    @property
    def middle_y(self) -> int:
        return self.y + self.height // 2

    def holds(self, x: int, y: int) -> bool:
        return self.x <= x <= self.right and self.y <= y <= self.bottom


@dataclass(frozen=True, slots=True)
class Places:
    """The boxes of one layout. ``others`` are the hosts that get no card of their own."""

    hosts: Mapping[str, Box]
    storage: Mapping[str, Box]
    containers: Mapping[str, Box]
    others: tuple[str, ...]
    others_y: int | None
    talk_y: int
    storage_ports: Mapping[tuple[str, str], int] = field(default_factory=dict)


def taking_part(trace: Trace) -> list[str]:
    """Hosts that an operation or an event names, in file order; the first two where nothing happens."""
    named: set[str] = set()
    for operation in trace.operations.values():
        for name in (operation.source, operation.target, operation.host):
            if name is not None:
                named.add(name)
    for event in trace.events:
        named.add(event.subject)
    found = [host for host in trace.world.hosts if host in named]
    if len(found) < 2:
        found = list(dict.fromkeys([*found, *trace.world.hosts]))[: max(2, len(found))]
    return [host for host in trace.world.hosts if host in found]


def storage_taking_part(trace: Trace, hosts: list[str]) -> list[str]:
    """Storage that holds files of a VM on the hosts drawn, or that an operation goes to."""
    wanted = {operation.target for operation in trace.operations.values()}
    wanted |= {transfer.target for transfer in trace.transfers}
    for vm in trace.world.vms.values():
        if vm.host in hosts:
            wanted.update(vm.storages)
    return [storage for storage in trace.world.storage if storage in wanted]


def place(trace: Trace, hints: Mapping[str, tuple[int, int]], width: int, height: int) -> Places:
    """Lay everything out in ``width`` by ``height`` cells."""
    involved = _ordered(taking_part(trace), hints)
    has_container = bool(trace.world.clusters)
    margin = 2 if has_container else 0
    most = max(1, (width - 2 * margin + _MIN_GAP) // (_MIN_CARD + _MIN_GAP))
    drawn = involved[:most]
    others = tuple(host for host in trace.world.hosts if host not in drawn)
    stores = storage_taking_part(trace, drawn)[: max(1, width // 20)]
    talk_y = 0
    top = 2 if has_container else 1
    others_rows = 1 if others else 0
    wire_rows = 1 if len(stores) <= 1 else min(3, len(stores))
    store_height = 4 if height >= 20 else 3
    inside = height - top - others_rows - wire_rows - store_height - (1 if has_container else 0)
    spacious = max(0, height - 26)
    card_height = max(4, min(13 + spacious // 2, inside))
    gap, card = _columns(len(drawn), width - 2 * margin)
    used = len(drawn) * card + (len(drawn) - 1) * gap
    left = margin + max(0, (width - 2 * margin - used) // 2)
    boxes = {host: Box(left + number * (card + gap), top, card, card_height) for number, host in enumerate(drawn)}
    others_y = top + card_height if others else None
    store_y = top + card_height + others_rows + wire_rows
    spare = height - (1 if has_container else 0) - store_y
    store_height = max(3, min(6 + spacious // 4, spare))
    storage = _store_boxes(stores, left, used, store_y, store_height, width, margin)
    containers: dict[str, Box] = {}
    if has_container:
        cluster = next(iter(trace.world.clusters))
        bottom = min(height - 1, store_y + store_height)
        containers[cluster] = Box(0, top - 1, width, bottom - top + 2)
    return Places(boxes, storage, containers, others, others_y, talk_y, _ports(trace, boxes, storage))


def _ordered(hosts: list[str], hints: Mapping[str, tuple[int, int]]) -> list[str]:
    """By the column that the instructor asked for; the rest in file order."""
    return sorted(hosts, key=lambda host: hints[host][1] if host in hints else hosts.index(host))


def _columns(count: int, width: int) -> tuple[int, int]:
    """Gap and card width for ``count`` cards."""
    if count <= 1:
        return 0, min(_MAX_CARD, width)
    gap = max(_MIN_GAP, min(_MAX_GAP, (width - count * _MAX_CARD) // (count - 1)))
    if width - count * _MIN_CARD < (count - 1) * gap:
        gap = _MIN_GAP
    wanted = 21 if count == 2 and width >= 76 else 14 if count == 2 and width >= 60 else 8
    gap = max(gap, min(wanted, (width - count * (_MIN_CARD + 3)) // (count - 1)))
    gap = max(_MIN_GAP, gap)
    return gap, max(8, min(_MAX_CARD, (width - (count - 1) * gap) // count))


def _store_boxes(
    stores: list[str], left: int, used: int, y: int, height: int, width: int, margin: int
) -> dict[str, Box]:
    if not stores:
        return {}
    if len(stores) == 1:
        room = max(used, 24)
        return {stores[0]: Box(max(margin, min(left, width - margin - room)), y, min(room, width - 2 * margin), height)}
    room = width - 2 * margin
    each = (room - (len(stores) - 1) * 2) // len(stores)
    return {store: Box(margin + number * (each + 2), y, each, height) for number, store in enumerate(stores)}


def _ports(trace: Trace, hosts: Mapping[str, Box], storage: Mapping[str, Box]) -> dict[tuple[str, str], int]:
    """The column in which the wire of a host and a storage leaves the host's card."""
    ports: dict[tuple[str, str], int] = {}
    for host, box in hosts.items():
        reached = [store for store in storage if host in trace.world.storage[store].hosts]
        for number, store in enumerate(reached):
            step = box.width // (len(reached) + 1)
            ports[host, store] = box.x + step * (number + 1)
    return ports


def cluster_hosts(trace: Trace) -> set[str]:
    """All hosts that are nodes of a cluster."""
    return {host for cluster in trace.world.clusters.values() for host in cluster.hosts}


def network_between(source: Host, target: Host) -> str | None:
    """A network that both are in, the one for live migration first by its name in the file."""
    there = {adapter.network for adapter in target.adapters.values()} | {team.network for team in target.teams.values()}
    for adapter in source.adapters.values():
        if adapter.network is not None and adapter.network in there:
            return adapter.network
    for team in source.teams.values():
        if team.network is not None and team.network in there:
            return team.network
    return None
