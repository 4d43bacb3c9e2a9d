"""What the lesson says and asks, with one line to answer in."""

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from hvviz.lesson.text import paragraphs
from hvviz.tui.messages import AnswerTyped


def rich_text(markdown: str) -> Text:
    """The Markdown subset of lessons as text with styles."""
    styles = {"bold": "bold", "code": "italic", "link": "underline", "": ""}
    text = Text()
    for number, paragraph in enumerate(paragraphs(markdown)):
        if number:
            text.append("\n" if paragraph.bullet else "\n\n")
        if paragraph.bullet:
            text.append("- ")
        for run in paragraph.runs:
            text.append(run.text, styles[run.style])
    return text


class LessonPanel(VerticalScroll, can_focus=False):
    """Narration above, question below, the answer line last."""

    def compose(self) -> ComposeResult:
        yield Static(id="say")
        yield Static(id="question")
        yield Input(id="answer", placeholder="Answer, then Enter")
        yield Static(id="verdict")
        yield Static(id="facts")

    def on_mount(self) -> None:
        self.query_one("#answer", Input).display = False

    def tell(self, title: str, markdown: str) -> None:
        """Show what the step says."""
        text = Text(title, style="bold")
        if markdown:
            text.append("\n")
            text.append_text(rich_text(markdown))
        self.query_one("#say", Static).update(text)

    def ask(self, prompt: str, options: tuple[str, ...], invitation: str, placeholder: str) -> None:
        """Show a question and the line to answer it in."""
        text = Text("\n? ", style="bold")
        text.append_text(rich_text(prompt))
        for number, option in enumerate(options, 1):
            text.append(f"\n  {number}. ", "bold")
            text.append(option)
        text.append(f"\n{invitation}", "italic")
        self.query_one("#question", Static).update(text)
        line = self.query_one("#answer", Input)
        line.value = ""
        line.placeholder = placeholder
        line.display = True

    def close(self) -> None:
        """Take the question away."""
        self.query_one("#question", Static).update("")
        line = self.query_one("#answer", Input)
        line.display = False

    def verdict(self, text: str) -> None:
        """What became of the answer."""
        self.query_one("#verdict", Static).update(rich_text(text) if text else "")
        if text:
            self.call_after_refresh(self.scroll_end, animate=False)

    def facts(self, text: Text) -> None:
        """Counters, or what is known of the selected thing."""
        self.query_one("#facts", Static).update(text)

    def focus_answer(self) -> bool:
        """Put the cursor into the answer line; False where nothing is asked."""
        line = self.query_one("#answer", Input)
        if line.display:
            line.focus()
        return bool(line.display)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self.post_message(AnswerTyped(event.value.strip()))
            event.input.value = ""
