"""The layout in which every host that is drawn has a card of its own, all of them in one row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hvviz.diagram.canvas import Rect
from hvviz.diagram.places import MIN_HEIGHT, Net, Places, columns, containers, margin
from hvviz.diagram.routing import MARGIN, Lead, Path, lay, plan, through
from hvviz.diagram.topology import Topology

_MIN_STORE = 16
_STAGE_WIDTH = 20
_TALK_WIDTH = 26
_RATE_WIDTH = 9


@dataclass(frozen=True, slots=True)
class Wants:
    """Rows that the contents of a card and of a storage would fill, and whether a blackout is to be counted."""

    card: int = 5
    store: int = 1
    blackout: bool = False
    talk_width: int = 0


@dataclass(slots=True)
class _Rows:
    """How many rows each tier gets."""

    top: int = 0
    gap: int = 0
    bus: int = 0
    card: int = 4
    channel: int = 0
    store: int = 0

    @property
    def total(self) -> int:
        return self.top + self.gap + self.bus + self.card + self.channel + self.store


def place_row(topology: Topology, wants: Wants, width: int, height: int) -> Places:
    """Lay out ``topology`` in ``width`` by ``height`` cells."""
    xs = columns(topology, width)
    flat = {host: Rect(x, 0, card, 4) for host, (x, card) in xs.items()}
    left, right = min(rect.x for rect in flat.values()), max(rect.right for rect in flat.values())
    framed = any(group.title for group in topology.groups)
    clients = min(3, len(topology.clients)) if wants.talk_width else 0
    talk_width = min(wants.talk_width, _TALK_WIDTH, flat[topology.hosts[0]].right - 8) if clients else 0
    first = max(left, talk_width + 4) if clients else left
    side_stage = wants.blackout and len(topology.hosts) != 2 and width >= 100
    switch_boxes = _spread(list(topology.switches), first, right - (_STAGE_WIDTH + 3 if side_stage else 0), 12)
    switches, tracks_up = plan(flat, switch_boxes, topology.switches, prefer_right=True)
    direct = len(topology.hosts) == 2
    store_boxes = _store_columns(topology, flat)
    stores, tracks_down = plan(flat, store_boxes, topology.storage, prefer_right=False)
    nets = list(topology.networks)[: 2 if height >= 16 else 1]
    rows = _rows(
        height - (2 if framed else 0),
        wants,
        bool(switch_boxes or clients),
        0 if direct else min(len(nets), max(0, height - 9)),
        tracks_up,
        tracks_down if store_boxes else -1,
    )
    y = max(0, height - rows.total - (2 if framed else 0)) // 2
    top_y, card_y = y, y + rows.top + rows.gap + (1 if framed else 0) + rows.bus
    cards = {host: Rect(x, card_y, card, rows.card) for host, (x, card) in xs.items()}
    outside = _shared_between_groups(topology)
    card_bottom = card_y + rows.card - 1
    below = card_bottom + (2 if framed and outside else 1)
    store_y = below + rows.channel
    frame_bottom = card_bottom + 1 if outside or not rows.store else store_y + rows.store
    found = Places(
        width,
        height,
        cards=cards,
        containers=containers(topology, cards, card_y - rows.bus - 1, frame_bottom, width),
        stores={node: replace_rows(rect, store_y, rows.store) for node, rect in store_boxes.items() if rows.store},
        switches={node: replace_rows(rect, top_y, rows.top) for node, rect in switch_boxes.items() if rows.top},
    )
    wires = _upward(switches, found, tracks_up, rows.gap) | _downward(stores, found, below, rows.channel)
    wires |= _uplinks(topology, found.switches)
    found = replace(found, wires=wires, labels=store_labels(wires, found, below))
    found = _with_direct(found, topology, nets) if direct else _with_buses(found, nets, topology)
    if side_stage and rows.top == 3:
        found = replace(found, stage=Rect(right - _STAGE_WIDTH, top_y, _STAGE_WIDTH + 1, 3))
    return _with_clients(found, clients, talk_width, top_y, rows.top)


def replace_rows(rect: Rect, y: int, height: int) -> Rect:
    """``rect`` with other rows."""
    return Rect(rect.x, y, rect.width, height)


def _rows(height: int, wants: Wants, has_top: bool, buses: int, tracks_up: int, tracks_down: int) -> _Rows:
    """Share ``height`` out: what is needed first, then what each tier wants, in the order of its worth."""
    has_store = tracks_down >= 0
    rows = _Rows(bus=buses)
    if has_store:
        rows.store = 1
        rows.channel = max(1, min(tracks_down, height - rows.total))
    steps: list[tuple[str, int]] = [("store", 3 if has_store else 0)]
    if has_top:
        steps += [("gap", tracks_up), ("top", 1)]
    steps += [("card", 6)]
    if has_top:
        steps += [("top", 3)]
    steps += [("gap", 1 if has_top else 0)]
    if has_store:
        steps += [("channel", tracks_down + (2 if tracks_down == 0 else 1))]
    steps += [("card", min(9, wants.card + 2))]
    if has_store:
        steps += [("store", min(4, wants.store + 2))]
    steps += [("card", wants.card + 2)]
    if has_store:
        steps += [("store", wants.store + 2), ("channel", tracks_down + 2)]
    steps += [("gap", tracks_up + 1 if has_top else 0), ("card", max(wants.card + 5, 20))]
    for name, goal in steps:
        present = getattr(rows, name)
        step = min(goal - present, height - rows.total)
        if step > 0 and not (name == "store" and present == 1 and step == 1) and not (goal == 3 and step == 1):
            setattr(rows, name, present + step)
    return rows


def _spread(nodes: Sequence[str], left: int, right: int, least: int) -> dict[str, Rect]:
    """Boxes side by side in the columns from ``left`` to ``right``, as many as can be ``least`` wide."""
    room = right - left + 1
    count = min(len(nodes), max(0, (room + 2) // (least + 2)))
    if count <= 0:
        return {}
    each = (room - 2 * (count - 1)) // count
    extra = room - 2 * (count - 1) - each * count
    found, x = {}, left
    for number, node in enumerate(nodes[:count]):
        width = each + (1 if number < extra else 0)
        found[node] = Rect(x, 0, width, 3)
        x += width + 2
    return found


def _shared_between_groups(topology: Topology) -> bool:
    group_of = {host: number for number, group in enumerate(topology.groups) for host in group.hosts}
    return any(len({group_of[host] for host in hosts}) > 1 for hosts in topology.storage.values())


def _store_columns(topology: Topology, cards: Mapping[str, Rect]) -> dict[str, Rect]:
    """Boxes of storages, each under the hosts that reach it as far as the others leave room."""
    zones: list[tuple[tuple[str, ...], list[str]]] = []
    if _shared_between_groups(topology):
        zones.append((topology.hosts, list(topology.storage)))
    else:
        for group in topology.groups:
            zones.append(
                (group.hosts, [id for id, hosts in topology.storage.items() if set(hosts) <= set(group.hosts)])
            )
    found: dict[str, Rect] = {}
    for hosts, storages in zones:
        left, right = cards[hosts[0]].x, cards[hosts[-1]].right

        def place(id: str) -> float:
            reach = topology.storage[id]
            return sum(cards[host].centre[0] for host in reach) / len(reach)

        ordered = sorted(storages, key=place)
        inset = 2 if len(storages) == 1 and right - left > 40 else 0
        found |= _spread(ordered, left + inset, right - inset, _MIN_STORE)
    return found


def _upward(leads: Sequence[Lead], places: Places, tracks: int, gap: int) -> dict[tuple[str, str], Path]:
    found = {}
    for lead in leads:
        if lead.node not in places.switches or (lead.track is not None and lead.track >= gap):
            continue
        card, switch = places.cards[lead.host], places.switches[lead.node]
        track_y = switch.bottom + 1 + (lead.track or 0)
        found[lead.host, lead.node] = lay(lead, card.y, switch.bottom, track_y)
    return found


def _downward(leads: Sequence[Lead], places: Places, below: int, channel: int) -> dict[tuple[str, str], Path]:
    found = {}
    for lead in leads:
        if lead.node in places.stores and (lead.track or 0) < channel:
            card, store = places.cards[lead.host], places.stores[lead.node]
            found[lead.host, lead.node] = lay(lead, card.bottom, store.y, below + (lead.track or 0))
    return found


def _uplinks(topology: Topology, switches: Mapping[str, Rect]) -> dict[tuple[str, str], Path]:
    found = {}
    for first, second in topology.uplinks:
        if first in switches and second in switches:
            a, b = sorted((switches[first], switches[second]))
            if b.x - a.right == 3:
                row = a.y + a.height // 2
                found[first, second] = through((a.right, row), (b.x, row))
    return found


def store_labels(
    wires: Mapping[tuple[str, str], Path], places: Places, below: int
) -> dict[str | tuple[str, str], Rect]:
    """For each wire to a storage the free cells beside it, where its rate can stand."""
    labels: dict[str | tuple[str, str], Rect] = {}
    borders = {x for _, frame in places.containers for x in (frame.x, frame.right)}
    for ends, path in wires.items():
        if ends[1] not in places.stores:
            continue
        store_y = places.stores[ends[1]].y
        found: list[Rect] = []
        for y in range(store_y - 1, below - 1, -1):
            taken = {x for other in wires.values() for x, row in other if row == y} | borders
            taken |= {x for rect in labels.values() if rect.y == y for x in range(rect.x, rect.right + 1)}
            found += _beside(path, y, taken, places)
        best = next(
            (rect for rect in found if rect.width >= _RATE_WIDTH), max(found, key=lambda rect: rect.width, default=None)
        )
        if best is not None and best.width >= _RATE_WIDTH - 3:
            labels[ends] = best
    return labels


def _beside(path: Path, y: int, taken: set[int], places: Places) -> list[Rect]:
    """The free cells of a row at the right and at the left of a wire, as far as a rate needs them."""
    xs = [x for x, row in path if row == y]
    if not xs:
        return []
    right, left = max(xs) + 2, min(xs) - 2
    ahead = min([x for x in taken if x >= right - 1], default=places.width) - 1
    behind = max([x for x in taken if x <= left + 1], default=-1) + 2
    width = min(_RATE_WIDTH + 3, left - behind + 1)
    return [
        Rect(right, y, max(0, min(_RATE_WIDTH + 3, ahead - right)), 1),
        Rect(left - width + 1, y, max(0, width), 1),
    ]


def _with_direct(places: Places, topology: Topology, networks: Sequence[str]) -> Places:
    """Two hosts side by side: each network is a wire from card to card, and the stage is above the wires."""
    a, b = (places.cards[host] for host in topology.hosts)
    edge = margin(topology, places.width) if len(topology.groups) > 1 else 0
    inner = Rect(a.right + 1 + edge, a.y, b.x - a.right - 1 - 2 * edge, a.height)
    nets: dict[str, Net] = {}
    labels = dict(places.labels)
    y = a.y + (a.height - 2 if a.height <= 7 else max(5, a.height // 2 + 1))
    y -= 2 * (len(networks) - 1) if a.height <= 8 else 0
    first = y
    for network in networks:
        if a.y < y < a.bottom:
            nets[network] = Net({topology.hosts[0]: ((a.right, y),), topology.hosts[1]: ((b.x, y),)})
            labels[network] = Rect(inner.x + 1, y + 1, inner.width - 2, 1)
        y += 2
    stage = Rect(inner.x + 1, a.y, inner.width - 2, first - a.y)
    return replace(places, nets=nets, labels=labels, stage=stage if stage.width >= 13 and stage.height >= 3 else None)


def _with_buses(places: Places, networks: Sequence[str], topology: Topology) -> Places:
    """More hosts, or one: each network is a row above the cards that each of its hosts hangs on."""
    nets: dict[str, Net] = {}
    labels = dict(places.labels)
    taken = {path[0][0] for path in places.wires.values()}
    top = min(card.y for card in places.cards.values())
    for number, network in enumerate(networks):
        y = top - len(networks) + number
        taps: dict[str, Path] = {}
        for host in topology.networks[network]:
            card = places.cards[host]
            for x in range(card.right - MARGIN, card.x, -1):
                if not {x - 1, x, x + 1} & taken:
                    taken.add(x)
                    taps[host] = through((x, card.y), (x, y))
                    break
        if len(taps) < 2:
            continue
        nets[network] = Net(taps)
        start = min(tap[-1][0] for tap in taps.values())
        left = min(card.x for card in places.cards.values())
        labels[network] = Rect(left, y, max(0, start - left - 1), 1)
    return replace(places, nets=nets, labels=labels)


def _with_clients(places: Places, count: int, talk_width: int, y: int, rows: int) -> Places:
    """Clients at the left of the first switch, with a way into it."""
    if not count or not rows:
        return places
    switch = min(places.switches.values(), default=None)
    lines = [y] if rows == 1 else {1: [y + 1], 2: [y, y + 2], 3: [y, y + 1, y + 2]}[count]
    rects = tuple(Rect(0, line, talk_width, 1) for line in lines)
    if switch is None:
        return replace(places, clients=rects)
    entry = switch.y + switch.height // 2
    merge = switch.x - 2
    ways = []
    for rect in rects:
        start = (rect.right + 1, rect.y)
        ways.append(
            through(start, (switch.x, entry))
            if rect.y == entry
            else through(start, (merge, rect.y), (merge, entry), (switch.x, entry))
        )
    return replace(places, clients=rects, leads_in=tuple(ways))


__all__ = ["MIN_HEIGHT", "Wants", "place_row"]
