"""``hvviz run``: simulate one run of a scenario and print its result."""

import click

from hvviz.cli.scenarios import ContentError, load, overrides, pick_run, report, write


@click.command("run")
@click.argument("scenario")
@click.option("--run", "run", metavar="ID", help="The run; may be left out where there is one, or one called base.")
@click.option(
    "--set", "settings", multiple=True, metavar="PATH=VALUE", help="Change a value of the world or the model."
)
@click.option("--format", "form", type=click.Choice(["json", "table", "csv"]), default="json", show_default=True)
@click.option("--output", metavar="FILE", help="Write there instead of to standard output.")
def run_command(scenario: str, run: str | None, settings: tuple[str, ...], form: str, output: str | None) -> None:
    """Simulate a run of SCENARIO (a file, or the name of a shipped one) and print what came of it."""
    changes = overrides(settings)
    loaded = load(scenario)
    name = pick_run(loaded, run)
    from hvviz.scenario.diagnostics import ScenarioError
    from hvviz.session.session import Session
    from hvviz.trace import result

    try:
        trace = Session(loaded).trace(name, changes)
    except ScenarioError as error:
        raise ContentError(report(error.diagnostics)) from error
    writer = {"json": result.to_json, "table": result.to_table, "csv": result.to_csv}[form]
    write(writer(trace), output)
