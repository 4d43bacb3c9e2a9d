"""What changes between events: bars that fill, page maps, counts. Painted for every frame into the slots of a picture."""

from collections.abc import Callable, Mapping

from hvviz import units
from hvviz.diagram.canvas import Rect
from hvviz.diagram.cards import Slot
from hvviz.diagram.glyphs import Tier, glyph, plain
from hvviz.diagram.grid import Grid, width_of
from hvviz.diagram.moment import Moment, Progress, share_done
from hvviz.diagram.pages import draw_pages, received_share
from hvviz.diagram.roles import Emphasis, Token, role
from hvviz.trace.trace import Instant


class Gauges:
    """Paints slots at an instant."""

    def __init__(self, grid: Grid, moment: Moment, instant: Instant, progress: Progress) -> None:
        self._grid = grid
        self._moment = moment
        self._instant = instant
        self._progress = progress
        self._painters: dict[str, Callable[[Slot], None]] = {
            "gauge": self._gauge,
            "pages": self._pages,
            "counts": self._counts,
            "received": self._received,
            "here": self._here,
            "draining": self._draining,
            "left": self._left,
            "filling": self._filling,
            "restored": self._restored,
            "boot": self._boot,
            "lag": self._lag,
            "writes": self._writes,
            "reads": self._reads,
            "file": self._file,
            "watch": self._watch,
        }

    def paint(self, slot: Slot) -> None:
        """Paint one slot."""
        self._painters[slot.kind](slot)

    def _text(self, slot: Slot, text: str, token: Token, emphasis: Emphasis = Emphasis.NORMAL) -> None:
        rect = slot.rect
        self._grid.write(rect.x, rect.y, plain(text, self._grid.tier), role(token, emphasis), rect.width)

    def _bar(self, slot: Slot, share: float, token: Token, text: str) -> None:
        """A bar with a few words at its end; the words give way first. In a high slot the bar has several rows."""
        rect, grid = slot.rect, self._grid
        room = rect.width - width_of(text) - 1 if text and rect.width >= width_of(text) + 6 else rect.width
        rows = max(1, rect.height)
        for row in range(rows):
            part = min(1.0, max(0.0, share * rows - row))
            grid.bar(rect.x, rect.y + row, room, part, token)
        if room < rect.width:
            grid.write(rect.x + room + 1, rect.y, text, role(Token.TEXT), rect.width - room - 1)

    def _gauge(self, slot: Slot) -> None:
        """Memory in use, as the heavy part of a card's upper border."""
        instant, rect, grid = self._instant, slot.rect, self._grid
        total = instant.field(slot.node, "memory_bytes", 0)
        used = instant.field(slot.node, "used_memory_bytes", 0)
        filled = round(rect.width * min(1.0, used / total)) if total else 0
        if used > 0:
            filled = max(1, filled)
        ink = role(Token.BAR)
        bold = heavy(grid.tier)
        for x in range(rect.x, rect.x + filled):
            grid.put(x, rect.y, bold.get(grid.char(x, rect.y), grid.char(x, rect.y)), ink)

    def _pages(self, slot: Slot) -> None:
        operation = self._moment.by_vm.get(slot.node)
        memory = self._progress.memory.get(slot.node)
        rect = slot.rect
        if operation is None or memory is None:
            return
        draw_pages(self._grid, rect, memory, operation)

    def _counts(self, slot: Slot) -> None:
        """Sent and written again, in numbers, with the signs that they have in the map where there is room."""
        memory = self._progress.memory.get(slot.node)
        if memory is None:
            return
        rect, grid = slot.rect, self._grid
        total = memory.sent_bytes + memory.left_bytes
        done = _percent(memory.sent_bytes / total if total else 1.0)
        again = units.show_bytes(memory.dirty_bytes)
        sign = glyph("page-again", grid.tier)
        which = "last pages" if memory.final else f"pass {memory.pass_index}"
        heads = [f"{which} sent {done}", f"{which} {done}", done]
        tails = [""] if memory.final else [f"{sign} {again} written again", f"{sign} {again} again", f"{sign} {again}"]
        for head in heads:
            for tail in tails:
                if width_of(head) + width_of(tail) + 2 <= rect.width:
                    grid.write(rect.x, rect.y, head, role(Token.MEMORY))
                    grid.write(rect.x + rect.width - width_of(tail), rect.y, tail, role(Token.DIRTY))
                    return
        grid.write(rect.x, rect.y, done, role(Token.MEMORY), rect.width)

    def _received(self, slot: Slot) -> None:
        """The pages that the target has, those that have changed since on the source among them."""
        operation = self._moment.by_vm.get(slot.node)
        memory = self._progress.memory.get(slot.node)
        if operation is None or memory is None:
            return
        rect = slot.rect
        if rect.height == 1 and rect.width >= 14:
            share = _percent(received_share(memory, operation)).rjust(5)
            self._grid.write(rect.x + rect.width - 5, rect.y, share, role(Token.TEXT))
            rect = Rect(rect.x, rect.y, rect.width - 6, 1)
        draw_pages(self._grid, rect, memory, operation, target=True)

    def _here(self, slot: Slot) -> None:
        operation = self._moment.by_vm.get(slot.node)
        memory = self._progress.memory.get(slot.node)
        if operation is None or memory is None:
            return
        total = max((each.bytes for each in operation.passes if each.index == 1), default=0.0)
        share = received_share(memory, operation)
        here, whole = units.show_bytes(share * total), units.show_bytes(total)
        texts = (f"{here} of {whole} here", f"{here} here", here)
        self._text(slot, next((text for text in texts if len(text) <= slot.rect.width), here), Token.MUTED)

    def _state_share(self, slot: Slot) -> float:
        transfer = self._progress.of_vm(slot.node)
        return 0.0 if transfer is None else share_done(transfer)

    def _draining(self, slot: Slot) -> None:
        """Memory that is still in the host while it is being saved: the front moves from its start to its end."""
        self._front(slot, "page-left", "page-sent", self._state_share(slot))

    def _left(self, slot: Slot) -> None:
        transfer = self._progress.of_vm(slot.node)
        if transfer is not None and transfer.transfer.total_bytes is not None:
            left = transfer.transfer.total_bytes - transfer.done_bytes
            self._text(slot, f"{units.show_bytes(left)} to save", Token.MUTED)

    def _filling(self, slot: Slot) -> None:
        """Memory that has been read back."""
        self._front(slot, "page-sent", "page-left", self._state_share(slot))

    def _front(self, slot: Slot, before: str, after: str, share: float) -> None:
        """Pages by page up to ``share`` in one sign and from there on in another; the share beside a single row."""
        rect, grid = slot.rect, self._grid
        if rect.height == 1 and rect.width >= 14:
            grid.write(rect.x + rect.width - 5, rect.y, _percent(share).rjust(5), role(Token.TEXT))
            rect = Rect(rect.x, rect.y, rect.width - 6, 1)
        cells = rect.width * rect.height
        done = int(cells * share + 1e-9)
        for number in range(cells):
            sign = before if number < done else after
            token = Token.STATE if sign == "page-sent" else Token.TRACK
            x, y = rect.x + number % rect.width, rect.y + number // rect.width
            grid.put(x, y, glyph(sign, grid.tier), role(token))

    def _restored(self, slot: Slot) -> None:
        transfer = self._progress.of_vm(slot.node)
        if transfer is not None:
            self._text(slot, f"{units.show_bytes(transfer.done_bytes)} read back", Token.MUTED)

    def _boot(self, slot: Slot) -> None:
        operation = self._moment.by_vm.get(slot.node)
        phase = None if operation is None else self._moment.phases.get(operation.id)
        if phase is None or phase.end_s is None or phase.end_s <= phase.start_s:
            return
        share = (self._instant.time_s - phase.start_s) / (phase.end_s - phase.start_s)
        self._bar(slot, share, Token.STATE, "boots from cold")

    def _lag(self, slot: Slot) -> None:
        """The guest's clock stood still while the VM did."""
        operation = self._moment.by_vm.get(slot.node)
        if operation is None or not operation.blackout_s:
            return
        self._text(slot, f"clock {glyph('minus', self._grid.tier)}{units.show_time(operation.blackout_s)}", Token.WARN)

    def _writes(self, slot: Slot) -> None:
        """Where the guest's writes go while its disks are copied."""
        writes = self._instant.field(slot.node, "writes_to", ())
        if writes:
            self._text(slot, f"writes {glyph('right', self._grid.tier)} {' + '.join(writes)}", Token.DISK)

    def _reads(self, slot: Slot) -> None:
        """Where its reads come from."""
        reads = self._instant.field(slot.node, "reads_from", ())
        if reads:
            self._text(slot, f"reads  {glyph('left', self._grid.tier)} {' or '.join(reads)}", Token.DISK)

    def _watch(self, slot: Slot) -> None:
        """What the other nodes do about one that is silent: they count, then they vote."""
        phase = self._moment.phases.get(slot.node)
        if phase is None:
            return
        elapsed_s = self._instant.time_s - phase.start_s
        if phase.id == "detect" and phase.end_s is not None:
            limit = units.show_time(phase.end_s - phase.start_s)
            self._text(slot, f"silent {units.show_time(elapsed_s)} of {limit}", Token.WARN)
        elif phase.id == "arbitrate":
            self._text(slot, "the other nodes vote", Token.WARN)

    def _file(self, slot: Slot) -> None:
        """A file that is being written or read: how much of it is there."""
        transfer = self._progress.of_file(slot.node.partition("@")[0])
        if transfer is None:
            return
        share = share_done(transfer)
        reading = slot.node.endswith("@read")
        token = Token.STATE if transfer.transfer.traffic.value == "state" else Token.DISK
        self._bar(slot, 1.0 - share if reading and token is Token.STATE else share, token, _percent(share).rjust(5))


def _percent(share: float) -> str:
    """Whole per cent, rounded down: what is not done is never 100 %."""
    return f"{int(share * 100 + 1e-9)} %"


_BOLD: dict[Tier, dict[str, str]] = {
    Tier.FULL: {"─": "━", "│": "┃", "┴": "┷", "┬": "┯", "┐": "┑", "╮": "┑", "╭": "┍", "╰": "┕", "╯": "┙", "┼": "┿"},
    Tier.WGL4: {"─": "═", "│": "║", "┴": "╧", "┬": "╤", "┼": "╪"},
    Tier.ASCII: {"-": "="},
}


def heavy(tier: Tier) -> Mapping[str, str]:
    """For light lines their heavy twins."""
    return _BOLD[tier]
