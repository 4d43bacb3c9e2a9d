"""A form on the screen: the question, its rows, and which keys do what."""

from textwrap import wrap

from rich.style import Style
from rich.text import Text
from textual import events
from textual.geometry import Size
from textual.widget import Widget

from hvviz.diagram.glyphs import Tier, glyph
from hvviz.diagram.roles import Emphasis, Token, role
from hvviz.tui.forms import Form, IncompleteError, Mark, Row
from hvviz.tui.messages import AnswerGiven, FormChanged
from hvviz.tui.theme import role_styles
from hvviz.tui.widgets.prose import prose

_BAR = 18


class FormView(Widget, can_focus=True):
    """Shows a `Form` and takes the keys that it has a use for; the others go on to the player."""

    DEFAULT_CSS = "FormView { height: auto; display: none; }"

    def __init__(self, tier: Tier, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tier = tier
        self._prompt = ""
        self._rows_at: list[int | None] = []
        self.form: Form | None = None
        self.closed = False

    def open(self, prompt: str, form: Form) -> None:
        """Ask."""
        self._prompt, self.form, self.closed = prompt, form, False
        self.display = True
        self.refresh(layout=True)

    def settle(self) -> None:
        """The answer is in: it stays to be read and takes no more keys."""
        self.closed = True
        self.refresh(layout=True)

    def clear(self) -> None:
        self.form = None
        self.display = False

    def redraw(self) -> None:
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def render(self) -> Text:
        return Text("\n").join(self._lines(self.size.width))

    def _style(self, token: Token, emphasis: Emphasis = Emphasis.NORMAL) -> Style:
        return role_styles(self.app.theme)[role(token, emphasis)]

    def _lines(self, width: int) -> list[Text]:
        """Lines of at most ``width`` cells; notes which row each of them belongs to."""
        if self.form is None or width < 8:
            return []
        lines = list(
            prose(self._prompt, self.app.theme, self._style(Token.PHASE) + Style(bold=True)).wrap(
                self.app.console, width
            )
        )
        self._rows_at = [None] * len(lines)
        for number, row in enumerate(self.form.rows()):
            for line in self._row_lines(row, number, width):
                lines.append(line)
                self._rows_at.append(number)
        if not self.closed:
            how = Text(self.form.how, self._style(Token.MUTED))
            lines += list(how.wrap(self.app.console, width))
        return lines

    def _row_lines(self, row: Row, number: int, width: int) -> list[Text]:
        here = self.form is not None and number == self.form.cursor and not self.closed and self.has_focus
        sign = {Mark.NONE: "", Mark.OPEN: f"{glyph('off', self._tier)} ", Mark.CHOSEN: f"{glyph('live', self._tier)} "}
        head = f"{row.number}. " if row.number is not None else sign[row.mark]
        room = max(4, width - len(head) - 2)
        texts = wrap(f"{row.text} {row.value}".strip() if row.share is None else row.text, room) or [""]
        style = self._style(Token.TEXT, Emphasis.SELECTED) if here else self._style(Token.TEXT)
        ink = self._style(Token.DONE) if row.mark is Mark.CHOSEN and not here else style
        pointer = glyph("right", self._tier) if here else " "
        lines = [
            Text(f"{pointer} {head if index == 0 else ' ' * len(head)}{text}", ink) for index, text in enumerate(texts)
        ]
        if row.share is not None:
            lines[0].append(" ")
            lines[0].append_text(self._bar(row))
            lines[0].append(f" {row.value}", style)
        return lines

    def _bar(self, row: Row) -> Text:
        full, empty = glyph("full-bar", self._tier), glyph("empty-bar", self._tier)
        filled = round((row.share or 0.0) * _BAR)
        bar = Text(full * filled, self._style(Token.MEMORY))
        bar.append(empty * (_BAR - filled), self._style(Token.TRACK))
        if row.truth is not None:
            at = min(_BAR - 1, round(row.truth * _BAR))
            bar = Text.assemble(
                bar[:at], (glyph("up", self._tier), self._style(Token.DONE, Emphasis.LIT)), bar[at + 1 :]
            )
        return bar

    # Keys and mouse

    def on_key(self, event: events.Key) -> None:
        form = self.form
        if form is None or self.closed:
            return
        used = True
        match event.key:
            case "up":
                form.move(-1)
            case "down":
                form.move(1)
            case "left":
                used = form.change(-1)
            case "right":
                used = form.change(1)
            case "space":
                used = form.mark(form.cursor)
            case "backspace":
                used = form.erase()
            case "enter":
                self._enter(form)
            case _:
                used = event.character is not None and event.is_printable and form.type(event.character)
        if used:
            event.stop()
            event.prevent_default()
            self.redraw()
            if event.key in ("left", "right", "space"):
                self.post_message(FormChanged())

    def _enter(self, form: Form) -> None:
        try:
            complete = form.enter()
        except IncompleteError as missing:
            self.post_message(AnswerGiven(None, str(missing)))
            return
        if complete:
            self.post_message(AnswerGiven(form.answer()))

    def on_click(self, event: events.Click) -> None:
        if self.form is None or self.closed:
            return
        row = self._rows_at[event.y] if 0 <= event.y < len(self._rows_at) else None
        if row is not None:
            self.form.go(row)
            if self.form.at_confidence:
                self.form.change(1)
            else:
                self.form.mark(row)
            self.redraw()
            self.post_message(FormChanged())

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()
