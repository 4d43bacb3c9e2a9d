"""What stands in a host's card: its VMs, shells, bars and the folder with its links.

What changes with events only is painted at once. What changes between events, such as a bar that fills, is left as a
`Slot`, which is painted anew for every frame.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from hvviz import units
from hvviz.diagram.canvas import Border, Canvas, Rect
from hvviz.diagram.glyphs import glyph, plain
from hvviz.diagram.grid import Grid, shorten, width_of
from hvviz.diagram.moment import STATE_WORDS, Moment
from hvviz.diagram.roles import Emphasis, Token, role
from hvviz.trace.records import OperationKind
from hvviz.world.facts import config_extension, link_id, shell_id
from hvviz.world.model import VmState

Hit = Callable[[str, Rect], None]


class Slot(NamedTuple):
    """A place for what changes between events: ``kind`` names the painter, ``node`` what it is about."""

    kind: str
    rect: Rect
    node: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A VM or a shell in a card. ``slots`` are kinds of rows beneath its name, the most telling first."""

    vm: str
    glyph: str
    word: str
    token: Token
    node: str
    slots: tuple[str, ...]
    emphasis: Emphasis = Emphasis.NORMAL


_MAPS = ("pages", "received", "draining", "filling")
"""Kinds of slots that grow with the room that they get."""

_PHASE_WORDS = {
    "save-state": "saving",
    "restore-state": "restoring",
    "resume": "resuming",
    "start": "starting",
    "detect": "lost",
    "arbitrate": "lost",
}


class Cards:
    """Paints cards into a grid, noting what lies where and what has to be painted anew for every frame."""

    def __init__(self, grid: Grid, moment: Moment, hit: Hit, slots: list[Slot]) -> None:
        self._grid = grid
        self._moment = moment
        self._hit = hit
        self._slots = slots
        self._world = moment.instant.trace.world
        self._waiting = {each.vm: number for number, each in enumerate(moment.queue, start=1)}

    def chips(self, host: str) -> list[Chip]:
        """What is in a host's card: what moves first, then the rest in the order of the file."""
        moment = self._moment
        vms = [vm for vm in moment.census.vms(host) if not self._in_file(vm)]
        shells = [self._shell(host, vm) for vm in moment.census.shells(host)]
        moving = [vm for vm in vms if vm in moment.by_vm]
        waiting = sorted((vm for vm in vms if vm in self._waiting), key=lambda vm: self._waiting[vm])
        first = set(moving) | set(waiting)
        arriving = [
            self._arriving(operation.vm, operation.id)
            for operation in moment.operations
            if operation.target == host and operation.vm and self._arrives(operation.vm, host)
        ]
        ordered = moving + waiting + [vm for vm in vms if vm not in first]
        return shells + arriving + [self._vm(host, vm) for vm in ordered]

    def _in_file(self, vm: str) -> bool:
        """Whether a migration has saved ``vm``, so that nothing of it is in any host but its link."""
        return self._moment.phase_of(vm) == "transfer-link" and self._moment.census.state[vm] is VmState.SAVED

    def _arrives(self, vm: str, host: str) -> bool:
        """Whether a failover boots ``vm`` on ``host``, where it is not registered yet."""
        return self._moment.phase_of(vm) == "start" and self._moment.census.home(vm) != host

    def _arriving(self, vm: str, node: str) -> Chip:
        return Chip(vm, glyph("shell", self._grid.tier), "starting", Token.SHELL, vm, ("boot",))

    def _shell(self, host: str, vm: str) -> Chip:
        slots: tuple[str, ...] = ("received", "here") if self._moment.phase_of(vm) in ("memory-copy", "cutover") else ()
        return Chip(vm, glyph("shell", self._grid.tier), "shell", Token.SHELL, shell_id(host, vm), slots)

    def _vm(self, host: str, vm: str) -> Chip:
        moment, tier = self._moment, self._grid.tier
        state = moment.census.state[vm]
        phase = moment.phase_of(vm)
        word = STATE_WORDS[state]
        slots: tuple[str, ...] = ()
        if phase in ("memory-copy", "cutover"):
            slots = ("pages", "counts")
        elif phase == "save-state":
            word, slots = _PHASE_WORDS[phase], ("draining", "left")
        elif phase == "restore-state":
            word, slots = _PHASE_WORDS[phase], ("filling", "restored")
        elif phase == "start":
            word, slots = _PHASE_WORDS[phase], ("boot",)
        elif phase == "resume" and state is not VmState.RUNNING:
            word, slots = _PHASE_WORDS[phase], ("lag",)
        elif phase == "announce":
            slots = ("lag",)
        elif phase in ("detect", "arbitrate") and state is VmState.OFF:
            word = _PHASE_WORDS[phase]
        elif phase in ("mirror-copy", "copy", "switch-over", "create-target"):
            slots = ("writes", "reads")
        elif vm in self._waiting:
            word = f"{word} · waits, no. {self._waiting[vm]}"
        token = Token.VM if state in (VmState.RUNNING, VmState.PAUSED) else Token.STILL
        return Chip(vm, glyph(state.value, tier), plain(word, tier), token, vm, slots)

    def card(self, host: str, rect: Rect) -> None:
        """A card with room for at least two rows: border texts, VMs, links."""
        self._hit(host, rect)
        self._border(host, rect)
        inner = rect.inner(2, 1) if rect.width >= 20 else rect.inner(1, 1)
        if inner.width < 4 or inner.height < 1:
            return
        if not self._moment.host_up(host):
            self._dark(host, inner)
            return
        links = self._moment.census.links(host)
        link_rows = 1 if self._has_link_row(host, links) and inner.height >= 2 else 0
        chips = self.chips(host)
        room = inner.height - link_rows
        if not chips:
            only = any(self._in_file(vm) for vm in links)
            text = "only the link is here" if only else "no VM"
            self._grid.write(inner.x, inner.y, text, role(Token.LINK if only else Token.MUTED), inner.width)
        else:
            self._chip_rows(chips, Rect(inner.x, inner.y, inner.width, room))
        if link_rows:
            self._links(host, links, Rect(inner.x, inner.bottom, inner.width, 1))

    def _border(self, host: str, rect: Rect) -> None:
        """Name and memory in the upper border; the rest of the border, up to the right corner, is their gauge."""
        grid, instant = self._grid, self._moment.instant
        up = self._moment.host_up(host)
        total = instant.field(host, "memory_bytes", 0)
        used = instant.field(host, "used_memory_bytes", 0) if up else 0
        memory = f" {_gib(used)}/{units.show_bytes(total)}"
        marks = "" if not instant.field(host, "paused") else " paused"
        room = rect.width - 6
        shown = f"{shorten(host, max(3, room), grid.tier)}"
        ink = role(Token.TITLE) if up else role(Token.FAULT)
        x = rect.x + 2
        x += grid.write(x, rect.y, f" {shown}", ink, rect.right - x)
        for text, token in ((marks, Token.WARN), (memory, Token.TEXT if up else Token.MUTED)):
            if text and x + width_of(text) + 1 < rect.right - 1:
                x += grid.write(x, rect.y, text, role(token))
        x += grid.write(x, rect.y, " ", role(Token.HOST))
        gauge = rect.right - x
        if total and gauge >= 3 and up:
            self._slots.append(Slot("gauge", Rect(x, rect.y, gauge, 1), host))

    def _dark(self, host: str, inner: Rect) -> None:
        """A host that is down, with what was on it."""
        grid = self._grid
        text = f"{glyph('failed', grid.tier)} down"
        grid.write(inner.x, inner.y, text, role(Token.FAULT, Emphasis.LIT), inner.width)
        vms = self._moment.census.vms(host)
        links = self._moment.census.links(host)
        top = 1
        for operation in self._moment.operations:
            if operation.source == host and operation.kind is OperationKind.FAILOVER and inner.height > 2:
                self._slots.append(Slot("watch", Rect(inner.x, inner.y + 1, inner.width, 1), operation.id))
                top = 2
                break
        for row, vm in enumerate(vms[: inner.height - top], start=top):
            mark = glyph("off", grid.tier)
            more = len(vms) - (row - top) - 1
            last = row == inner.height - 1 and more > 0
            text = f"{mark} and {more + 1} more" if last else f"{mark} {vm}  no power"
            grid.write(inner.x, inner.y + row, text, role(Token.STILL, Emphasis.DIM), inner.width)
            self._hit(vm, Rect(inner.x, inner.y + row, inner.width, 1))
        if links and not vms and inner.height >= 2:
            self._links(host, links, Rect(inner.x, inner.bottom, inner.width, 1), stale=True)

    def _has_link_row(self, host: str, links: list[str]) -> bool:
        return (
            bool(links)
            or bool(self._moment.census.shells(host))
            or any(
                operation.target == host and self._moment.step_of(operation.vm or "") in ("copy-link", "transfer-link")
                for operation in self._moment.operations
            )
        )

    def _chip_rows(self, chips: list[Chip], room: Rect) -> None:
        """As many chips as fit, those that move with what there is to tell of them, and the rest in one row."""
        extra = {chip.node: len(chip.slots) for chip in chips[:6] if chip.slots}
        boxed = (
            room.height >= 7 and room.width >= 22 and 0 < len(extra) <= 2 and all(not chip.slots for chip in chips[2:])
        )
        if boxed:
            self._boxes(chips, room)
            return
        needed = len(chips) + sum(extra.values())
        for chip in reversed(chips[:6]):
            while needed > room.height and extra.get(chip.node, 0) > (1 if chip is chips[0] else 0):
                extra[chip.node] -= 1
                needed -= 1
        y = room.y
        for number, chip in enumerate(chips):
            rest = len(chips) - number
            left = room.bottom - y + 1
            if left < 1 or (rest > 1 and left == 1):
                self._summary(chips[number:], Rect(room.x, room.bottom, room.width, 1))
                return
            y = self._chip(chip, Rect(room.x, y, room.width, left), extra.get(chip.node, 0))

    def _chip(self, chip: Chip, room: Rect, rows: int) -> int:
        """One chip from the top of ``room`` on; returns the row after it."""
        self._name(chip, room.x, room.y, room.width)
        rows = min(rows, room.height - 1, len(chip.slots))
        self._hit(chip.node, Rect(room.x, room.y, room.width, 1 + rows))
        for number, kind in enumerate(chip.slots[:rows], start=1):
            self._slots.append(Slot(kind, Rect(room.x, room.y + number, room.width, 1), chip.vm))
        return room.y + 1 + rows

    def _name(self, chip: Chip, x: int, y: int, width: int) -> int:
        """Glyph, name and word, the name shortened first; returns the cells that they took."""
        grid = self._grid
        word = f"  {chip.word}"
        if width < 4 + width_of(word):
            word = f" {chip.word}"
        room = width - 2 - width_of(word)
        if room < min(3, width_of(chip.vm)):
            room, word = width - 2, ""
        taken = grid.write(x, y, chip.glyph, role(chip.token, chip.emphasis))
        taken += grid.write(x + taken, y, " ", role(Token.BLANK))
        taken += grid.write(x + taken, y, chip.vm, role(chip.token, Emphasis.LIT), room)
        taken += grid.write(x + taken, y, word, role(chip.token), width - taken)
        return taken

    def _summary(self, chips: list[Chip], row: Rect) -> None:
        """The chips for which there is no room, counted by state."""
        counts = Counter(chip.glyph for chip in chips)
        parts = "  ".join(f"{sign} {count}" for sign, count in counts.items())
        text = f"and {len(chips)} more  {parts}"
        if width_of(text) > row.width:
            text = f"+{len(chips)}  {parts}"
        self._grid.write(row.x, row.y, text, role(Token.MUTED), row.width)

    def _boxes(self, chips: list[Chip], room: Rect) -> None:
        """Those that move as boxes of their own, solid for a VM and dashed for a shell, the others beneath."""
        grid = self._grid
        moving = [chip for chip in chips if chip.slots]
        others = [chip for chip in chips if not chip.slots]
        below = min(len(others), 2) if len(moving) == 1 else 0
        each = {
            chip.node: (room.height - below) // len(moving) if chip.slots[0] in _MAPS else 2 + len(chip.slots)
            for chip in moving
        }
        y = room.y
        for chip in moving:
            rect = Rect(room.x, y, room.width, min(each[chip.node], room.bottom - y + 1))
            _box(grid, rect, chip.token, dashed=chip.token is Token.SHELL)
            self._hit(chip.node, rect)
            grid.write(rect.x + 1, y, " ", role(Token.BLANK))
            taken = 2 + self._name(chip, rect.x + 2, y, rect.width - 4)
            grid.write(rect.x + taken, y, " ", role(Token.BLANK))
            size = units.show_bytes(self._world.vms[chip.vm].memory_bytes)
            if rect.width - taken >= width_of(size) + 6:
                grid.write(rect.right - width_of(size) - 2, y, f" {size} ", role(Token.MUTED))
            inner = rect.inner(2, 1)
            tail = list(chip.slots[1:])[: max(0, inner.height - 1)]
            main = Rect(inner.x, inner.y, inner.width, inner.height - len(tail))
            self._slots.append(Slot(chip.slots[0], main, chip.vm))
            for number, kind in enumerate(tail):
                self._slots.append(Slot(kind, Rect(inner.x, main.bottom + 1 + number, inner.width, 1), chip.vm))
            y += rect.height
        left = room.bottom - y + 1
        if others and left > 0:
            self._chip_rows(others, Rect(room.x, y, room.width, left))

    def _links(self, host: str, links: list[str], row: Rect, stale: bool = False) -> None:
        """The folder of links: one that is being copied here is an arrow, one that is being removed recedes."""
        grid, moment = self._grid, self._moment
        x = row.x
        coming = [
            operation.vm
            for operation in moment.operations
            if operation.vm
            and operation.target == host
            and operation.vm not in links
            and moment.step_of(operation.vm) in ("copy-link", "transfer-link")
        ]
        first = sorted(links, key=lambda vm: vm not in moment.by_vm)
        entries = [(vm, True) for vm in coming if vm] + [(vm, False) for vm in first]
        for number, (vm, ghost) in enumerate(entries):
            name = f"{vm}.{config_extension(self._world.vms[vm])}"
            more = len(entries) - number
            room = row.right - x + 1
            need = width_of(name) + 2 + (6 if more > 1 else 0)
            if number and room < need:
                grid.write(x, row.y, f"+{more} link" + ("s" if more > 1 else ""), role(Token.MUTED), room)
                return
            leaving = moment.step_of(vm) in ("remove-link", "transfer-link") and moment.census.home(vm) != host
            emphasis = Emphasis.GLOW2 if ghost or leaving or stale else Emphasis.NORMAL
            sign = glyph("dash-across", grid.tier) + glyph("right", grid.tier) if ghost else glyph("link", grid.tier)
            text = f"{sign} {name}" + (" comes" if ghost else " stale" if stale else "")
            taken = grid.write(x, row.y, text, role(Token.SHELL if ghost else Token.LINK, emphasis), room)
            self._hit(link_id(host, vm), Rect(x, row.y, max(1, taken), 1))
            x += taken + 2
            if x > row.right:
                return

    def small(self, host: str, rect: Rect) -> None:
        """A host among many: its name, and its VMs as glyphs, or as numbers where they are too many."""
        grid, moment = self._grid, self._moment
        self._hit(host, rect)
        up = moment.host_up(host)
        busy = any(host in (each.source, each.target, each.host) for each in moment.operations)
        emphasis = Emphasis.LIT if busy else Emphasis.NORMAL
        title = role(Token.TITLE if up else Token.FAULT, emphasis)
        if rect.height == 1:
            taken = grid.write(rect.x, rect.y, host, title, max(3, rect.width - 5))
            self._glyphs(host, Rect(rect.x + taken + 1, rect.y, rect.width - taken - 1, 1), up)
            return
        grid.write(rect.x + 1, rect.y, f" {shorten(host, rect.width - 4, grid.tier)} ", title, rect.width - 2)
        self._glyphs(host, rect.inner(1, 1), up)

    def _glyphs(self, host: str, room: Rect, up: bool) -> None:
        grid, moment = self._grid, self._moment
        if room.width < 1 or room.height < 1:
            return
        if not up:
            grid.write(room.x, room.y, f"{glyph('failed', grid.tier)} down", role(Token.FAULT), room.width)
            return
        chips = [self._shell(host, vm) for vm in moment.census.shells(host)]
        chips += [self._vm(host, vm) for vm in moment.census.vms(host)]
        if len(chips) > room.width * room.height:
            counts = Counter((chip.glyph, chip.token) for chip in chips)
            x = room.x
            for (sign, token), count in counts.items():
                x += grid.write(x, room.y, f"{sign}{count} ", role(token), room.right - x + 1)
            return
        for number, chip in enumerate(chips):
            emphasis = Emphasis.LIT if chip.slots or chip.token is Token.SHELL else Emphasis.NORMAL
            grid.put(
                room.x + number % room.width, room.y + number // room.width, chip.glyph, role(chip.token, emphasis)
            )


def _gib(count: float) -> str:
    return f"{count / 2**30:.3g}"


def _box(grid: Grid, rect: Rect, token: Token, *, dashed: bool) -> None:
    """A small box inside a card, which no wire touches."""
    canvas = Canvas(rect.width, rect.height)
    canvas.box(Rect(0, 0, rect.width, rect.height), Border.GHOST if dashed else Border.SOLID, role(token))
    baked = canvas.bake(grid.tier)
    for y in range(rect.height):
        for x in range(rect.width):
            if baked.roles[y][x]:
                grid.put(rect.x + x, rect.y + y, baked.chars[y][x], baked.roles[y][x])
