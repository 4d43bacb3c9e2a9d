"""What commands must not load, how large modules may be, and that the README's commands are what is run."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "hvviz"
EXAMPLE = ROOT / "tests" / "data" / "example.yaml"


def loaded(arguments: list[str]) -> set[str]:
    """Top-level modules in memory after a command."""
    code = (
        "import sys, contextlib, io\n"
        f"sys.argv = ['hvviz', *{arguments!r}]\n"
        "from hvviz.cli import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n    main()\n"
        "print(' '.join(sorted({name.split('.')[0] for name in sys.modules})), file=sys.__stdout__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (["--version"], {"textual", "simpy", "networkx", "matplotlib", "ruamel", "click", "numpy"}),
        (["--help"], {"textual", "simpy", "networkx", "matplotlib", "ruamel", "numpy"}),
        (["run", str(EXAMPLE)], {"textual", "networkx", "matplotlib", "numpy"}),
        (["check", str(EXAMPLE)], {"textual", "networkx", "matplotlib", "numpy"}),
        (["list"], {"textual", "simpy", "networkx", "matplotlib", "numpy"}),
    ],
)
def test_a_command_loads_what_it_needs_alone(arguments: list[str], absent: set[str]) -> None:
    assert not loaded(arguments) & absent


def test_the_screens_load_without_the_heavy_parts() -> None:
    code = "import sys, hvviz.tui.app; print(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names = done.stdout.split()
    for heavy in ("simpy", "networkx", "matplotlib", "ruamel", "hvviz.scenario.loader", "hvviz.simulation"):
        assert not any(name == heavy or name.startswith(f"{heavy}.") for name in names), heavy


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_stay_small(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    inside = path.relative_to(PACKAGE).parts
    limit = (
        150 if inside == ("tui", "app.py") else 300 if inside[:2] in (("tui", "screens"), ("tui", "widgets")) else 400
    )
    assert lines <= limit


def test_names_say_what_things_are() -> None:
    for path in PACKAGE.rglob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("class "):
                assert not any(word in line for word in ("Manager", "Helper", "Utils")), (path, line)


def test_the_readme_has_the_commands_for_both_shells() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "\npython3 -m venv .venv && .venv/bin/pip install -q -e '.[dev]' && .venv/bin/python -m pytest\n" in text
    assert "py -m venv .venv;" in text
