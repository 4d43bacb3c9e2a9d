"""The phases of an operation in one row, the current one lit."""

from dataclasses import dataclass

from hvviz.diagram.glyphs import Tier, glyph
from hvviz.diagram.grid import Grid, width_of
from hvviz.diagram.roles import Emphasis, Token, role
from hvviz.trace.phases import PHASES, phase_info
from hvviz.trace.records import Operation, Outcome
from hvviz.trace.trace import Instant

_BETWEEN = 3


@dataclass(frozen=True, slots=True)
class _Part:
    """One phase. ``forms`` are its whole text, its first word, and its mark alone."""

    phase: str
    forms: tuple[str, str, str]
    token: Token
    emphasis: Emphasis


def _parts(instant: Instant, operation: Operation, tier: Tier) -> tuple[list[_Part], int]:
    """Every phase, and which one the strip is about: the current one, else the latest."""
    now_s = instant.time_s
    current = instant.phase(operation)
    over = operation.ended_s is not None and now_s >= operation.ended_s
    known = {phase.id: phase for phase in operation.phases}
    found, about = [], 0
    for number, id in enumerate(_expected(operation)):
        phase = known.get(id)
        title = phase_info(operation.kind, id).title
        mark, token, emphasis = "pending", Token.MUTED, Emphasis.NORMAL
        if current is not None and current.id == id:
            mark, token, emphasis, about = "live", Token.PHASE, Emphasis.LIT, number
            memory = instant.memory(operation)
            if id == "memory-copy" and memory is not None:
                title = f"{title} pass {memory.pass_index}"
        elif phase is not None and phase.end_s is not None and phase.end_s <= now_s:
            mark, token, about = "done", Token.DONE, number
            if over and operation.outcome is not Outcome.COMPLETED and phase is operation.phases[-1]:
                mark, token, emphasis = "failed", Token.FAULT, Emphasis.LIT
        sign = glyph(mark, tier)
        forms = (f"{sign} {title}", f"{sign} {title.split()[0]}", sign)
        found.append(_Part(id, forms, token, emphasis))
    return found, about


def _expected(operation: Operation) -> list[str]:
    """The phases that it goes through; those that it never came to are shown as they would have come."""
    took = [phase.id for phase in operation.phases]
    if operation.outcome is Outcome.COMPLETED:
        return took
    usual = [info.id for info in PHASES[operation.kind]]
    reached = usual.index(took[-1]) + 1 if took and took[-1] in usual else 0
    return took + [id for id in usual[reached:] if id not in took and id != "copy"]


def _placed(instant: Instant, operation: Operation, width: int, tier: Tier) -> list[tuple[int, str, _Part]]:
    """Column and text of each part: all as marks first, then the nearest to the current one get their words."""
    parts, about = _parts(instant, operation, tier)
    form = [len(part.forms) - 1 for part in parts]

    def total() -> int:
        texts = (width_of(part.forms[chosen]) for part, chosen in zip(parts, form, strict=True))
        return sum(texts) + _BETWEEN * (len(parts) - 1)

    nearest = sorted(range(len(parts)), key=lambda number: (abs(number - about), number < about))
    steps = [(number, level) for number in nearest[:1] for level in (1, 0)]
    steps += [(number, 1) for number in nearest[1:]] + [(number, 0) for number in nearest[1:]]
    for number, level in steps:
        if level < form[number]:
            before, form[number] = form[number], level
            if total() > width:
                form[number] = before
    placed, x = [], 0
    for part, chosen in zip(parts, form, strict=True):
        placed.append((x, part.forms[chosen], part))
        x += width_of(part.forms[chosen]) + _BETWEEN
    return placed


def phase_strip(instant: Instant, operation_id: str, width: int, tier: Tier) -> Grid:
    """One row: what is done, what is going on, what is to come."""
    grid = Grid(width, 1, tier)
    operation = instant.trace.operations.get(operation_id)
    if operation is None:
        return grid
    placed = _placed(instant, operation, width, tier)
    for number, (x, text, part) in enumerate(placed):
        grid.write(x, 0, text, role(part.token, part.emphasis))
        if number + 1 < len(placed):
            grid.write(x + width_of(text), 0, f" {glyph('joint', tier)} ", role(Token.WIRE))
    return grid


def phase_strip_hit(instant: Instant, operation_id: str, width: int, x: int, tier: Tier = Tier.FULL) -> str | None:
    """The phase at a column of the strip."""
    operation = instant.trace.operations.get(operation_id)
    if operation is None:
        return None
    for start, text, part in _placed(instant, operation, width, tier):
        if start <= x < start + width_of(text):
            return part.phase
    return None
