"""The player: phase strip, diagram, lesson, timeline. It hands what happens to the `Player` and shows what comes of it."""

from pathlib import Path

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Footer, Static

from hvviz import units
from hvviz.diagram.glyphs import Tier
from hvviz.diagram.motion import Motion
from hvviz.tui.inspection import Facts, counters, inspect, story
from hvviz.tui.keys import PLAYER_KEYS
from hvviz.tui.messages import AnswerTyped, NodePicked, PhasePicked, TimePicked
from hvviz.tui.presenter import Player
from hvviz.tui.screens.player_actions import PlayerActions
from hvviz.tui.widgets.diagram import DiagramView
from hvviz.tui.widgets.lesson_panel import LessonPanel
from hvviz.tui.widgets.timeline import PhaseStrip, Timeline

_FRAMES = {Motion.FULL: 15.0, Motion.REDUCED: 5.0, Motion.OFF: 4.0}


class PlayerScreen(PlayerActions):
    """Plays the scenario at ``path``."""

    BINDINGS = PLAYER_KEYS

    def __init__(self, path: Path, tier: Tier, motion: Motion) -> None:
        super().__init__()
        self._path = path
        self._tier = tier
        self._motion = motion
        self._player: Player | None = None
        self._scene_of: object = None
        self._shown_step: str | None = None
        self._inspecting = False

    def compose(self) -> ComposeResult:
        yield Static(f"{self._path.stem}: reading and simulating", id="bar")
        yield PhaseStrip(self._tier, id="strip")
        with Horizontal(id="middle"):
            yield DiagramView(self._tier, self._motion, id="diagram")
            with Vertical(id="side"):
                yield LessonPanel(id="lesson")
        yield Static(id="told")
        yield Timeline(self._tier, id="timeline")
        yield Static(id="small")
        yield Footer()

    def on_mount(self) -> None:
        self.query_one("#diagram", DiagramView).focus()
        self.set_interval(1.0 / _FRAMES[self._motion], self._tick)
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
        self.query_one(LessonPanel).tell("What to mend", "")
        self.query_one(LessonPanel).facts(Text(text))
        self.set_class(True, "-panel")

    def _begin(self, room: object, stages: list[object]) -> None:
        from hvviz.tui.classroom import Classroom
        from hvviz.tui.presenter import Stage

        if not isinstance(room, Classroom):
            raise TypeError("a lesson is played in a classroom")
        self._room = room
        known = [stage for stage in stages if isinstance(stage, Stage)]
        self._player = Player(room.scenario.title, room.first_run, room.trace, known)
        self._show()

    def _tick(self) -> None:
        player = self._player
        if player is None:
            return
        elapsed_s = 1.0 / _FRAMES[self._motion]
        if player.tick(elapsed_s):
            self._show()
        self.query_one("#diagram", DiagramView).advance(elapsed_s)

    def _show(self) -> None:
        """Show where the player is."""
        player = self._player
        if player is None:
            return
        from hvviz.diagram.scene import Scene, changed_nodes

        diagram = self.query_one("#diagram", DiagramView)
        if self._scene_of is not player.trace:
            self._scene_of = player.trace
            diagram.use(Scene(player.trace, self._room.scenario.layout))
        instant = player.instant
        lit = frozenset[str]() if player.lit_event is None else changed_nodes(player.trace, player.lit_event)
        operation = player.operation
        diagram.place(instant, player.focus, lit)
        name = None if operation is None else operation.id
        self.query_one(PhaseStrip).place(instant, name)
        self.query_one(Timeline).place(player.trace, player.playhead.time_s, player.playhead.pace, name)
        self._show_bar(player)
        self._show_lesson(player)
        title, sentence = story(instant, operation)
        self.query_one("#told", Static).update(Text.assemble((title, "bold"), ". ", player.notice or sentence))
        self._show_facts(player)

    def _show_bar(self, player: Player) -> None:
        head = player.playhead
        step = f"  step {player.index + 1} of {len(player.stages)}" if player.stages else ""
        playing = "playing" if head.playing else "paused"
        clock = f"{units.show_clock(head.time_s)} / {units.show_clock(head.end.time_s)}  {playing} ×{head.speed:g}"
        run = f"  run {player.run}" if len(self._room.scenario.runs) > 1 else ""
        left = Text.assemble((player.title, "bold"), f"{step}{run}  {self._room.score()}")
        room = max(0, self.size.width - len(clock) - 3)
        left.truncate(room, overflow="ellipsis", pad=True)
        self.query_one("#bar", Static).update(Text.assemble(left, " ", clock))

    def _show_lesson(self, player: Player) -> None:
        panel = self.query_one(LessonPanel)
        stage = player.stage
        if stage is None:
            title, sentence = story(player.instant, player.operation)
            panel.tell(title, sentence)
            return
        step = stage.step
        if step.id == self._shown_step:
            return
        self._shown_step = step.id
        panel.tell(f"Step {player.index + 1}", self._room.say(step))
        panel.verdict("")
        question = self._room.question(step)
        if question is None or step.id in player.answered:
            panel.close()
            self.set_class(False, "-panel")
            return
        prompt, options, how = question
        panel.ask(prompt, options, how, "a, your answer, Enter; tab: the picture")
        self.set_class(True, "-panel")

    def _show_facts(self, player: Player) -> None:
        diagram = self.query_one("#diagram", DiagramView)
        if self._inspecting and diagram.cursor is not None:
            name = (
                diagram.cursor.split("/")[-1]
                if "/link/" not in diagram.cursor
                else f"link on {diagram.cursor.split('/')[0]}"
            )
            facts: Facts = [(name, ""), *inspect(player.instant, diagram.cursor)]
        else:
            facts = counters(player.instant, player.operation)
        text = Text()
        for label, value in facts:
            text.append(f"\n{label}", "bold")
            text.append(f" {value}")
        self.query_one(LessonPanel).facts(text)

    # Messages

    def on_node_picked(self, message: NodePicked) -> None:
        if self._picking():
            self._answer(message.node)
            return
        self._inspecting = True
        self._show()

    def on_phase_picked(self, message: PhasePicked) -> None:
        operation = None if self._player is None else self._player.operation
        phase = None if operation is None else operation.phase(message.phase)
        if phase is not None:
            self._do("seek", phase.start_s)

    def on_time_picked(self, message: TimePicked) -> None:
        self._do("seek", message.time_s)

    def on_answer_typed(self, message: AnswerTyped) -> None:
        self._answer(message.text)

    def _answer(self, text: str) -> None:
        """Grade an answer, give a hint, or change a control."""
        player = self._player
        if player is None or player.stage is None:
            return
        from hvviz.lesson.grading import AnswerError

        step, panel = player.stage.step, self.query_one(LessonPanel)
        if step.ask is None:
            self._change(step, text)
            return
        if text in ("?", "hint"):
            panel.verdict(self._room.hint(step))
            return
        try:
            given = self._room.answer(step, text)
        except AnswerError as error:
            panel.verdict(str(error))
            return
        verdict = "**Right.**" if given.correct else f"**Not so.** The answer: {given.key}."
        panel.close()
        panel.verdict(f"{verdict} {given.explanation} n goes on.")
        player.answer(step.id)
        self.query_one("#diagram", DiagramView).focus()
        self._show()

    @work(thread=True, exclusive=True, group="change")
    def _change(self, step: object, text: str) -> None:
        """Simulate again off the screen's thread."""
        from hvviz.scenario.lesson import Step

        if not isinstance(step, Step) or self._player is None:
            return
        changed, said = self._room.change(step, text)
        stages = self._room.stages() if changed else None
        self.app.call_from_thread(self._changed, stages, said)

    def _changed(self, stages: object, said: str) -> None:
        if self._player is not None and isinstance(stages, list):
            self._player.replace_traces(self._room.trace, stages)
        self.query_one(LessonPanel).verdict(said)
        self._show()
