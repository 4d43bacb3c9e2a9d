"""Results against formulas that fit on one line."""

import math
from dataclasses import replace

import pytest

from hvviz.scenario.constants import Model
from hvviz.trace.records import Outcome
from hvviz.world.model import Access, DirtySet, Transport, VmState, Workload, World
from tests.worlds import GIB, MIB, csv, host, live, model, quick, run, vm, world

BARE = model("bare")


def one_link(rate_bps: float = 10e9, memory_bytes: int = 16 * GIB, sets: tuple[DirtySet, ...] = ()) -> World:
    return world(
        hosts=[host("hv1", rate_bps=rate_bps), host("hv2", rate_bps=rate_bps)],
        vms=[vm(memory_bytes=memory_bytes)],
        workloads=[Workload("web", sets)],
    )


@pytest.mark.parametrize("rate_bps", [1e9, 10e9, 25e9])
def test_without_writes_the_time_is_bytes_over_rate(rate_bps: float) -> None:
    moved = run(one_link(rate_bps), live(), model=BARE).operations["m1"]
    assert moved.total_s == pytest.approx(16 * GIB * 8 / rate_bps, rel=1e-12)
    assert moved.blackout_s == 0.0
    assert [each.final for each in moved.passes] == [False, True]
    assert moved.passes[-1].bytes == 0


@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_a_sweep_sends_the_geometric_series(share: float) -> None:
    """With D(t) = r t each pass is r / B of the one before, until it can be sent in the target blackout."""
    rate = 1e9 / 8
    sets = (DirtySet(share * rate, 15 * GIB, Access.SEQUENTIAL),)
    moved = run(one_link(1e9, sets=sets), live(), model=BARE).operations["m1"]
    passes = math.ceil(math.log(rate * 0.3 / (16 * GIB)) / math.log(share))
    expected = 16 * GIB * (1 - share ** (passes + 1)) / (1 - share)
    assert len(moved.passes) == passes + 1
    assert moved.memory_bytes == pytest.approx(expected, rel=1e-9)


def test_a_saturated_set_goes_again_whole_until_the_limit_forces_the_cutover() -> None:
    sets = (DirtySet(50e9, 4 * GIB),)
    moved = run(one_link(10e9, sets=sets), live(), model=model("bare", max_passes=5)).operations["m1"]
    assert moved.forced
    assert moved.converges is False
    assert [round(each.bytes / GIB, 3) for each in moved.passes] == [16, 4, 4, 4, 4, 4]
    assert moved.blackout_s == pytest.approx(4 * GIB * 8 / 10e9, rel=1e-6)


def test_without_a_limit_it_goes_on_until_the_run_ends() -> None:
    sets = (DirtySet(50e9, 4 * GIB),)
    moved = run(one_link(10e9, sets=sets), live(), model=BARE, until_s=60.0).operations["m1"]
    assert moved.outcome is Outcome.UNFINISHED
    assert moved.converges is False
    assert moved.total_s is None
    assert moved.passes[-1].end_s is None


def test_without_a_limit_and_an_end_it_stops_when_nothing_else_is_left_to_happen() -> None:
    sets = (DirtySet(50e9, 4 * GIB),)
    trace = run(one_link(10e9, sets=sets), live(), model=BARE)
    assert trace.operations["m1"].outcome is Outcome.UNFINISHED
    assert trace.operations["m1"].converges is False


def test_quick_migration_takes_memory_over_write_plus_memory_over_read() -> None:
    moved = run(one_link(), quick(), model=BARE).operations["m1"]
    expected = 16 * GIB / 250e6 + 16 * GIB / 900e6
    assert moved.total_s == pytest.approx(expected, rel=1e-12)
    assert moved.blackout_s == pytest.approx(expected, rel=1e-12)
    assert moved.bytes_sent == 0


def test_network_speed_does_not_change_quick_migration() -> None:
    slow, fast = (run(one_link(rate), quick()).operations["m1"] for rate in (1e8, 100e9))
    assert slow == fast


def test_disk_speed_does_not_change_live_migration() -> None:
    slow, fast = (
        run(replace(one_link(), storage={"csv1": csv("csv1", ("hv1", "hv2"), write_bytes_per_s=rate)}), live())
        for rate in (1e6, 9e9)
    )
    assert slow.operations == fast.operations


@pytest.mark.parametrize("state", [VmState.OFF, VmState.SAVED])
def test_a_vm_without_running_memory_moves_by_its_link_alone(state: VmState) -> None:
    trace = run(world(vms=[vm(state=state)]), quick())
    moved = trace.operations["m1"]
    assert [phase.id for phase in moved.phases] == ["preflight", "transfer-link"]
    assert moved.memory_bytes == 0
    assert moved.blackout_s == 0.0
    assert trace.vms["web1"].state is state
    assert not trace.transfers


def test_equal_migrations_share_a_link_evenly() -> None:
    two = world(
        hosts=[host("hv1"), host("hv2")],
        vms=[vm("a", workload=None), vm("b", workload=None)],
    )
    trace = run(two, live("m1", "a"), live("m2", "b"), model=BARE)
    for id in ("m1", "m2"):
        assert trace.operations[id].total_s == pytest.approx(2 * 16 * GIB * 8 / 10e9, rel=1e-12)


def test_a_third_migration_waits_for_one_of_two_slots() -> None:
    three = world(vms=[vm(id, workload=None) for id in ("a", "b", "c")])
    trace = run(three, live("m1", "a"), live("m2", "b"), live("m3", "c"), model=BARE)
    assert trace.operations["m3"].queued_s == pytest.approx(trace.operations["m1"].total_s)


def test_compression_sends_half_the_bytes_where_processors_are_free() -> None:
    hosts = [host(id, settings={"transport": Transport.COMPRESSION}, rate_bps=1e9) for id in ("hv1", "hv2")]
    moved = run(world(hosts=hosts, workloads=[Workload("web")]), live(), model=BARE).operations["m1"]
    assert moved.bytes_sent == pytest.approx(moved.memory_bytes / 2)
    assert moved.total_s == pytest.approx(16 * GIB * 8 / 1e9 / 2, rel=1e-9)


def test_compression_without_free_processors_is_as_fast_as_tcp() -> None:
    busy = Workload("web", cpu_cores=16.0)
    hosts = [host(id, settings={"transport": Transport.COMPRESSION}, rate_bps=1e9) for id in ("hv1", "hv2")]
    moved = run(world(hosts=hosts, workloads=[busy]), live(), model=BARE).operations["m1"]
    assert moved.total_s == pytest.approx(16 * GIB * 8 / 1e9, rel=1e-9)


def test_the_defaults_follow_the_version_of_the_source() -> None:
    assert Model().for_version(host("a").version).max_passes == 5


def test_dirty_memory_never_exceeds_the_memory_of_the_vm() -> None:
    sets = (DirtySet(1e9, 16 * GIB), DirtySet(1e9, 16 * GIB))
    moved = run(one_link(1e9, sets=sets), live(), model=model("bare", max_passes=3)).operations["m1"]
    assert all(each.bytes <= 16 * GIB + MIB for each in moved.passes)
