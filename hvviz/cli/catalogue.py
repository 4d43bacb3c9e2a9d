"""``hvviz list`` and ``hvviz info``."""

import json
import platform
import sys
from importlib.metadata import PackageNotFoundError, version

import click

from hvviz import __version__, locations


@click.command("list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_command(form: str) -> None:
    """List the shipped scenarios."""
    from hvviz.scenario.loader import ScenarioError, load

    rows: list[dict[str, object]] = []
    for path in locations.shipped_files():
        try:
            scenario = load(path)
        except ScenarioError as error:
            rows.append({"name": path.stem, "error": error.diagnostics[0].message})
            continue
        rows.append(
            {
                "name": path.stem,
                "title": scenario.title,
                "level": scenario.level,
                "minutes": scenario.minutes,
                "summary": scenario.summary,
            }
        )
    if form == "json":
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    if not rows:
        click.echo(f"There are no scenarios in {locations.shipped_scenarios()}.")
        return
    width = max(len(str(row["name"])) for row in rows)
    for row in rows:
        if "error" in row:
            click.echo(f"{row['name']:<{width}}  cannot be read: {row['error']}")
            continue
        minutes = f"{row['minutes']} min" if row["minutes"] else ""
        click.echo(
            f"{row['name']:<{width}}  {row['title']}  ({', '.join(str(x) for x in (row['level'], minutes) if x)})"
        )
    click.echo("\nPlay one with 'hvviz NAME', or simulate it with 'hvviz run NAME'.")


@click.command("info")
def info_command() -> None:
    """Versions, paths, and what this terminal can do."""
    click.echo(f"hvviz {__version__}, Python {platform.python_version()} on {platform.system()} {platform.release()}")
    for name in ("textual", "simpy", "networkx", "matplotlib", "ruamel.yaml", "click"):
        try:
            click.echo(f"  {name} {version(name)}")
        except PackageNotFoundError:
            click.echo(f"  {name} is missing")
    click.echo(f"scenarios: {locations.shipped_scenarios()}")
    click.echo(f"progress:  {locations.data_folder()}")
    click.echo(f"exports:   {locations.export_folder()}")
    click.echo(f"log:       {locations.log_folder()}")
    click.echo(f"output:    {'a terminal' if sys.stdout.isatty() else 'not a terminal'}, {sys.stdout.encoding}")
    _terminal()


def _terminal() -> None:
    import os

    from hvviz.environment import capabilities

    found = capabilities(
        os.environ,
        interactive=sys.stdin.isatty() and sys.stdout.isatty(),
        encoding=sys.stdout.encoding or "",
        platform=sys.platform,
    )
    click.echo("terminal:")
    for reason in (*found.reasons, *([found.obstacle] if found.obstacle else [])):
        click.echo(f"  {reason}")
