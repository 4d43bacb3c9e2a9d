"""A scenario in use: changes that can be taken back, and other futures."""

import pytest

from hvviz.scenario.diagnostics import ScenarioError
from hvviz.scenario.loader import Scenario
from hvviz.scenario.plan import Action, Anchor
from hvviz.session.session import Session

RATE = "world.hosts.*.nics.lm0.rate"


def test_a_change_applies_to_every_run_and_can_be_taken_back(example: Scenario) -> None:
    session = Session(example)
    before = session.trace("base")
    session.change(RATE, "1 Gbit/s")
    assert session.trace("base").world.hosts["hv1"].adapters["lm0"].rate_bps == 1e9
    assert session.trace("quick").world.hosts["hv2"].adapters["lm0"].rate_bps == 1e9
    assert session.undo()
    assert session.trace("base") is before
    assert session.redo()
    assert not session.redo()
    session.reset()
    assert session.trace("base") is before
    assert session.undo()


def test_a_change_that_does_not_fit_changes_nothing(example: Scenario) -> None:
    session = Session(example)
    with pytest.raises(ScenarioError):
        session.change(RATE, "fast")
    assert session.changes == {}
    assert not session.undo()


def test_a_fork_is_another_future_of_the_same_run(example: Scenario) -> None:
    session = Session(example)
    crash = Action("f9", "fault.host-crash", 9, Anchor("lm1", ("memory-copy",), False, 1.0), host="hv2")
    forked = session.fork("base", (crash,))
    assert forked.operations["lm1"].outcome == "failed"
    assert session.trace("base").operations["lm1"].outcome == "completed"
    shared = [event for event in session.trace("base").events if event.time_s < 8.0]
    assert list(forked.events[: len(shared)]) == shared
