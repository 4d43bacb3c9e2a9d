"""The library of shipped scenarios."""

from pathlib import Path

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from hvviz import locations
from hvviz.tui.messages import PlayRequested
from hvviz.tui.widgets.floor import Floor

_EMPTY = "There are no scenarios in {folder}.\nPlay a file of your own: hvviz FILE.yaml"


class LibraryScreen(Screen[None]):
    """A list of lessons; those that cannot be read say why."""

    BINDINGS = [
        Binding("enter", "open", "Play", id="play"),
        Binding("q", "app.quit", "Quit", id="quit"),
    ]

    _reading = False

    def compose(self) -> ComposeResult:
        yield Static("hvviz  how Hyper-V moves virtual machines", id="bar")
        yield OptionList(id="lessons")
        yield Static(id="about")
        yield Footer()
        yield Floor()

    def on_mount(self) -> None:
        files = locations.shipped_files()
        lessons = self.query_one("#lessons", OptionList)
        for path in files:
            lessons.add_option(Option(path.stem.replace("-", " "), id=str(path)))
        if not files:
            self.query_one("#about", Static).update(_EMPTY.format(folder=locations.shipped_scenarios()))
        lessons.highlighted = 0 if files else None
        lessons.focus()

    def on_screen_resume(self) -> None:
        """Read titles when the library is looked at, not behind a lesson that is being opened."""
        if not self._reading:
            self._reading = True
            self._read(locations.shipped_files())

    @work(thread=True)
    def _read(self, files: list[Path]) -> None:
        """Read titles off the first frame."""
        from hvviz.scenario.loader import ScenarioError, load

        for path in files:
            try:
                scenario = load(path)
            except ScenarioError as error:
                prompt = Text.assemble("✗ ", path.stem, "  ", (error.diagnostics[0].message, "italic"))
            else:
                details = "  ".join(str(each) for each in (scenario.level, f"{scenario.minutes} min") if each)
                prompt = Text.assemble((scenario.title, "bold"), "  ", details, "\n", (scenario.summary, "dim"))
            self.app.call_from_thread(self._show, str(path), prompt)

    def _show(self, id: str, prompt: Text) -> None:
        if self.is_attached:
            self.query_one("#lessons", OptionList).replace_option_prompt(id, prompt)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_id is not None:
            self.post_message(PlayRequested(Path(event.option_id)))

    def action_open(self) -> None:
        self.query_one("#lessons", OptionList).action_select()
