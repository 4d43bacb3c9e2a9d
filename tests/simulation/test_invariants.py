"""The invariants hold at every event of every run, whatever is asked for and whatever breaks."""

import pytest
from hypothesis import HealthCheck, given, settings

from hvviz.scenario.plan import RunPlan
from hvviz.simulation import simulate
from tests.simulation.generated import plans
from tests.simulation.invariants import check_trace

_SETTINGS = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@settings(_SETTINGS, max_examples=300)
@given(plans())
def test_invariants_hold_at_every_event(plan: RunPlan) -> None:
    check_trace(simulate(plan))


@settings(_SETTINGS, max_examples=60)
@given(plans())
def test_a_run_is_the_same_every_time(plan: RunPlan) -> None:
    first, second = simulate(plan), simulate(plan)
    assert first.events == second.events
    assert first.changes == second.changes
    assert first.operations == second.operations


@pytest.mark.long
@settings(_SETTINGS, max_examples=20_000)
@given(plans())
def test_invariants_hold_over_twenty_thousand_runs(plan: RunPlan) -> None:
    check_trace(simulate(plan))
