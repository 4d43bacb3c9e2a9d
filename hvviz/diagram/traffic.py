"""What is on its way: pulses on the wires, in the colour and glyph of their traffic, and rates as numbers."""

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from functools import lru_cache

from hvviz import units
from hvviz.diagram.canvas import Rect
from hvviz.diagram.gauges import heavy
from hvviz.diagram.glyphs import glyph, plain
from hvviz.diagram.grid import Grid, width_of
from hvviz.diagram.moment import Moment, Progress
from hvviz.diagram.motion import Motion
from hvviz.diagram.places import Places
from hvviz.diagram.roles import Emphasis, Token, role
from hvviz.diagram.routing import Path, around
from hvviz.diagram.sky import reachable
from hvviz.diagram.topology import Topology
from hvviz.trace.records import Traffic
from hvviz.trace.trace import TransferAt
from hvviz.world.facts import Relation, config_file
from hvviz.world.model import World

_SPEED = 14.0
"""Cells a second; a row counts as two."""

_SPACING = 10.0
_LONGEST_TAIL = 7
_PACKETS_APART = 9.0
_REDUCED_STEP_S = 0.2

LOOKS: Mapping[Traffic, tuple[str, Token]] = {
    Traffic.MEMORY: ("memory", Token.MEMORY),
    Traffic.STORAGE: ("storage", Token.DISK),
    Traffic.STATE: ("storage", Token.STATE),
    Traffic.CONTROL: ("control", Token.CONTROL),
    Traffic.BACKGROUND: ("background", Token.BACKGROUND),
}


@lru_cache(maxsize=512)
def _milestones(path: Path) -> tuple[float, ...]:
    """How far from the start each cell of ``path`` is."""
    found = [0.0]
    for (_, y), (_, before_y) in zip(path[1:], path, strict=False):
        found.append(found[-1] + (2.0 if y != before_y else 1.0))
    return tuple(found)


def wire_rate(transfer: TransferAt, time_s: float) -> float:
    """Bytes a second that cross the wire, fewer than are moved where they are compressed."""
    segments = transfer.transfer.segments
    index = bisect_right(segments, time_s, key=lambda segment: segment.time_s) - 1
    if index < 0 or transfer.rate_bytes_per_s == 0.0:
        return 0.0
    return segments[index].wire_bytes_per_s or transfer.rate_bytes_per_s


def capacity(world: World, route: tuple[str, ...]) -> float:
    """Bytes a second that the narrowest named part of ``route`` could carry; 0 where none is known."""
    found: list[float] = []
    for node in route:
        host, _, name = node.partition("/")
        if host in world.hosts and name in world.hosts[host].adapters:
            rate_bps = world.hosts[host].adapters[name].rate_bps
            found += [] if rate_bps is None else [rate_bps / 8]
        elif node in world.storage:
            storage = world.storage[node]
            found.append(max(storage.read_bytes_per_s, storage.write_bytes_per_s))
    return min(found, default=0.0)


class Flows:
    """Paints pulses and rates over a picture."""

    def __init__(self, grid: Grid, moment: Moment, places: Places, topology: Topology, world: World) -> None:
        self._grid = grid
        self._moment = moment
        self._places = places
        self._topology = topology
        self._world = world

    def paint(self, progress: Progress, motion_s: float, motion: Motion, time_s: float) -> None:
        """Every transfer under way, then the clients' packets."""
        if motion is Motion.REDUCED:
            motion_s = int(motion_s / _REDUCED_STEP_S + 1e-9) * _REDUCED_STEP_S
        frozen_s = 0.0 if self._moment.frozen else motion_s
        self._packets(frozen_s, motion)
        self._pointers()
        by_path: dict[Path, list[TransferAt]] = {}
        for transfer in progress.transfers:
            if transfer.rate_bytes_per_s > 0.0 or transfer.transfer.total_bytes is not None:
                path = self._places.route(transfer.transfer.route)
                if len(path) > 1:
                    by_path.setdefault(path, []).append(transfer)
        for path, transfers in by_path.items():
            count = min(len(transfers), 4)
            for number, transfer in enumerate(transfers[:count]):
                sign, token = LOOKS[transfer.transfer.traffic]
                most = capacity(self._world, transfer.transfer.route)
                share = min(1.0, wire_rate(transfer, time_s) / most) if most else 0.5
                shift = _SPACING * number / count
                self._pulses(path, token, sign, share, motion_s, motion, shift)
        self._rates(progress, time_s)

    def _pulses(
        self, path: Path, token: Token, sign: str, share: float, motion_s: float, motion: Motion, shift: float
    ) -> None:
        """Heads at even distances, each with a tail as long as the rate; an arrow where they arrive."""
        grid, marks = self._grid, _milestones(path)
        length = marks[-1]
        if motion is Motion.OFF:
            self._arrows(path, token)
            return
        tail = 0 if motion is Motion.REDUCED else max(1, round(share * _LONGEST_TAIL))
        start = (motion_s * _SPEED + _SPACING / 2 + shift) % _SPACING
        bold = heavy(grid.tier)
        mark = glyph(sign, grid.tier)
        position = start
        while position < length:
            index = bisect_left(marks, position)
            for back in range(tail, 0, -1):
                if 0 < index - back < len(path) - 1:
                    x, y = path[index - back]
                    char = grid.chars[y][x]
                    grid.put(x, y, bold.get(char, char), role(token, _TAIL[(back - 1) * 3 // max(1, tail)]))
            if 0 < index < len(path) - 1:
                grid.put(*path[index], mark, role(token, Emphasis.LIT))
            position += _SPACING
        self._arrow(path, len(path) - 2, token)

    def _arrow(self, path: Path, index: int, token: Token) -> None:
        """An arrow at a cell of ``path``, in its direction."""
        if 0 < index < len(path) - 1:
            (x, y), (before_x, before_y) = path[index], path[index - 1]
            name = {(1, 0): "right", (-1, 0): "left", (0, 1): "down", (0, -1): "up"}[x - before_x, y - before_y]
            self._grid.put(x, y, glyph(name, self._grid.tier), role(token, Emphasis.LIT))

    def _arrows(self, path: Path, token: Token) -> None:
        """Without motion: the wire in the colour of its traffic, and arrows along it."""
        grid = self._grid
        bold = heavy(grid.tier)
        for index in range(1, len(path) - 1):
            x, y = path[index]
            char = grid.chars[y][x]
            grid.put(x, y, bold.get(char, char), role(token))
        for index in range(len(path) - 2, 0, -8):
            self._arrow(path, index, token)

    def _pointers(self) -> None:
        """While links change hands: from each host that has one to the storage where the real file lies."""
        moment, places = self._moment, self._places
        for operation in moment.operations:
            vm = operation.vm or ""
            if "transfer-link" not in (moment.phase_of(vm), moment.step_of(vm)):
                continue
            for host in (operation.source, operation.target):
                if host is None or host not in places.cards or vm not in moment.census.links(host):
                    continue
                for edge in moment.instant.edges(Relation.STORED_ON, config_file(self._world.vms[vm])):
                    path = places.wires.get((host, edge.target), ())
                    for x, y in path[1:-1]:
                        self._grid.paint(x, y, role(Token.LINK, Emphasis.LIT))
                    self._arrow(path, len(path) - 2, Token.LINK)

    def _packets(self, motion_s: float, motion: Motion) -> None:
        """Packets of clients, to the port at which the switch has learned the VM; there they arrive or die."""
        moment, places = self._moment, self._places
        for number, way in enumerate(places.leads_in):
            id = self._topology.clients[number]
            vm = id.partition("/")[0]
            if moment.census.state.get(vm) is None:
                continue
            path = self._to_port(vm, way)
            answered = reachable(moment, vm)
            if motion is Motion.OFF:
                self._still_packets(path, answered)
            else:
                self._moving_packets(path, answered, motion_s, number)
            if not answered and len(path) > 1:
                self._grid.put(*path[-1], glyph("lost", self._grid.tier), role(Token.FAULT, Emphasis.LIT))

    def _to_port(self, vm: str, way: Path) -> Path:
        for edge in self._moment.instant.edges(Relation.LEARNED_AT, vm):
            found = self._topology.ports.get(edge.target)
            if found is None:
                continue
            switch, host = found
            wire = self._places.wires.get((host, switch))
            rect = self._places.switches.get(switch)
            if wire is not None and rect is not None and way[-1][0] in (rect.x, rect.right):
                down = wire[::-1]
                if rect.height == 1:
                    along: Path = tuple((x, rect.y) for x in range(way[-1][0], down[0][0]))
                    return way + along[1:] + down
                return way + around(rect, way[-1], down[0])[1:] + down[1:]
        return way

    def _moving_packets(self, path: Path, answered: bool, motion_s: float, number: int) -> None:
        marks = _milestones(path)
        every = _PACKETS_APART * max(1, len(self._places.leads_in))
        position = (motion_s * _SPEED * 0.8 + 3.0 + _PACKETS_APART * number) % every
        mark = glyph("client", self._grid.tier)
        token = Token.TALK if answered else Token.FAULT
        while position < marks[-1]:
            index = bisect_left(marks, position)
            if 0 < index < len(path) - 1 and self._on_wire(*path[index]):
                self._grid.put(*path[index], mark, role(token, Emphasis.LIT))
            position += every

    def _on_wire(self, x: int, y: int) -> bool:
        """Whether a cell shows a line and no word, as the title of a switch that is one row high."""
        char = self._grid.chars[y][x]
        return not (char.isalnum() or char == " ")

    def _still_packets(self, path: Path, answered: bool) -> None:
        token = Token.TALK if answered else Token.FAULT
        for index in range(min(3, len(path) - 2), len(path) - 1, 10):
            self._arrow(path, index, token)

    def _rates(self, progress: Progress, time_s: float) -> None:
        """The sum of what crosses each wire, as a number beside it, and each network's name."""
        sums: dict[str | tuple[str, str], float] = {}
        tokens: dict[str | tuple[str, str], Token] = {}
        for transfer in progress.transfers:
            route = transfer.transfer.route
            rate = wire_rate(transfer, time_s)
            for key in self._places.labels:
                used = key in route if isinstance(key, str) else _uses(route, *key)
                if used:
                    sums[key] = sums.get(key, 0.0) + rate
                    tokens[key] = LOOKS[transfer.transfer.traffic][1]
        for key, rect in self._places.labels.items():
            rate = sums.get(key, 0.0)
            if isinstance(key, str):
                text = f"{key}  {units.show_bits_per_second(rate * 8)}" if key in sums else key
                self._label(rect, text, tokens.get(key, Token.MUTED), centred=rect.y > self._bus_y(key))
            elif key in sums:
                self._label(rect, units.show_bytes_per_second(rate), tokens[key], centred=False)

    def _bus_y(self, network: str) -> int:
        net = self._places.nets.get(network)
        return rect_y if net is not None and (rect_y := next(iter(net.taps.values()))[-1][1]) >= 0 else -1

    def _label(self, rect: Rect, text: str, token: Token, *, centred: bool) -> None:
        text = plain(text, self._grid.tier)
        if width_of(text) > rect.width:
            text = text.split("  ")[-1]
        x = rect.x + max(0, (rect.width - width_of(text)) // 2) if centred else rect.x
        emphasis = Emphasis.NORMAL if token is Token.MUTED else Emphasis.LIT
        self._grid.write(x, rect.y, text, role(token, emphasis), rect.width)


_TAIL = (Emphasis.GLOW1, Emphasis.GLOW2, Emphasis.GLOW3)


def _uses(route: tuple[str, ...], host: str, node: str) -> bool:
    """Whether ``route`` goes between ``host`` and ``node``, with at most files in between."""
    known = [each for each in route if each in (host, node) or "/" not in each]
    return any({first, second} == {host, node} for first, second in itertools.pairwise(known))
