"""The contract's own example, and what a scenario file may and may not say."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hvviz import units
from hvviz.authoring.check import check_file
from hvviz.authoring.solve import solve
from hvviz.scenario.expressions import ExpressionError, parse
from hvviz.scenario.loader import Scenario, ScenarioError, load, load_text
from hvviz.session.session import Session
from hvviz.units import Dimension

EXAMPLE = Path(__file__).parents[1] / "data" / "example.yaml"
SHIPPED = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))


def test_the_example_proves_itself() -> None:
    assert check_file(EXAMPLE) == ()


def test_every_run_of_the_example_gives_what_its_checks_expect(session: Session) -> None:
    for check in session.scenario.lesson.checks:
        assert session.evaluate(check.expect, check.run), check.expect.text


@pytest.mark.parametrize("path", [EXAMPLE, *SHIPPED], ids=lambda path: path.stem)
def test_keys_give_full_marks_and_no_answers_none(path: Path) -> None:
    score = solve(load(path))
    assert score.complete
    assert score.most_points > 0


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_scenarios_prove_themselves(path: Path) -> None:
    assert check_file(path) == ()


def test_a_delta_replaces_and_appends(example: Scenario) -> None:
    assert [action.id for action in example.plan("crash").actions] == ["lm1", "f1"]
    assert example.plan("slow-network").world.hosts["hv2"].adapters["lm0"].rate_bps == 1e9
    assert example.plan("base").world.hosts["hv2"].adapters["lm0"].rate_bps == 10e9


def test_count_deals_vms_out_and_a_path_names_the_copies() -> None:
    scenario = load_text(
        """
format: hvviz/1
id: many
title: Many
world:
  clusters: {c: {hosts: ["hv-*"]}}
  hosts:
    hv: {count: 3, memory: 64 GiB, nics: {a: {network: n, rate: 10 Gbit/s}}}
  networks: {n: {live_migration: true}}
  storage: {s: {kind: csv, hosts: ["hv-*"]}}
  vms:
    web: {count: 7, host: [hv-1, hv-2, hv-3], memory: 1 GiB, storage: s}
runs:
  base:
    set: {world.hosts.hv-1.memory: 32 GiB, "world.vms.web-*.memory": 2 GiB}
    actions: [{id: d, do: drain, host: hv-1}]
"""
    )
    world = scenario.plan("base").world
    assert [vm.host for vm in world.vms.values()] == ["hv-1", "hv-2", "hv-3"] * 2 + ["hv-1"]
    assert world.hosts["hv-1"].memory_bytes == 32 * 2**30
    assert {vm.memory_bytes for vm in world.vms.values()} == {2 * 2**30}
    trace = Session(scenario).trace("base")
    assert trace.operations["d"].children == ("d-web-1", "d-web-4", "d-web-7")
    assert trace.operations["d"].outcome == "completed"


@given(st.integers(0, 10**6), st.sampled_from(["B", "KiB", "MiB", "GiB", "kB", "MB", "GB"]))
def test_a_size_is_exact(number: int, unit: str) -> None:
    factor = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "kB": 10**3, "MB": 10**6, "GB": 10**9}[unit]
    assert units.parse(f"{number} {unit}", Dimension.MEMORY) == number * factor


@given(st.text(max_size=40), st.sampled_from(list(Dimension)))
def test_any_text_is_a_quantity_or_a_sentence(text: str, dimension: Dimension) -> None:
    sentence = "."
    try:
        assert units.parse(text, dimension) >= 0
    except units.UnitError as error:
        sentence = str(error)
    assert sentence.rstrip("'").endswith(".")


@given(st.text(max_size=60))
def test_any_text_is_an_expression_or_a_sentence(text: str) -> None:
    column = 1
    try:
        parse(text)
    except ExpressionError as error:
        column = error.column
    assert column >= 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("2 GiB / 1 GiB", 2.0),
        ("not 1 > 2 and 3 in [1, 2, 3]", True),
        ("a-b.c == 5", True),
        ("max([1, 5, 2]) - min(4, 2)", 3),
        ("mean([1, 2, 3])", 2.0),
        ("count(list) == 3", True),
        ("'x' not in ['y']", True),
        ("1500 ms < 2 s", True),
    ],
)
def test_expressions(text: str, value: object) -> None:
    known = {("a-b", "c"): 5, ("list",): [1, 2, 3]}
    assert parse(text).evaluate(lambda parts: known[parts]) == value


@given(st.text(max_size=200))
def test_any_text_loads_or_says_why(text: str) -> None:
    with pytest.raises(ScenarioError) as error:
        load_text(text)
    assert error.value.diagnostics
