"""``hvviz tell`` and ``hvviz solve``: a lesson as text, by a person or by its own keys."""

import sys

import click

from hvviz.cli.scenarios import load


@click.command("tell")
@click.argument("scenario")
@click.option("--seed", type=int, default=0, help="Decides the order in which choices are offered.")
def tell_command(scenario: str, seed: int) -> None:
    """Tell the lesson of SCENARIO as plain text, ask its questions, and count the score; works through a pipe."""
    from hvviz.plain.tell import tell

    loaded = load(scenario)
    tell(loaded, sys.stdin, sys.stdout, seed)


@click.command("solve")
@click.argument("files", nargs=-1, required=True)
def solve_command(files: tuple[str, ...]) -> None:
    """Play lessons with their own keys. Exit status 0 where each gives full marks."""
    from hvviz.authoring.solve import solve

    complete = True
    for name in files:
        score = solve(load(name))
        click.echo(f"{name}: {score.points} of {score.most_points} points, {score.goals} of {score.most_goals} goals")
        complete = complete and score.complete
    sys.exit(0 if complete else 1)
