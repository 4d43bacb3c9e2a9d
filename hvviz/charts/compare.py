"""Two runs on one clock, each operation of both a lane."""

from matplotlib.figure import Figure
from matplotlib.patches import Patch

from hvviz.charts.style import INK, PHASE_COLOURS, label_of, last_s, new_figure, tidy
from hvviz.charts.timeline import draw_lane
from hvviz.trace.trace import Trace

_MOST_LANES = 20


def compare(first: Trace, second: Trace, title: str) -> Figure:
    """Both runs one above the other, their starts aligned. Raises ValueError where one has nothing to draw."""
    lanes = []
    for trace in (first, second):
        operations = [each for each in trace.operations.values() if each.phases][:_MOST_LANES]
        if not operations:
            raise ValueError(f"Run '{trace.run}' has no migration to draw.")
        lanes += [(trace, operation) for operation in operations]
    figure = new_figure(11.0, 2.0 + 0.75 * len(lanes))
    axes = figure.add_subplot()
    start_s = min(operation.requested_s for _, operation in lanes)
    end_s = max(last_s(trace, operation) for trace, operation in lanes)
    used: dict[str, str] = {}
    for lane, (trace, operation) in enumerate(lanes):
        draw_lane(axes, trace, operation, lane, end_s - start_s, used)
    border = sum(trace is first for trace, _ in lanes) - 0.5
    axes.axhline(border, color="#cccccc", linewidth=1)
    axes.set_yticks(range(len(lanes)), [f"{trace.run}: {label_of(operation)}" for trace, operation in lanes])
    axes.set_ylim(len(lanes) - 0.4, -0.75)
    margin = (end_s - start_s) * 0.02 or 1.0
    axes.set_xlim(start_s - margin, end_s + margin * 6)
    axes.set_xlabel("seconds")
    axes.set_title(f"{title}: {first.run} and {second.run}", loc="left", color=INK, fontweight="bold")
    tidy(axes)
    handles = [Patch(facecolor=PHASE_COLOURS[id], label=name) for id, name in used.items()]
    figure.legend(handles=handles, loc="outside lower center", ncols=min(6, len(handles)), frameon=False, fontsize=9)
    return figure
