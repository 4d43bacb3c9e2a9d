"""``hvviz chart``: a figure of a run, for slides and tickets."""

import click

from hvviz.cli.scenarios import ContentError, load, overrides, pick_run, report

_SUFFIXES = (".png", ".svg", ".pdf")


@click.command("chart")
@click.argument("scenario")
@click.option("--run", "run", metavar="ID", help="The run; may be left out where there is one, or one called base.")
@click.option("--compare", metavar="ID", help="A second run, for the kind 'compare'.")
@click.option("--kind", type=click.Choice(["timeline", "passes", "compare"]), help="What to draw; default: timeline.")
@click.option(
    "--set", "settings", multiple=True, metavar="PATH=VALUE", help="Change a value of the world or the model."
)
@click.option("--output", metavar="FILE", help="PNG, SVG or PDF by its suffix; default: SCENARIO-RUN-KIND.png.")
@click.option("--dpi", type=click.IntRange(50, 600), default=150, show_default=True)
def chart_command(
    scenario: str,
    run: str | None,
    compare: str | None,
    kind: str | None,
    settings: tuple[str, ...],
    output: str | None,
    dpi: int,
) -> None:
    """Draw a run of SCENARIO: its phases with the blackout marked, its memory passes, or two runs compared."""
    changes = overrides(settings)
    chosen = kind or ("compare" if compare else "timeline")
    if chosen == "compare" and compare is None:
        raise click.UsageError("Say which run to compare with: --compare ID.")
    loaded = load(scenario)
    name = pick_run(loaded, run)
    file = output or f"{loaded.id}-{name}-{chosen}.png"
    if not file.lower().endswith(_SUFFIXES):
        raise click.UsageError(f"'{file}' does not end in {', '.join(_SUFFIXES)}.")
    other = None if compare is None else pick_run(loaded, compare)
    from hvviz.charts import draw
    from hvviz.scenario.diagnostics import ScenarioError
    from hvviz.session.session import Session

    session = Session(loaded)
    try:
        traces = [session.trace(each, changes) for each in (name, other) if each is not None]
    except ScenarioError as error:
        raise ContentError(report(error.diagnostics)) from error
    try:
        draw(chosen, traces, loaded.title, file, dpi)
    except OSError as error:
        raise ContentError(f"'{file}' cannot be written: {error.strerror}.") from error
    except ValueError as error:
        raise ContentError(str(error)) from error
    click.echo(f"Written: {file}", err=True)
