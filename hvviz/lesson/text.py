"""The text of a lesson: placeholders filled from traces, and the Markdown subset as a small tree."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from hvviz.scenario.expressions import ExpressionError, parse
from hvviz.trace import metrics

_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
_INLINE = re.compile(r"\*\*(?P<bold>[^*]+)\*\*|`(?P<code>[^`]+)`|\[(?P<label>[^\]]+)\]\((?P<link>[^)]+)\)")


def fill(text: str, value: Callable[[tuple[str, ...]], Any]) -> str:
    """``text`` with every ``{m1.total_s}`` replaced by its value; one that cannot be had reads "unknown"."""

    def replacement(match: re.Match[str]) -> str:
        try:
            expression = parse(match[1])
            found = expression.evaluate(value)
        except ExpressionError:
            return "unknown"
        names = expression.names()
        return metrics.show(names[0] if names else ("",), found)

    return _PLACEHOLDER.sub(replacement, text)


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line; ``style`` is "", "bold", "code" or "link", and ``target`` the reference of a link."""

    text: str
    style: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph or, with ``bullet``, an item of a list."""

    runs: tuple[Run, ...]
    bullet: bool = False

    @property
    def plain(self) -> str:
        return "".join(run.text for run in self.runs)


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """The Markdown subset of lessons: bold, code, links to references, lists."""
    found: list[Paragraph] = []
    current: list[str] = []

    def finish() -> None:
        if current:
            found.append(Paragraph(tuple(_runs(" ".join(current)))))
            current.clear()

    for line in text.strip().splitlines():
        stripped = line.strip()
        if not stripped:
            finish()
        elif stripped.startswith(("- ", "* ")):
            finish()
            found.append(Paragraph(tuple(_runs(stripped[2:])), bullet=True))
        elif found and found[-1].bullet and not current and line.startswith("  "):
            last = found.pop()
            found.append(Paragraph((*last.runs, *_runs(f" {stripped}")), bullet=True))
        else:
            current.append(stripped)
    finish()
    return tuple(found)


def _runs(text: str) -> Iterator[Run]:
    position = 0
    for match in _INLINE.finditer(text):
        if match.start() > position:
            yield Run(text[position : match.start()])
        if match["bold"]:
            yield Run(match["bold"], "bold")
        elif match["code"]:
            yield Run(match["code"], "code")
        else:
            yield Run(match["label"], "link", match["link"])
        position = match.end()
    if position < len(text):
        yield Run(text[position:])


def plain(text: str) -> str:
    """``text`` without its marks, a paragraph a line."""
    return "\n".join(f"- {each.plain}" if each.bullet else each.plain for each in paragraphs(text))
