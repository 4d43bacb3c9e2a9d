"""Rates over time as area strips, on the same scale as the Gantt."""

from functools import lru_cache

from hvviz import units
from hvviz.diagram.glyphs import Tier, glyph
from hvviz.diagram.grid import Grid
from hvviz.diagram.roles import Emphasis, Token, role
from hvviz.diagram.timescale import Timescale
from hvviz.trace.records import Traffic, Transfer
from hvviz.trace.trace import Trace

_KINDS = {
    "network": Token.MEMORY,
    "dirty": Token.DIRTY,
    "disk": Token.DISK,
    "cpu": Token.CPU,
}
_LEVELS = {Tier.FULL: "▁▂▃▄▅▆▇█", Tier.WGL4: "▄█", Tier.ASCII: ".:#"}


def strip_kinds(trace: Trace | None = None) -> tuple[str, ...]:
    """What can be shown; of a trace, what there is to show."""
    if trace is None:
        return tuple(_KINDS)
    scale = Timescale.plain(trace, 64)
    return tuple(kind for kind in _KINDS if max(_values(_Same(trace), kind, scale)) > 0.0)


class _Same:
    """A trace as a key: equal to itself alone."""

    __slots__ = ("trace",)

    def __init__(self, trace: Trace) -> None:
        self.trace = trace

    def __hash__(self) -> int:
        return id(self.trace)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.trace is self.trace


@lru_cache(maxsize=16)
def _values(same: _Same, kind: str, scale: Timescale) -> tuple[float, ...]:
    """The mean of ``kind`` in each column."""
    trace = same.trace
    edges = [scale.time_at(x) for x in range(scale.width + 1)]
    found = [0.0] * scale.width
    if kind == "dirty":
        _add_dirty(trace, scale, found)
        return tuple(found)
    for transfer in trace.transfers:
        if kind != "cpu" and _kind_of(transfer) != kind:
            continue
        for number, segment in enumerate(transfer.segments):
            following = (
                transfer.segments[number + 1].time_s if number + 1 < len(transfer.segments) else transfer.ended_s
            )
            end_s = trace.end_s if following is None else following
            value = segment.cpu_cores if kind == "cpu" else segment.wire_bytes_per_s or segment.rate_bytes_per_s
            if value > 0.0 and end_s > segment.time_s:
                _add(found, edges, scale, segment.time_s, end_s, value)
    return tuple(found)


def _kind_of(transfer: Transfer) -> str:
    """Whether a transfer crosses a network or goes between a host and its storage."""
    if any("/" in node and node.partition("/")[0] in transfer.route for node in transfer.route[1:-1]):
        return "network"
    return "disk" if transfer.traffic in (Traffic.STORAGE, Traffic.STATE) else ""


def _add(found: list[float], edges: list[float], scale: Timescale, start_s: float, end_s: float, value: float) -> None:
    """Spread ``value`` over the columns of a span, by how much of each column the span covers."""
    if not scale.shows(start_s, end_s):
        return
    for x in range(max(0, scale.x_of(start_s) - 1), min(scale.width, scale.x_of(end_s) + 2)):
        length = edges[x + 1] - edges[x]
        covered = min(end_s, edges[x + 1]) - max(start_s, edges[x])
        if covered > 0.0 and length > 0.0:
            found[x] += value * covered / length


def _add_dirty(trace: Trace, scale: Timescale, found: list[float]) -> None:
    """Bytes written since they were sent, at the end of each column."""
    for operation in trace.operations.values():
        if not operation.passes:
            continue
        end_s = trace.end_s if operation.passes[-1].end_s is None else operation.passes[-1].end_s
        for x in range(scale.x_of(operation.passes[0].start_s), scale.x_of(end_s) + 1):
            memory = trace.at(scale.time_at(x)).memory(operation)
            if memory is not None and scale.time_at(x) <= end_s and not memory.final:
                found[x] += memory.dirty_bytes


def _shown(kind: str, value: float) -> str:
    if kind == "cpu":
        return f"{value:.1f} cores"
    if kind == "dirty":
        return units.show_bytes(value)
    return units.show_bits_per_second(value * 8) if kind == "network" else units.show_bytes_per_second(value)


def strips(
    trace: Trace,
    time_s: float,
    width: int,
    height: int,
    tier: Tier,
    kinds: tuple[str, ...] = ("network", "dirty", "disk"),
    scale: Timescale | None = None,
) -> Grid:
    """A row or more a kind, with its name and its value at ``time_s``; the highest column is its greatest value."""
    grid = Grid(width, height, tier)
    scale = scale or Timescale.plain(trace, width)
    each = max(1, height // max(1, len(kinds)))
    x_now = scale.x_of(time_s)
    for number, kind in enumerate(kinds):
        if (number + 1) * each > height:
            break
        values = _values(_Same(trace), kind, scale)
        most = max(values, default=0.0)
        top = number * each
        grid.write(0, top, kind, role(_KINDS[kind]), scale.label_width - 1)
        if each > 1:
            grid.write(0, top + 1, _shown(kind, values[x_now]), role(Token.MUTED), scale.label_width - 1)
        if each > 2:
            grid.write(0, top + 2, f"of {_shown(kind, most)}", role(Token.TRACK), scale.label_width - 1)
        for x, value in enumerate(values):
            _column(grid, scale.label_width + x, top, each, value / most if most else 0.0, _KINDS[kind], x <= x_now)
    x = scale.label_width + x_now
    for row in range(height):
        grid.put(x, row, glyph("playhead", tier), role(Token.PLAYHEAD, Emphasis.LIT))
    return grid


def _column(grid: Grid, x: int, top: int, height: int, share: float, token: Token, past: bool) -> None:
    """One column of an area; what is yet to come recedes."""
    levels = _LEVELS[grid.tier]
    left = round(share * height * len(levels))
    if share > 0.0:
        left = max(1, left)
    ink = role(token, Emphasis.NORMAL if past else Emphasis.DIM)
    for row in range(top + height - 1, top - 1, -1):
        level = min(len(levels), left)
        left -= level
        if level:
            grid.put(x, row, levels[level - 1], ink)
