"""The application: themes, the two screens, and nothing that knows a migration."""

from pathlib import Path

from textual.app import App
from textual.binding import Binding

from hvviz.diagram.glyphs import Tier
from hvviz.diagram.motion import Motion
from hvviz.environment import Capabilities
from hvviz.tui.messages import PlayRequested
from hvviz.tui.screens.help import HelpScreen
from hvviz.tui.screens.library import LibraryScreen
from hvviz.tui.screens.player import PlayerScreen
from hvviz.tui.theme import DARK, PALETTES, textual_theme, variables
from hvviz.tui.widgets.floor import SMALLEST


class HvvizApp(App[None]):
    """hvviz in a terminal. ``path`` is a scenario to play at once."""

    CSS_PATH = "styles/hvviz.tcss"
    TITLE = "hvviz"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS = [
        Binding("question_mark,f1", "help", "Help", key_display="?", id="help", tooltip="What the keys do"),
        Binding("colon", "command_palette", "Palette", show=False, id="palette"),
        Binding("ctrl+c", "quit", show=False, id="interrupt"),
        Binding("f2", "next_theme", "Theme", show=False, id="theme", tooltip="Dark, light, high contrast"),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (SMALLEST[0], "-narrow"), (110, "-wide"), (170, "-huge")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (SMALLEST[1], "-low"), (24, "-normal"), (32, "-tall")]

    def __init__(self, path: Path | None, capabilities: Capabilities) -> None:
        super().__init__()
        self.capabilities = capabilities
        self.tier = Tier(capabilities.glyphs.value)
        self.motion = Motion(capabilities.motion.value)
        self._path = path

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """What the style sheet may name before a theme is in force."""
        return variables(DARK)

    def on_mount(self) -> None:
        for palette in PALETTES.values():
            self.register_theme(textual_theme(palette))
        self.theme = next(iter(PALETTES))
        if self._path is None:
            self.push_screen(LibraryScreen())
        else:
            self.push_screen(PlayerScreen(self._path, self.tier, self.motion))

    def action_close_player(self) -> None:
        """Back to the library, which is made when it is first needed."""
        self.pop_screen()
        if not isinstance(self.screen, LibraryScreen):
            self.push_screen(LibraryScreen())

    def on_play_requested(self, message: PlayRequested) -> None:
        self.push_screen(PlayerScreen(message.path, self.tier, self.motion))

    def action_help(self) -> None:
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen())

    def action_next_theme(self) -> None:
        names = list(PALETTES)
        self.theme = names[(names.index(self.theme) + 1) % len(names)] if self.theme in names else names[0]
