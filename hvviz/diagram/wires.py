"""Wires between the boxes, and what travels on them."""

from itertools import pairwise

from hvviz import units
from hvviz.diagram.glyphs import HEAVY, LIGHT, glyph
from hvviz.diagram.grid import Grid, width_of
from hvviz.diagram.moment import TRAFFIC_GLYPHS, Moment
from hvviz.diagram.motion import Motion
from hvviz.diagram.places import Box, Places, network_between
from hvviz.diagram.roles import Emphasis, Token, role
from hvviz.trace.records import Traffic
from hvviz.trace.trace import TransferAt
from hvviz.world.facts import Relation
from hvviz.world.model import StorageKind

Path = tuple[tuple[int, int], ...]

_TOKENS = {
    Traffic.MEMORY: Token.MEMORY,
    Traffic.STORAGE: Token.DISK,
    Traffic.STATE: Token.STATE,
    Traffic.CONTROL: Token.CONTROL,
    Traffic.BACKGROUND: Token.BACKGROUND,
}
_CELLS_PER_SECOND = 14.0
_SPACING = 9


class Wires:
    """Draws the wires of one moment and keeps their paths."""

    def __init__(self, grid: Grid, moment: Moment, places: Places) -> None:
        self._grid = grid
        self._moment = moment
        self._places = places
        self._world = moment.instant.trace.world
        self.paths: dict[tuple[str, str], Path] = {}

    def draw(self) -> None:
        """Every wire, without what travels on it."""
        for host, box in self._places.hosts.items():
            for store, target in self._places.storage.items():
                if host in self._world.storage[store].hosts:
                    self._storage_wire(host, box, store, target)
        hosts = list(self._places.hosts)
        for left, right in pairwise(hosts):
            self._host_wire(left, right)

    def _storage_wire(self, host: str, box: Box, store: str, target: Box) -> None:
        """Down from the card, aside where needed, into the storage; heavy for the owner of a disk that has one."""
        instant = self._moment.instant
        owned = self._world.storage[store].kind in (StorageKind.CLUSTER_DISK, StorageKind.PASS_THROUGH)
        owner = owned and instant.target(Relation.OWNED_BY, store) == host
        dead = instant.field(host, "state") != "up" or not instant.field(store, "up")
        ink = role(Token.FAULT if dead else Token.WIRE, Emphasis.DIM if dead else Emphasis.NORMAL)
        weight = HEAVY if owner else LIGHT
        x = self._places.storage_ports[host, store]
        end = min(max(x, target.x + 2), target.right - 2)
        row = box.bottom + 1 + min(list(self._places.storage).index(store), max(0, target.y - box.bottom - 2))
        points = [(x, box.bottom), (x, row), (end, row), (end, target.y)]
        cells: list[tuple[int, int]] = []
        for (x1, y1), (x2, y2) in pairwise(points):
            if (x1, y1) != (x2, y2):
                self._grid.line(x1, y1, x2, y2, weight, ink)
                cells += _cells(x1, y1, x2, y2)[1 if cells else 0 :]
        self.paths[host, store] = tuple(cells[1:-1])
        self.paths[store, host] = tuple(reversed(cells[1:-1]))

    def _host_wire(self, left: str, right: str) -> None:
        a, b = self._places.hosts[left], self._places.hosts[right]
        network = network_between(self._world.hosts[left], self._world.hosts[right])
        if network is None:
            return
        y = a.y + min(4, a.height - 2)
        down = self._link_down(left, network) or self._link_down(right, network)
        ink = role(Token.FAULT if down else Token.WIRE)
        self._grid.line(a.right, y, b.x, y, LIGHT, ink)
        cells = tuple(_cells(a.right, y, b.x, y)[1:-1])
        self.paths[left, right] = cells
        self.paths[right, left] = tuple(reversed(cells))
        label = f" {network} "
        if down:
            middle = cells[len(cells) // 2]
            self._grid.put(*middle, glyph("failed", self._grid.tier), role(Token.FAULT, Emphasis.LIT))
            label = f" {network} down "
        if width_of(label) <= len(cells):
            x = a.right + 1 + (len(cells) - width_of(label)) // 2
            self._grid.write(x, y - 1, label, role(Token.FAULT if down else Token.NETWORK))

    def _link_down(self, host: str, network: str) -> bool:
        instant = self._moment.instant
        return any(
            adapter.network == network and instant.field(adapter.id, "up") is False
            for adapter in self._world.hosts[host].adapters.values()
        )

    def traffic(self, motion_s: float, motion: Motion) -> None:
        """What is on its way now: comets on their wires, and the rate as a number beside them."""
        loads: dict[tuple[str, str], list[TransferAt]] = {}
        for transfer in self._moment.transfers:
            for ends in self._legs(transfer):
                if ends in self.paths:
                    loads.setdefault(ends, []).append(transfer)
        for ends, transfers in loads.items():
            self._comets(self.paths[ends], transfers, motion_s, motion)
            self._rate(self.paths[ends], transfers)

    def _legs(self, transfer: TransferAt) -> list[tuple[str, str]]:
        """The pairs of drawn boxes that a transfer passes, in its direction."""
        drawn = [node for node in transfer.transfer.route if node in self._places.hosts or node in self._places.storage]
        legs = list(pairwise(drawn))
        return [leg for pair in legs for leg in self._between(pair)]

    def _between(self, pair: tuple[str, str]) -> list[tuple[str, str]]:
        """A wire between cards that are not neighbours runs over those between them."""
        if pair in self.paths or not all(node in self._places.hosts for node in pair):
            return [pair]
        hosts = list(self._places.hosts)
        first, last = hosts.index(pair[0]), hosts.index(pair[1])
        step = 1 if last > first else -1
        return [(hosts[index], hosts[index + step]) for index in range(first, last, step)]

    def _comets(self, path: Path, transfers: list[TransferAt], motion_s: float, motion: Motion) -> None:
        if not path:
            return
        transfer = transfers[0]
        token = _TOKENS[transfer.transfer.traffic]
        for x, y in path:
            self._grid.paint(x, y, role(token, Emphasis.GLOW2))
        if transfer.rate_bytes_per_s <= 0.0:
            return
        tier = self._grid.tier
        horizontal = len(path) > 1 and path[0][1] == path[-1][1]
        head = glyph(TRAFFIC_GLYPHS[transfer.transfer.traffic], tier)
        end = path[-1]
        names = ("right", "left") if horizontal else ("down", "up")
        forward = path[-1] >= path[0] if horizontal else path[-1][1] >= path[0][1]
        self._grid.put(*end, glyph(names[0] if forward else names[1], tier), role(token, Emphasis.LIT))
        if motion is Motion.OFF:
            self._grid.put(*path[len(path) // 2], head, role(token))
            return
        rate = transfer.rate_bytes_per_s
        tail = 1 if motion is Motion.REDUCED else min(5, 1 + int(rate / 2.5e8))
        offset = int(motion_s * _CELLS_PER_SECOND) % _SPACING
        for start in range(offset, len(path) - 1 + _SPACING, _SPACING):
            for step in range(tail, 0, -1):
                index = start - step
                if 0 <= index < len(path) - 1:
                    glow = (Emphasis.NORMAL, Emphasis.GLOW1, Emphasis.GLOW2, Emphasis.GLOW3)[min(3, step - 1)]
                    self._grid.paint(*path[index], role(token, glow))
            if 0 <= start < len(path) - 1:
                self._grid.put(*path[start], head, role(token, Emphasis.LIT))

    def _rate(self, path: Path, transfers: list[TransferAt]) -> None:
        total = 0.0
        for transfer in transfers:
            total += transfer.rate_bytes_per_s
        network = transfers[0].transfer.traffic is Traffic.MEMORY or len(transfers[0].transfer.route) > 4
        text = units.show_bits_per_second(total * 8) if network else units.show_bytes_per_second(total)
        if total <= 0.0:
            text = "stalled"
        if not path:
            return
        horizontal = path[0][1] == path[-1][1] and len(path) > 1
        if horizontal:
            low = min(path[0][0], path[-1][0])
            room = len(path)
            if width_of(text) <= room:
                x = low + (room - width_of(text)) // 2
                self._grid.write(x, path[0][1] + 1, text, role(_TOKENS[transfers[0].transfer.traffic]))
        else:
            x, y = path[len(path) // 2]
            self._grid.write(x + 2, y, text, role(_TOKENS[transfers[0].transfer.traffic]), 14)


def _cells(x1: int, y1: int, x2: int, y2: int) -> list[tuple[int, int]]:
    if x1 == x2:
        step = 1 if y2 >= y1 else -1
        return [(x1, y) for y in range(y1, y2 + step, step)]
    step = 1 if x2 >= x1 else -1
    return [(x, y1) for x in range(x1, x2 + step, step)]
