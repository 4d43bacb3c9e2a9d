"""The phases of an operation in one row, the current one lit."""

from hvviz.diagram.glyphs import Tier, glyph
from hvviz.diagram.grid import Grid, width_of
from hvviz.diagram.roles import Emphasis, Token, role
from hvviz.trace.phases import PHASES, phase_info
from hvviz.trace.records import Operation
from hvviz.trace.trace import Instant


def _parts(
    instant: Instant, operation: Operation, width: int, tier: Tier
) -> list[tuple[int, str, str, Token, Emphasis]]:
    """Column, phase, text, token and emphasis of each piece, shortened until they fit."""
    now_s = instant.time_s
    current = instant.phase(operation)
    over = operation.ended_s is not None and now_s >= operation.ended_s
    known = {phase.id: phase for phase in operation.phases}
    ids = [phase.id for phase in operation.phases]
    if operation.outcome.value in ("unfinished", "completed") or not over:
        ids = list(known) if over else _expected(operation)
    for words in (9, 1, 0):
        x, parts = 0, []
        for number, id in enumerate(ids):
            phase = known.get(id)
            title = phase_info(operation.kind, id).title
            if current is not None and current.id == id:
                mark, token, emphasis = "live", Token.PHASE, Emphasis.LIT
                memory = instant.memory(operation)
                if id == "memory-copy" and memory is not None:
                    title = f"{title} pass {memory.pass_index}"
            elif phase is not None and phase.end_s is not None and phase.end_s <= now_s:
                failed = over and number == len(ids) - 1 and operation.failure is not None
                mark, token, emphasis = (
                    ("failed", Token.FAULT, Emphasis.LIT) if failed else ("done", Token.DONE, Emphasis.NORMAL)
                )
            else:
                mark, token, emphasis = "pending", Token.MUTED, Emphasis.NORMAL
            lit = emphasis is Emphasis.LIT
            shown = title if lit else " ".join(title.split()[:words])
            text = f"{glyph(mark, tier)} {shown}".rstrip()
            parts.append((x, id, text, token, emphasis))
            x += width_of(text) + (3 if number + 1 < len(ids) else 0)
        if x <= width or words == 0:
            return parts
    return []


def _expected(operation: Operation) -> list[str]:
    """The phases that it goes through; those that it never came to where it failed are shown as they would come."""
    took = [phase.id for phase in operation.phases]
    if operation.outcome.value == "completed":
        return took
    rest = [info.id for info in PHASES[operation.kind]]
    last = rest.index(took[-1]) + 1 if took and took[-1] in rest else 0
    return took + [id for id in rest[last:] if id not in took and id != "copy"]


def phase_strip(instant: Instant, operation_id: str, width: int, tier: Tier) -> Grid:
    """One row: what is done, what is going on, what is to come."""
    grid = Grid(width, 1, tier)
    operation = instant.trace.operations.get(operation_id)
    if operation is None:
        return grid
    parts = _parts(instant, operation, width, tier)
    for number, (x, _, text, token, emphasis) in enumerate(parts):
        grid.write(x, 0, text, role(token, emphasis))
        if number + 1 < len(parts):
            grid.write(x + width_of(text), 0, f" {glyph('joint', tier)} ", role(Token.WIRE))
    return grid


def phase_strip_hit(instant: Instant, operation_id: str, width: int, x: int, tier: Tier = Tier.FULL) -> str | None:
    """The phase at a column of the strip."""
    operation = instant.trace.operations.get(operation_id)
    if operation is None:
        return None
    for start, id, text, _, _ in _parts(instant, operation, width, tier):
        if start <= x < start + width_of(text):
            return id
    return None
