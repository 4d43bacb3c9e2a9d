"""A trace as JSON lines, out and in, so that a run that was recorded can be shown again.

The first line says what it is and carries the world; then one line for each event, change, transfer and operation.
"""

import json
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from hvviz.trace.records import Event, Operation, SkippedAction, Transfer, VmResult
from hvviz.trace.trace import Change, Trace
from hvviz.world.facts import EdgeKey, FactKey, FieldKey, Kind, NodeKey, Relation
from hvviz.world.model import Access, StorageKind, VmState, Witness, World

FORMAT = "hvviz-trace/1"
MAX_LINE = 64 * 2**20
_ENUMS: dict[str, type[Enum]] = {
    each.__name__: each for each in (VmState, Kind, Access, StorageKind, Witness, Relation)
}


class TraceFormatError(ValueError):
    """Text that is not a recorded trace; the message says which line and why."""


def to_lines(trace: Trace) -> Iterator[str]:
    """The lines, without their ends."""
    head = {
        "format": FORMAT,
        "scenario": trace.scenario,
        "rev": trace.rev,
        "run": trace.run,
        "engine": trace.engine,
        "end_s": trace.end_s,
        "settings": _plain(trace.settings),
        "world": _plain(trace.world),
    }
    yield _dump(head)
    for event in trace.events:
        yield _dump({"event": _plain(event)})
    for change in trace.changes:
        yield _dump({"change": [change.event, list(map(_plain, change.key)), _plain(change.value)]})
    for transfer in trace.transfers:
        yield _dump({"transfer": _plain(transfer)})
    for operation in trace.operations.values():
        yield _dump({"operation": _plain(operation)})
    for id, vm in trace.vms.items():
        yield _dump({"vm": [id, _plain(vm)]})
    for skipped in trace.skipped:
        yield _dump({"skipped": _plain(skipped)})


def _dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _plain(value: Any) -> Any:
    """JSON values that `_read` can turn back; an enum in an untyped place keeps its class."""
    if isinstance(value, Enum):
        return {"$": type(value).__name__, "v": value.value} if type(value).__name__ in _ENUMS else value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {entry.name: _plain(getattr(value, entry.name)) for entry in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    return value


def from_lines(lines: Iterable[str]) -> Trace:
    """The trace again; raises `TraceFormatError`."""
    number = 0
    head: dict[str, Any] | None = None
    parts: dict[str, list[Any]] = {key: [] for key in ("event", "change", "transfer", "operation", "vm", "skipped")}
    try:
        for number, line in enumerate(lines, 1):
            if len(line) > MAX_LINE:
                raise TraceFormatError(f"Line {number} is too long for a recorded trace.")
            found = json.loads(line)
            if head is None:
                if not isinstance(found, dict) or found.get("format") != FORMAT:
                    raise TraceFormatError(f"Line 1 does not say '{FORMAT}', so this is no recorded trace.")
                head = found
                continue
            for key, value in found.items():
                parts[key].append(value)
        if head is None:
            raise TraceFormatError("There is nothing to read.")
        return Trace(
            scenario=str(head["scenario"]),
            rev=int(head["rev"]),
            run=str(head["run"]),
            engine=str(head["engine"]),
            world=_read(World, head["world"]),
            settings={key: _untyped(value) for key, value in head["settings"].items()},
            end_s=float(head["end_s"]),
            events=[_event(value) for value in parts["event"]],
            changes=[Change(int(event), _key(key), _untyped(value)) for event, key, value in parts["change"]],
            operations={value["id"]: _read(Operation, value) for value in parts["operation"]},
            transfers=[_read(Transfer, value) for value in parts["transfer"]],
            vms={id: _read(VmResult, value) for id, value in parts["vm"]},
            skipped=[_read(SkippedAction, value) for value in parts["skipped"]],
        )
    except (json.JSONDecodeError, KeyError, TypeError, ValueError, RecursionError) as error:
        if isinstance(error, TraceFormatError):
            raise
        raise TraceFormatError(f"Line {number} is not a line of a recorded trace: {error}") from error


def _event(value: list[Any]) -> Event:
    id, time_s, kind, subject, operation, phase, causes, data = value
    return Event(
        id, time_s, kind, subject, operation, phase, tuple(causes), {key: _untyped(each) for key, each in data.items()}
    )


def _key(value: list[Any]) -> FactKey:
    if len(value) == 1:
        return NodeKey(value[0])
    if len(value) == 2:
        return FieldKey(value[0], value[1])
    return EdgeKey(_untyped(value[0]), value[1], value[2])


def _untyped(value: Any) -> Any:
    if isinstance(value, dict):
        if "$" in value:
            return _ENUMS[value["$"]](value["v"])
        return {key: _untyped(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return tuple(_untyped(entry) for entry in value)
    return value


@lru_cache(maxsize=256)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, value: Any) -> Any:
    """``value`` as ``kind``, by the type hints of the records."""
    if value is None or kind is Any:
        return _untyped(value)
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _read(next(each for each in get_args(kind) if each is not type(None)), value)
    if origin is tuple:
        arguments = get_args(kind)
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return tuple(_read(arguments[0], entry) for entry in value)
        return tuple(_read(each, entry) for each, entry in zip(arguments, value, strict=True))
    if origin is not None and issubclass(origin, Mapping):
        return {key: _read(get_args(kind)[1], entry) for key, entry in value.items()}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value["v"] if isinstance(value, dict) else value)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _read(hints[name], entry) for name, entry in value.items()})
    if isinstance(kind, type) and issubclass(kind, tuple):
        hints = _hints(kind)
        return kind(*(_read(hint, entry) for hint, entry in zip(hints.values(), value, strict=True)))
    return value


__all__ = ["FORMAT", "TraceFormatError", "from_lines", "to_lines"]
