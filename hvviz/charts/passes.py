"""The memory passes of a run's migrations: what each sent, and what could be sent in the target blackout."""

from matplotlib.figure import Figure

from hvviz.charts.style import BLACKOUT, INK, MEASURED, MUTED, new_figure, tidy
from hvviz.trace.trace import Trace
from hvviz.units import show_bytes, show_time

_MOST = 4


def passes(trace: Trace, title: str) -> Figure:
    """A panel a migration. Raises ValueError where no memory was copied."""
    operations = [each for each in trace.operations.values() if each.passes][:_MOST]
    if not operations:
        raise ValueError(f"Run '{trace.run}' copies no memory over a network, so there are no passes to draw.")
    most = max(len(operation.passes) for operation in operations)
    figure = new_figure(9.0, 1.2 + len(operations) * (1.0 + 0.42 * most))
    for number, operation in enumerate(operations):
        axes = figure.add_subplot(len(operations), 1, number + 1)
        largest = max(each.bytes for each in operation.passes) or 1.0
        for row, each in enumerate(operation.passes):
            axes.barh(row, each.bytes, 0.6, color=BLACKOUT if each.final else MEASURED, zorder=2)
            lasted = "" if each.end_s is None else f", {show_time(each.end_s - each.start_s)}"
            axes.text(each.bytes + largest * 0.01, row, f"{show_bytes(each.bytes)}{lasted}", va="center", fontsize=9)
        target = next((each.threshold_bytes for each in reversed(operation.passes) if not each.final), 0.0)
        axes.axvline(target, color=MUTED, linestyle="--", zorder=3)
        axes.text(target, -0.62, f" can be sent in the target blackout: {show_bytes(target)}", fontsize=8, color=INK)
        labels = ["stopped" if each.final else f"pass {each.index}" for each in operation.passes]
        axes.set_yticks(range(len(labels)), labels)
        axes.set_ylim(len(labels) - 0.4, -0.9)
        axes.set_xlim(0, largest * 1.28)
        axes.xaxis.set_major_formatter(lambda value, _: show_bytes(value) if value else "0")
        axes.set_title(f"{operation.vm}: {operation.source} → {operation.target}", loc="left", fontsize=10, color=INK)
        tidy(axes)
    figure.suptitle(f"{title} ({trace.run}): memory passes", x=0.01, ha="left", fontweight="bold", color=INK)
    return figure
