"""Broken scenarios, each one change away from a good one, with exactly what is said about it.

The corpus is a table: what to replace in the example, by what, and the findings as ``line:column code message``.
To renew it after reading every line: HVVIZ_RENEW=1 python -m pytest tests/scenario/test_broken.py.
"""

import json
import os
from pathlib import Path

import pytest

from hvviz.authoring.check import Checker
from hvviz.scenario.codes import known_codes
from hvviz.scenario.diagnostics import Diagnostic
from hvviz.scenario.loader import ScenarioError, load_text

DATA = Path(__file__).parents[1] / "data"
CORPUS = DATA / "broken" / "corpus.json"
EXAMPLE = (DATA / "example.yaml").read_text(encoding="utf-8")
CASES = json.loads(CORPUS.read_text(encoding="utf-8"))


def findings(text: str) -> list[Diagnostic]:
    try:
        return list(Checker(load_text(text, "broken.yaml")).findings())
    except ScenarioError as error:
        return list(error.diagnostics)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_mistake_is_named_where_it_is(case: dict[str, object]) -> None:
    old, new = str(case["replace"]), str(case["by"])
    assert EXAMPLE.count(old) >= 1, "the corpus names text that the example has"
    found = [f"{each.line}:{each.column} {each.code} {each.message}" for each in findings(EXAMPLE.replace(old, new, 1))]
    if os.environ.get("HVVIZ_RENEW"):
        case["findings"] = found
        CORPUS.write_text(json.dumps(CASES, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert found, "a broken scenario has findings"
    assert found == case["findings"]


def test_every_code_that_is_given_can_be_explained() -> None:
    given = {finding.split(" ")[1] for case in CASES for finding in case["findings"]}
    assert given <= known_codes()


def test_one_mistake_gives_one_finding() -> None:
    crowded = [case["name"] for case in CASES if len(case["findings"]) > 2]
    assert not crowded


def test_all_mistakes_come_at_once() -> None:
    text = EXAMPLE.replace("memory: 128 GiB", "memory: 128").replace("vm: web1, to: hv2", "vm: web2, to: hv3", 1)
    assert [each.code for each in findings(text)] == ["HV204", "HV210", "HV210"]
