"""What is above the hosts: switches with the MACs that they have learned at their ports, and the clients."""

from hvviz.diagram.canvas import Rect
from hvviz.diagram.cards import Hit
from hvviz.diagram.glyphs import glyph
from hvviz.diagram.grid import Grid, width_of
from hvviz.diagram.moment import Moment
from hvviz.diagram.places import Places
from hvviz.diagram.roles import Emphasis, Token, role
from hvviz.diagram.topology import Topology
from hvviz.world.facts import Relation
from hvviz.world.model import Client, World

NO_ANSWER = "no answer"


def client_width(world: World, clients: tuple[str, ...]) -> int:
    """Columns that the clients' texts need, 0 where there are none."""
    if not clients:
        return 0
    return max(4 + len(_name(world, id, clients)) + len(NO_ANSWER) for id in clients[:4])


def client_of(world: World, id: str) -> Client:
    """The client whose node is ``id``."""
    vm = id.partition("/")[0]
    return next(client for client in world.vms[vm].clients.values() if client.id == id)


def _name(world: World, id: str, clients: tuple[str, ...]) -> str:
    """The client's own name; with that of its VM where clients of several are drawn."""
    client = client_of(world, id)
    vms = {each.partition("/")[0] for each in clients}
    return client.name if len(vms) == 1 else f"{client.vm} {client.name}"


def reachable(moment: Moment, vm: str) -> bool:
    return bool(moment.instant.field(vm, "reachable"))


class Sky:
    """Paints switches and clients."""

    def __init__(self, grid: Grid, moment: Moment, hit: Hit, places: Places, topology: Topology) -> None:
        self._grid = grid
        self._moment = moment
        self._hit = hit
        self._places = places
        self._topology = topology

    def paint(self) -> None:
        """Paint all of it."""
        for id, rect in self._places.switches.items():
            self._hit(id, rect)
            self._grid.write(rect.x + 2, rect.y, f" {id} ", role(Token.NETWORK, Emphasis.LIT), rect.width - 4)
        self._macs()
        self._clients()

    def _macs(self) -> None:
        """Above each port the VMs whose MAC the switch has learned there."""
        at: dict[tuple[str, str], list[str]] = {}
        moment = self._moment
        vms = self._topology.moving_vms[:40] or tuple(moment.instant.trace.world.vms)[:8]
        for vm in vms:
            for edge in moment.instant.edges(Relation.LEARNED_AT, vm):
                place = self._topology.ports.get(edge.target)
                if place is not None:
                    at.setdefault(place, []).append(vm)
        ends = sorted(
            (path[-1][0], host, node)
            for (host, node), path in self._places.wires.items()
            if node in self._places.switches
        )
        for number, (x, host, node) in enumerate(ends):
            names = at.get((node, host), [])
            rect = self._places.switches[node]
            if not names or rect.height < 3:
                continue
            left = max([rect.x + 1, *(end + 2 for end, _, other in ends[:number] if other == node)])
            right = min([rect.right - 1, *(end - 2 for end, _, other in ends[number + 1 :] if other == node)])
            self._mac(names, host, x, left, right, rect.y + 1)

    def _mac(self, names: list[str], host: str, x: int, left: int, right: int, y: int) -> None:
        """An arrow down to the port, and names on the side of it that has more room."""
        grid, moment = self._grid, self._moment
        lost = [vm for vm in names if moment.census.home(vm) != host or not reachable(moment, vm)]
        text = f"MAC {', '.join(names)}" if len(names) < 3 else f"{len(names)} MACs"
        room = max(x - left, right - x) - 1
        if width_of(text) > room:
            text = names[0] if len(names) == 1 else f"{len(names)} MACs"
        token = Token.WARN if lost else Token.NETWORK
        grid.put(x, y, glyph("down", grid.tier), role(token, Emphasis.LIT))
        if room < 2:
            return
        width = min(width_of(text), room)
        grid.write(x - 1 - width if x - left >= width + 1 else x + 2, y, text, role(token), width)

    def _clients(self) -> None:
        world = self._moment.instant.trace.world
        ids, rects = self._topology.clients, self._places.clients
        for number, rect in enumerate(rects):
            rest = len(ids) - number
            if number == len(rects) - 1 and rest > 1:
                text = f"+{rest} clients" if number else ", ".join(client_of(world, id).name for id in ids)
                self._client(ids[number], text, "", rect)
            else:
                client = client_of(world, ids[number])
                self._client(client.id, _name(world, client.id, ids), client.protocol.value, rect)

    def _client(self, id: str, name: str, protocol: str, rect: Rect) -> None:
        """Glyph, name and protocol, or that there is no answer, up to where its wire begins."""
        grid = self._grid
        vm = id.partition("/")[0]
        answered = reachable(self._moment, vm)
        self._hit(id, rect)
        tails = [protocol, ""] if answered else [NO_ANSWER, "lost"]
        tail = next((each for each in tails if 3 + width_of(name) + width_of(each) <= rect.width), tails[-1])
        sign = glyph("client" if answered else "lost", grid.tier)
        token = Token.CLIENT if answered else Token.FAULT
        x = rect.x + grid.write(rect.x, rect.y, f"{sign} ", role(token, Emphasis.LIT))
        x += grid.write(x, rect.y, name, role(token), rect.width - 2 - (width_of(tail) + 1 if tail else 0))
        if tail:
            x += 1 + grid.write(x + 1, rect.y, tail, role(Token.MUTED if answered else Token.FAULT), rect.right - x)
        joint = glyph("joint", grid.tier)
        for column in range(x + 1, rect.right + 2):
            grid.put(column, rect.y, joint, role(Token.WIRE))
