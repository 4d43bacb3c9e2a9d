"""The command group, what it does with an unknown word, and how it ends when something goes wrong."""

import os
import sys
import traceback
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

_COMMANDS = {
    "play": "hvviz.cli.play",
    "list": "hvviz.cli.catalogue",
    "info": "hvviz.cli.catalogue",
    "run": "hvviz.cli.run",
    "check": "hvviz.cli.check",
    "explain": "hvviz.cli.check",
    "chart": "hvviz.cli.chart",
    "tell": "hvviz.cli.tell",
    "solve": "hvviz.cli.tell",
}
"""Each command and the module that has it, imported when it is asked for."""


class _LazyGroup(click.Group):
    """Imports a command when it is used; a first word that is no command is a scenario to play."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = _COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = getattr(import_module(module), f"{cmd_name.replace('-', '_')}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        word = args[0]
        if word not in _COMMANDS and not word.startswith("-"):
            if _is_scenario(word):
                return "play", self.get_command(ctx, "play"), args
            close = get_close_matches(word, [*_COMMANDS, *_shipped_ids()], n=1)
            hint = (
                f" Did you mean '{close[0]}'?"
                if close
                else " 'hvviz --help' lists the commands, 'hvviz list' the scenarios."
            )
            raise click.UsageError(f"'{word}' is neither a command, nor a file, nor a shipped scenario.{hint}")
        return super().resolve_command(ctx, args)


def _shipped_ids() -> list[str]:
    from hvviz import locations

    return [path.stem for path in locations.shipped_files()]


def _is_scenario(word: str) -> bool:
    return os.path.exists(word) or word.endswith((".yaml", ".yml")) or word in _shipped_ids()


@click.group(cls=_LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hvviz", message="hvviz %(version)s")
@click.pass_context
def group(ctx: click.Context) -> None:
    """Learn how Hyper-V moves virtual machines. Without a command: the library of shipped scenarios."""
    if ctx.invoked_subcommand is None:
        command = group.get_command(ctx, "play")
        if command is not None:
            ctx.invoke(command)


def run_cli() -> None:
    """Run the command line; whatever goes wrong ends in a sentence and an exit status."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Any = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
    try:
        group.main(standalone_mode=False)
    except click.exceptions.Exit as finished:
        sys.exit(finished.exit_code)
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:  # the last line of defence: a person gets a sentence, the log gets the traceback
        click.echo(_report(error), err=True)
        sys.exit(1)


def _report(error: Exception) -> str:
    """Write the traceback to the log and say where it is."""
    from hvviz import locations

    sentence = f"hvviz failed in a way that it should not: {type(error).__name__}: {error}"
    try:
        folder = locations.log_folder()
        folder.mkdir(parents=True, exist_ok=True)
        log = folder / "crash.log"
        log.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    except OSError:
        return sentence
    return f"{sentence}\nThe details are in {log}."
