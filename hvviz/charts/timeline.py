"""The phases of every operation of a run over time, with the blackout marked."""

from matplotlib.figure import Figure
from matplotlib.patches import Patch

from hvviz.charts.style import BLACKOUT, INK, PHASE_COLOURS, blackout_spans, label_of, last_s, new_figure, tidy
from hvviz.trace.phases import phase_info
from hvviz.trace.records import Operation, OperationKind
from hvviz.trace.trace import Trace
from hvviz.units import show_time

_MOST_LANES = 40
_LABEL_SHARE = 0.09


def timeline(trace: Trace, title: str) -> Figure:
    """A lane an operation. Raises ValueError where the run has no operation with phases."""
    operations = [each for each in trace.operations.values() if each.phases][:_MOST_LANES]
    if not operations:
        raise ValueError(f"Run '{trace.run}' has no migration to draw.")
    figure = new_figure(11.0, 1.9 + 0.75 * len(operations))
    axes = figure.add_subplot()
    start_s = min(operation.requested_s for operation in operations)
    end_s = max(last_s(trace, operation) for operation in operations)
    used: dict[str, str] = {}
    for lane, operation in enumerate(operations):
        draw_lane(axes, trace, operation, lane, end_s - start_s, used)
    axes.set_yticks(range(len(operations)), [label_of(operation) for operation in operations])
    axes.set_ylim(len(operations) - 0.4, -0.75)
    margin = (end_s - start_s) * 0.02 or 1.0
    axes.set_xlim(start_s - margin, end_s + margin * 6)
    axes.set_xlabel("seconds")
    axes.set_title(f"{title} ({trace.run})", loc="left", color=INK, fontweight="bold")
    tidy(axes)
    handles = [Patch(facecolor=PHASE_COLOURS[id], label=name) for id, name in used.items()]
    figure.legend(handles=handles, loc="outside lower center", ncols=min(6, len(handles)), frameon=False, fontsize=9)
    return figure


def draw_lane(
    axes: "object", trace: Trace, operation: Operation, lane: float, span_s: float, used: dict[str, str]
) -> None:
    """One operation's phases as bars at height ``lane``; ``used`` collects the phases for the legend."""
    from matplotlib.axes import Axes

    if not isinstance(axes, Axes):
        raise TypeError("a lane is drawn on matplotlib axes")
    for phase in operation.phases:
        end_s = trace.end_s if phase.end_s is None else phase.end_s
        info = phase_info(operation.kind, phase.id)
        used.setdefault(phase.id, info.title)
        axes.barh(lane, end_s - phase.start_s, 0.5, left=phase.start_s, color=PHASE_COLOURS[phase.id], zorder=2)
        if end_s - phase.start_s > span_s * _LABEL_SHARE:
            light = phase.id in ("memory-copy", "mirror-copy", "copy", "cutover", "save-state", "restore-state")
            axes.text(
                (phase.start_s + end_s) / 2,
                lane,
                f"{info.title}\n{show_time(end_s - phase.start_s)}",
                ha="center",
                va="center",
                fontsize=9,
                color="white" if light else INK,
                zorder=3,
            )
    for start_s, end_s in blackout_spans(operation):
        axes.plot([start_s, end_s], [lane - 0.36, lane - 0.36], color=BLACKOUT, linewidth=3, solid_capstyle="butt")
        axes.annotate(
            f"blackout {show_time(end_s - start_s)}",
            ((start_s + end_s) / 2, lane - 0.38),
            ha="center",
            va="bottom",
            fontsize=9,
            color="#a34700",
            fontweight="bold",
        )
    if operation.failure is not None:
        axes.text(last_s(trace, operation), lane, f"  ✗ {operation.outcome}", va="center", fontsize=9, color="#a34700")
    elif operation.kind is not OperationKind.DRAIN:
        total = "" if operation.total_s is None else show_time(operation.total_s)
        axes.text(last_s(trace, operation), lane, f"  {total}", va="center", fontsize=9, color=INK)
