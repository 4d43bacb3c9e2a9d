"""What is known of a node at an instant, as label and value; no widget, no colour."""

from hvviz import units
from hvviz.trace.phases import phase_info
from hvviz.trace.records import Operation
from hvviz.trace.trace import Instant
from hvviz.world.facts import Kind, Relation

_HOLDS = {"stream": "one core that receives one stream", "demand": "its own demand"}

Facts = list[tuple[str, str]]


def name_of(node: str) -> str:
    """A node as a person names it."""
    parts = node.split("/")
    if len(parts) == 3:
        return f"{'shell of' if parts[1] == 'shell' else 'link to'} {parts[2]} on {parts[0]}"
    return f"{parts[1]} of {parts[0]}" if len(parts) == 2 else node


def inspect(instant: Instant, node: str) -> Facts:
    """Everything worth saying about ``node`` now."""
    world = instant.trace.world
    found: Facts = [("kind", (instant.kind(node) or "gone").replace("-", " "))]
    if node in world.hosts:
        found += _host(instant, node)
    elif node in world.vms:
        found += _vm(instant, node)
    elif node in world.storage:
        found += _storage(instant, node)
    elif instant.kind(node) is Kind.LINK:
        found += _link(instant, node)
    elif instant.kind(node) is Kind.FILE:
        found += _file(instant, node)
    return found


def _host(instant: Instant, node: str) -> Facts:
    host = instant.trace.world.hosts[node]
    used = instant.field(node, "used_memory_bytes", 0)
    found = [
        ("version", f"Windows Server {host.version}"),
        ("state", str(instant.field(node, "state"))),
        ("memory", f"{units.show_bytes(used)} of {units.show_bytes(host.memory_bytes)}"),
        ("cores", str(host.cores)),
        ("transport", host.settings.transport.value),
        (
            "at once",
            f"{host.settings.simultaneous_live_migrations} live, {host.settings.simultaneous_storage_migrations} storage",
        ),
    ]
    for adapter in host.adapters.values():
        rate = "virtual" if adapter.rate_bps is None else units.show_bits_per_second(adapter.rate_bps)
        up = "" if instant.field(adapter.id, "up") else ", down"
        found.append(
            (adapter.name, f"{rate} in {adapter.network or 'no network'}{', RDMA' if adapter.rdma else ''}{up}")
        )
    return found


def _vm(instant: Instant, node: str) -> Facts:
    vm = instant.trace.world.vms[node]
    found = [
        ("state", str(instant.field(node, "state"))),
        ("runs on", instant.target(Relation.RUNS_ON, node) or "nowhere"),
        ("registered at", instant.target(Relation.REGISTERED_AT, node) or "nowhere"),
        ("memory", units.show_bytes(vm.memory_bytes)),
        ("priority", vm.priority.value),
        ("answers", "yes" if instant.field(node, "reachable") else "no"),
        ("MAC learned at", instant.target(Relation.LEARNED_AT, node) or "no port"),
    ]
    workload = instant.trace.world.workloads.get(instant.field(node, "workload") or "")
    for each in workload.sets if workload is not None else ():
        rate, size = units.show_bytes_per_second(each.dirty_rate_bytes_per_s), units.show_bytes(each.working_set_bytes)
        found.append(("writes", f"{rate} over {size}"))
    owner = instant.field(f"{node}/registry", "owner")
    if owner is not None:
        found.append(("HKLM\\Cluster\\Resources", f"owner {owner}"))
    return found


def _storage(instant: Instant, node: str) -> Facts:
    storage = instant.trace.world.storage[node]
    owner = instant.target(Relation.OWNED_BY, node)
    found = [
        ("what", storage.kind.value),
        ("state", "up" if instant.field(node, "up") else "down"),
        ("reads", units.show_bytes_per_second(storage.read_bytes_per_s)),
        ("writes", units.show_bytes_per_second(storage.write_bytes_per_s)),
        ("reached by", ", ".join(storage.hosts)),
    ]
    if owner is not None:
        found.append(("owner", owner))
    return found


def _link(instant: Instant, node: str) -> Facts:
    host = node.split("/")[0]
    target = instant.target(Relation.POINTS_TO, node) or "nothing"
    return [
        ("folder", "%ProgramData%\\Microsoft\\Windows\\Hyper-V\\Virtual Machines"),
        ("on", host),
        ("points to", target),
    ]


def _file(instant: Instant, node: str) -> Facts:
    places = [edge.target for edge in instant.edges(Relation.STORED_ON, node)]
    size = instant.field(node, "size_bytes", 0)
    return [("lies on", ", ".join(places)), ("size", units.show_bytes(size) if size else "small")]


def counters(instant: Instant, operation: Operation | None) -> Facts:
    """The numbers that matter now."""
    if operation is None:
        return []
    found: Facts = []
    phase = instant.phase(operation)
    for transfer in instant.transfers():
        if transfer.transfer.operation == operation.id:
            networked = len(transfer.transfer.route) > 3
            rate = transfer.rate_bytes_per_s
            shown = units.show_bits_per_second(rate * 8) if networked else units.show_bytes_per_second(rate)
            held = f", held by {_HOLDS.get(transfer.bottleneck, transfer.bottleneck)}" if transfer.bottleneck else ""
            found.append(("rate", f"{shown}{held}"))
            found.append(
                (
                    "done",
                    f"{units.show_bytes(transfer.done_bytes)} of {units.show_bytes(transfer.transfer.total_bytes or 0)}",
                )
            )
    memory = instant.memory(operation)
    if memory is not None and phase is not None and phase.id in ("memory-copy", "cutover"):
        found.append(("pass", f"{memory.pass_index}{', the last' if memory.final else ''}"))
        found.append(("written again", units.show_bytes(memory.dirty_bytes)))
    over = operation.ended_s is not None and instant.time_s >= operation.ended_s
    if over:
        found.append(("outcome", operation.outcome.value))
        if operation.blackout_s:
            found.append(("blackout", units.show_time(operation.blackout_s)))
        if operation.failure is not None:
            found.append(("why", operation.failure.message))
            found.append(("cause", operation.failure.cause))
            found.append(("do", operation.failure.remedy))
            if operation.failure.code is not None:
                found.append(("code", operation.failure.code))
    if phase is not None:
        info = phase_info(operation.kind, phase.id)
        names = {"vm": operation.vm or "", "target": operation.target or ""}
        found.append(("who", info.actor))
        found += [
            ("PowerShell", cmdlet.replace("{vm}", names["vm"]).replace("{target}", names["target"]))
            for cmdlet in info.cmdlets
        ]
        found += [("event log", event) for event in info.events]
    return found


def story(instant: Instant, operation: Operation | None) -> tuple[str, str]:
    """Title and sentence of the phase that ``operation`` is in."""
    if operation is None:
        return "Nothing happens here", "This run has no operation."
    phase = instant.phase(operation)
    name = operation.vm or operation.id
    if phase is None:
        if operation.started_s is None or instant.time_s < operation.started_s:
            waiting = operation.requested_s <= instant.time_s and operation.requested_s != operation.started_s
            return f"{name}: {operation.kind.value}", "It waits for a slot." if waiting else "Before it begins."
        return f"{name}: {operation.outcome.value}", "" if operation.failure is None else operation.failure.message
    info = phase_info(operation.kind, phase.id)
    step = instant.step(phase)
    for each in info.steps:
        if step is not None and each.id == step.id:
            return f"{info.title}: {each.title.lower()}", each.story
    return info.title, info.story
