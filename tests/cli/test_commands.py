"""The command line: what goes where, and the exit status of everything."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = str(Path(__file__).parents[1] / "data" / "example.yaml")


def hvviz(*arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "hvviz", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        input=stdin,
        check=False,
    )


def test_run_prints_one_json_object_and_nothing_else() -> None:
    done = hvviz("run", EXAMPLE)
    assert done.returncode == 0
    assert json.loads(done.stdout)["format"] == "hvviz-result/1"
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("run", EXAMPLE, "--run", "crash"), 0, ""),
        (("run", EXAMPLE, "--run", "crsh"), 2, "Did you mean 'crash'?"),
        (("run", EXAMPLE, "--format", "xml"), 2, "xml"),
        (("run", EXAMPLE, "--set", "world.hosts.hv9.memory=1 GiB"), 1, "matches nothing"),
        (("run", EXAMPLE, "--set", "world.hosts.hv1.memory=1"), 1, "needs a unit"),
        (("run", EXAMPLE, "--set", "nonsense"), 2, "PATH=VALUE"),
        (("run", "missing.yaml"), 1, "no file"),
        (("run", EXAMPLE, "--output", "/nowhere/at/all.json"), 1, "cannot be written"),
        (("rnu", EXAMPLE), 2, "Did you mean 'run'?"),
        (("check", EXAMPLE), 0, ""),
        (("check",), 2, "FILES"),
        (("chart", EXAMPLE, "--output", "x.gif"), 2, ".png"),
        (("explain", "HV210"), 0, ""),
        (("explain", "HV999"), 2, "HV999"),
        (("play", EXAMPLE), 1, "terminal"),
        (("list",), 0, ""),
        (("info",), 0, ""),
        (("--version",), 0, ""),
        (("solve", EXAMPLE), 0, ""),
    ],
)
def test_exit_status_and_what_is_said(arguments: tuple[str, ...], status: int, said: str) -> None:
    done = hvviz(*arguments)
    assert done.returncode == status, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_set_changes_a_value() -> None:
    slow = json.loads(hvviz("run", EXAMPLE, "--set", "world.hosts.*.nics.lm0.rate=1 Gbit/s").stdout)
    fast = json.loads(hvviz("run", EXAMPLE).stdout)
    assert slow["operations"][0]["total_s"] > 5 * fast["operations"][0]["total_s"]
    assert slow["trace_hash"] != fast["trace_hash"]


@pytest.mark.parametrize("kind", ["timeline", "passes", "compare"])
@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_charts_need_no_display(tmp_path: Path, kind: str, suffix: str) -> None:
    file = tmp_path / f"chart.{suffix}"
    extra = ["--compare", "slow-network"] if kind == "compare" else []
    done = hvviz("chart", EXAMPLE, "--kind", kind, "--output", str(file), *extra)
    assert done.returncode == 0, done.stderr
    assert file.stat().st_size > 5000


def test_tell_asks_through_a_pipe_and_counts() -> None:
    done = hvviz("tell", EXAMPLE, stdin="?\n24\nhv1\n1 2 3 4 5 6\nrate=1 Gbit/s\n")
    assert done.returncode == 0
    assert "Hint:" in done.stdout
    assert "It holds. Well done." in done.stdout
    assert "of 6 points" in done.stdout


def test_check_for_machines(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(
        Path(EXAMPLE).read_text(encoding="utf-8").replace("memory: 128 GiB", "memory: 128"), encoding="utf-8"
    )
    done = hvviz("check", str(broken), "--format", "json")
    assert done.returncode == 1
    assert [each["code"] for each in json.loads(done.stdout)] == ["HV204"]
    sarif = json.loads(hvviz("check", str(broken), "--format", "sarif").stdout)
    assert sarif["version"] == "2.1.0"
    assert sarif["runs"][0]["results"][0]["ruleId"] == "HV204"
