"""SimGrid's own live migrations, reproduced line by line.

Its rule as a scenario is ``pass-end`` with a target of 30 ms and pages swept in order. The star and the drains have
links that a scenario file cannot state, so they are built from the same flows and memory copies directly.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
import simpy

from hvviz.scenario.constants import ModelConstants
from hvviz.simulation.fluid import Flow, FluidNetwork
from hvviz.simulation.precopy import GuestWrites, MemoryCopy, PassObserver
from hvviz.trace.records import Outcome
from hvviz.world.model import Access, DirtySet, Workload
from tests.worlds import host, live, model, run, vm, world

DATA = Path(__file__).parents[1] / "data" / "simgrid"
RULE = model("bare", target_blackout=0.03)
Row = dict[str, str]


def rows(name: str) -> list[Row]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


SINGLE = [row for row in rows("single.csv") if row["network_model"] == "CM02-ideal" and row["latency_s"] == "0"]
CONCURRENT = rows("concurrent.csv")
DRAIN = rows("drain.csv")


def sets_of(row: Row) -> tuple[DirtySet, ...]:
    if row["dirty_Bps"] == "0":
        return ()
    return (DirtySet(float(row["dirty_Bps"]), int(row["wws_B"]), Access.SEQUENTIAL),)


@pytest.mark.parametrize("row", SINGLE, ids=[row["case"] for row in SINGLE])
def test_one_vm_over_one_link(row: Row) -> None:
    rate_bps = float(row["bw_Bps"]) * 8
    one = world(
        hosts=[host("hv1", rate_bps=rate_bps, memory_bytes=2**40), host("hv2", rate_bps=rate_bps, memory_bytes=2**40)],
        vms=[vm(memory_bytes=int(row["ram_B"]))],
        workloads=[Workload("web", sets_of(row))],
    )
    until_s = 200.0 if row["status"] != "ok" else None
    moved = run(one, live(), model=RULE, until_s=until_s).operations["m1"]
    if row["status"] != "ok":
        assert moved.outcome is Outcome.UNFINISHED
        assert moved.converges is False
        return
    assert moved.total_s == pytest.approx(float(row["total_s"]), rel=1e-6, abs=1e-6)
    assert moved.blackout_s == pytest.approx(float(row["downtime_s"]), abs=1e-6)
    assert len(moved.passes) - 2 == int(row["stage2_rounds"])


def links_of(case: str, row: Row) -> list[tuple[str, float]]:
    """The links that a migration of the star, of one link, or of a drain passes, with their bytes per second."""
    gigabit = 1e9 / 8
    if case.startswith("star"):
        up = [1, 2.5, 10, 10, 20, 1, 10, 2.5]
        down = [10, 10, 5, 1, 2.5, 20, 10, 5]
        source, target = int(row["src"][1:]), int(row["dst"][1:])
        core = (source + target) % 2
        return [
            (f"up{source}", up[source] * gigabit),
            (f"core{core}", (15, 20)[core] * gigabit),
            (f"down{target}", down[target] * gigabit),
        ]
    if case.startswith("drain"):
        source, target = int(row["src"][1:]), int(row["dst"][1:])
        links = [(f"nic{source}", 10 * gigabit), (f"nic{target}", 10 * gigabit)]
        racks = sorted({source // 16, target // 16})
        return links + [(f"rack{rack}", 40 * gigabit) for rack in racks]
    return [("link", 10 * gigabit)]


def simulate_flows(case: str, cap: int) -> dict[str, tuple[float, float, int]]:
    """End, downtime and stage-2 rounds of every VM of ``case``, at most ``cap`` at a time from a source (0: all)."""
    table = CONCURRENT if not case.startswith("drain") else DRAIN
    env = simpy.Environment()
    network = FluidNetwork(env)
    constants: ModelConstants = RULE.constants
    slots: dict[str, simpy.Resource] = {}
    results: dict[str, tuple[float, float, int]] = {}

    def move(row: Row) -> Iterator[simpy.Event]:
        if cap:
            turn = slots.setdefault(row["src"], simpy.Resource(env, cap)).request()
            yield turn
        flow = Flow([(network.resource(name, rate), 1.0) for name, rate in links_of(case, row)])
        network.attach(flow)
        size = float(row["ram_B"])
        copy = MemoryCopy(env, network, flow, constants, GuestWrites(env, sets_of(row), size), size, PassObserver())
        copied = yield from copy.run()
        stopped_s = env.now
        yield network.send(flow, copied.left_bytes)
        network.detach(flow)
        results[row["vm"]] = (env.now, env.now - stopped_s, len(copy.passes) - 1)
        if cap:
            slots[row["src"]].release(turn)

    for row in table:
        if row["case"] == case:
            env.process(move(row))
    env.run()
    return results


CASES = sorted({row["case"] for row in CONCURRENT if row["status"] == "ok" and "overload" not in row["case"]})
DRAINS = sorted({row["case"] for row in DRAIN})


@pytest.mark.parametrize("case", CASES + DRAINS)
def test_many_at_once(case: str) -> None:
    cap = int(case.split("cap")[1].split("-")[0]) if "cap" in case else 0
    found = simulate_flows(case, cap)
    expected = [row for row in CONCURRENT + DRAIN if row["case"] == case]
    assert len(found) == len(expected)
    for row in expected:
        end_s, downtime_s, rounds = found[row["vm"]]
        assert end_s == pytest.approx(float(row["end_s"]), rel=1e-6, abs=1e-6), row
        assert downtime_s == pytest.approx(float(row["downtime_s"]), abs=1e-6), row
        assert rounds == int(row["stage2_rounds"]), row
