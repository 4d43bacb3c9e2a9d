"""The ``world`` section into a `World`: every default resolved, every reference checked."""

from hvviz.scenario.diagnostics import Findings
from hvviz.scenario.expand import matches
from hvviz.scenario.host_reader import read_hosts
from hvviz.scenario.section import Section
from hvviz.scenario.tree import Place
from hvviz.scenario.vm_reader import read_vms, read_workloads
from hvviz.units import Dimension
from hvviz.world.model import (
    Cluster,
    ClusterSettings,
    Domain,
    Host,
    HostVersion,
    Network,
    PhysicalSwitch,
    Storage,
    StorageKind,
    Witness,
    World,
)

_TERABYTE = 10**12

DEFAULT_DISK_BYTES_PER_S = 500e6
"""Read and write rate of a storage that gives none (assumption)."""

DEFAULT_STORAGE_BYTES = 10 * _TERABYTE
"""Size of a storage that gives none (assumption)."""


def read_world(root: Section, findings: Findings) -> World:
    """The world of an expanded tree; what is wrong with it goes to ``findings``."""
    node = root.raw("world")
    if node is None:
        root.missing("world", "It says what exists: hosts, networks, storage, vms.")
    world = Section(node, findings, "'world'", root.place)
    domains = _read_domains(world)
    networks = _read_networks(world)
    switches = _read_physical_switches(world, networks)
    hosts = read_hosts(world, domains, networks, switches)
    for host in hosts.values():
        for adapter in host.adapters.values():
            if adapter.physical_switch is not None:
                switches.setdefault(adapter.physical_switch, PhysicalSwitch(adapter.physical_switch))
    clusters = _read_clusters(world, hosts, networks)
    storage = _read_storage(world, hosts)
    workloads = read_workloads(world)
    vms = read_vms(world, hosts, clusters, storage, workloads)
    world.finish()
    _check_unique(world)
    return World(domains, clusters, hosts, networks, switches, storage, workloads, vms)


def _check_unique(world: Section) -> None:
    """Ids of things are unique across the world, since expressions name them without saying what they are."""
    owner: dict[str, str] = {}
    for kind in ("domains", "clusters", "hosts", "networks", "storage", "vms"):
        nouns = world.node.entries.get(kind)
        if nouns is None or not nouns.is_map:
            continue
        for id, place in nouns.keys.items():
            if id in owner and owner[id] != kind and id in nouns.entries:
                world.findings.add("HV214", place, f"'{id}' is the id of one of the {owner[id]} already.")
            owner.setdefault(id, kind)


def _read_domains(world: Section) -> dict[str, Domain]:
    found: dict[str, Domain] = {}
    trusts: list[tuple[Section, str]] = []
    for id, section in world.map("domains", what="domain"):
        found[id] = Domain(id, tuple(name for name, _ in section.ids("trusts")))
        trusts.append((section, id))
        section.finish()
    for section, _id in trusts:
        section.known("trusts", section.ids("trusts"), found.__contains__, "domain", found)
    return found


def _read_networks(world: Section) -> dict[str, Network]:
    found: dict[str, Network] = {}
    for id, section in world.map("networks", what="network"):
        share, ceiling = _read_qos(section)
        found[id] = Network(
            id,
            section.text("subnet"),
            section.flag("live_migration", False),
            section.quantity("latency", Dimension.TIME, 0.0),
            section.text("switch"),
            share,
            ceiling,
        )
        section.finish()
    return found


def _read_qos(section: Section) -> tuple[float | None, float | None]:
    """A share such as ``30%`` or a ceiling such as ``4 Gbit/s``."""
    node = section.raw("qos")
    if node is None:
        return None, None
    written = node.text.strip()
    if written.endswith("%") or not written[-1:].isalpha():
        return section.quantity("qos", Dimension.SHARE), None
    return None, section.quantity("qos", Dimension.NETWORK_RATE)


def _read_physical_switches(world: Section, networks: dict[str, Network]) -> dict[str, PhysicalSwitch]:
    found = {
        network.physical_switch: PhysicalSwitch(network.physical_switch)
        for network in networks.values()
        if network.physical_switch is not None
    }
    for id, section in world.map("physical_switches", what="physical switch"):
        uplinks = section.section("uplinks")
        rates: dict[str, float] = {}
        for other in list(uplinks.node.entries):
            rates[other] = uplinks.quantity(other, Dimension.NETWORK_RATE, 0.0)
            found.setdefault(other, PhysicalSwitch(other))
        found[id] = PhysicalSwitch(id, rates)
        section.finish()
    return found


def host_names(section: Section, key: str, hosts: dict[str, Host]) -> tuple[str, ...]:
    """A list of hosts, in which ``hv-*`` stands for all that fit."""
    names: list[tuple[str, Place]] = []
    for name, place in section.ids(key):
        if "*" in name:
            matched = [(host, place) for host in hosts if matches(host, name)]
            if not matched:
                section.findings.add("HV210", place, f"No host fits '{name}'.")
            names += matched
        else:
            names.append((name, place))
    return tuple(dict.fromkeys(section.known(key, tuple(names), hosts.__contains__, "host", hosts)))


def _level(hosts: tuple[str, ...], known: dict[str, Host]) -> HostVersion:
    """The oldest version among the nodes: a mixed cluster works at the level of its oldest node."""
    versions = [known[host].version for host in hosts]
    return min(versions, key=lambda version: version.rank, default=HostVersion.WS2012R2)


def _read_clusters(world: Section, hosts: dict[str, Host], networks: dict[str, Network]) -> dict[str, Cluster]:
    found: dict[str, Cluster] = {}
    member_of: dict[str, str] = {}
    for id, section in world.map("clusters", what="cluster"):
        members = host_names(section, "hosts", hosts)
        for member in members:
            if member in member_of:
                section.problem("HV215", "hosts", f"'{member}' is a node of '{member_of[member]}' already.")
            member_of.setdefault(member, id)
        preferred = section.ids("live_migration_networks")
        found[id] = Cluster(
            id,
            members,
            section.known("live_migration_networks", preferred, networks.__contains__, "network", networks),
            _read_cluster_settings(section.section("settings"), _level(members, hosts)),
            section.choice("witness", Witness, Witness.NONE),
        )
        section.finish()
    return found


def _read_cluster_settings(section: Section, version: HostVersion) -> ClusterSettings:
    """Defaults by version: hyperv 5.1 (parallel migrations), MS-RESIL (isolation), EXAM-2012R2 (drain on shutdown).

    Heartbeats are missed for 5 s in 2012 and 10 s since 2012 R2 with Hyper-V before a node counts as lost.
    """
    modern = version.rank >= HostVersion.WS2022.rank
    settings = ClusterSettings(
        section.count("parallel_migrations", 1 if modern else None, least=1, none=True),
        section.count("move_type_threshold", 2000),
        section.quantity("failure_detection", Dimension.TIME, 5.0 if version is HostVersion.WS2012 else 10.0),
        section.quantity(
            "resiliency_period", Dimension.TIME, 240.0 if version.rank >= HostVersion.WS2016.rank else 0.0
        ),
        section.flag("drain_on_shutdown", version is not HostVersion.WS2012),
    )
    section.finish()
    return settings


def _read_storage(world: Section, hosts: dict[str, Host]) -> dict[str, Storage]:
    found: dict[str, Storage] = {}
    for id, section in world.map("storage", what="storage"):
        reach = host_names(section, "hosts", hosts) if section.has("hosts") else tuple(hosts)
        section.raw("hosts")
        kind = section.choice("kind", StorageKind, StorageKind.CSV, required=True)
        owner = section.text("owner")
        if owner is not None and owner not in reach:
            section.problem("HV216", "owner", f"'{owner}' is not among the hosts that reach '{id}'.")
            owner = None
        if owner is None and kind is StorageKind.CLUSTER_DISK and reach:
            owner = reach[0]
        found[id] = Storage(
            id,
            kind,
            section.quantity("size", Dimension.MEMORY, DEFAULT_STORAGE_BYTES),
            section.quantity("read", Dimension.BYTE_RATE, DEFAULT_DISK_BYTES_PER_S),
            section.quantity("write", Dimension.BYTE_RATE, DEFAULT_DISK_BYTES_PER_S),
            reach,
            owner,
        )
        section.finish()
    return found


def read_layout(root: Section) -> dict[str, tuple[int, int]]:
    """The places in the diagram that the file asks for, as (row, column)."""
    found: dict[str, tuple[int, int]] = {}
    for id, section in root.map("layout", what="thing"):
        found[id] = (section.count("row", 0), section.count("column", 0))
        section.finish()
    return found
