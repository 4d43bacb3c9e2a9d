"""Figures for slides and tickets: one file a figure, each a function from traces to a matplotlib Figure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hvviz.trace.trace import Trace


def draw(kind: str, traces: "Sequence[Trace]", title: str, file: str, dpi: int = 150) -> None:
    """Write the figure ``kind`` (timeline, passes, compare) to ``file``, PNG, SVG or PDF by its suffix.

    Raises OSError where the file cannot be written and ValueError where the run has nothing of the kind to draw.
    """
    from hvviz.charts.style import save

    if kind == "timeline":
        from hvviz.charts.timeline import timeline

        figure = timeline(traces[0], title)
    elif kind == "passes":
        from hvviz.charts.passes import passes

        figure = passes(traces[0], title)
    else:
        from hvviz.charts.compare import compare

        figure = compare(traces[0], traces[1], title)
    save(figure, file, dpi)
