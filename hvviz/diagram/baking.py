"""What stands still of a picture: boxes, containers, wires as they are owned and up, baked into a grid."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from hvviz.diagram.canvas import Border, Canvas
from hvviz.diagram.glyphs import Tier, glyph, plain
from hvviz.diagram.grid import Grid
from hvviz.diagram.lines import Weight
from hvviz.diagram.places import Places
from hvviz.diagram.roles import Emphasis, Token, role
from hvviz.trace.trace import Instant
from hvviz.world.facts import Relation
from hvviz.world.model import World


class WireState(NamedTuple):
    """How a wire is: whether its host owns what it leads to, and whether it can carry anything."""

    owned: bool
    up: bool


Wiring = tuple[tuple[tuple[str, str], WireState], ...]
"""The state of every wire and tap, by host and node."""


def wiring(places: Places, instant: Instant, world: World) -> Wiring:
    """How every wire is at ``instant``."""
    found: list[tuple[tuple[str, str], WireState]] = []
    for host, node in places.wires:
        if node in places.stores:
            owned = instant.target(Relation.OWNED_BY, node) == host
            up = bool(instant.field(node, "up", True)) and instant.field(host, "state", "up") == "up"
            found.append(((host, node), WireState(owned, up)))
        else:
            found.append(((host, node), WireState(False, instant.field(host, "state", "up") == "up")))
    for network, net in places.nets.items():
        for host in net.taps:
            up = instant.field(host, "state", "up") == "up" and _linked(instant, world, host, network)
            found.append(((host, network), WireState(False, up)))
    return tuple(found)


def _linked(instant: Instant, world: World, host: str, network: str) -> bool:
    """Whether any adapter that ``host`` has in ``network`` has a link."""
    spec = world.hosts[host]
    names = {name for team in spec.teams.values() if team.network == network for name in team.members}
    adapters = [each.id for each in spec.adapters.values() if each.network == network or each.name in names]
    return any(instant.field(adapter, "up", True) for adapter in adapters) or not adapters


class Baker:
    """Bakes the fixed part of one layout, and keeps the latest few."""

    def __init__(self, places: Places, tier: Tier) -> None:
        self._places = places
        self._tier = tier
        self._baked = lru_cache(maxsize=8)(self._bake)

    def bake(self, state: Wiring) -> Grid:
        """The fixed part with its wires in ``state``; not to be painted on."""
        return self._baked(state)

    def _bake(self, state: Wiring) -> Grid:
        places, states = self._places, dict(state)
        canvas = Canvas(places.width, places.height)
        for _, rect in places.containers:
            canvas.box(rect, Border.CONTAINER, role(Token.CLUSTER))
        for net in places.nets.values():
            for path in net.segments():
                canvas.wire(path, role(Token.WIRE), ends=False)
        for path in places.leads_in:
            canvas.wire(path, role(Token.WIRE), ends=False)
        for rect in places.cards.values():
            canvas.box(rect, Border.CARD, role(Token.HOST))
        for rect in places.small.values():
            if rect.height > 1:
                canvas.box(rect, Border.CARD, role(Token.HOST))
        for rect in places.stores.values():
            canvas.box(rect, Border.STORE, role(Token.STORAGE))
        for rect in places.switches.values():
            canvas.box(rect, Border.SWITCH, role(Token.NETWORK))
        for ends, path in sorted(places.wires.items(), key=lambda item: states.get(item[0], _PLAIN).owned):
            wire = states.get(ends, _PLAIN)
            ink = role(Token.STORAGE if wire.owned else Token.WIRE)
            canvas.wire(path, ink, Weight.HEAVY if wire.owned else Weight.LIGHT, ends=False)
        grid = canvas.bake(self._tier)
        self._titles(grid)
        self._breaks(grid, states)
        return grid

    def _titles(self, grid: Grid) -> None:
        """Each container's name in its border, in the longest stretch that no wire crosses."""
        for group, rect in self._places.containers:
            text = f" {plain(group.title, self._tier)} "
            x, room = self._places.title_room(rect, len(text))
            if room >= 6:
                grid.write(x, rect.y, text, role(Token.CLUSTER, Emphasis.LIT), room)

    def _breaks(self, grid: Grid, states: Mapping[tuple[str, str], WireState]) -> None:
        """A cross in each wire that can carry nothing."""
        for (host, node), wire in states.items():
            if wire.up:
                continue
            path = self._places.wires.get((host, node))
            net = self._places.nets.get(node)
            if net is not None:
                tap = net.taps[host]
                others = [end[-1] for other, end in net.taps.items() if other != host]
                path = tap if len(tap) > 2 or not others else _start_of(tap[-1], others[0])
            if path is None or len(path) < 3:
                continue
            for x, y in path[1:-1]:
                grid.paint(x, y, role(Token.FAULT, Emphasis.DIM))
            x, y = path[len(path) // 2]
            grid.put(x, y, glyph("failed", self._tier), role(Token.FAULT, Emphasis.LIT))


def _start_of(start: tuple[int, int], end: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    """The first half of a straight wire between two cards."""
    step = 1 if end[0] > start[0] else -1
    return tuple((x, start[1]) for x in range(start[0], (start[0] + end[0]) // 2, step))


_PLAIN = WireState(False, True)
