"""The result of a run as JSON by the contract (``hvviz-result/1``), as a table, and as CSV."""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from hvviz import units
from hvviz.trace.phases import phase_info
from hvviz.trace.records import Operation, Pass, Phase
from hvviz.trace.trace import Trace

FORMAT = "hvviz-result/1"


def to_result(trace: Trace) -> dict[str, Any]:
    """One JSON object; times are rounded to the microsecond, bytes to whole ones, the unknown is None."""
    result: dict[str, Any] = {
        "format": FORMAT,
        "scenario": trace.scenario,
        "rev": trace.rev,
        "run": trace.run,
        "engine": trace.engine,
        "end_s": _time(trace.end_s),
        "trace_hash": trace_hash(trace),
        "operations": [_operation(operation) for operation in trace.operations.values()],
        "vms": {id: _vm(trace, id) for id in trace.vms},
    }
    if trace.skipped:
        result["skipped"] = [{"id": each.id, "reason": each.reason} for each in trace.skipped]
    return result


def to_json(trace: Trace) -> str:
    """`to_result` as text that ends in a line break."""
    return json.dumps(to_result(trace), indent=1, ensure_ascii=False) + "\n"


def _time(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _operation(operation: Operation) -> dict[str, Any]:
    failure = operation.failure
    found: dict[str, Any] = {
        "id": operation.id,
        "kind": operation.kind.value,
        "vm": operation.vm,
        "from": operation.source,
        "to": operation.target,
        "requested_s": _time(operation.requested_s),
        "started_s": _time(operation.started_s),
        "ended_s": _time(operation.ended_s),
        "queued_s": _time(operation.queued_s),
        "total_s": _time(operation.total_s),
        "brownout_s": _time(operation.brownout_s),
        "blackout_s": _time(operation.blackout_s),
        "network_gap_s": _time(operation.network_gap_s),
        "bytes_sent": round(operation.bytes_sent),
        "memory_bytes": round(operation.memory_bytes),
        "outcome": operation.outcome.value,
        "failure": None
        if failure is None
        else {
            "code": failure.code,
            "event_id": failure.event_id,
            "message": failure.message,
            "phase": failure.phase,
            "cause": failure.cause,
            "remedy": failure.remedy,
        },
        "forced": operation.forced,
        "phases": [_phase(operation, phase) for phase in operation.phases],
        "converges": operation.converges,
        "passes": [_pass(memory_pass) for memory_pass in operation.passes],
    }
    if operation.host is not None:
        found["host"] = operation.host
    if operation.kind.value == "drain":
        found["children"] = list(operation.children)
    if operation.parent is not None:
        found["parent"] = operation.parent
    return found


def _phase(operation: Operation, phase: Phase) -> dict[str, Any]:
    info = phase_info(operation.kind, phase.id)
    return {
        "id": phase.id,
        "title": info.title,
        "actor": info.actor,
        "start_s": _time(phase.start_s),
        "end_s": _time(phase.end_s),
        "steps": [{"id": step.id, "start_s": _time(step.start_s), "end_s": _time(step.end_s)} for step in phase.steps],
    }


def _pass(memory_pass: Pass) -> dict[str, Any]:
    return {
        "index": memory_pass.index,
        "start_s": _time(memory_pass.start_s),
        "end_s": _time(memory_pass.end_s),
        "bytes": round(memory_pass.bytes),
        "dirty_bytes": round(memory_pass.dirty_bytes),
        "final": memory_pass.final,
    }


def _vm(trace: Trace, id: str) -> dict[str, Any]:
    vm = trace.vms[id]
    return {
        "host": vm.host,
        "state": vm.state.value,
        "storage": list(vm.storage),
        "clock_lag_s": _time(vm.clock_lag_s),
        "uptime_reset": vm.uptime_reset,
        "clients": {name: {"lost": each.lost, "dropped": each.dropped} for name, each in vm.clients.items()},
        **vm.extra,
    }


def trace_hash(trace: Trace) -> str:
    """SHA-256 over what happened, the world after ``set``, the model and the engine, without titles and prose."""
    operations = []
    for operation in trace.operations.values():
        found = _operation(operation)
        if found["failure"] is not None:
            found["failure"] = {key: found["failure"][key] for key in ("code", "event_id", "phase")}
        found["phases"] = [
            {key: entry for key, entry in phase.items() if key not in ("title", "actor")} for phase in found["phases"]
        ]
        operations.append(found)
    canonical = {
        "scenario": trace.scenario,
        "run": trace.run,
        "engine": trace.engine,
        "end_s": _time(trace.end_s),
        "world": _canonical(trace.world),
        "model": _canonical(trace.settings),
        "operations": operations,
        "vms": {id: _vm(trace, id) for id in trace.vms},
        "skipped": [each.id for each in trace.skipped],
    }
    text = json.dumps(canonical, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    """Plain JSON values with floats rounded to six places."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float):
        return round(value, 6)
    if is_dataclass(value) and not isinstance(value, type):
        return {entry.name: _canonical(getattr(value, entry.name)) for entry in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _canonical(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_canonical(entry) for entry in value]
    return value


_COLUMNS = (
    "id",
    "kind",
    "vm",
    "from",
    "to",
    "outcome",
    "queued_s",
    "total_s",
    "blackout_s",
    "network_gap_s",
    "memory_bytes",
    "bytes_sent",
    "forced",
    "converges",
)


def to_csv(trace: Trace) -> str:
    """A row for each operation, in base units."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*_COLUMNS, "failure_code", "failure"])
    for operation in trace.operations.values():
        found = _operation(operation)
        failure = found["failure"] or {"code": None, "message": None}
        writer.writerow(
            [*(_cell(found[column]) for column in _COLUMNS), _cell(failure["code"]), _cell(failure["message"])]
        )
    return text.getvalue()


def _cell(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text[:1] in "=+-@\t\r" else text


def to_table(trace: Trace) -> str:
    """A table for people: one line an operation, then where each VM is."""
    head = ["operation", "kind", "vm", "from → to", "outcome", "queued", "total", "blackout", "gap", "memory"]
    rows: list[Sequence[str]] = [head]
    for operation in trace.operations.values():
        rows.append(
            [
                operation.id,
                operation.kind.value,
                operation.vm or "",
                f"{operation.source or operation.host or '?'} → {operation.target or '?'}",
                operation.outcome.value,
                _shown(operation.queued_s),
                _shown(operation.total_s),
                _shown(operation.blackout_s),
                _shown(operation.network_gap_s),
                units.show_bytes(operation.memory_bytes) if operation.memory_bytes else "-",
            ]
        )
    lines = _aligned(rows)
    for operation in trace.operations.values():
        if operation.failure is not None:
            lines.append(f"{operation.id}: {operation.failure.message} {operation.failure.remedy}")
    lines += [f"{each.id} did not happen: {each.reason}" for each in trace.skipped]
    lines.append("")
    lines += _aligned(
        [["vm", "host", "state"], *([id, vm.host, vm.state.value] for id, vm in list(trace.vms.items())[:50])]
    )
    return "\n".join(lines) + "\n"


def _shown(value_s: float | None) -> str:
    return "unknown" if value_s is None else units.show_time(value_s)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
