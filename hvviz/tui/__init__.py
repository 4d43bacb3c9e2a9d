"""The player: Textual and nothing else."""

from pathlib import Path

from hvviz.environment import Capabilities


def play(path: Path | None, capabilities: Capabilities) -> None:
    """Open the player on the scenario at ``path``, or the library where it is None; returns when it is closed."""
    from hvviz.tui.app import HvvizApp

    HvvizApp(path, capabilities).run()
