"""The world as one graph: every thing a node, every relation an edge, all of them with a key.

A *fact* is the presence of a node, a field of a node, or the presence of an edge. The facts at time zero follow
from a `World`; a migration is a sequence of changes to facts, which the trace keeps. The networkx graph of an
instant is made from its facts when someone asks for it.

Ids of derived nodes have a slash, which ids in a scenario file cannot have: ``hv1/lm0`` is an adapter,
``web1/web1.xml`` a file, ``hv1/link/web1`` a symbolic link, ``web1/resource`` a cluster resource.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from hvviz.world.model import Storage, StorageKind, Vm, VmState, World

if TYPE_CHECKING:
    import networkx as nx


class Kind(StrEnum):
    """What a node is."""

    DOMAIN = "domain"
    CLUSTER = "cluster"
    HOST = "host"
    ADAPTER = "adapter"
    TEAM = "team"
    VIRTUAL_SWITCH = "virtual-switch"
    PHYSICAL_SWITCH = "physical-switch"
    NETWORK = "network"
    STORAGE = "storage"
    VM = "vm"
    SHELL = "shell"
    FILE = "file"
    FOLDER = "folder"
    LINK = "symbolic-link"
    RESOURCE = "cluster-resource"
    REGISTRY = "registry-entry"
    CLIENT = "client"


class Relation(StrEnum):
    """What an edge says; read it as "source relation target"."""

    CONTAINS = "contains"
    MEMBER_OF = "member-of"
    ATTACHED_TO = "attached-to"
    REACHES = "reaches"
    RUNS_ON = "runs-on"
    REGISTERED_AT = "registered-at"
    POINTS_TO = "points-to"
    STORED_ON = "stored-on"
    OWNED_BY = "owned-by"
    LEARNED_AT = "learned-at"
    TALKS_TO = "talks-to"


class NodeKey(NamedTuple):
    """The presence of a node. The fact's value is its `Kind`, or None where the node is absent."""

    node: str


class FieldKey(NamedTuple):
    """A field of a node. The fact's value is the field's value."""

    node: str
    field: str


class EdgeKey(NamedTuple):
    """The presence of an edge. The fact's value is a mapping of attributes, or None where the edge is absent."""

    relation: Relation
    source: str
    target: str


FactKey = NodeKey | FieldKey | EdgeKey
Facts = dict[FactKey, Any]

NO_ATTRIBUTES: Mapping[str, Any] = {}


def config_extension(vm: Vm) -> str:
    """``xml`` for configuration version 5.0 and the binary ``vmcx`` from 6.2 on."""
    return "xml" if float(vm.config_version) < 6 else "vmcx"


def state_extension(vm: Vm) -> str:
    """``bin`` (the memory image of a saved state) up to version 5.0, ``vmrs`` from 6.2 on."""
    return "bin" if float(vm.config_version) < 6 else "vmrs"


def config_file(vm: Vm) -> str:
    return f"{vm.id}/{vm.id}.{config_extension(vm)}"


def state_file(vm: Vm) -> str:
    return f"{vm.id}/{vm.id}.{state_extension(vm)}"


def disk_file(vm: Vm, disk: str) -> str:
    return f"{vm.id}/{disk}.vhdx"


def link_id(host: str, vm: str) -> str:
    """The symbolic link of ``vm`` in the Virtual Machines folder of ``host``."""
    return f"{host}/link/{vm}"


def shell_id(host: str, vm: str) -> str:
    """The planned VM that a migration builds on its target."""
    return f"{host}/shell/{vm}"


def resource_id(vm: str) -> str:
    return f"{vm}/resource"


def registry_id(vm: str) -> str:
    """The resource's key under HKLM\\Cluster\\Resources."""
    return f"{vm}/registry"


def vm_port(world: World, host: str, vm: Vm) -> str | None:
    """The physical port where a switch learns this VM's MAC on ``host``: an adapter or a team, or None."""
    if vm.switch is None or vm.switch not in world.hosts[host].switches:
        return None
    return f"{host}/{world.hosts[host].switches[vm.switch].adapter}"


def initial_facts(world: World) -> Facts:
    """The facts at time zero."""
    facts: Facts = {}
    for key, value in _facts(world):
        facts[key] = value
    return facts


def _node(node: str, kind: Kind, **fields: Any) -> Iterator[tuple[FactKey, Any]]:
    yield NodeKey(node), kind
    for name, value in fields.items():
        yield FieldKey(node, name), value


def _edge(relation: Relation, source: str, target: str, **attributes: Any) -> tuple[FactKey, Any]:
    return EdgeKey(relation, source, target), attributes or NO_ATTRIBUTES


def _facts(world: World) -> Iterator[tuple[FactKey, Any]]:
    for domain in world.domains.values():
        yield from _node(domain.id, Kind.DOMAIN, trusts=domain.trusts)
    for cluster in world.clusters.values():
        yield from _node(cluster.id, Kind.CLUSTER, witness=cluster.witness)
        for host_id in cluster.hosts:
            yield _edge(Relation.CONTAINS, cluster.id, host_id)
    for switch in world.physical_switches.values():
        yield from _node(switch.id, Kind.PHYSICAL_SWITCH)
        for other, rate_bps in switch.uplinks_bps.items():
            yield _edge(Relation.ATTACHED_TO, switch.id, other, rate_bps=rate_bps)
    for network in world.networks.values():
        yield from _node(
            network.id, Kind.NETWORK, subnet=network.subnet, live_migration=network.live_migration, up=True
        )
        if network.physical_switch is not None:
            yield _edge(Relation.ATTACHED_TO, network.id, network.physical_switch)
    yield from _host_facts(world)
    for storage in world.storage.values():
        yield from _storage_facts(storage)
    for vm in world.vms.values():
        yield from _vm_facts(world, vm)


def _host_facts(world: World) -> Iterator[tuple[FactKey, Any]]:
    used_bytes = dict.fromkeys(world.hosts, 0)
    for vm in world.vms.values():
        if vm.state not in (VmState.OFF, VmState.SAVED):
            used_bytes[vm.host] += vm.assigned_bytes
    for host in world.hosts.values():
        yield from _node(
            host.id,
            Kind.HOST,
            version=host.version,
            memory_bytes=host.memory_bytes,
            used_memory_bytes=used_bytes[host.id],
            cores=host.cores,
            state="up",
        )
        if host.domain is not None:
            yield _edge(Relation.CONTAINS, host.domain, host.id)
        for adapter in host.adapters.values():
            yield from _node(adapter.id, Kind.ADAPTER, rate_bps=adapter.rate_bps, rdma=adapter.rdma, up=True)
            yield _edge(Relation.CONTAINS, host.id, adapter.id)
            if adapter.network is not None:
                yield _edge(Relation.ATTACHED_TO, adapter.id, adapter.network)
            if adapter.physical_switch is not None:
                yield _edge(Relation.ATTACHED_TO, adapter.id, adapter.physical_switch)
            if adapter.on is not None:
                yield _edge(Relation.ATTACHED_TO, adapter.id, f"{host.id}/{adapter.on}")
        for team in host.teams.values():
            yield from _node(team.id, Kind.TEAM, teaming=team.teaming, balance=team.balance)
            yield _edge(Relation.CONTAINS, host.id, team.id)
            if team.network is not None:
                yield _edge(Relation.ATTACHED_TO, team.id, team.network)
            for member in team.members:
                yield _edge(Relation.MEMBER_OF, f"{host.id}/{member}", team.id)
        for virtual_switch in host.switches.values():
            yield from _node(virtual_switch.id, Kind.VIRTUAL_SWITCH)
            yield _edge(Relation.CONTAINS, host.id, virtual_switch.id)
            yield _edge(Relation.ATTACHED_TO, virtual_switch.id, f"{host.id}/{virtual_switch.adapter}")


def _storage_facts(storage: Storage) -> Iterator[tuple[FactKey, Any]]:
    yield from _node(storage.id, Kind.STORAGE, storage_kind=storage.kind, size_bytes=storage.size_bytes, up=True)
    for host_id in storage.hosts:
        yield _edge(Relation.REACHES, host_id, storage.id)
    if storage.owner is not None and storage.kind in (StorageKind.CLUSTER_DISK, StorageKind.PASS_THROUGH):
        yield _edge(Relation.OWNED_BY, storage.id, storage.owner)


def _vm_facts(world: World, vm: Vm) -> Iterator[tuple[FactKey, Any]]:
    yield from _node(
        vm.id,
        Kind.VM,
        state=vm.state,
        memory_bytes=vm.memory_bytes,
        workload=vm.workload,
        reachable=vm.state is VmState.RUNNING,
    )
    if vm.state not in (VmState.OFF, VmState.SAVED):
        yield _edge(Relation.RUNS_ON, vm.id, vm.host)
    yield _edge(Relation.REGISTERED_AT, vm.id, vm.host)
    config = config_file(vm)
    link = link_id(vm.host, vm.id)
    yield from _node(link, Kind.LINK, vm=vm.id)
    yield _edge(Relation.CONTAINS, vm.host, link)
    yield _edge(Relation.POINTS_TO, link, config)
    yield from _node(config, Kind.FILE, vm=vm.id, role="configuration", size_bytes=0)
    yield _edge(Relation.STORED_ON, config, vm.storage)
    for disk in vm.disks.values():
        file = disk_file(vm, disk.name)
        yield from _node(file, Kind.FILE, vm=vm.id, role="disk", size_bytes=disk.used_bytes)
        yield _edge(Relation.STORED_ON, file, disk.storage)
    if vm.state is VmState.SAVED:
        state = state_file(vm)
        yield from _node(state, Kind.FILE, vm=vm.id, role="saved-state", size_bytes=vm.used_memory_bytes)
        yield _edge(Relation.STORED_ON, state, vm.storage)
    cluster = world.cluster_of(vm.host)
    if vm.clustered and cluster is not None:
        yield from _node(resource_id(vm.id), Kind.RESOURCE, vm=vm.id)
        yield _edge(Relation.CONTAINS, cluster.id, resource_id(vm.id))
        yield _edge(Relation.OWNED_BY, resource_id(vm.id), vm.host)
        yield from _node(registry_id(vm.id), Kind.REGISTRY, vm=vm.id, owner=vm.host)
        yield _edge(Relation.CONTAINS, cluster.id, registry_id(vm.id))
    port = vm_port(world, vm.host, vm)
    if port is not None and vm.state is VmState.RUNNING:
        yield _edge(Relation.LEARNED_AT, vm.id, port)
    for client in vm.clients.values():
        yield from _node(client.id, Kind.CLIENT, protocol=client.protocol)
        yield _edge(Relation.TALKS_TO, client.id, vm.id)


def to_networkx(facts: Mapping[FactKey, Any]) -> "nx.MultiDiGraph":
    """The facts as a ``networkx.MultiDiGraph``; an edge's key is its relation, nodes have ``kind``."""
    import networkx as nx

    graph: nx.MultiDiGraph = nx.MultiDiGraph()
    for key, value in facts.items():
        if isinstance(key, NodeKey) and value is not None:
            graph.add_node(key.node, kind=value)
    for key, value in facts.items():
        if isinstance(key, FieldKey):
            if key.node in graph:
                graph.nodes[key.node][key.field] = value
        elif isinstance(key, EdgeKey) and value is not None:
            graph.add_edge(key.source, key.target, key=key.relation, **value)
    return graph
