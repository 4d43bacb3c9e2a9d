"""Hosts as cards, storage as double boxes, and what lies in them."""

import math
from collections.abc import Callable

from hvviz import units
from hvviz.diagram.glyphs import DASHED, DOUBLE, LIGHT, glyph
from hvviz.diagram.grid import Grid, shorten, width_of
from hvviz.diagram.moment import STATE_WORDS, Moment
from hvviz.diagram.places import Box
from hvviz.diagram.roles import Emphasis, Token, role
from hvviz.trace.trace import TransferAt
from hvviz.world.facts import Relation, config_file, link_id, shell_id
from hvviz.world.model import StorageKind, VmState

Hit = Callable[[str, Box], None]
"""Told of every node that is drawn, and where; the innermost last."""

_KIND_WORDS = {
    StorageKind.CSV: "cluster shared volume",
    StorageKind.CLUSTER_DISK: "cluster disk",
    StorageKind.SMB_SHARE: "SMB share",
    StorageKind.LOCAL: "local disk",
    StorageKind.PASS_THROUGH: "pass-through disk",
}


class Cards:
    """Draws the boxes of one moment on a grid. ``lit`` are the nodes that just changed."""

    def __init__(self, grid: Grid, moment: Moment, lit: frozenset[str], hit: Hit) -> None:
        self._grid = grid
        self._moment = moment
        self._lit = lit
        self._hit = hit
        self._world = moment.instant.trace.world

    def _emphasis(self, *nodes: str) -> int:
        return Emphasis.LIT if any(node in self._lit for node in nodes) else Emphasis.NORMAL

    def container(self, id: str, box: Box, token: Token) -> None:
        """A dashed frame with its name."""
        self._grid.box(box.x, box.y, box.width, box.height, DASHED, role(token))
        self._grid.write(box.x + 2, box.y, f" cluster {id} ", role(token), box.width - 4)
        self._hit(id, Box(box.x, box.y, box.width, 1))

    def host(self, id: str, box: Box) -> None:
        """A card: name and memory in the border, a bar of memory, VMs and shells, and the folder of links."""
        grid, instant = self._grid, self._moment.instant
        spec = self._world.hosts[id]
        up = instant.field(id, "state") == "up"
        token = Token.HOST if up else Token.FAULT
        ink = role(token, self._emphasis(id) if up else Emphasis.DIM)
        grid.clear(box.x, box.y, box.width, box.height)
        grid.box(box.x, box.y, box.width, box.height, LIGHT, ink)
        used = instant.field(id, "used_memory_bytes", 0)
        memory = f" {used / 2**30:.0f}/{spec.memory_bytes / 2**30:.0f} GiB "
        words = f" {id} " if up else f" {id} down "
        if instant.field(id, "paused"):
            words = f" {id} paused "
        room = box.width - 3
        show_memory = up and width_of(memory) + width_of(words) <= room
        grid.write(box.x + 1, box.y, shorten(words, room, grid.tier), role(Token.TITLE if up else Token.FAULT))
        if show_memory:
            grid.write(box.right - width_of(memory), box.y, memory, role(Token.MUTED))
        self._hit(id, box)
        rows = list(self._rows(id, up))
        links = self._links(id)
        room_rows = box.height - 2
        link_rows = links[: max(1, min(3, room_rows - len(rows)))]
        shown = rows[: room_rows - len(link_rows)]
        hidden = len([row for row in rows if row[0] == "vm"]) - len([row for row in shown if row[0] == "vm"])
        y = box.y + 1
        for _, draw in shown:
            draw(box.x + 2, y, box.width - 4)
            y += 1
        if hidden > 0:
            grid.clear(box.x + 1, y - 1, box.width - 2, 1)
            grid.write(box.x + 2, y - 1, f"and {hidden + 1} more", role(Token.MUTED), box.width - 4)
        y = box.bottom - len(link_rows)
        for vm in link_rows:
            name = config_file(self._world.vms[vm]).split("/")[1]
            if len(links) > len(link_rows) and vm == link_rows[-1]:
                name = f"and {len(links) - len(link_rows) + 1} more links"
            if len(links) > 1 and len(link_rows) == 1:
                name = f"{len(links)} links"
            node = link_id(id, vm)
            text = f"{glyph('link', grid.tier)} {name}"
            taken = grid.write(box.x + 2, y, text, role(Token.LINK, self._emphasis(node)), box.width - 4)
            self._hit(node, Box(box.x + 2, y, max(1, taken), 1))
            y += 1

    def _links(self, host: str) -> list[str]:
        """VMs that have a link here, those in motion first."""
        return sorted(self._moment.links_at.get(host, []), key=lambda vm: vm not in self._moment.by_vm)

    def _rows(self, host: str, up: bool) -> "list[tuple[str, Callable[[int, int, int], None]]]":
        """The rows inside a card, each with what draws it at (x, y, width)."""
        if not up:
            return [("text", lambda x, y, width: self._text(x, y, "no heartbeat", Token.FAULT, width))]
        rows: list[tuple[str, Callable[[int, int, int], None]]] = []
        moving = self._moment.by_vm
        present = self._moment.vms_at.get(host, [])
        for vm in self._moment.shells_at.get(host, []):
            rows += self._shell_rows(host, vm)
        for vm in sorted(present, key=lambda vm: vm not in moving):
            rows += self._vm_rows(vm)
        return rows or [("text", lambda x, y, width: self._text(x, y, "no VM", Token.MUTED, width))]

    def _text(self, x: int, y: int, text: str, token: Token, width: int) -> None:
        self._grid.write(x, y, text, role(token), width)

    def _vm_rows(self, vm: str) -> "list[tuple[str, Callable[[int, int, int], None]]]":
        state = self._moment.instant.field(vm, "state")
        name = STATE_WORDS[state]
        token = Token.VM if state is VmState.RUNNING else Token.STILL
        reading = _reading(self._moment, vm)

        def chip(x: int, y: int, width: int) -> None:
            text = f"{glyph(name, self._grid.tier)} {vm}  {name}"
            if width_of(text) > width:
                text = f"{glyph(name, self._grid.tier)} {vm} {name}"
            taken = self._grid.write(x, y, text, role(token, self._emphasis(vm)), width)
            self._hit(vm, Box(x, y, max(1, taken), 1))

        rows: list[tuple[str, Callable[[int, int, int], None]]] = [("vm", chip)]
        memory = self._moment.memory.get(vm)
        copying = (
            memory is not None
            and self._moment.instant.target(Relation.REGISTERED_AT, vm) == self._moment.by_vm[vm].source
        )
        if copying and state in (VmState.RUNNING, VmState.SUSPENDED):
            rows.append(("pages", lambda x, y, width: self._pages(x, y, width, vm)))
            rows.append(("dirty", lambda x, y, width: self._dirty(x, y, width, vm)))
        elif reading is not None:
            rows.append(("bar", lambda x, y, width: self._filling(x, y, width, reading)))
        return rows

    def _pages(self, x: int, y: int, width: int, vm: str) -> None:
        """The page map in a row: written again, sent, still to send."""
        memory = self._moment.memory[vm]
        total = memory.sent_bytes + memory.left_bytes
        label = "pages "
        self._grid.write(x, y, label, role(Token.MUTED), width)
        cells = max(1, width - len(label))
        sent = round(cells * (memory.sent_bytes / total if total else 1.0))
        again = min(sent, math.ceil(cells * memory.dirty_bytes / total)) if total else 0
        tier = self._grid.tier
        for cell in range(cells):
            if cell >= sent:
                char, token = glyph("empty-bar", tier), Token.TRACK
            elif cell >= sent - again:
                char, token = glyph("dirty-bar", tier), Token.DIRTY
            else:
                char, token = glyph("full-bar", tier), Token.MEMORY
            self._grid.put(x + len(label) + cell, y, char, role(token))

    def _dirty(self, x: int, y: int, width: int, vm: str) -> None:
        memory = self._moment.memory[vm]
        total = memory.sent_bytes + memory.left_bytes
        share = memory.sent_bytes / total if total else 1.0
        text = f"sent {share:.0%}  again {units.show_bytes(memory.dirty_bytes)}"
        self._grid.write(x, y, text, role(Token.DIRTY if memory.dirty_bytes else Token.MUTED), width)

    def _filling(self, x: int, y: int, width: int, transfer: TransferAt) -> None:
        """Memory that drains into a file or comes back from it."""
        total = transfer.transfer.total_bytes or 1.0
        share = transfer.done_bytes / total
        saving = transfer.transfer.source in self._world.hosts
        left = total - transfer.done_bytes if saving else transfer.done_bytes
        label = f" {units.show_bytes(left)}"
        bar = max(1, width - width_of(label))
        self._grid.bar(x, y, bar, 1.0 - share if saving else share, Token.STATE)
        self._grid.write(x + bar, y, label, role(Token.MUTED), width - bar)

    def _shell_rows(self, host: str, vm: str) -> "list[tuple[str, Callable[[int, int, int], None]]]":
        memory = self._moment.memory.get(vm)
        node = shell_id(host, vm)

        def chip(x: int, y: int, width: int) -> None:
            text = f"{glyph('shell', self._grid.tier)} {vm}  shell"
            taken = self._grid.write(x, y, text, role(Token.SHELL, self._emphasis(node)), width)
            self._hit(node, Box(x, y, max(1, taken), 1))

        def bar(x: int, y: int, width: int) -> None:
            share = _arrived(self._moment, vm)
            label = f" {share:.0%}"
            self._grid.bar(x, y, max(1, width - len(label)), share, Token.SHELL)
            self._grid.write(x + width - len(label), y, label, role(Token.MUTED))

        rows: list[tuple[str, Callable[[int, int, int], None]]] = [("vm", chip)]
        if memory is not None:
            rows.append(("bar", bar))
        return rows

    def storage(self, id: str, box: Box) -> None:
        """A double box: its kind in the border, files inside, a bar on a file that is being written or read."""
        grid, instant = self._grid, self._moment.instant
        spec = self._world.storage[id]
        up = instant.field(id, "up")
        grid.clear(box.x, box.y, box.width, box.height)
        ink = role(Token.STORAGE if up else Token.FAULT, self._emphasis(id))
        grid.box(box.x, box.y, box.width, box.height, DOUBLE, ink)
        kind = "Available Storage" if instant.field(id, "available") else _KIND_WORDS[spec.kind]
        title = f" {id} {glyph('dot', grid.tier)} {kind if up else 'down'} "
        grid.write(box.x + 2, box.y, shorten(title, box.width - 4, grid.tier), role(Token.TITLE))
        self._hit(id, box)
        entries = self._files(id)
        x, y, last = box.x + 2, box.y + 1, box.bottom - 1
        for number, (node, text, done, token) in enumerate(entries):
            bar = 10 if done is not None else 0
            needed = width_of(text) + (bar + 6 if bar else 0)
            if x > box.x + 2 and x + needed > box.right - 1:
                x, y = box.x + 2, y + 1
            if y > last:
                more = f" +{len(entries) - number} "
                grid.write(box.right - len(more), last, more, role(Token.MUTED))
                break
            taken = grid.write(x, y, text, role(token, self._emphasis(node)), box.right - 1 - x)
            self._hit(node, Box(x, y, max(1, taken), 1))
            if done is not None and x + taken + bar + 6 <= box.right:
                grid.bar(x + taken + 1, y, bar, done, Token.DISK)
                taken += bar + 1 + grid.write(x + taken + bar + 1, y, f" {done:.0%}", role(Token.MUTED))
            x += taken + 3

    def _files(self, storage: str) -> list[tuple[str, str, float | None, Token]]:
        """The files on ``storage``, those of VMs in motion first: node, text, how far it is written, token."""
        found: list[tuple[bool, str, str, float | None, Token]] = []
        instant, tier = self._moment.instant, self._grid.tier
        busy = {
            node: transfer
            for transfer in self._moment.transfers
            for node in (transfer.transfer.source, transfer.transfer.target, *transfer.transfer.route)
            if "/" in node
        }
        edges = list(instant.edges(Relation.STORED_ON, target=storage))
        crowded = len({instant.field(edge.source, "vm") for edge in edges}) > 1
        for edge in edges:
            if not instant.exists(edge.source):
                continue
            vm = instant.field(edge.source, "vm")
            folder = instant.field(edge.source, "role") == "orphaned-folder"
            name = edge.source.split("/")[1]
            if crowded and not name.startswith(f"{vm}."):
                name = edge.source
            text = f"{glyph('folder' if folder else 'file', tier)} {'empty folder' if folder else name}"
            transfer = busy.get(edge.source)
            done: float | None = None
            if transfer is not None and transfer.transfer.total_bytes:
                reading = edge.source == transfer.transfer.route[0] and not edge.attributes.get("copy")
                share = transfer.done_bytes / transfer.transfer.total_bytes
                done = None if reading and len(transfer.transfer.route) > 3 else (1.0 - share if reading else share)
            token = Token.MUTED if folder or edge.attributes.get("leftover") else Token.FILE
            found.append((vm not in self._moment.by_vm, edge.source, text, done, token))
        found.sort(key=lambda entry: (entry[3] is None, entry[0]))
        return [entry[1:] for entry in found]


def _reading(moment: Moment, vm: str) -> TransferAt | None:
    """The transfer of a saved state of ``vm`` that is under way."""
    for transfer in moment.transfers:
        if transfer.transfer.subject == vm and transfer.transfer.traffic.value == "state":
            return transfer
    return None


def _arrived(moment: Moment, vm: str) -> float:
    """How much of the memory of ``vm`` is on the target and still right."""
    memory, operation = moment.memory[vm], moment.by_vm[vm]
    whole = operation.passes[0].bytes or 1.0
    if memory.pass_index == 1:
        return memory.sent_bytes / whole
    return max(0.0, min(1.0, (whole - memory.left_bytes) / whole))
