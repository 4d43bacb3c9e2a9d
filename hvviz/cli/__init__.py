"""Commands, thin, one file a group, each importing its own needs."""

import sys


def main() -> None:
    """The console script. ``--version`` alone is answered before anything is imported."""
    if sys.argv[1:] == ["--version"]:
        from hvviz import __version__

        print(f"hvviz {__version__}")
        return
    from hvviz.cli.commands import run_cli

    run_cli()
