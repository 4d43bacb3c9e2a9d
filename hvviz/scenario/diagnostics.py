"""What is wrong with a file, in the words of who wrote it: where, what, and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. ``line`` and ``column`` count from 1; 0 where it is about the file as a whole."""

    code: str
    severity: Severity
    file: str
    line: int
    column: int
    message: str
    hint: str = ""
    source_line: str = ""

    def text(self) -> str:
        """``FILE:LINE:COL CODE message``, the source line with a caret, and the hint."""
        lines = [f"{self.file}:{self.line}:{self.column} {self.code} {self.message}"]
        if self.source_line:
            number = str(self.line)
            lines.append(f"  {number} | {self.source_line}")
            lines.append(f"  {' ' * len(number)} | {' ' * (self.column - 1)}^")
        if self.hint:
            lines.append(f"  = {self.hint}")
        return "\n".join(lines)


class ScenarioError(Exception):
    """A scenario that cannot be used; ``diagnostics`` has everything that is wrong with it."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(each.text() for each in self.diagnostics))


class Findings:
    """Collects diagnostics of one file. Each place is blamed once for the same thing."""

    def __init__(self, file: str, lines: list[str]) -> None:
        self.file = file
        self.lines = lines
        self._found: dict[tuple[str, int, int], Diagnostic] = {}

    def add(
        self,
        code: str,
        place: tuple[int, int],
        message: str,
        hint: str = "",
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note a finding at ``place``, a line and a column that count from 1."""
        line, column = place
        source = self.lines[line - 1][:200] if 0 < line <= len(self.lines) else ""
        finding = Diagnostic(code, severity, self.file, line, column, message, hint, source)
        self._found.setdefault((code, line, column), finding)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All of them, by position."""
        return tuple(sorted(self._found.values(), key=lambda each: (each.line, each.column, each.code, each.message)))

    @property
    def failed(self) -> bool:
        return any(each.severity is Severity.ERROR for each in self._found.values())

    def stop_if_failed(self) -> None:
        """Raise `ScenarioError` if there is an error among them."""
        if self.failed:
            raise ScenarioError(self.diagnostics)


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint that names what ``name`` was probably meant to be, and some of what is known."""
    names = list(dict.fromkeys(known))
    folded = {each.lower(): each for each in names}
    close = get_close_matches(name.lower(), folded, n=1, cutoff=0.6)
    if close:
        return f"Did you mean '{folded[close[0]]}'?"
    if not names:
        return ""
    shown = ", ".join(names[:8])
    return f"Known here: {shown}{', …' if len(names) > 8 else ''}."
