"""Where things stand: tiers that the world implies, switches and clients above, hosts in the middle, storage below."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hvviz.diagram.canvas import Cell, Rect
from hvviz.diagram.routing import Path, around, through
from hvviz.diagram.topology import Group, Topology

MIN_WIDTH, MIN_HEIGHT = 40, 10
MIN_CARD, MAX_CARD = 17, 58


@dataclass(frozen=True, slots=True)
class Net:
    """A network between hosts: for each its *tap*, the cells from its border to the bus, and where the buses meet.

    A bus is the row in which taps end; ``trunk_x`` is the column that joins the rows where there are several.
    """

    taps: Mapping[str, Path]
    trunk_x: int | None = None

    def between(self, source: str, target: str) -> Path:
        """The cells from one host's border to another's."""
        first, last = self.taps[source], self.taps[target]
        (x1, y1), (x2, y2) = first[-1], last[-1]
        if y1 == y2 or self.trunk_x is None:
            middle = through((x1, y1), (x2, y1), (x2, y2))
        else:
            middle = through((x1, y1), (self.trunk_x, y1), (self.trunk_x, y2), (x2, y2))
        return first[:-1] + middle + last[::-1][1:]

    def segments(self) -> list[Path]:
        """Every line to draw."""
        rows: dict[int, list[int]] = {}
        for tap in self.taps.values():
            rows.setdefault(tap[-1][1], []).append(tap[-1][0])
        if self.trunk_x is not None:
            for xs in rows.values():
                xs.append(self.trunk_x)
        found = [tap for tap in self.taps.values() if len(tap) > 1]
        found += [through((min(xs), y), (max(xs), y)) for y, xs in rows.items()]
        if self.trunk_x is not None and len(rows) > 1:
            found.append(through((self.trunk_x, min(rows)), (self.trunk_x, max(rows))))
        return found


@dataclass(frozen=True, slots=True)
class Places:
    """The boxes and wires of one layout.

    ``cards`` are hosts drawn large, ``small`` the others as far as there is room, ``missing`` counts those without.
    ``wires`` lead from a host's border to a switch or a storage. ``labels`` are rows free for a rate, by the wire's
    ends or by the network. ``stage`` is where the milliseconds of a blackout run large. ``leads_in`` are the ways of
    the clients to their switch.
    """

    width: int
    height: int
    cards: Mapping[str, Rect] = field(default_factory=dict)
    small: Mapping[str, Rect] = field(default_factory=dict)
    missing: int = 0
    missing_at: Rect | None = None
    containers: tuple[tuple[Group, Rect], ...] = ()
    stores: Mapping[str, Rect] = field(default_factory=dict)
    switches: Mapping[str, Rect] = field(default_factory=dict)
    nets: Mapping[str, Net] = field(default_factory=dict)
    wires: Mapping[tuple[str, str], Path] = field(default_factory=dict)
    labels: Mapping[str | tuple[str, str], Rect] = field(default_factory=dict)
    stage: Rect | None = None
    clients: tuple[Rect, ...] = ()
    leads_in: tuple[Path, ...] = ()

    def box(self, node: str) -> Rect | None:
        """The box of a host, a storage or a switch."""
        for boxes in (self.cards, self.small, self.stores, self.switches):
            if node in boxes:
                return boxes[node]
        return None

    def title_room(self, rect: Rect, length: int, down: bool = False) -> tuple[int, int]:
        """Column and width of a stretch of ``rect``'s upper border, or its lower one, that no wire ends in.

        The first that has room for ``length`` cells, else the widest.
        """
        y = rect.bottom if down else rect.y
        cut = {x for path in (*self.wires.values(), *self.leads_in) for x, row in path if row == y}
        cut |= {x for net in self.nets.values() for path in net.segments() for x, row in path if row == y}
        best, start = (rect.x + 2, 0), rect.x + 2
        for x in range(rect.x + 2, rect.right):
            if x in cut or x == rect.right - 1:
                if x - start > best[1] and best[1] < length:
                    best = (start, x - start)
                start = x + 1
        return best

    def boxes(self) -> list[Rect]:
        """Every box that must not meet another."""
        found = [*self.cards.values(), *self.small.values(), *self.stores.values(), *self.switches.values()]
        return found + list(self.clients) + ([] if self.missing_at is None else [self.missing_at])

    def route(self, nodes: tuple[str, ...]) -> Path:
        """The cells that something passes on its way over ``nodes``, some of which may not be drawn.

        Inside a box it follows the border from one wire to the next.
        """
        path: list[Cell] = []
        known = [node for node in nodes if self.box(node) is not None or node in self.nets]
        for number, node in enumerate(known[:-1]):
            following = known[number + 1]
            if node in self.nets:
                continue
            piece: Path = ()
            if following in self.nets and number + 2 < len(known):
                net, far = self.nets[following], known[number + 2]
                if node in net.taps and far in net.taps:
                    piece = net.between(node, far)
            elif (node, following) in self.wires:
                piece = self.wires[node, following]
            elif (following, node) in self.wires:
                piece = self.wires[following, node][::-1]
            if not piece:
                continue
            rect = self.box(node)
            if path and rect is not None and path[-1] != piece[0]:
                path += around(rect, path[-1], piece[0])[1:-1]
            path += piece if not path or path[-1] != piece[0] else piece[1:]
        return tuple(path)


def fitting(topology: Topology, width: int) -> int:
    """How many hosts can stand in a row as cards."""
    edge = margin(topology, width)
    return max(1, (width - 2 * edge + 2) // (MIN_CARD + 2))


def margin(topology: Topology, width: int) -> int:
    """Columns that a container takes on each side of its cards."""
    return (2 if width >= 56 else 1) if any(group.title for group in topology.groups) else 0


def columns(topology: Topology, width: int) -> dict[str, tuple[int, int]]:
    """Column and width of each host's card."""
    hosts = topology.hosts
    edge, count = margin(topology, width), len(hosts)
    group_of = {host: group for group in topology.groups for host in group.hosts}
    if count == 2:
        least = 22 if width >= 74 else 14 if width >= 56 else 8
        gaps = [max(least, min(30, width // 4))]
    else:
        gaps = [4 if width >= 100 else 2] * (count - 1)
    for number in range(count - 1):
        if group_of[hosts[number]] is not group_of[hosts[number + 1]]:
            gaps[number] = max(gaps[number], 2 * edge + 2)
    room = width - 2 * edge
    while room - sum(gaps) < count * MIN_CARD and max(gaps, default=0) > 2 * edge + 2:
        gaps = [max(2, min(gap, max(gaps) - 1)) for gap in gaps]
    card = max(6, min(MAX_CARD, (room - sum(gaps)) // count))
    left = edge + (room - sum(gaps) - count * card) // 2
    found: dict[str, tuple[int, int]] = {}
    for number, host in enumerate(hosts):
        found[host] = (left, card)
        left += card + (gaps[number] if number < len(gaps) else 0)
    return found


def containers(
    topology: Topology, cards: Mapping[str, Rect], top: int, bottom: int, width: int
) -> tuple[tuple[Group, Rect], ...]:
    """A container around the cards of each group that has a title."""
    edge = margin(topology, width)
    found = []
    for group in topology.groups:
        if not group.title:
            continue
        left = min(cards[host].x for host in group.hosts) - edge
        right = max(cards[host].right for host in group.hosts) + edge
        found.append((group, Rect(left, top, right - left + 1, bottom - top + 1)))
    return tuple(found)
