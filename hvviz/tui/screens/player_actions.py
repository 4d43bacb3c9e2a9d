"""What the keys of the player do."""

from typing import TYPE_CHECKING

from textual import work
from textual.screen import Screen
from textual.widgets import Static

from hvviz import locations
from hvviz.diagram.glyphs import Tier
from hvviz.trace.playhead import Unit
from hvviz.tui.presenter import Player
from hvviz.tui.widgets.diagram import DiagramView
from hvviz.tui.widgets.lesson_panel import LessonPanel

if TYPE_CHECKING:
    from pathlib import Path

    from hvviz.tui.classroom import Classroom

_CURSOR = {"phase": (1, 0), "event": (0, 1)}
"""Where the keys of a step go while a thing is looked for in the diagram."""


class PlayerActions(Screen[None]):
    """The actions; the screen that inherits them shows what comes of them and grades answers."""

    _player: Player | None
    _room: "Classroom"
    _path: "Path"
    _inspecting: bool
    _tier: Tier

    def _show(self) -> None:
        """Given by the screen."""

    def _picking(self) -> bool:
        """Given by the screen: whether a thing of the diagram is asked for."""
        raise NotImplementedError

    def _pick(self, node: str, hand_in: bool) -> None:
        """Given by the screen."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("forward", "back", "play", "next_step", "answer", "inspect") and self._player is None:
            return None
        return True

    def _do(self, act: str, *arguments: object) -> None:
        if self._player is not None:
            getattr(self._player, act)(*arguments)
            self._show()

    def action_forward(self, unit: str) -> None:
        if self._inspecting and unit in _CURSOR:
            self.action_cursor(*_CURSOR[unit])
        else:
            self._do("forward", Unit(unit))

    def action_back(self, unit: str) -> None:
        if self._inspecting and unit in _CURSOR:
            self.action_cursor(-_CURSOR[unit][0], -_CURSOR[unit][1])
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

    def action_scroll_panel(self, pages: int) -> None:
        panel = self.query_one(LessonPanel)
        panel.scroll_relative(y=pages * max(1, panel.size.height - 1), animate=False)

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
        """Into the form; while picking, what the cursor is on is the answer."""
        cursor = self.query_one("#diagram", DiagramView).cursor
        view = self.query_one(LessonPanel).form_view
        if self._inspecting and cursor is not None and self._picking():
            self._pick(cursor, True)
        elif view.form is not None and not view.closed:
            view.focus()
        elif self._player is not None:
            self._player.notice = "Nothing is asked here. n goes to the next step."
            self._show()

    def action_leave(self) -> None:
        diagram = self.query_one("#diagram", DiagramView)
        if not diagram.has_focus:
            diagram.focus()
        elif self._inspecting:
            self.action_inspect()
        else:
            self.run_worker(self.action_close())

    async def action_close(self) -> None:
        await self.app.run_action("app.close_player")

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


def without_outside_fonts(svg: str) -> str:
    """A screenshot that refers to nothing outside itself."""
    import re

    return re.sub(r"@font-face\s*\{[^}]*\}", "", svg)
