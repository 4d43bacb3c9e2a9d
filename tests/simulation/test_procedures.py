"""What each procedure does to a VM, its files, its link and its owner."""

from pathlib import Path

import pytest

from hvviz.scenario.loader import load
from hvviz.session.session import Session
from hvviz.trace.records import Outcome
from hvviz.trace.trace import Trace
from hvviz.world.facts import Relation
from tests.worlds import live, model, quick, run, vm, world


@pytest.fixture(scope="module")
def runs() -> Session:
    return Session(load(Path(__file__).parents[1] / "data" / "procedures.yaml"))


def phases(trace: Trace, operation: str) -> list[str]:
    return [phase.id for phase in trace.operations[operation].phases]


def test_a_drain_moves_high_and_medium_live_and_low_and_off_quick(runs: Session) -> None:
    trace = runs.trace("base")
    kinds = {id.removeprefix("d1-"): operation.kind for id, operation in trace.operations.items() if id != "d1"}
    assert kinds == {"a": "live", "b": "live", "c": "quick", "off": "quick"}
    assert trace.operations["d1"].children == ("d1-a", "d1-b", "d1-off", "d1-c")
    assert all(result.host != "hv1" for id, result in trace.vms.items() if id != "s")


def test_a_cluster_disk_changes_its_owner_inside_the_blackout(runs: Session) -> None:
    trace = runs.trace("pt")
    operation = trace.operations["m"]
    cutover = operation.phase("cutover")
    assert cutover is not None
    assert [step.id for step in cutover.steps] == ["suspend", "final-copy", "disk-ownership", "transfer-link", "resume"]
    assert trace.at(0.0).target(Relation.OWNED_BY, "disk1") == "hv1"
    assert trace.at(trace.end_s).target(Relation.OWNED_BY, "disk1") == "hv2"
    assert (operation.blackout_s or 0.0) > 1.0


def test_a_storage_migration_mirrors_writes_and_leaves_an_empty_folder(runs: Session) -> None:
    trace = runs.trace("storage")
    assert phases(trace, "s1") == ["preflight", "create-target", "mirror-copy", "switch-over", "move-files", "cleanup"]
    copying = trace.at(10.0)
    assert copying.field("a", "writes_to") == ("csv1", "csv2")
    assert copying.field("a", "reads_from") == ("csv1",)
    assert trace.vms["a"].storage == ("csv2",)
    assert trace.at(trace.end_s).exists("a/folder@csv1")
    closed = next(event for event in trace.events if event.kind == "mirror.closed")
    assert closed.data["written_bytes"] == pytest.approx(20e6 * (closed.time_s - 0.9), rel=0.01)


def test_a_cluster_disk_without_files_becomes_available_storage(runs: Session) -> None:
    trace = runs.trace("storage-disk")
    assert trace.at(trace.end_s).field("disk1", "available") is True


def test_under_redirect_a_failure_loses_what_only_the_target_had(runs: Session) -> None:
    trace = runs.trace("redirect")
    assert trace.operations["s1"].outcome is Outcome.FAILED
    assert trace.vms["a"].storage == ("csv1",)
    assert trace.vms["a"].extra["lost_write_bytes"] == pytest.approx(20e6 * 5, rel=0.01)


def test_shared_nothing_copies_disks_then_memory_and_deletes_the_source_last(runs: Session) -> None:
    trace = runs.trace("snlm")
    assert phases(trace, "n1") == [
        "preflight",
        "authenticate",
        "shell-creation",
        "mirror-copy",
        "memory-copy",
        "cutover",
        "announce",
        "cleanup",
    ]
    assert trace.vms["s"].host == "other"
    assert trace.vms["s"].storage == ("lb",)
    assert trace.operations["n1"].bytes_sent > 20 * 2**30


@pytest.mark.parametrize(
    ("run", "code", "phase"), [("snlm-kerb", "0x8009030D", "authenticate"), ("snlm-clustered", None, "preflight")]
)
def test_shared_nothing_says_why_not(runs: Session, run: str, code: str | None, phase: str) -> None:
    failure = runs.trace(run).operations["n1"].failure
    assert failure is not None
    assert (failure.code, failure.phase) == (code, phase)


def test_a_crash_is_a_cold_start_elsewhere_after_the_isolation_and_stale_links_are_swept(runs: Session) -> None:
    trace = runs.trace("crash")
    assert phases(trace, "f1-a") == ["detect", "arbitrate", "transfer-link", "start"]
    assert (trace.operations["f1-a"].blackout_s or 0.0) > 240.0
    assert trace.at(350.0).exists("hv1/link/a")
    assert not trace.at(trace.end_s).exists("hv1/link/a")
    assert trace.vms["a"].uptime_reset


def test_a_restored_vm_with_a_dynamic_mac_gets_another_and_a_live_migrated_one_does_not() -> None:
    made = world(vms=[vm()])
    assert run(made, quick()).vms["web1"].extra["mac_changed"] is True
    assert run(made, live()).vms["web1"].extra["mac_changed"] is False


def test_a_saved_state_that_does_not_fit_leaves_the_vm_saved_and_whole() -> None:
    crowded = [vm(), vm("big", "hv2", memory_bytes=120 * 2**30)]
    trace = run(world(vms=crowded), quick())
    operation = trace.operations["m1"]
    assert operation.outcome is Outcome.FAILED
    assert operation.failure is not None
    assert operation.failure.code == "0x800705AA"
    assert trace.vms["web1"].state == "saved"
    assert trace.at(trace.end_s).exists("web1/web1.bin")


def test_a_blackout_that_would_be_too_long_is_cancelled_instead() -> None:
    from hvviz.world.model import DirtySet, Workload

    busy = world(workloads=[Workload("web", (DirtySet(5e9, 8 * 2**30),))])
    trace = run(busy, live(), model=model(cancel_above_blackout=1.0))
    assert trace.operations["m1"].outcome is Outcome.CANCELLED
    assert trace.operations["m1"].blackout_s == 0.0
    assert trace.vms["web1"].host == "hv1"
