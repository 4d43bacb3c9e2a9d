"""Rates over time as area strips, on the same scale as the Gantt."""

from hvviz import units
from hvviz.diagram.gantt import Timescale
from hvviz.diagram.glyphs import Tier, glyph
from hvviz.diagram.grid import Grid
from hvviz.diagram.roles import Emphasis, Token, role
from hvviz.trace.records import Traffic
from hvviz.trace.trace import Trace

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_HALVES = "  ▄▄▄▄███"
_KINDS = {"network": Token.MEMORY, "dirty": Token.DIRTY, "disk": Token.DISK, "cpu": Token.CPU}


def strip_kinds() -> tuple[str, ...]:
    """What can be shown."""
    return tuple(_KINDS)


def _value(trace: Trace, kind: str, time_s: float) -> float:
    instant = trace.at(time_s)
    total = 0.0
    if kind == "dirty":
        for operation in trace.operations.values():
            memory = instant.memory(operation) if operation.passes else None
            if memory is not None and (operation.ended_s is None or time_s < operation.ended_s):
                total += memory.dirty_bytes
        return total
    for transfer in instant.transfers():
        traffic = transfer.transfer.traffic
        networked = len(transfer.transfer.route) > 3
        segments = transfer.transfer.segments
        if kind == "cpu":
            total += segments[-1].cpu_cores if segments else 0.0
        elif networked == (kind == "network") and (networked or traffic in (Traffic.STORAGE, Traffic.STATE)):
            total += transfer.rate_bytes_per_s
    return total


def strips(
    trace: Trace,
    time_s: float,
    width: int,
    height: int,
    tier: Tier,
    kinds: tuple[str, ...] = ("network", "dirty", "disk"),
    scale: Timescale | None = None,
) -> Grid:
    """A row or more a kind, with its name and its largest value."""
    grid = Grid(width, height, tier)
    scale = scale or Timescale.plain(trace, width)
    each = max(1, height // max(1, len(kinds)))
    for number, kind in enumerate(kinds):
        if (number + 1) * each > height:
            break
        values = [_value(trace, kind, scale.time_at(x)) for x in range(scale.width)]
        most = max(values, default=0.0)
        top = number * each
        grid.write(0, top, kind, role(_KINDS[kind]), scale.label_width - 1)
        if each > 1:
            shown = units.show_bytes(most) if kind == "dirty" else units.show_bytes_per_second(most)
            grid.write(
                0, top + 1, f"{most:.1f} cores" if kind == "cpu" else shown, role(Token.MUTED), scale.label_width - 1
            )
        for x, value in enumerate(values):
            _column(grid, scale.label_width + x, top, each, value / most if most else 0.0, role(_KINDS[kind]))
    x = scale.label_width + scale.x_of(time_s)
    for row in range(height):
        grid.put(x, row, glyph("playhead", tier), role(Token.PLAYHEAD, Emphasis.LIT))
    return grid


def _column(grid: Grid, x: int, top: int, height: int, share: float, ink: int) -> None:
    eighths = round(share * height * 8)
    for row in range(height - 1, -1, -1):
        level = max(0, min(8, eighths))
        eighths -= 8
        if level:
            char = {Tier.FULL: _EIGHTHS, Tier.WGL4: _HALVES}.get(grid.tier, " ...::::#")[level]
            grid.put(x, top + row, char, ink)
