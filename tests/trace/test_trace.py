"""The trace: written and read back, the same at any instant whichever way one gets there, the same hash everywhere."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hvviz.scenario.plan import RunPlan
from hvviz.session.session import Session
from hvviz.simulation import simulate
from hvviz.trace.jsonl import TraceFormatError, from_lines, to_lines
from hvviz.trace.metrics import MetricError, value
from hvviz.trace.result import to_csv, to_result, to_table, trace_hash
from tests.simulation.generated import plans

EXAMPLE = Path(__file__).parents[1] / "data" / "example.yaml"
_SETTINGS = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@_SETTINGS
@given(plans())
def test_a_trace_comes_back_from_its_lines(plan: RunPlan) -> None:
    trace = simulate(plan)
    again = from_lines(to_lines(trace))
    assert again.world == trace.world
    assert list(again.events) == list(trace.events)
    assert list(again.changes) == list(trace.changes)
    assert again.operations == trace.operations
    assert list(again.transfers) == list(trace.transfers)
    assert again.vms == trace.vms
    assert trace_hash(again) == trace_hash(trace)


@given(st.lists(st.text(max_size=40), max_size=4))
def test_any_lines_are_a_trace_or_a_sentence(lines: list[str]) -> None:
    with pytest.raises(TraceFormatError):
        from_lines(lines)


@_SETTINGS
@given(plans(), st.floats(0, 1))
def test_state_found_by_bisection_is_state_built_up(plan: RunPlan, share: float) -> None:
    trace = simulate(plan)
    instant = trace.at(trace.end_s * share)
    facts = dict(trace.initial)
    for change in trace.changes:
        if change.event < instant.position:
            facts[change.key] = change.value
    for key, expected in facts.items():
        assert instant.fact(key) == expected


def test_the_graph_at_an_instant_has_what_the_migration_changes(session: Session) -> None:
    trace = session.trace("base")
    before, after = trace.at(6.0).graph(), trace.at(29.0).graph()
    assert before.has_edge("web1", "hv1", key="runs-on")
    assert after.has_edge("web1", "hv2", key="runs-on")
    assert "hv1/link/web1" in before
    assert "hv1/link/web1" not in after
    assert "hv2/link/web1" in after
    assert after.has_edge("web1/resource", "hv2", key="owned-by")
    assert after.nodes["web1/registry"]["owner"] == "hv2"


def test_every_event_but_the_first_of_an_operation_names_a_cause(session: Session) -> None:
    for run in session.scenario.runs:
        for event in session.trace(run).events:
            if event.operation is not None and event.kind != "operation.requested":
                assert event.causes, event


def test_the_hash_is_the_same_for_every_hash_seed(session: Session) -> None:
    code = (
        "from hvviz.scenario.loader import load; from hvviz.session.session import Session;"
        "from hvviz.trace.result import trace_hash;"
        f"print(trace_hash(Session(load({str(EXAMPLE)!r})).trace('base')))"
    )
    for seed in ("0", "1", "4711"):
        found = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert found.stdout.strip() == trace_hash(session.trace("base"))


def test_a_result_follows_the_contract(session: Session) -> None:
    result = to_result(session.trace("base"))
    assert list(result)[:8] == ["format", "scenario", "rev", "run", "engine", "end_s", "trace_hash", "operations"]
    operation = result["operations"][0]
    assert operation["total_s"] == pytest.approx(operation["ended_s"] - operation["started_s"], abs=2e-6)
    assert [phase["id"] for phase in operation["phases"]] == [
        "preflight",
        "shell-creation",
        "memory-copy",
        "cutover",
        "announce",
        "cleanup",
    ]
    assert [step["id"] for step in operation["phases"][3]["steps"]] == [
        "suspend",
        "final-copy",
        "transfer-link",
        "resume",
    ]
    assert result["vms"]["web1"]["clients"]["probe"] == {"lost": 0, "dropped": False}
    failed = to_result(session.trace("crash"))["operations"][0]
    assert failed["failure"]["code"] == "0x80072746"
    assert failed["blackout_s"] == 0


def test_a_table_and_csv_say_the_same(session: Session) -> None:
    trace = session.trace("base")
    assert "completed" in to_table(trace)
    assert to_csv(trace).splitlines()[1].startswith("lm1,live,web1,hv1,hv2,completed,")


def test_metrics_by_name_and_the_nearest_name_where_there_is_none(session: Session) -> None:
    trace = session.trace("base")
    assert value(trace, ("web1", "memory")) == 16 * 2**30
    assert value(trace, ("web1", "host")) == "hv2"
    assert value(trace, ("lm1", "memory-copy", "start_s")) == pytest.approx(7.0)
    assert value(trace, ("csv1", "write")) == 250e6
    with pytest.raises(MetricError, match="total_s"):
        value(trace, ("lm1", "totl_s"))
