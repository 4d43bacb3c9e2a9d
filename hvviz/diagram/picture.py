"""A layout, and the frames that are drawn in it."""

from collections.abc import Collection
from dataclasses import dataclass

from hvviz.diagram.baking import Baker, wiring
from hvviz.diagram.canvas import Rect
from hvviz.diagram.cards import Cards, Hit, Slot
from hvviz.diagram.gauges import Gauges
from hvviz.diagram.glyphs import Tier
from hvviz.diagram.grid import Grid
from hvviz.diagram.moment import Moment, Reader, progress
from hvviz.diagram.motion import Motion
from hvviz.diagram.places import MIN_HEIGHT, MIN_WIDTH, Places
from hvviz.diagram.roles import DIMMED, LIGHTED, MARKED, Token, role
from hvviz.diagram.routing import Path
from hvviz.diagram.sky import Sky
from hvviz.diagram.stage import Stage
from hvviz.diagram.stores import Stores
from hvviz.diagram.topology import Topology
from hvviz.diagram.traffic import Flows
from hvviz.trace.trace import Instant, Trace


@dataclass(slots=True)
class _Still:
    """All that stays the same until the next event."""

    position: int
    moment: Moment
    grid: Grid
    slots: list[Slot]
    hits: list[tuple[str, Rect]]


class Picture:
    """Draws the frames of one layout. Used from one thread at a time."""

    def __init__(self, trace: Trace, topology: Topology, places: Places, tier: Tier) -> None:
        self.width = places.width
        self.height = places.height
        self.tier = tier
        self.fits = self.width >= MIN_WIDTH and self.height >= MIN_HEIGHT
        self._trace = trace
        self._topology = topology
        self._places = places
        self._baker = Baker(places, tier)
        self._reader = Reader(trace)
        self._still: _Still | None = None

    def frame(
        self,
        instant: Instant,
        motion_s: float = 0.0,
        *,
        motion: Motion = Motion.FULL,
        focus: Collection[str] = (),
        lit: Collection[str] = (),
        selected: str | None = None,
    ) -> Grid:
        """The picture at ``instant``. ``motion_s`` moves what moves; 0.0 is a complete still.

        What is not in ``focus``, if there is any, recedes; ``lit`` has just changed; ``selected`` is under the cursor.
        """
        if not self.fits:
            return Grid(self.width, self.height, self.tier)
        still = self._at(instant)
        grid = still.grid.copy()
        now = progress(still.moment, instant)
        gauges = Gauges(grid, still.moment, instant, now)
        for slot in still.slots:
            gauges.paint(slot)
        self._recede(grid, still.moment)
        flows = Flows(grid, still.moment, self._places, self._topology, self._trace.world)
        flows.paint(now, motion_s, motion, instant.time_s)
        Stage(grid, still.moment, self._places).paint(instant)
        self._emphasise(grid, still, focus, lit, selected)
        return grid

    def _at(self, instant: Instant) -> _Still:
        """What stays the same from the latest event before ``instant`` to the next one."""
        if self._still is None or self._still.position != instant.position:
            moment = self._reader.moment(instant)
            hits: list[tuple[str, Rect]] = []
            slots: list[Slot] = []
            grid = self._baker.bake(wiring(self._places, instant, self._trace.world)).copy()

            def hit(node: str, rect: Rect) -> None:
                hits.append((node, rect))

            self._contents(grid, moment, hit, slots)
            self._still = _Still(instant.position, moment, grid, slots, hits)
        return self._still

    def _contents(self, grid: Grid, moment: Moment, hit: Hit, slots: list[Slot]) -> None:
        places = self._places
        for group, rect in places.containers:
            if group.node is not None:
                hit(group.node, Rect(rect.x, rect.y, rect.width, 1))
        for network, net in places.nets.items():
            for path in net.segments():
                for x, y in path:
                    hit(network, Rect(x, y, 1, 1))
        Sky(grid, moment, hit, places, self._topology).paint()
        cards = Cards(grid, moment, hit, slots)
        for host, rect in places.cards.items():
            cards.card(host, rect)
        for host, rect in places.small.items():
            cards.small(host, rect)
        stores = Stores(grid, moment, hit, slots, self._topology.moving_vms, places)
        for id, rect in places.stores.items():
            stores.store(id, rect)
        if places.missing_at is not None:
            spot = places.missing_at
            texts = (f"and {places.missing} more hosts", f"+{places.missing} hosts")
            text = texts[0] if len(texts[0]) <= spot.width else texts[1]
            grid.write(spot.x, spot.y, text, role(Token.MUTED), spot.width)

    def _recede(self, grid: Grid, moment: Moment) -> None:
        """While something moves, what takes no part in it recedes; in a cutover all but the two hosts does."""
        if not moment.operations:
            return
        active = {
            each for operation in moment.operations for each in (operation.source, operation.target, operation.host)
        }
        for boxes in (self._places.cards, self._places.small):
            for host, rect in boxes.items():
                if host not in active and moment.host_up(host):
                    grid.shade(*rect, DIMMED)
        if moment.frozen:
            for boxes in (self._places.stores, self._places.switches):
                for rect in boxes.values():
                    grid.shade(*rect, DIMMED)

    def _emphasise(
        self, grid: Grid, still: _Still, focus: Collection[str], lit: Collection[str], selected: str | None
    ) -> None:
        """Let recede what is not in focus, light what changed, mark the cursor."""
        wanted = [rect for node, rect in still.hits if _belongs(node, focus)] if focus else []
        if wanted:
            plain = grid.copy()
            grid.shade(0, 0, self.width, self.height, DIMMED)
            for rect in wanted:
                grid.restore(plain, *rect)
        for node, rect in still.hits:
            if node in lit:
                grid.shade(rect.x, rect.y, rect.width, 1, LIGHTED)
        if selected is not None:
            for node, rect in reversed(still.hits):
                if node == selected:
                    grid.shade(rect.x, rect.y, rect.width, 1, MARKED)
                    break

    def moving(self, instant: Instant) -> bool:
        """Whether anything is on its way, so that a timer is worth its while."""
        if next(instant.transfers(), None) is not None:
            return True
        return bool(self._places.leads_in)

    def node_at(self, x: int, y: int) -> str | None:
        """The innermost node of the last frame at a cell."""
        found: tuple[int, str] | None = None
        for node, rect in self._hits():
            if rect.holds(x, y):
                area = rect.width * rect.height
                if found is None or area <= found[0]:
                    found = (area, node)
        return None if found is None else found[1]

    def _hits(self) -> list[tuple[str, Rect]]:
        return [] if self._still is None else self._still.hits

    def _rect(self, node: str) -> Rect | None:
        return next((rect for found, rect in reversed(self._hits()) if found == node), None)

    def bounds(self, node: str) -> tuple[int, int, int, int] | None:
        """Where a node of the last frame is: x, y, width, height."""
        return self._rect(node)

    def path_of(self, source: str, target: str, via: str | None = None) -> Path | None:
        """The cells of the way from one box to another, over a network where one is named."""
        nodes = (source, target) if via is None else (source, via, target)
        return self._places.route(nodes) or None

    def nodes(self) -> tuple[str, ...]:
        """What can be picked in the last frame, in reading order."""
        ordered = sorted(self._hits(), key=lambda hit: (hit[1].y, hit[1].x))
        return tuple(dict.fromkeys(node for node, _ in ordered))

    def neighbour(self, node: str, dx: int, dy: int) -> str | None:
        """The nearest node in a direction; the first one where ``node`` is not drawn."""
        here = self._rect(node)
        if here is None:
            return next(iter(self.nodes()), None)
        x, y = here.centre
        best: tuple[float, str] | None = None
        for other, rect in self._hits():
            other_x, other_y = rect.centre
            ahead = (other_x - x) * dx + (other_y - y) * dy * 2
            aside = abs((other_x - x) * dy) + abs((other_y - y) * dx) * 2
            if other != node and ahead > 0 and (best is None or ahead + 3.0 * aside < best[0]):
                best = (ahead + 3.0 * aside, other)
        return None if best is None else best[1]


def _belongs(node: str, focus: Collection[str]) -> bool:
    return node in focus or node.split("/")[0] in focus or node.split("/")[-1] in focus
