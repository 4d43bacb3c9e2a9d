"""The layout for more hosts than a row can hold: those that take part drawn large, the others small.

Few that take part: a row of cards as ever, with the others in rows of small ones at the foot. Many, as when one host
is drained into all others: that host large at the left with its storage, the others in a grid at the right, each row
on a bus of the live migration network, the buses on one trunk.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hvviz.diagram.canvas import Rect
from hvviz.diagram.places import MIN_HEIGHT, Net, Places
from hvviz.diagram.routing import MARGIN, Path, plan, through
from hvviz.diagram.tiers import Wants, place_row, store_labels
from hvviz.diagram.topology import Topology

_SHAPES = ((26, 6), (24, 5), (22, 4), (20, 3), (16, 3), (13, 3), (11, 3), (11, 1), (9, 1))
"""Widths and heights of small cards, the best first."""

_LARGEST = 50


@dataclass(frozen=True, slots=True)
class _Grid:
    """How small cards stand: columns and rows of cards of a size, and the rows between two rows of cards."""

    columns: int
    rows: int
    width: int
    height: int
    pitch: int


def place_few(topology: Topology, few: Sequence[str], wants: Wants, width: int, height: int) -> tuple[Places, Topology]:
    """A row of cards for ``few``, and the other hosts small at the foot."""
    shown = topology.only(tuple(few))
    others = [host for host in topology.hosts if host not in few]
    strip = _strip(len(others), width, height)
    places = place_row(shown, wants, width, height - strip)
    top = max((rect.bottom for rect in [*places.boxes(), *(frame for _, frame in places.containers)]), default=-1) + 1
    start = max(top, height - strip)
    foot = Rect(0, start, width, height - start)
    small, missing, missing_at = _fill(others, foot, 1)
    return replace(places, height=height, small=small, missing=missing, missing_at=missing_at), shown


def _strip(count: int, width: int, height: int) -> int:
    """Rows for ``count`` hosts without a card, at most a third of the picture."""
    least = 3 if height >= 24 else 1
    per_row = max(1, width // (12 if least == 3 else 10))
    wanted = min(max(1, height // 3), least * -(-count // per_row)) if count else 0
    return max(0, min(wanted, height - MIN_HEIGHT))


def _fill(hosts: Sequence[str], room: Rect, gap: int) -> tuple[dict[str, Rect], int, Rect | None]:
    """Small cards in ``room``, row by row; how many have none, and where that can be said."""
    if not hosts or room.height < 1:
        return {}, len(hosts), None
    grid = _shape(len(hosts), room, gap, 0)
    found: dict[str, Rect] = {}
    slots = [
        Rect(room.x + column * (grid.width + gap), room.y + row * grid.pitch, grid.width, grid.height)
        for row in range(grid.rows)
        for column in range(grid.columns)
    ]
    if len(hosts) <= len(slots):
        return dict(zip(hosts, slots, strict=False)), 0, None
    kept = hosts[: max(0, len(slots) - 1)]
    found = dict(zip(kept, slots, strict=False))
    last = slots[len(kept)]
    return found, len(hosts) - len(kept), Rect(last.x, last.y + last.height // 2, last.width, 1)


def _shape(count: int, room: Rect, gap: int, between: int) -> _Grid:
    """The best shape in which ``count`` cards fit into ``room``, else the smallest."""
    chosen: _Grid | None = None
    for width, height in _SHAPES:
        pitch = height + between
        columns = (room.width + gap) // (width + gap)
        rows = (room.height + between) // pitch
        if columns < 1 or rows < 1:
            continue
        wide = (room.width + gap) // columns - gap
        chosen = _Grid(columns, rows, min(wide, width + 6), height, pitch)
        if columns * rows >= count:
            return replace(chosen, rows=-(-count // columns))
    return chosen or _Grid(0, 0, 1, 1, 1)


def place_many(topology: Topology, large: str, wants: Wants, width: int, height: int) -> tuple[Places, Topology]:
    """``large`` at the left, all others in a grid at the right."""
    framed = any(group.title for group in topology.groups) and len(topology.groups) == 1
    edge = (2 if width >= 56 else 1) if framed else 0
    inner = Rect(edge, 1 if framed else 0, width - 2 * edge, height - (2 if framed else 0))
    left = max(20, min(_LARGEST, inner.width * 3 // 10))
    shown = topology.only((large,))
    stores = list(shown.storage)[: 2 if left >= 36 else 1]
    store_rows = (4 if height >= 24 else 3) if stores else 0
    channel = 2 if stores and height >= 16 else 1 if stores else 0
    card = Rect(inner.x, inner.y + 1, left, inner.height - 1 - store_rows - channel)
    boxes = _stores(stores, card, card.bottom + 1 + channel, store_rows)
    leads, _ = plan({large: card}, boxes, dict.fromkeys(boxes, (large,)), prefer_right=False)
    wires: dict[tuple[str, str], Path] = {
        (lead.host, lead.node): through((lead.host_x, card.bottom), (lead.node_x, boxes[lead.node].y))
        for lead in leads
        if lead.track is None
    }
    networks = [id for id, hosts in topology.networks.items() if large in hosts][:1]
    trunk_x = card.right + (5 if width >= 100 else 3)
    area = Rect(trunk_x + 2, inner.y, inner.right - trunk_x - 1, inner.height)
    others = [host for host in topology.hosts if host != large]
    busy = [host for host in topology.parts if host != large]
    others.sort(key=lambda host: host not in busy)
    small, missing, missing_at, rows = _racks(others, area)
    places = Places(
        width,
        height,
        cards={large: card},
        small=small,
        missing=missing,
        missing_at=missing_at,
        containers=((topology.groups[0], Rect(0, 0, width, height)),) if framed else (),
        stores=boxes,
        wires=wires,
    )
    places = replace(places, labels=store_labels(places.wires, places, card.bottom + 1))
    if networks and rows:
        places = _with_trunk(places, networks[0], topology.networks[networks[0]], large, trunk_x, rows)
    return places, shown


def _stores(stores: Sequence[str], card: Rect, y: int, rows: int) -> dict[str, Rect]:
    """Storages side by side under ``card``."""
    if not stores:
        return {}
    each = (card.width - 2 * (len(stores) - 1)) // len(stores)
    return {id: Rect(card.x + number * (each + 2), y, each, rows) for number, id in enumerate(stores)}


def _racks(hosts: Sequence[str], area: Rect) -> tuple[dict[str, Rect], int, Rect | None, dict[int, int]]:
    """Rows of small cards, each under the row of its bus; for each row of cards its bus's row."""
    room = Rect(area.x, area.y + 1, area.width, area.height - 1)
    grid = _shape(len(hosts), room, 1, 1)
    slots = [
        Rect(room.x + column * (grid.width + 1), room.y + row * grid.pitch, grid.width, grid.height)
        for row in range(grid.rows)
        for column in range(grid.columns)
    ]
    fits = len(hosts) <= len(slots)
    kept = hosts if fits else hosts[: max(0, len(slots) - 1)]
    found = dict(zip(kept, slots, strict=False))
    rows = {rect.y: rect.y - 1 for rect in found.values()}
    if fits or not slots:
        return found, len(hosts) - len(kept), None, rows
    last = slots[len(kept)]
    return found, len(hosts) - len(kept), Rect(last.x, last.y + last.height // 2, last.width, 1), rows


def _with_trunk(
    places: Places, network: str, members: Sequence[str], large: str, trunk_x: int, rows: Mapping[int, int]
) -> Places:
    """The network: from the large card to the trunk, a bus over each row of small cards, a tap to each."""
    card = places.cards[large]
    y = min(rows.values()) if card.height < 6 else card.y + card.height // 2
    taps: dict[str, Path] = {large: through((card.right, y), (trunk_x, y))}
    for host, rect in places.small.items():
        if host in members:
            x = rect.right - MARGIN if rect.height > 1 else rect.x + 1
            taps[host] = through((x, rect.y), (x, rows[rect.y])) if rect.height > 1 else ((x, rect.y - 1),)
    first = min(rect.x for rect in places.small.values())
    top = min(rows.values())
    labels = {**places.labels, network: Rect(card.x, card.y - 1, max(0, card.width), 1)}
    if top >= card.y:
        labels.pop(network)
    return replace(places, nets={network: Net(taps, trunk_x)}, labels=labels) if first > trunk_x else places
