"""What all figures share: colours that the colour-blind can tell apart, and files that are the same every time."""

from typing import Any

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from hvviz.trace.records import Operation
from hvviz.trace.trace import Trace

INK = "#222222"
MUTED = "#8a8a8a"
GRID = "#e4e4e4"
BLACKOUT = "#d55e00"
MEASURED = "#0072b2"
PHASE_COLOURS = {
    "preflight": "#bdbdbd",
    "authenticate": "#bdbdbd",
    "detect": "#bdbdbd",
    "arbitrate": "#999999",
    "shell-creation": "#56b4e9",
    "create-target": "#56b4e9",
    "memory-copy": "#0072b2",
    "mirror-copy": "#009e73",
    "copy": "#009e73",
    "save-state": "#cc79a7",
    "transfer-link": "#f0e442",
    "restore-state": "#cc79a7",
    "cutover": "#d55e00",
    "switch-over": "#d55e00",
    "resume": "#d55e00",
    "start": "#cc79a7",
    "announce": "#e69f00",
    "move-files": "#56b4e9",
    "cleanup": "#dddddd",
}
"""The Okabe-Ito palette, and greys for what only prepares or tidies."""


def new_figure(width_in: float, height_in: float) -> Figure:
    """An empty figure that needs no display."""
    matplotlib.rcParams.update(
        {"svg.hashsalt": "hvviz", "svg.fonttype": "none", "font.size": 11, "axes.edgecolor": MUTED}
    )
    figure = Figure(figsize=(width_in, height_in), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def tidy(axes: Any) -> None:
    """A quiet frame: no box, a light grid in the direction of time."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=GRID, zorder=0)
    axes.set_axisbelow(True)


def save(figure: Figure, file: str, dpi: int) -> None:
    """Write the figure without a date, so that the same run gives the same file."""
    kind = file.rsplit(".", 1)[-1].lower()
    metadata: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})
    figure.savefig(file, dpi=dpi, metadata=metadata, facecolor="white")


def blackout_spans(operation: Operation) -> list[tuple[float, float]]:
    """When the VM ran nowhere, as far as the phases tell."""
    first = {"quick": "save-state", "live": "cutover", "shared-nothing": "cutover"}.get(operation.kind.value)
    phase = None if first is None else operation.phase(first)
    if phase is None or not operation.blackout_s:
        return []
    return [(phase.start_s, phase.start_s + operation.blackout_s)]


def last_s(trace: Trace, operation: Operation) -> float:
    return trace.end_s if operation.ended_s is None else operation.ended_s


def label_of(operation: Operation) -> str:
    """``web1, live, hv1 → hv2``."""
    route = (
        f"{operation.source} → {operation.target}" if operation.source and operation.target else operation.host or ""
    )
    return f"{operation.vm or operation.id}, {operation.kind.value}\n{route}"
