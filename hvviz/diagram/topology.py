"""What a picture shows of a run, whatever its size: which hosts, networks, switches, storages and clients, in order."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hvviz.trace.trace import Trace
from hvviz.world.model import StorageKind, World

Place = tuple[float, float]
"""Row and column, as an instructor gives them."""

Reach = Mapping[str, tuple[str, ...]]
"""The hosts that each node reaches."""


@dataclass(frozen=True, slots=True)
class Group:
    """Hosts that share a container. ``title`` is what its border says, empty where there is no container."""

    title: str
    node: str | None
    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topology:
    """What there is to draw.

    ``hosts`` stand from left to right; ``parts`` are those that take part in something, the most active first.
    ``networks`` are drawn between hosts, ``switches`` above them. ``ports`` says for each port at which a MAC is
    learned the switch and the host. ``clients`` are those of VMs that move, or of all where none does.
    """

    hosts: tuple[str, ...]
    groups: tuple[Group, ...]
    parts: tuple[str, ...]
    networks: Reach
    switches: Reach
    ports: Mapping[str, tuple[str, str]]
    uplinks: tuple[tuple[str, str], ...]
    storage: Reach
    clients: tuple[str, ...]
    moving_vms: tuple[str, ...]

    def only(self, hosts: tuple[str, ...]) -> "Topology":
        """The same with nothing but ``hosts``."""
        kept = set(hosts)
        groups = [replace(group, hosts=tuple(host for host in group.hosts if host in kept)) for group in self.groups]
        return replace(
            self,
            hosts=tuple(host for host in self.hosts if host in kept),
            groups=tuple(group for group in groups if group.hosts),
            parts=tuple(host for host in self.parts if host in kept),
            networks=_reached(self.networks, kept, 2),
            switches=_reached(self.switches, kept, 1),
            storage=_reached(self.storage, kept, 1),
        )


def _reached(reach: Reach, kept: set[str], least: int) -> Reach:
    found = {node: tuple(host for host in hosts if host in kept) for node, hosts in reach.items()}
    return {node: hosts for node, hosts in found.items() if len(hosts) >= least}


def topology(trace: Trace, hints: Mapping[str, Place]) -> Topology:
    """What ``trace`` gives to draw, ordered by ``hints`` first, then from source to target, then as in the file."""
    world = trace.world
    groups = _groups(world, _host_order(trace, hints))
    hosts = tuple(host for group in groups for host in group.hosts)
    switches, ports = _switches(world)
    moving = tuple(dict.fromkeys(each.vm for each in trace.operations.values() if each.vm is not None))
    return Topology(
        hosts=hosts,
        groups=groups,
        parts=_parts(trace, hosts),
        networks=_networks(trace),
        switches={id: switches[id] for id in sorted(switches, key=lambda id: _hinted(hints, id))},
        ports=ports,
        uplinks=tuple(
            (switch.id, other)
            for switch in world.physical_switches.values()
            for other in switch.uplinks_bps
            if switch.id in switches and other in switches
        ),
        storage=_storages(trace, sorted(world.storage, key=lambda id: _hinted(hints, id)), moving),
        clients=tuple(client for vm in moving or world.vms for client in _client_ids(world, vm)),
        moving_vms=moving,
    )


def _client_ids(world: World, vm: str) -> list[str]:
    return [client.id for client in world.vms[vm].clients.values()]


def _hinted(hints: Mapping[str, Place], id: str) -> tuple[float, float]:
    """A sort key: column first, then row; what has no hint comes after, in its own order."""
    if id not in hints:
        return (float("inf"), 0.0)
    row, column = hints[id]
    return (column, row)


def _host_order(trace: Trace, hints: Mapping[str, Place]) -> list[str]:
    """Sources before their targets as far as the first operations say, else the file's order."""
    order = list(trace.world.hosts)
    position = {host: number for number, host in enumerate(order)}
    placed: set[str] = set()
    for operation in trace.operations.values():
        source, target = operation.source or "", operation.target or ""
        if source not in position or target not in position or {source, target} & placed:
            continue
        first, second = position[source], position[target]
        if second < first:
            order[first], order[second] = order[second], order[first]
            position[source], position[target] = second, first
        placed |= {source, target}
    order.sort(key=lambda id: _hinted(hints, id))
    return order


def _groups(world: World, order: list[str]) -> tuple[Group, ...]:
    cluster_of = {host: cluster.id for cluster in world.clusters.values() for host in cluster.hosts}
    domains = {host.domain for host in world.hosts.values()}
    found: dict[tuple[str | None, str | None], list[str]] = {}
    for id in order:
        found.setdefault((cluster_of.get(id), world.hosts[id].domain), []).append(id)
    groups = []
    for (cluster, domain), hosts in found.items():
        words = [] if cluster is None else [f"cluster {cluster}"]
        if domain is not None and (cluster is None or len(domains) > 1):
            words.append(f"domain {domain}")
        groups.append(Group(" · ".join(words), cluster or domain, tuple(hosts)))
    return tuple(groups)


def _parts(trace: Trace, hosts: tuple[str, ...]) -> tuple[str, ...]:
    """Hosts by how much they take part: as sources first, then as targets, then by what befalls them."""
    weight: dict[str, float] = {}
    for operation in trace.operations.values():
        for host, share in ((operation.source, 1.0), (operation.host, 1.0), (operation.target, 0.9)):
            if host in trace.world.hosts and host is not None:
                weight[host] = weight.get(host, 0.0) + share
    for event in trace.events:
        if event.operation is None and event.subject in trace.world.hosts:
            weight[event.subject] = weight.get(event.subject, 0.0) + 1.0
    rank = {host: number for number, host in enumerate(hosts)}
    return tuple(sorted(weight, key=lambda host: (-weight[host], rank[host])))


def _networks(trace: Trace) -> dict[str, tuple[str, ...]]:
    """Networks that live migration may use or that a transfer crosses, those that are used first."""
    world = trace.world
    wanted = {node: None for transfer in trace.transfers for node in transfer.route if node in world.networks}
    for cluster in world.clusters.values():
        wanted.update(dict.fromkeys(cluster.live_migration_networks))
    for host in world.hosts.values():
        wanted.update(dict.fromkeys(host.settings.migration_networks))
    wanted.update({network.id: None for network in world.networks.values() if network.live_migration})
    members: dict[str, dict[str, None]] = {}
    for host in world.hosts.values():
        for adapter in host.adapters.values():
            members.setdefault(adapter.network or "", {})[host.id] = None
        for team in host.teams.values():
            members.setdefault(team.network or "", {})[host.id] = None
    found = {network: tuple(members.get(network, ())) for network in wanted if network in world.networks}
    return {network: hosts for network, hosts in found.items() if len(hosts) > 1}


def _switches(world: World) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, str]]]:
    """What the VMs' virtual switches hang on: physical switches, or a network where none is named."""
    names = {vm.switch for vm in world.vms.values() if vm.switch is not None}
    reach: dict[str, dict[str, None]] = {}
    ports: dict[str, tuple[str, str]] = {}
    for host in world.hosts.values():
        for switch in host.switches.values():
            node = _above(world, host.id, switch.adapter) if switch.name in names else None
            if node is not None:
                reach.setdefault(node, {})[host.id] = None
                ports[f"{host.id}/{switch.adapter}"] = (node, host.id)
    return {node: tuple(hosts) for node, hosts in reach.items()}, ports


def _above(world: World, host_id: str, name: str) -> str | None:
    """What the adapter or team ``name`` of a host is plugged into."""
    host = world.hosts[host_id]
    team = host.teams.get(name)
    for each in (name,) if team is None else team.members:
        adapter = host.adapters.get(each)
        if adapter is None:
            continue
        network = world.networks.get(adapter.network or "")
        found = adapter.physical_switch or (network.physical_switch if network else None) or adapter.network
        if found is not None:
            return found
    return None if team is None else team.network


def _storages(trace: Trace, order: list[str], moving: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Every storage; in a large world no local disks but those that hold something of what moves."""
    world = trace.world
    used = {node for transfer in trace.transfers for node in transfer.route if node in world.storage}
    used |= {storage for vm in moving for storage in world.vms[vm].storages}
    used |= {id for operation in trace.operations.values() for id in (operation.source, operation.target) if id}
    keep_all = len(order) <= 4
    kept = [id for id in order if keep_all or id in used or world.storage[id].kind is not StorageKind.LOCAL]
    kept.sort(key=lambda id: id not in used)
    rank = {id: number for number, id in enumerate(order)}
    return {id: world.storage[id].hosts for id in sorted(kept[:6], key=lambda id: rank[id])}
