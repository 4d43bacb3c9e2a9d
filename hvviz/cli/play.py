"""``hvviz play``: the player, or a sentence where none can be drawn."""

import os
import sys

import click

from hvviz.cli.scenarios import ContentError, find


@click.command("play")
@click.argument("scenario", required=False)
@click.option("--glyphs", type=click.Choice(["ascii", "wgl4", "full"]), help="The characters to draw with.")
@click.option("--motion", type=click.Choice(["full", "reduced", "off"]), help="How much may move.")
def play_command(scenario: str | None = None, glyphs: str | None = None, motion: str | None = None) -> None:
    """Play SCENARIO (a file, or the name of a shipped one); without it, open the library."""
    from hvviz.environment import capabilities

    path = None if scenario is None else find(scenario)
    found = capabilities(
        os.environ,
        interactive=sys.stdin.isatty() and sys.stdout.isatty(),
        encoding=sys.stdout.encoding or "",
        platform=sys.platform,
        glyphs=glyphs,
        motion=motion,
    )
    if found.obstacle is not None:
        raise ContentError(found.obstacle)
    from hvviz.tui import play

    play(path, found)
