"""A widget that shows a grid of cells and repaints only the cells that changed."""

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from hvviz.diagram.grid import Grid
from hvviz.tui.theme import role_styles


class GridView(Widget):
    """Shows the latest grid that it was given."""

    DEFAULT_CSS = "GridView { width: 1fr; height: 1fr; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._grid: Grid | None = None

    @property
    def grid(self) -> Grid | None:
        return self._grid

    def show(self, grid: Grid) -> None:
        """Take over ``grid`` and repaint the rows that differ from what is shown."""
        previous, self._grid = self._grid, grid
        regions = [Region(x, y, end - x, 1) for y, x, end in grid.changed(previous)]
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        styles = role_styles(self.app.theme)
        if self._grid is None or y >= self._grid.height:
            return Strip([Segment(" " * width, styles[0])], width)
        segments = [Segment(text, styles[role]) for text, role in self._grid.runs(y)]
        return Strip(segments).adjust_cell_length(width, styles[0])
