"""The Markdown subset of lessons as text with the theme's styles."""

from rich.style import Style
from rich.text import Text

from hvviz.diagram.roles import Token, role
from hvviz.lesson.text import paragraphs
from hvviz.tui.theme import role_styles

_STYLES = {"bold": Token.TITLE, "code": Token.LINK, "link": Token.HOST}


def prose(markdown: str, theme: str, style: Style | None = None) -> Text:
    """``markdown`` in the theme called ``theme``, its plain parts in ``style``."""
    styles = role_styles(theme)
    plain = styles[role(Token.TEXT)] if style is None else style
    text = Text()
    for number, paragraph in enumerate(paragraphs(markdown)):
        if number:
            text.append("\n")
        if paragraph.bullet:
            text.append("- ", plain)
        for run in paragraph.runs:
            token = _STYLES.get(run.style)
            text.append(run.text, plain if token is None else styles[role(token)] + Style(bold=run.style == "bold"))
    return text


def pairs(facts: list[tuple[str, str]], theme: str) -> Text:
    """Labels and values, one pair a line; a label without a value is a heading."""
    styles = role_styles(theme)
    plain = styles[role(Token.TEXT)]
    text = Text()
    for number, (label, value) in enumerate(facts):
        if number:
            text.append("\n")
        if value:
            text.append(f"{label} ", styles[role(Token.MUTED)])
            text.append(value, plain)
        else:
            text.append(label, styles[role(Token.TITLE)])
    return text
