"""Diagnostics for machines: plain JSON, and SARIF 2.1.0."""

from collections.abc import Sequence
from typing import Any

from hvviz import __version__
from hvviz.scenario.diagnostics import Diagnostic


def to_json(findings: Sequence[Diagnostic]) -> list[dict[str, Any]]:
    """A list of objects, one a finding."""
    return [
        {
            "file": each.file,
            "line": each.line,
            "column": each.column,
            "code": each.code,
            "severity": each.severity.value,
            "message": each.message,
            "hint": each.hint,
        }
        for each in findings
    ]


def to_sarif(findings: Sequence[Diagnostic]) -> dict[str, Any]:
    """A SARIF log with one run."""
    codes = sorted({each.code for each in findings})
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": "hvviz", "version": __version__, "rules": [{"id": code} for code in codes]}
                },
                "results": [_result(each) for each in findings],
            }
        ],
    }


def _result(each: Diagnostic) -> dict[str, Any]:
    text = f"{each.message} {each.hint}".strip()
    region = {"startLine": max(1, each.line), "startColumn": max(1, each.column)}
    place = {"artifactLocation": {"uri": each.file.replace("\\", "/")}, "region": region}
    return {
        "ruleId": each.code,
        "level": each.severity.value,
        "message": {"text": text},
        "locations": [{"physicalLocation": place}],
    }
