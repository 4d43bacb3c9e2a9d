"""The phase strip and the timeline, both of which can be clicked."""

from textual import events

from hvviz.diagram.gantt import Timescale, gantt, gantt_hit, lanes_needed
from hvviz.diagram.glyphs import Tier
from hvviz.diagram.grid import Grid
from hvviz.diagram.phasestrip import phase_strip, phase_strip_hit
from hvviz.diagram.roles import Token, role
from hvviz.diagram.strips import strip_kinds, strips
from hvviz.trace.playhead import Pace
from hvviz.trace.trace import Instant, Trace
from hvviz.tui.messages import PhasePicked, TimePicked
from hvviz.tui.widgets.grid_view import GridView

_SHORTEST_S = 0.01


class PhaseStrip(GridView):
    """The phases of one operation in a row."""

    def __init__(self, tier: Tier, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tier = tier
        self._instant: Instant | None = None
        self._operation: str | None = None

    def place(self, instant: Instant, operation: str | None) -> None:
        self._instant, self._operation = instant, operation
        self.draw()

    def draw(self) -> None:
        if self._instant is not None and self._operation is not None and self.size.width:
            self.show(phase_strip(self._instant, self._operation, self.size.width, self._tier))

    def on_resize(self) -> None:
        self.draw()

    def on_click(self, event: events.Click) -> None:
        if self._instant is None or self._operation is None:
            return
        phase = phase_strip_hit(self._instant, self._operation, self.size.width, event.x, self._tier)
        if phase is not None:
            self.post_message(PhasePicked(phase))


class Timeline(GridView):
    """Lanes with the playhead; click or drag to go to a time."""

    def __init__(self, tier: Tier, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tier = tier
        self._trace: Trace | None = None
        self._time_s = 0.0
        self._pace = Pace.CLOCK
        self._horizon_s = 0.0
        self._selected: str | None = None
        self._dragging = False
        self._scale: tuple[object, Timescale] | None = None

    def place(self, trace: Trace, time_s: float, pace: Pace, selected: str | None, horizon_s: float) -> None:
        """Show ``time_s``; nothing after ``horizon_s`` is drawn, since a question about it may be open."""
        self._trace, self._time_s, self._pace, self._selected = trace, time_s, pace, selected
        self._horizon_s = horizon_s
        self.draw()

    def scale(self) -> Timescale:
        """Columns to seconds, even or each phase alike."""
        if self._trace is None:
            raise ValueError("a timeline without a trace has no scale")
        key = (id(self._trace), self.size.width, self._pace, self._horizon_s)
        if self._scale is None or self._scale[0] != key:
            if self._horizon_s < self._trace.end_s:
                scale = Timescale.plain(self._trace, self.size.width, end_s=max(self._horizon_s, _SHORTEST_S))
            elif self._pace is Pace.EQUAL:
                scale = Timescale.equal(self._trace, self.size.width)
            else:
                scale = Timescale.plain(self._trace, self.size.width)
            self._scale = (key, scale)
        return self._scale[1]

    def _first_lane(self) -> int:
        """Scrolls so that the selected lane is in sight."""
        if self._trace is None:
            return 0
        lanes = [operation.id for operation in self._trace.operations.values() if operation.phases]
        index = lanes.index(self._selected) if self._selected in lanes else 0
        return max(0, index - max(0, self.size.height - 2))

    def draw(self) -> None:
        if self._trace is None or not self.size.width or not self.size.height:
            return
        width, height = self.size.width, self.size.height
        first, scale = self._first_lane(), self.scale()
        lanes = min(height, lanes_needed(self._trace) + 1)
        grid = Grid(width, height, self._tier)
        if self._horizon_s < min(_SHORTEST_S, self._trace.end_s):
            grid.write(0, 0, "The timeline grows as you watch.", role(Token.MUTED))
            self.show(grid)
            return
        grid.paste(0, 0, gantt(self._trace, self._time_s, width, lanes, self._tier, scale, self._selected, first))
        if height > lanes:
            kinds = strip_kinds()[: height - lanes]
            grid.paste(0, lanes, strips(self._trace, self._time_s, width, height - lanes, self._tier, kinds, scale))
        self.show(grid)

    def on_resize(self) -> None:
        self.draw()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._dragging = True
        self.capture_mouse()
        self._seek(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._dragging:
            self._seek(event)

    def on_mouse_up(self) -> None:
        self._dragging = False
        self.release_mouse()

    def _seek(self, event: events.MouseEvent) -> None:
        if self._trace is None:
            return
        x, y = int(event.x), int(event.y)
        _, _, time_s = gantt_hit(self._trace, x, y, self.size.width, self.size.height, self.scale(), self._first_lane())
        if time_s is not None:
            self.post_message(TimePicked(time_s))
