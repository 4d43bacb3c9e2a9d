"""The player: hands keys and clicks to the `Player` and shows what comes of it."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widgets import Footer, Static

from hvviz import units
from hvviz.diagram.glyphs import Tier
from hvviz.diagram.motion import Motion
from hvviz.tui.inspection import Facts, counters, inspect, name_of, story
from hvviz.tui.keys import PLAYER_KEYS
from hvviz.tui.messages import PhasePicked, TimePicked
from hvviz.tui.presenter import Player
from hvviz.tui.screens.player_lesson import PlayerLesson
from hvviz.tui.widgets.diagram import DiagramView
from hvviz.tui.widgets.floor import Floor
from hvviz.tui.widgets.lesson_panel import LessonPanel
from hvviz.tui.widgets.passes import PassTable
from hvviz.tui.widgets.timeline import PhaseStrip, Timeline

if TYPE_CHECKING:
    from hvviz.tui.classroom import Classroom
    from hvviz.tui.presenter import Stage

_FRAMES = {Motion.FULL: 15.0, Motion.REDUCED: 5.0, Motion.OFF: 4.0}
_CALM_S = 6.0
"""After that long without a key a picture that is not played holds still, and costs nothing."""


class PlayerScreen(PlayerLesson):
    """Plays the scenario at ``path``."""

    BINDINGS = PLAYER_KEYS

    def __init__(self, path: Path, tier: Tier, motion: Motion) -> None:
        super().__init__()
        self._path = path
        self._tier = tier
        self._motion = motion
        self._player: Player | None = None
        self._scene_of: object = None
        self._inspecting = False
        self._ticked_s = 0.0
        self._calm_after_s = 0.0

    def compose(self) -> ComposeResult:
        yield Static(f"{self._path.stem}: reading and simulating", id="bar")
        yield PhaseStrip(self._tier, id="strip")
        with Container(id="middle"):
            yield DiagramView(self._tier, self._motion, id="diagram")
            with Vertical(id="side"):
                yield LessonPanel(self._tier, id="lesson")
                yield PassTable(self._tier, id="passes")
        yield Static(id="told")
        yield Timeline(self._tier, id="timeline")
        yield Footer()
        yield Floor()

    def on_mount(self) -> None:
        self.query_one("#diagram", DiagramView).focus()
        self._clock = self.set_interval(1.0 / _FRAMES[self._motion], self._tick, pause=True)
        self._load()

    @work(thread=True, exclusive=True)
    def _load(self) -> None:
        """Read and simulate off the first frame."""
        from hvviz.scenario.loader import ScenarioError, load
        from hvviz.tui.classroom import Classroom

        try:
            room = Classroom(load(self._path))
            stages = room.stages()
            room.trace(room.first_run)
        except ScenarioError as error:
            self.app.call_from_thread(self._refuse, "\n\n".join(each.text() for each in error.diagnostics))
            return
        self.app.call_from_thread(self._begin, room, stages)

    def _refuse(self, text: str) -> None:
        self.query_one("#bar", Static).update(
            f"{self._path.name} cannot be played. Mend it and open it again; q goes back."
        )
        self.panel.tell("What to mend", "")
        self.panel.findings(text)
        self.set_class(True, "-panel")

    def _begin(self, room: "Classroom", stages: "list[Stage]") -> None:
        self._room = room
        self._player = Player(room.scenario.title, room.first_run, room.trace, stages)
        self.refresh_bindings()
        self._show()

    def _wake(self) -> None:
        """Let the clock run: for as long as it plays, else for a while."""
        self._calm_after_s = time.monotonic() + _CALM_S
        if self._ticked_s == 0.0:
            self._ticked_s = time.monotonic()
            self._clock.resume()

    def _tick(self) -> None:
        now_s = time.monotonic()
        elapsed_s, self._ticked_s = now_s - self._ticked_s, now_s
        diagram = self.query_one("#diagram", DiagramView)
        playing = self._player is not None and self._player.playhead.playing
        if self._player is not None and self._player.tick(elapsed_s):
            self._show()
        diagram.advance(elapsed_s)
        if not playing and (now_s > self._calm_after_s or not diagram.moving):
            self._clock.pause()
            self._ticked_s = 0.0

    def _show(self) -> None:
        """Show where the player is."""
        player = self._player
        if player is None:
            return
        from hvviz.diagram.scene import Scene, changed_nodes

        self._show_lesson()
        diagram = self.query_one("#diagram", DiagramView)
        if self._scene_of is not player.trace:
            self._scene_of = player.trace
            diagram.use(Scene(player.trace, self._room.scenario.layout))
        instant, operation = player.instant, player.operation
        name = None if operation is None else operation.id
        lit = frozenset[str]() if player.lit_event is None else changed_nodes(player.trace, player.lit_event)
        diagram.place(instant, player.focus, lit)
        self.query_one(PhaseStrip).place(instant, name)
        self.query_one(Timeline).place(
            player.trace, player.playhead.time_s, player.playhead.pace, name, player.horizon_s
        )
        self.set_class(self.query_one(PassTable).place(player.instant, name), "-passing")
        self._show_bar(player)
        title, sentence = story(instant, operation)
        self.query_one("#told", Static).update(Text.assemble((title, "bold"), ". ", player.notice or sentence))
        if player.stage is None:
            self.panel.tell(title, sentence)
        self._show_facts(player)
        self._wake()

    def _show_bar(self, player: Player) -> None:
        head = player.playhead
        step = f"  step {player.index + 1}/{len(player.stages)}" if player.stages else ""
        playing = "playing" if head.playing else "paused"
        length = "?" if player.future_hidden else units.show_clock(head.end.time_s)
        clock = f"{units.show_clock(head.time_s)} / {length}  {playing} ×{head.speed:g}"
        run = "" if player.run == self._room.first_run else f"  run {player.run}"
        left = Text.assemble((player.title, "bold"), f"{step}{run}  {self._room.score()}")
        room = max(0, self.size.width - len(clock) - 3)
        left.truncate(room, overflow="ellipsis", pad=True)
        self.query_one("#bar", Static).update(Text.assemble(left, " ", clock))

    def _show_facts(self, player: Player) -> None:
        cursor = self.query_one("#diagram", DiagramView).cursor
        facts: Facts
        if self._inspecting and cursor is not None:
            facts = [(name_of(cursor), ""), *inspect(player.instant, cursor)]
        else:
            facts = counters(player.instant, player.operation)
        self.panel.facts(facts)

    # Messages

    def on_resize(self) -> None:
        self._show()

    def on_phase_picked(self, message: PhasePicked) -> None:
        player = self._player
        if player is None:
            return
        operation = player.operation
        phase = None if operation is None else operation.phase(message.phase)
        if phase is not None:
            self._do("seek", phase.start_s)
        else:
            player.notice = "That phase does not occur in this run, or has not been reached."
            self._show()

    def on_time_picked(self, message: TimePicked) -> None:
        self._do("seek", message.time_s)
