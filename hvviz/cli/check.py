"""``hvviz check`` and ``hvviz explain``."""

import json
import sys
from typing import TYPE_CHECKING

import click

from hvviz.cli.scenarios import find, report

if TYPE_CHECKING:
    from hvviz.scenario.diagnostics import Diagnostic


@click.command("check")
@click.argument("files", nargs=-1, required=True)
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", show_default=True)
def check_command(files: tuple[str, ...], form: str) -> None:
    """Prove scenarios without a screen. Exit status 0 where nothing is wrong, else 1."""
    from hvviz.authoring.check import check_file

    found: list[Diagnostic] = []
    for name in files:
        found += check_file(find(name))
    errors = [each for each in found if each.severity.value == "error"]
    if form == "json":
        from hvviz.scenario.findings_json import to_json

        click.echo(json.dumps(to_json(found), indent=1, ensure_ascii=False))
    elif form == "sarif":
        from hvviz.scenario.findings_json import to_sarif

        click.echo(json.dumps(to_sarif(found), indent=1, ensure_ascii=False))
    elif found:
        click.echo(report(tuple(found)))
    else:
        click.echo(f"{len(files)} scenario{'s' if len(files) != 1 else ''} checked, nothing to mend.")
    sys.exit(1 if errors else 0)


@click.command("explain")
@click.argument("subject")
def explain_command(subject: str) -> None:
    """Say more about a diagnostic's CODE, or about the constants of the `model`."""
    from hvviz.scenario.codes import explain_code, explain_model

    if subject == "model":
        click.echo(explain_model(), nl=False)
        return
    text = explain_code(subject)
    if text is None:
        raise click.UsageError(f"There is no code '{subject}'. Codes look like HV210; 'model' explains the constants.")
    click.echo(text)
