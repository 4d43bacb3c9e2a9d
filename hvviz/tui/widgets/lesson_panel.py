"""What the lesson says and asks, what came of the answer, and the numbers of the moment."""

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from hvviz.diagram.glyphs import Tier
from hvviz.diagram.roles import Token, role
from hvviz.tui.forms import Form
from hvviz.tui.theme import role_styles
from hvviz.tui.widgets.form_view import FormView
from hvviz.tui.widgets.prose import pairs, prose


class LessonPanel(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Narration above, question below it, then the verdict, then the facts."""

    def __init__(self, tier: Tier, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tier = tier

    def compose(self) -> ComposeResult:
        yield Static(id="say")
        yield FormView(self._tier, id="form")
        yield Static(id="verdict")
        yield Static(id="facts")

    @property
    def form_view(self) -> FormView:
        return self.query_one("#form", FormView)

    def tell(self, title: str, markdown: str) -> None:
        """Show what the step says."""
        text = Text(title, style=role_styles(self.app.theme)[role(Token.MUTED)])
        if markdown:
            text.append("\n")
            text.append_text(prose(markdown, self.app.theme))
        self.query_one("#say", Static).update(text)

    def ask(self, prompt: str, form: Form) -> None:
        """Show a question."""
        self.form_view.open(prompt, form)

    def close(self) -> None:
        """Take question and verdict away."""
        self.form_view.clear()
        self.verdict("")

    def verdict(self, text: str, token: Token = Token.TEXT) -> None:
        """What became of the answer; the part in bold has the colour of ``token``."""
        widget = self.query_one("#verdict", Static)
        if not text:
            widget.update("")
            widget.display = False
            return
        head, _, rest = text.partition("\n")
        shown = Text()
        shown.append_text(prose(head, self.app.theme, role_styles(self.app.theme)[role(token)] + Style(bold=True)))
        if rest:
            shown.append("\n")
            shown.append_text(prose(rest, self.app.theme))
        widget.update(shown)
        widget.display = True
        self.call_after_refresh(self.scroll_to_widget, widget, animate=False)

    def facts(self, facts: list[tuple[str, str]]) -> None:
        """Counters, or what is known of the selected thing."""
        self.query_one("#facts", Static).update(pairs(facts, self.app.theme))

    def findings(self, text: str) -> None:
        """What has to be mended in a file, as it is."""
        self.query_one("#facts", Static).update(Text(text))
