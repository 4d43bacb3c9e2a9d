"""The budgets, measured in one run: python -m tests.benchmarks. Ratios where the budget is one."""

import os
import pty
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

from hvviz.diagram.glyphs import Tier
from hvviz.diagram.scene import Scene
from hvviz.scenario.loader import load, load_text
from hvviz.scenario.plan import Action, RunPlan
from hvviz.session.session import Session
from hvviz.simulation import simulate
from hvviz.trace.trace import Trace
from hvviz.world.model import DirtySet, Workload
from tests.worlds import GIB, MIB, csv, host, live, run, vm, world

EXAMPLE = Path(__file__).parents[1] / "data" / "example.yaml"
BARE_APP = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("first frame hv1")
Bare().run()
"""


def seconds(act: Callable[[], object], times: int = 5) -> float:
    """The median of some runs."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        taken.append(time.perf_counter() - started)
    return median(taken)


def command(*arguments: str) -> float:
    return seconds(lambda: subprocess.run([sys.executable, *arguments], check=False, capture_output=True))


def first_frame(arguments: list[str], sign: bytes) -> float:
    """From start until ``sign`` is on a real terminal of 120 by 36."""
    taken = []
    for _ in range(5):
        started = time.perf_counter()
        child, terminal = pty.fork()
        if child == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", COLUMNS="120", LINES="36")
            os.execv(sys.executable, [sys.executable, *arguments])
        seen = b""
        while sign not in seen and time.perf_counter() - started < 20:
            if select.select([terminal], [], [], 0.2)[0]:
                try:
                    seen += os.read(terminal, 65536)
                except OSError:
                    break
        taken.append(time.perf_counter() - started)
        os.kill(child, 9)
        os.waitpid(child, 0)
        os.close(terminal)
    return median(taken)


def drain(vms: int) -> tuple[float, Trace]:
    """Thirty-two of sixty-four hosts emptied, two at a time each."""
    ids = tuple(f"h{number}" for number in range(64))
    hosts = [host(id, memory_bytes=4096 * GIB) for id in ids]
    loads = [
        Workload(f"w{number}", (DirtySet(rate, size * MIB),))
        for number, (rate, size) in enumerate(((5e6, 64), (2e7, 256), (8e7, 1024)))
    ]
    machines = [
        vm(f"v{number}", ids[number % 32], memory_bytes=(2, 4, 8, 16)[number % 4] * GIB, workload=f"w{number % 3}")
        for number in range(vms)
    ]
    made = world(hosts=hosts, vms=machines, storage=[csv("csv1", ids)], workloads=loads)
    actions = [Action(f"d{number}", "drain", number, 0.0, host=id, to=ids[32:]) for number, id in enumerate(ids[:32])]
    started = time.perf_counter()
    trace = run(made, *actions)
    return time.perf_counter() - started, trace


def counted(vms: int) -> str:
    return f"""
format: hvviz/1
id: many
title: Many
world:
  clusters: {{c: {{hosts: ["hv-*"]}}}}
  hosts: {{hv: {{count: 64, memory: 512 GiB, nics: {{a: {{network: n, rate: 10 Gbit/s}}}}}}}}
  networks: {{n: {{live_migration: true}}}}
  storage: {{s: {{kind: csv}}}}
  vms: {{web: {{count: {vms}, host: [hv-1, hv-2, hv-3], memory: 1 GiB, storage: s, disks: {{d: {{size: 9 GiB, storage: s}}}}}}}}
runs: {{base: {{actions: [{{id: d, do: drain, host: hv-1}}]}}}}
"""


def written_out(vms: int) -> str:
    """The same with every VM in nine lines of its own."""
    head, tail = counted(1).split("  vms:")
    body = "".join(
        f"    web{number}:\n      host: hv-{number % 3 + 1}\n      memory: 1 GiB\n      storage: s\n      state: running\n"
        f"      disks:\n        d:\n          size: 9 GiB\n          storage: s\n"
        for number in range(vms)
    )
    return f"{head}  vms:\n{body}runs:{tail.split('runs:')[1]}"


def main() -> None:
    rows: list[tuple[str, str, str]] = []
    bare = command("-c", "pass")
    rows.append(
        ("--version over python -c pass", f"+ {(command('-m', 'hvviz', '--version') - bare) * 1000:.0f} ms", "+ 60 ms")
    )
    with tempfile.NamedTemporaryFile("w", suffix=".py", delete=False) as file:
        file.write(BARE_APP)
    plain = first_frame([file.name], b"first frame")
    own = first_frame(["-m", "hvviz", str(EXAMPLE)], b"cluster east")
    Path(file.name).unlink()
    rows.append(
        ("first diagram over a bare app's first frame", f"x {own / plain:.2f} ({own:.2f} s, {plain:.2f} s)", "x 2")
    )
    session = Session(load(EXAMPLE))
    plan = session.scenario.plan("base")
    rows.append(("one lesson simulated", f"{seconds(lambda: simulate(plan), 50) * 1000:.2f} ms", "5 ms"))
    small = RunPlan("b", 1, "b", world(), plan.model, (live(),))
    rows.append(
        ("10,000 variations of one migration", f"{seconds(lambda: simulate(small), 200) * 10_000:.1f} s", "5 s")
    )
    for vms, budget in ((1000, "0.25 s"), (4000, "1.5 s")):
        taken, trace = drain(vms)
        rows.append((f"drain of {vms:,} VMs, {len(trace.events):,} events", f"{taken:.2f} s", budget))
    rows.append(("load 1,000 VMs written with count", f"{seconds(lambda: load_text(counted(1000)), 3):.2f} s", "0.3 s"))
    text = written_out(1000)
    rows.append(
        (f"load {len(text.splitlines()):,} lines written out", f"{seconds(lambda: load_text(text), 1):.2f} s", "1.5 s")
    )
    many = drain(1000)[1]
    many.at(1.0).field("v1", "state")
    moments = [many.end_s * number / 500 for number in range(500)]
    looked = seconds(lambda: [many.at(moment).field("v1", "state") for moment in moments]) / 500
    rows.append((f"seek one thing in {len(many.events):,} events", f"{looked * 1000:.3f} ms", "0.1 ms"))
    base = session.trace("base")
    picture = Scene(base).layout(120, 36, Tier.FULL)
    picture.frame(base.at(12.0))
    rows.append(
        ("a frame, 2 hosts, 120x36", f"{seconds(lambda: picture.frame(base.at(12.0), 0.3), 50) * 1000:.1f} ms", "4 ms")
    )
    large = Scene(many).layout(200, 60, Tier.FULL)
    large.frame(many.at(200.0))
    rows.append(
        (
            "a frame, 64 hosts, 1,000 VMs, 200x60",
            f"{seconds(lambda: large.frame(many.at(200.0), 0.3), 10) * 1000:.1f} ms",
            "16 ms",
        )
    )

    def what_if() -> None:
        changed = replace(plan, world=session.scenario.plan("base", {"world.hosts.*.nics.lm0.rate": "25 Gbit/s"}).world)
        trace = simulate(changed)
        Scene(trace).layout(120, 36, Tier.FULL).frame(trace.at(12.0))

    rows.append(("what-if to a new picture", f"{seconds(what_if) * 1000:.0f} ms", "100 ms"))
    from hvviz.charts import draw

    with tempfile.TemporaryDirectory() as folder:
        draw("timeline", [base], "Warm", f"{folder}/warm.png")
        png = seconds(lambda: draw("timeline", [base], "Warm", f"{folder}/warm.png"), 3)
    rows.append(("PNG of one chart, warm", f"{png * 1000:.0f} ms", "400 ms"))
    width = max(len(name) for name, _, _ in rows)
    for name, measured, budget in rows:
        print(f"{name:<{width}}  {measured:>28}  budget {budget}")


if __name__ == "__main__":
    main()
