"""The player: phase strip, diagram, lesson, timeline. It hands what happens to the `Player` and shows what comes of it."""

from pathlib import Path

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Footer, Static

from hvviz import locations, units
from hvviz.diagram.glyphs import Tier
from hvviz.diagram.motion import Motion
from hvviz.trace.playhead import Unit
from hvviz.tui.inspection import Facts, counters, inspect, story
from hvviz.tui.messages import AnswerTyped, NodePicked, PhasePicked, TimePicked
from hvviz.tui.presenter import Player
from hvviz.tui.widgets.diagram import DiagramView
from hvviz.tui.widgets.lesson_panel import LessonPanel
from hvviz.tui.widgets.timeline import PhaseStrip, Timeline

_FRAMES = {Motion.FULL: 15.0, Motion.REDUCED: 5.0, Motion.OFF: 4.0}


class PlayerScreen(Screen[None]):
    """Plays the scenario at ``path``."""

    BINDINGS = [
        Binding("right", "forward('phase')", "Phase", key_display="←→", id="phase-next"),
        Binding("left", "back('phase')", show=False, id="phase-back"),
        Binding("full_stop", "forward('event')", "Event", key_display=",.", id="event-next"),
        Binding("comma", "back('event')", show=False, id="event-back"),
        Binding("right_square_bracket", "forward('pass')", show=False, id="pass-next"),
        Binding("left_square_bracket", "back('pass')", show=False, id="pass-back"),
        Binding("space", "play", "Play", id="play"),
        Binding("n", "next_step", "Next step", id="step-next"),
        Binding("p", "previous_step", show=False, id="step-back"),
        Binding("a,enter", "answer", "Answer", key_display="a", id="answer"),
        Binding("x", "skip", show=False, id="skip"),
        Binding("g", "next_question", show=False, id="next-question"),
        Binding("i", "inspect", "Inspect", id="inspect"),
        Binding("tab", "panel", "Panel", show=False, id="panel"),
        Binding("plus,equals_sign", "faster", show=False, id="faster"),
        Binding("minus", "slower", show=False, id="slower"),
        Binding("f3", "pace", show=False, id="pace"),
        Binding("home", "start", show=False, id="start"),
        Binding("end", "end", show=False, id="end"),
        Binding("r", "next_run", show=False, id="run"),
        Binding("m", "bookmark", show=False, id="bookmark"),
        Binding("apostrophe", "next_bookmark", show=False, id="next-bookmark"),
        Binding("y", "copy", show=False, id="copy"),
        Binding("e", "save", show=False, id="save"),
        Binding("up", "cursor(0, -1)", show=False, id="up"),
        Binding("down", "cursor(0, 1)", show=False, id="down"),
        Binding("escape", "leave", show=False, id="leave"),
        Binding("q", "close", "Quit", id="close"),
    ]

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
        panel.ask(prompt, options, how, "a, then your answer, then Enter")
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

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("forward", "back", "play", "next_step", "answer", "inspect") and self._player is None:
            return None
        return True

    def _do(self, act: str, *arguments: object) -> None:
        if self._player is not None:
            getattr(self._player, act)(*arguments)
            self._show()

    def action_forward(self, unit: str) -> None:
        if self._inspecting and unit == "phase":
            self.action_cursor(1, 0)
        else:
            self._do("forward", Unit(unit))

    def action_back(self, unit: str) -> None:
        if self._inspecting and unit == "phase":
            self.action_cursor(-1, 0)
        else:
            self._do("back", Unit(unit))

    def action_play(self) -> None:
        self._do("toggle_play")

    def action_next_step(self) -> None:
        self._do("next_step")

    def action_previous_step(self) -> None:
        self._do("previous_step")

    def action_skip(self) -> None:
        self._do("skip_question")

    def action_next_question(self) -> None:
        self._do("to_next_question")

    def action_faster(self) -> None:
        self._do("faster")

    def action_slower(self) -> None:
        self._do("slower")

    def action_pace(self) -> None:
        self._do("toggle_pace")

    def action_start(self) -> None:
        self._do("to_start")

    def action_end(self) -> None:
        self._do("to_end")

    def action_bookmark(self) -> None:
        self._do("bookmark")

    def action_next_bookmark(self) -> None:
        self._do("to_next_bookmark")

    def action_next_run(self) -> None:
        if self._player is not None:
            runs = list(self._room.scenario.runs)
            self._do("show_run", runs[(runs.index(self._player.run) + 1) % len(runs)])

    def action_panel(self) -> None:
        self.toggle_class("-panel")

    def action_inspect(self) -> None:
        self._inspecting = not self._inspecting
        diagram = self.query_one("#diagram", DiagramView)
        diagram.focus()
        if self._inspecting:
            diagram.move_cursor(0, 0)
        else:
            diagram.cursor = None
        self._show()

    def action_cursor(self, dx: int, dy: int) -> None:
        if self._inspecting:
            self.query_one("#diagram", DiagramView).move_cursor(dx, dy)
            self._show()

    def action_answer(self) -> None:
        diagram = self.query_one("#diagram", DiagramView)
        if self._inspecting and diagram.cursor is not None and self._picking():
            self._answer(diagram.cursor.split("/")[0] if "/link/" in diagram.cursor else diagram.cursor)
            return
        self.set_class(True, "-panel")
        if not self.query_one(LessonPanel).focus_answer() and self._player is not None:
            self._player.notice = "Nothing is asked here. n goes to the next step."
            self._show()

    def _picking(self) -> bool:
        stage = None if self._player is None else self._player.stage
        ask = None if stage is None else stage.step.ask
        return ask is not None and ask.type.value == "pick" and self._player is not None and self._player.question_open

    def action_leave(self) -> None:
        diagram = self.query_one("#diagram", DiagramView)
        if not diagram.has_focus:
            diagram.focus()
        elif self._inspecting:
            self.action_inspect()
        else:
            self.action_close()

    def action_close(self) -> None:
        self.app.pop_screen()

    def action_copy(self) -> None:
        told = self.query_one("#told", Static).content
        self.app.copy_to_clipboard(str(told))
        self.notify("Copied. Where the terminal does not allow it, hold shift and select.")

    @work(thread=True)
    def action_save(self) -> None:
        folder = locations.export_folder()
        svg = self.app.call_from_thread(self.app.export_screenshot, title="hvviz")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file = folder / f"{self._path.stem}.svg"
            file.write_text(without_outside_fonts(svg), encoding="utf-8")
        except OSError as error:
            self.app.call_from_thread(self.notify, f"{folder} cannot be written: {error.strerror}.", severity="error")
            return
        self.app.call_from_thread(self.notify, f"Saved as {file}")

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


def without_outside_fonts(svg: str) -> str:
    """A screenshot that refers to nothing outside itself."""
    import re

    return re.sub(r"@font-face\s*\{[^}]*\}", "", svg)
