"""What stands in a storage's box: its kind, its files, what is being written to it or read from it."""

from dataclasses import dataclass

from hvviz import units
from hvviz.diagram.canvas import Rect
from hvviz.diagram.cards import Hit, Slot
from hvviz.diagram.glyphs import glyph, plain
from hvviz.diagram.grid import Grid, width_of
from hvviz.diagram.moment import Moment
from hvviz.diagram.places import Places
from hvviz.diagram.roles import Emphasis, Token, role
from hvviz.trace.trace import Instant
from hvviz.world.facts import Relation, config_file, disk_file, state_file
from hvviz.world.model import StorageKind

KIND_NAMES = {
    StorageKind.CSV: "cluster shared volume",
    StorageKind.CLUSTER_DISK: "cluster disk",
    StorageKind.SMB_SHARE: "SMB 3 share",
    StorageKind.LOCAL: "local disk",
    StorageKind.PASS_THROUGH: "pass-through disk",
}
_SHORT_NAMES = {
    StorageKind.CSV: "CSV",
    StorageKind.CLUSTER_DISK: "cluster disk",
    StorageKind.SMB_SHARE: "SMB",
    StorageKind.LOCAL: "local",
    StorageKind.PASS_THROUGH: "pass-through",
}
_MOST_VMS = 12
_BAR = 8


@dataclass(frozen=True, slots=True)
class _Entry:
    """One file on a storage. ``busy`` is empty, ``write`` or ``read``."""

    node: str
    sign: str
    name: str
    tail: str
    token: Token
    emphasis: Emphasis
    busy: str


class Stores:
    """Paints storages."""

    def __init__(
        self, grid: Grid, moment: Moment, hit: Hit, slots: list[Slot], moving: tuple[str, ...], places: Places
    ) -> None:
        self._grid = grid
        self._places = places
        self._moment = moment
        self._hit = hit
        self._slots = slots
        world = moment.instant.trace.world
        active = [vm for vm in moving if vm in moment.by_vm]
        others = [vm for vm in (moving or tuple(world.vms)) if vm not in moment.by_vm]
        self._vms = (active + others)[:_MOST_VMS]
        self._many = len(moving or world.vms) > 1

    def store(self, id: str, rect: Rect) -> None:
        """A box, or one row where there is no room for a box."""
        self._hit(id, rect)
        grid, instant = self._grid, self._moment.instant
        widest, _ = self._title(id, rect.width)
        x, room = self._places.title_room(rect, width_of(widest) + 2)
        title, token = self._title(id, room - 2)
        ink = role(token, Emphasis.LIT if token is not Token.STORAGE else Emphasis.NORMAL)
        taken = x - rect.x - 2 + grid.write(x, rect.y, f" {title} ", ink, room)
        entries = self._entries(id, instant)
        place = Rect(rect.x + taken + 3, rect.y, rect.width - taken - 5, 1) if rect.height == 1 else rect.inner(2, 1)
        if place.width >= 6:
            self._files(id, entries, place)

    def _title(self, id: str, width: int) -> tuple[str, Token]:
        instant, storage = self._moment.instant, self._moment.instant.trace.world.storage[id]
        marks, token = [], Token.STORAGE
        if not instant.field(id, "up", True):
            marks, token = [f"{glyph('failed', self._grid.tier)} offline"], Token.FAULT
        elif instant.field(id, "full"):
            marks, token = ["full"], Token.WARN
        elif instant.field(id, "available"):
            marks = ["Available Storage"]
        owner = instant.target(Relation.OWNED_BY, id)
        if owner is not None:
            marks.append(f"owner {owner}")
        for names in (KIND_NAMES, _SHORT_NAMES):
            text = plain(" · ".join([id, names[storage.kind], *marks]), self._grid.tier)
            if width_of(text) <= width:
                return text, token
        text = plain(" · ".join([id, *marks]), self._grid.tier)
        return (text if width_of(text) <= width else id), token

    def _entries(self, id: str, instant: Instant) -> list[_Entry]:
        """Files of the VMs that matter here, those that are being written or read first."""
        found: list[_Entry] = []
        world = instant.trace.world
        for name in self._vms:
            vm = world.vms[name]
            files = [(state_file(vm), "saved-state"), (config_file(vm), "configuration")]
            files += [(disk_file(vm, disk), "disk") for disk in vm.disks]
            for file, kind in files:
                if instant.exists(file):
                    for edge in instant.edges(Relation.STORED_ON, file):
                        if edge.target == id:
                            found.append(self._entry(id, file, kind, instant, edge.attributes))
            folder = f"{name}/folder@{id}"
            if instant.exists(folder):
                sign = glyph("folder", self._grid.tier)
                found.append(_Entry(folder, sign, name, "empty folder", Token.MUTED, Emphasis.NORMAL, ""))
        found.sort(key=lambda entry: not entry.busy)
        return found

    def _entry(self, id: str, file: str, kind: str, instant: Instant, attributes: object) -> _Entry:
        busy = ""
        for transfer in instant.transfers():
            route = transfer.transfer.route
            if file in (route[0], route[-1]):
                writing = transfer.transfer.target == id or route[-1] == file
                busy = "write" if writing else "read"
        marks = attributes if isinstance(attributes, dict) else {}
        owner, _, name = file.partition("/")
        shown = f"{owner}/{name}" if self._many and kind == "disk" else name
        tail = units.show_bytes(instant.field(file, "size_bytes", 0)) if kind == "disk" and not busy else ""
        token, emphasis = Token.FILE, Emphasis.NORMAL
        if marks.get("leftover"):
            tail, token, emphasis = "old", Token.MUTED, Emphasis.DIM
        elif marks.get("copy") and not busy:
            tail, token = "new", Token.SHELL
        if kind == "saved-state":
            token = Token.STATE
        return _Entry(file, glyph("file", self._grid.tier), shown, tail, token, emphasis, busy)

    def _files(self, id: str, entries: list[_Entry], room: Rect) -> None:
        """Entries one after the other, row after row; what finds no room is counted at the end."""
        grid = self._grid
        world = self._moment.instant.trace.world
        hidden = sum(id in world.vms[vm].storages for vm in world.vms) - sum(
            id in world.vms[vm].storages for vm in self._vms
        )
        if not entries and hidden <= 0:
            grid.write(room.x, room.y, "empty", role(Token.MUTED), room.width)
            return
        x, y = room.x, room.y
        wide = room.width >= 40
        for number, entry in enumerate(entries):
            tail = f" {entry.tail}" if entry.tail and (wide or entry.token is not Token.FILE) else ""
            need = 2 + width_of(entry.name) + width_of(tail) + (_BAR + 7 if entry.busy else 0)
            rest = len(entries) - number - 1
            if x > room.x and x + need - 1 > room.right - (10 if rest and y == room.bottom else 0):
                if y == room.bottom:
                    grid.write(x, y, f"+{rest + 1} file" + ("s" if rest else ""), role(Token.MUTED), room.right - x + 1)
                    return
                x, y = room.x, y + 1
            x = self._file(id, entry, tail, x, y, room.right - x + 1) + 3
        if hidden > 0:
            vms = "VM" if hidden == 1 else "VMs"
            text = f"and files of {hidden} more {vms}" if entries else f"files of {hidden} {vms}"
            if x > room.x and x + width_of(text) > room.right and y < room.bottom:
                x, y = room.x, y + 1
            if x + 8 <= room.right:
                grid.write(x, y, text, role(Token.MUTED), room.right - x + 1)

    def _file(self, id: str, entry: _Entry, tail: str, x: int, y: int, width: int) -> int:
        """One file; returns the column after it."""
        grid = self._grid
        bar = _BAR + 6 if entry.busy and width >= _BAR + 16 else 6 if entry.busy and width >= 16 else 0
        ink = role(entry.token, entry.emphasis)
        taken = grid.write(x, y, f"{entry.sign} ", ink)
        taken += grid.write(x + taken, y, f"{entry.name}{tail}", ink, width - taken - (bar + 1 if bar else 0))
        if bar:
            self._slots.append(Slot("file", Rect(x + taken + 1, y, bar, 1), f"{entry.node}@{entry.busy}"))
            taken += bar + 1
        self._hit(entry.node, Rect(x, y, max(1, taken), 1))
        return x + taken
