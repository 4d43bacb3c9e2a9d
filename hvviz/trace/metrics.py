"""Values by name: ``m1.total_s``, ``m1.memory-copy.end_s``, ``web1.host``, ``hv2.memory``.

Metrics of an operation and results such as host and state mean the run's end; fields of the file mean time zero.
"""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from hvviz import units
from hvviz.trace.records import Operation, Pass, Phase
from hvviz.trace.trace import Trace
from hvviz.world.model import Host, Network, Storage, Vm

Parts = tuple[str, ...]


class MetricError(LookupError):
    """A name that means nothing in this run; the message says which names do."""


_OPERATION: Mapping[str, Callable[[Operation], Any]] = {
    "id": lambda each: each.id,
    "kind": lambda each: each.kind.value,
    "vm": lambda each: each.vm,
    "host": lambda each: each.host,
    "from": lambda each: each.source,
    "to": lambda each: each.target,
    "requested_s": lambda each: each.requested_s,
    "started_s": lambda each: each.started_s,
    "ended_s": lambda each: each.ended_s,
    "queued_s": lambda each: each.queued_s,
    "total_s": lambda each: each.total_s,
    "brownout_s": lambda each: each.brownout_s,
    "blackout_s": lambda each: each.blackout_s,
    "network_gap_s": lambda each: each.network_gap_s,
    "bytes_sent": lambda each: each.bytes_sent,
    "memory_bytes": lambda each: each.memory_bytes,
    "outcome": lambda each: each.outcome.value,
    "forced": lambda each: each.forced,
    "converges": lambda each: each.converges,
    "passes": lambda each: [_pass(memory_pass) for memory_pass in each.passes],
    "phases": lambda each: [phase.id for phase in each.phases],
    "children": lambda each: list(each.children),
}
_SPAN: Mapping[str, Callable[[Any], Any]] = {
    "start_s": lambda span: span.start_s,
    "end_s": lambda span: span.end_s,
    "total_s": lambda span: None if span.end_s is None else span.end_s - span.start_s,
}
_FAILURE = ("code", "event_id", "message", "phase", "cause", "remedy")
_VM_RESULT = ("host", "state", "storage", "clock_lag_s", "uptime_reset", "clients")
_VM_FIELD: Mapping[str, Callable[[Vm], Any]] = {
    "memory": lambda vm: vm.memory_bytes,
    "used_memory": lambda vm: vm.used_memory_bytes,
    "cores": lambda vm: vm.cores,
    "priority": lambda vm: vm.priority.value,
    "clustered": lambda vm: vm.clustered,
    "workload": lambda vm: vm.workload,
    "checkpoints": lambda vm: vm.checkpoints,
    "config_version": lambda vm: vm.config_version,
    "time_sync": lambda vm: vm.time_sync,
}
_HOST_FIELD: Mapping[str, Callable[[Host], Any]] = {
    "memory": lambda host: host.memory_bytes,
    "cores": lambda host: host.cores,
    "version": lambda host: host.version.value,
    "domain": lambda host: host.domain,
    "transport": lambda host: host.settings.transport.value,
    "simultaneous_live_migrations": lambda host: host.settings.simultaneous_live_migrations,
}
_STORAGE_FIELD: Mapping[str, Callable[[Storage], Any]] = {
    "kind": lambda storage: storage.kind.value,
    "size": lambda storage: storage.size_bytes,
    "read": lambda storage: storage.read_bytes_per_s,
    "write": lambda storage: storage.write_bytes_per_s,
    "owner": lambda storage: storage.owner,
}
_NETWORK_FIELD: Mapping[str, Callable[[Network], Any]] = {
    "latency": lambda network: network.latency_s,
    "subnet": lambda network: network.subnet,
    "live_migration": lambda network: network.live_migration,
}


def value(trace: Trace, parts: Parts) -> Any:
    """The value of a dotted name in ``trace``; raises `MetricError` where there is none."""
    head, rest = parts[0], parts[1:]
    if head in trace.operations:
        return _of_operation(trace.operations[head], rest)
    world = trace.world
    if head in world.vms:
        return _of_vm(trace, head, rest)
    if head in world.hosts:
        return _of_host(world.hosts[head], rest)
    if head in world.storage:
        return _field(_STORAGE_FIELD, world.storage[head], rest)
    if head in world.networks:
        return _field(_NETWORK_FIELD, world.networks[head], rest)
    if head == "end_s" and not rest:
        return trace.end_s
    known = [*trace.operations, *world.vms, *world.hosts, *world.storage, *world.networks]
    raise MetricError(f"There is no '{head}' in run '{trace.run}'.{_nearest(head, known)}")


def _nearest(name: str, known: Any) -> str:
    close = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f" Did you mean '{close[0]}'?" if close else f" Known: {', '.join(list(known)[:12])}."


def _one(table: Mapping[str, Callable[[Any], Any]], thing: Any, name: str) -> Any:
    if name not in table:
        raise MetricError(f"There is no '{name}' here.{_nearest(name, table)}")
    return _plain(table[name](thing))


def _field(table: Mapping[str, Callable[[Any], Any]], thing: Any, rest: Parts) -> Any:
    if len(rest) != 1:
        raise MetricError(f"Name one field: {', '.join(table)}.")
    return _one(table, thing, rest[0])


def _plain(found: Any) -> Any:
    return found.value if isinstance(found, StrEnum) else found


def _pass(memory_pass: Pass) -> float:
    return memory_pass.bytes


def _of_operation(operation: Operation, rest: Parts) -> Any:
    if not rest:
        raise MetricError(f"Name a metric of '{operation.id}', like {operation.id}.total_s.")
    if rest[0] == "failure":
        return _of_failure(operation, rest[1:])
    if len(rest) == 1:
        return _one(_OPERATION, operation, rest[0])
    phase = operation.phase(rest[0])
    if phase is None:
        raise MetricError(
            f"'{operation.id}' had no phase '{rest[0]}'.{_nearest(rest[0], [p.id for p in operation.phases])}"
        )
    return _of_span(phase, rest[1:])


def _of_span(phase: Phase, rest: Parts) -> Any:
    if len(rest) == 1:
        return _one(_SPAN, phase, rest[0])
    for step in phase.steps:
        if step.id == rest[0] and len(rest) == 2:
            return _one(_SPAN, step, rest[1])
    raise MetricError(f"'{phase.id}' had no step '{rest[0]}'.{_nearest(rest[0], [step.id for step in phase.steps])}")


def _of_failure(operation: Operation, rest: Parts) -> Any:
    if not rest:
        return None if operation.failure is None else operation.failure.message
    if len(rest) != 1 or rest[0] not in _FAILURE:
        raise MetricError(f"A failure has {', '.join(_FAILURE)}.")
    return None if operation.failure is None else getattr(operation.failure, rest[0])


def _of_vm(trace: Trace, vm: str, rest: Parts) -> Any:
    result, spec = trace.vms[vm], trace.world.vms[vm]
    if rest[:1] == ("clients",) and len(rest) == 3 and rest[1] in result.clients:
        client = result.clients[rest[1]]
        table: dict[str, Callable[[Any], Any]] = {"lost": lambda each: each.lost, "dropped": lambda each: each.dropped}
        return _one(table, client, rest[2])
    if rest[:1] == ("disks",) and len(rest) == 3 and rest[1] in spec.disks:
        disk = spec.disks[rest[1]]
        sizes: dict[str, Callable[[Any], Any]] = {
            "size": lambda each: each.size_bytes,
            "used": lambda each: each.used_bytes,
            "storage": lambda each: each.storage,
        }
        return _one(sizes, disk, rest[2])
    if len(rest) != 1:
        raise MetricError(f"Name one field of '{vm}', like {vm}.host.")
    name = rest[0]
    if name in _VM_RESULT:
        found = getattr(result, name)
        return list(found) if name == "storage" else _plain(found)
    if name in result.extra:
        return result.extra[name]
    if name not in _VM_FIELD:
        raise MetricError(f"'{vm}' has no '{name}'.{_nearest(name, [*_VM_RESULT, *_VM_FIELD])}")
    return _one(_VM_FIELD, spec, name)


def _of_host(host: Host, rest: Parts) -> Any:
    if len(rest) == 3 and rest[0] == "nics" and rest[1] in host.adapters and rest[2] == "rate":
        return host.adapters[rest[1]].rate_bps
    return _field(_HOST_FIELD, host, rest)


_TIMES = ("latency",)
_SIZES = ("memory", "used_memory", "size", "used", "bytes_sent", "memory_bytes")
_BYTE_RATES = ("read", "write")


def show(parts: Parts, found: Any) -> str:
    """``found``, the value of the name ``parts``, as a person reads it."""
    name = parts[-1]
    if found is None:
        return "unknown"
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, (list, tuple)):
        return ", ".join(str(item) for item in found)
    if not isinstance(found, (int, float)):
        return str(found)
    if name.endswith("_s") or name in _TIMES:
        return units.show_time(found)
    if name in _SIZES:
        return units.show_bytes(found)
    if name in _BYTE_RATES:
        return units.show_bytes_per_second(found)
    if name == "rate":
        return units.show_bits_per_second(found)
    return f"{found:g}"
