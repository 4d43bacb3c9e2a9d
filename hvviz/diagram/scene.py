"""The live picture of a run: laid out once for a size, drawn anew for each instant."""

from collections.abc import Collection, Mapping
from typing import Any

from hvviz import units
from hvviz.diagram.cards import Cards
from hvviz.diagram.digits import big_digits
from hvviz.diagram.glyphs import Tier, glyph
from hvviz.diagram.grid import Grid, width_of
from hvviz.diagram.moment import Moment, changed_nodes, read_moment
from hvviz.diagram.motion import Motion
from hvviz.diagram.places import MIN_HEIGHT, MIN_WIDTH, Box, Places, place
from hvviz.diagram.roles import Emphasis, Token, role
from hvviz.diagram.talk import draw_talk
from hvviz.diagram.wires import Path, Wires
from hvviz.trace.trace import Instant, Trace

__all__ = ["Picture", "Scene", "changed_nodes"]


class Scene:
    """A run to be drawn. ``hints`` are places that the instructor asked for: row and column by id."""

    def __init__(self, trace: Trace, hints: Mapping[str, Any] | None = None) -> None:
        self._trace = trace
        self._hints = {id: _hint(value) for id, value in (hints or {}).items()}
        self._pictures: dict[tuple[int, int, Tier], Picture] = {}

    def layout(self, width: int, height: int, tier: Tier = Tier.FULL) -> "Picture":
        """The picture for a size, made when first asked for."""
        key = (width, height, tier)
        if key not in self._pictures:
            self._pictures[key] = Picture(self._trace, self._hints, width, height, tier)
        return self._pictures[key]


def _hint(value: Any) -> tuple[int, int]:
    if isinstance(value, Mapping):
        return int(value.get("row", 0)), int(value.get("column", 0))
    return int(value[0]), int(value[1])


class Picture:
    """A layout, and the frames drawn in it. Used from one thread at a time."""

    def __init__(self, trace: Trace, hints: Mapping[str, tuple[int, int]], width: int, height: int, tier: Tier) -> None:
        self.width = width
        self.height = height
        self.tier = tier
        self._trace = trace
        self.fits = width >= MIN_WIDTH and height >= MIN_HEIGHT
        self._places: Places | None = place(trace, hints, width, height) if self.fits else None
        self._hits: list[tuple[str, Box]] = []
        self._paths: dict[tuple[str, str], Path] = {}

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
        """The picture at ``instant``. ``motion_s`` moves what moves; 0.0 is a complete still."""
        grid = Grid(self.width, self.height, self.tier)
        if self._places is None:
            return grid
        moment = read_moment(instant)
        self._hits = []
        blackout = moment.blackout
        still_s = 0.0 if blackout is not None and not moment.transfers else motion_s
        shining = frozenset(lit)
        cards = Cards(grid, moment, shining, self._hit)
        for cluster, box in self._places.containers.items():
            cards.container(cluster, box, Token.CLUSTER)
        wires = Wires(grid, moment, self._places)
        for box in self._places.hosts.values():
            grid.box(box.x, box.y, box.width, box.height, 1, role(Token.HOST))
        wires.draw()
        self._paths = wires.paths
        draw_talk(grid, moment, self._places, shining, self._hit, still_s, motion)
        for host, box in self._places.hosts.items():
            cards.host(host, box)
        for storage, box in self._places.storage.items():
            cards.storage(storage, box)
        self._reconnect(grid)
        wires.traffic(motion_s, motion)
        self._others(grid, moment)
        if blackout is not None:
            self._blackout(grid, moment, blackout[1])
        self._emphasise(grid, focus, selected)
        return grid

    def _hit(self, node: str, box: Box) -> None:
        self._hits.append((node, box))

    def _reconnect(self, grid: Grid) -> None:
        """Cards were drawn over the ends of the wires: join them again."""
        if self._places is None:
            return
        for (a, b), path in self._paths.items():
            box = self._places.hosts.get(a)
            if box is None or not path:
                continue
            x, y = path[0]
            if b in self._places.storage:
                grid.line(x, box.bottom, x, y, 1, role(Token.HOST))
                grid.paint(x, y, role(Token.WIRE))
            elif x > box.right:
                grid.line(box.right, y, x, y, 1, role(Token.HOST))
                grid.paint(x, y, role(Token.WIRE))
            else:
                grid.line(x, y, box.x, y, 1, role(Token.HOST))
                grid.paint(x, y, role(Token.WIRE))

    def _others(self, grid: Grid, moment: Moment) -> None:
        """Hosts without a card of their own, as words in a row."""
        places = self._places
        if places is None or places.others_y is None:
            return
        x, y = 2, places.others_y
        for number, host in enumerate(places.others):
            vms = len(moment.vms_at.get(host, []))
            up = moment.instant.field(host, "state") == "up"
            text = f"[{host} {glyph('running', self.tier)}{vms}]" if up else f"[{host} down]"
            if x + width_of(text) + 20 > self.width and number + 1 < len(places.others):
                grid.write(x, y, f"and {len(places.others) - number} more hosts", role(Token.MUTED), self.width - x - 2)
                return
            taken = grid.write(x, y, text, role(Token.HOST if up else Token.FAULT, Emphasis.DIM), self.width - x - 2)
            self._hit(host, Box(x, y, max(1, taken), 1))
            x += taken + 1

    def _blackout(self, grid: Grid, moment: Moment, elapsed_s: float) -> None:
        """The milliseconds, large where there is room between the cards, else in the border."""
        places = self._places
        if places is None:
            return
        text = f"{elapsed_s:.3f} s" if elapsed_s < 100 else units.show_time(elapsed_s)
        hosts = list(places.hosts.values())
        if len(hosts) >= 2:
            left, right = hosts[0].right + 1, hosts[1].x
            digits = big_digits(text, self.tier)
            if right - left >= digits.width + 2 and hosts[0].height >= 9:
                x = left + (right - left - digits.width) // 2
                y = hosts[0].y + hosts[0].height - 4
                grid.write(left + (right - left - 8) // 2, y - 1, "BLACKOUT", role(Token.BLACKOUT, Emphasis.LIT))
                for row in range(digits.height):
                    for column in range(digits.width):
                        grid.put(x + column, y + row, digits.char(column, row), digits.role(column, row))
                return
        label = f" BLACKOUT {text} "
        y = places.talk_y + 1 if places.containers else places.talk_y
        grid.write(max(0, self.width - width_of(label) - 3), y, label, role(Token.BLACKOUT, Emphasis.INVERSE))

    def _emphasise(self, grid: Grid, focus: Collection[str], selected: str | None) -> None:
        """Dim what is not in focus, and mark the cursor."""
        if focus:
            keep: set[tuple[int, int]] = set()
            for node, box in self._hits:
                if _belongs(node, focus):
                    keep |= {(x, y) for y in range(box.y, box.bottom + 1) for x in range(box.x, box.right + 1)}
            if keep:
                grid.dim(Emphasis.DIM, keep)
        if selected is not None:
            cursor = self._bounds(selected)
            if cursor is not None:
                for x in range(max(0, cursor.x), min(grid.width, cursor.right + 1)):
                    grid.paint(x, cursor.y, grid.role(x, cursor.y) & ~7 | Emphasis.SELECTED)

    def moving(self, instant: Instant) -> bool:
        """Whether anything is on its way, so that a timer is worth its while."""
        if next(instant.transfers(), None) is not None:
            return True
        return any(vm.clients and instant.field(vm.id, "reachable") for vm in self._trace.world.vms.values())

    def node_at(self, x: int, y: int) -> str | None:
        """The innermost node of the last frame at a cell."""
        found = None
        for node, box in self._hits:
            if box.holds(x, y):
                found = node
        return found

    def _bounds(self, node: str) -> Box | None:
        for found, box in reversed(self._hits):
            if found == node:
                return box
        return None

    def bounds(self, node: str) -> tuple[int, int, int, int] | None:
        """Where a node of the last frame is: x, y, width, height."""
        box = self._bounds(node)
        return None if box is None else (box.x, box.y, box.width, box.height)

    def path_of(self, source: str, target: str, via: str | None = None) -> Path | None:
        """The cells of the wire between two boxes of the last frame, from ``source`` on."""
        return self._paths.get((source, target))

    def nodes(self) -> tuple[str, ...]:
        """What can be picked in the last frame, in reading order."""
        ordered = sorted(self._hits, key=lambda hit: (hit[1].y, hit[1].x))
        return tuple(dict.fromkeys(node for node, _ in ordered))

    def neighbour(self, node: str, dx: int, dy: int) -> str | None:
        """The nearest node in a direction."""
        here = self._bounds(node)
        if here is None:
            return next(iter(self.nodes()), None)
        best: tuple[float, str] | None = None
        for other, box in self._hits:
            ahead = (box.middle_x - here.middle_x) * dx + (box.middle_y - here.middle_y) * dy * 2
            aside = abs((box.middle_x - here.middle_x) * dy) + abs((box.middle_y - here.middle_y) * dx) * 2
            if other != node and ahead > 0:
                distance = ahead + 3.0 * aside
                if best is None or distance < best[0]:
                    best = (distance, other)
        return None if best is None else best[1]


def _belongs(node: str, focus: Collection[str]) -> bool:
    return node in focus or node.split("/")[0] in focus or node.split("/")[-1] in focus
