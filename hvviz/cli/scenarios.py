"""Finding and loading the scenario that a command is about."""

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hvviz import locations

if TYPE_CHECKING:
    from hvviz.scenario.diagnostics import Diagnostic
    from hvviz.scenario.loader import Scenario


class ContentError(click.ClickException):
    """Something is wrong with a file, not with the command line: exit status 1."""

    exit_code = 1

    def show(self, file: object = None) -> None:
        click.echo(self.message, err=True)


def find(name: str) -> Path:
    """The file of a scenario given by path or by the name of a shipped one."""
    path = Path(name)
    if path.exists():
        return path
    for shipped in locations.shipped_files():
        if shipped.stem == name:
            return shipped
    close = get_close_matches(name, [shipped.stem for shipped in locations.shipped_files()], n=1)
    hint = f" Did you mean '{close[0]}'?" if close else " 'hvviz list' shows the shipped ones."
    raise ContentError(f"There is no file and no shipped scenario '{name}'.{hint}")


def load(name: str) -> "Scenario":
    """The scenario; raises `ContentError` with everything that is wrong with it."""
    from hvviz.scenario.loader import ScenarioError
    from hvviz.scenario.loader import load as load_file

    try:
        return load_file(find(name))
    except ScenarioError as error:
        raise ContentError(report(error.diagnostics)) from error


def report(diagnostics: "tuple[Diagnostic, ...]") -> str:
    """Findings as text, the first line telling what to look at first."""
    errors = sum(each.severity.value == "error" for each in diagnostics)
    warnings = len(diagnostics) - errors
    lines = [each.text() for each in diagnostics]
    counted = [
        f"{count} {word}{'s' if count != 1 else ''}"
        for count, word in ((errors, "error"), (warnings, "warning"))
        if count
    ]
    return "\n".join([*lines, f"{' and '.join(counted)}. 'hvviz explain CODE' says more about a code."])


def pick_run(scenario: "Scenario", run: str | None) -> str:
    """The run that is meant; an unknown one is a mistake on the command line."""
    if run is None:
        default = scenario.default_run()
        if default is None:
            raise click.UsageError(f"Say which run: --run {' or --run '.join(scenario.runs)}.")
        return default
    if run not in scenario.runs:
        close = get_close_matches(run, list(scenario.runs), n=1)
        hint = f"Did you mean '{close[0]}'?" if close else f"It has {', '.join(scenario.runs)}."
        raise click.UsageError(f"There is no run '{run}' in '{scenario.id}'. {hint}")
    return run


def overrides(settings: tuple[str, ...]) -> dict[str, str]:
    """``PATH=VALUE`` pairs."""
    found: dict[str, str] = {}
    for setting in settings:
        path, separator, value = setting.partition("=")
        if not separator or not path:
            raise click.UsageError(f"'{setting}' is not PATH=VALUE, like world.hosts.*.nics.lm0.rate=1 Gbit/s.")
        found[path.strip()] = value.strip()
    return found


def write(text: str | bytes, output: str | None) -> None:
    """To standard output, or to a file; raises `ContentError` where the file cannot be written."""
    if output is None or output == "-":
        click.echo(text, nl=False)
        return
    try:
        if isinstance(text, bytes):
            Path(output).write_bytes(text)
        else:
            Path(output).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ContentError(f"'{output}' cannot be written: {error.strerror}.") from error
