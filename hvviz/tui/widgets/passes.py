"""The passes of a memory copy, with the target that they try to come under."""

from hvviz.diagram.glyphs import Tier
from hvviz.diagram.passes import pass_table
from hvviz.trace.trace import Instant
from hvviz.tui.widgets.grid_view import GridView


class PassTable(GridView):
    """One row a pass, up to the instant shown."""

    def __init__(self, tier: Tier, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tier = tier
        self._instant: Instant | None = None
        self._operation: str | None = None

    def place(self, instant: Instant, operation: str | None) -> bool:
        """Show the passes of ``operation``; False where it has made none yet."""
        self._instant, self._operation = instant, operation
        known = None if operation is None else instant.trace.operations.get(operation)
        if known is None or not any(each.start_s <= instant.time_s for each in known.passes):
            return False
        self.draw()
        return True

    def draw(self) -> None:
        if self._instant is not None and self._operation is not None and self.size.width and self.size.height:
            trace, time_s = self._instant.trace, self._instant.time_s
            self.show(pass_table(trace, self._operation, time_s, self.size.width, self.size.height, self._tier))

    def on_resize(self) -> None:
        self.draw()
