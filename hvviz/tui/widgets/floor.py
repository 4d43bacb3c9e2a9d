"""What a window below the floor shows in place of a broken screen."""

from textual.app import RenderResult
from textual.widget import Widget

SMALLEST = (60, 20)


class Floor(Widget):
    """One sentence with the present and the needed size; the style sheet shows it where nothing else fits."""

    DEFAULT_CSS = "Floor { display: none; width: 1fr; height: 1fr; padding: 1; }"

    def render(self) -> RenderResult:
        width, height = self.app.size
        return (
            f"This window is {width}×{height}; hvviz needs {SMALLEST[0]}×{SMALLEST[1]}. "
            "Make the window larger or its text smaller. q leaves."
        )

    def on_resize(self) -> None:
        self.refresh()
