"""What exists at time zero, as frozen values with every default resolved.

A `World` is what the simulation starts from. Nothing here changes; what a migration changes are the facts of
`hvviz.world.facts`, which start from a `World` and are then carried by the trace.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class HostVersion(StrEnum):
    """Windows Server releases, oldest first."""

    WS2012 = "2012"
    WS2012R2 = "2012R2"
    WS2016 = "2016"
    WS2019 = "2019"
    WS2022 = "2022"
    WS2025 = "2025"

    @property
    def rank(self) -> int:
        """Position in the order of release, so that versions compare by ``rank``."""
        return _VERSION_ORDER[self]


_VERSION_ORDER: dict[str, int] = {version: rank for rank, version in enumerate(HostVersion)}


class Transport(StrEnum):
    TCP = "tcp"
    COMPRESSION = "compression"
    SMB = "smb"


class Authentication(StrEnum):
    CREDSSP = "credssp"
    KERBEROS = "kerberos"


class Teaming(StrEnum):
    SWITCH_INDEPENDENT = "switch-independent"
    STATIC = "static"
    LACP = "lacp"
    SET = "set"


class Balance(StrEnum):
    DYNAMIC = "dynamic"
    ADDRESS_HASH = "address-hash"
    HYPER_V_PORT = "hyper-v-port"


class StorageKind(StrEnum):
    CSV = "csv"
    CLUSTER_DISK = "cluster-disk"
    SMB_SHARE = "smb-share"
    LOCAL = "local"
    PASS_THROUGH = "pass-through"


class Witness(StrEnum):
    NONE = "none"
    DISK = "disk"
    SHARE = "share"
    CLOUD = "cloud"


class VmState(StrEnum):
    """What a VM is doing. ``suspended`` is inside a blackout; ``saved`` has its memory in a file."""

    RUNNING = "running"
    PAUSED = "paused"
    SUSPENDED = "suspended"
    SAVED = "saved"
    OFF = "off"


class Priority(StrEnum):
    """Start-up and move order of a clustered role, with the cluster's own numbers."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NO_AUTO_START = "no-auto-start"

    @property
    def number(self) -> int:
        """3000, 2000, 1000 and 0, as the cluster stores them."""
        return {"high": 3000, "medium": 2000, "low": 1000, "no-auto-start": 0}[self.value]


class Access(StrEnum):
    RANDOM = "random"
    SEQUENTIAL = "sequential"


class Protocol(StrEnum):
    TCP = "tcp"
    UDP = "udp"
    ICMP = "icmp"


class MacKind(StrEnum):
    DYNAMIC = "dynamic"
    STATIC = "static"


@dataclass(frozen=True, slots=True)
class Domain:
    id: str
    trusts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """``parallel_migrations`` is None where the hosts' own limits rule."""

    parallel_migrations: int | None
    move_type_threshold: int
    failure_detection_s: float
    resiliency_period_s: float
    drain_on_shutdown: bool


@dataclass(frozen=True, slots=True)
class Cluster:
    id: str
    hosts: tuple[str, ...]
    live_migration_networks: tuple[str, ...]
    settings: ClusterSettings
    witness: Witness = Witness.NONE


@dataclass(frozen=True, slots=True)
class Cpu:
    vendor: str = "intel"
    generation: str = "1"


@dataclass(frozen=True, slots=True)
class Adapter:
    """A network adapter of a host; ``rate_bps`` is None for a virtual adapter, which lies ``on`` a virtual switch."""

    id: str
    host: str
    name: str
    network: str | None
    rate_bps: float | None
    rdma: bool = False
    rss: bool = True
    physical_switch: str | None = None
    on: str | None = None


@dataclass(frozen=True, slots=True)
class Team:
    """``members`` are names of adapters of the same host."""

    id: str
    host: str
    name: str
    members: tuple[str, ...]
    teaming: Teaming
    balance: Balance
    network: str | None


@dataclass(frozen=True, slots=True)
class VirtualSwitch:
    """``adapter`` is the name of an adapter or a team of the same host."""

    id: str
    host: str
    name: str
    adapter: str


@dataclass(frozen=True, slots=True)
class HostSettings:
    live_migration: bool
    simultaneous_live_migrations: int
    simultaneous_storage_migrations: int
    transport: Transport
    authentication: Authentication
    constrained_delegation: tuple[str, ...] = ()
    smb_bandwidth_limit_bps: float | None = None
    migration_networks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Host:
    """``adapters``, ``teams`` and ``switches`` are keyed by their names on this host."""

    id: str
    version: HostVersion
    domain: str | None
    memory_bytes: int
    memory_reserve_bytes: int
    cores: int
    cpu: Cpu
    adapters: Mapping[str, Adapter]
    teams: Mapping[str, Team]
    switches: Mapping[str, VirtualSwitch]
    settings: HostSettings


@dataclass(frozen=True, slots=True)
class Network:
    """At most one of ``qos_share`` and ``qos_ceiling_bps`` is set; both bound live migration."""

    id: str
    subnet: str | None = None
    live_migration: bool = False
    latency_s: float = 0.0
    physical_switch: str | None = None
    qos_share: float | None = None
    qos_ceiling_bps: float | None = None


@dataclass(frozen=True, slots=True)
class PhysicalSwitch:
    id: str
    uplinks_bps: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Storage:
    """``hosts`` are those that can reach it; ``owner`` is the node that owns a cluster disk at time zero."""

    id: str
    kind: StorageKind
    size_bytes: int
    read_bytes_per_s: float
    write_bytes_per_s: float
    hosts: tuple[str, ...]
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class DirtySet:
    """A set of pages: how many bytes of pages it has and how fast they are written."""

    dirty_rate_bytes_per_s: float
    working_set_bytes: int
    access: Access = Access.RANDOM


@dataclass(frozen=True, slots=True)
class Workload:
    id: str
    sets: tuple[DirtySet, ...] = ()
    compressibility: float = 2.0
    disk_write_bytes_per_s: float = 0.0
    disk_read_bytes_per_s: float = 0.0
    network_bps: float = 0.0
    cpu_cores: float = 0.0


@dataclass(frozen=True, slots=True)
class Disk:
    """A virtual disk; ``used_bytes`` is what its file holds and what a copy must move."""

    id: str
    vm: str
    name: str
    size_bytes: int
    used_bytes: int
    storage: str


@dataclass(frozen=True, slots=True)
class Client:
    id: str
    vm: str
    name: str
    protocol: Protocol
    rate_per_s: float | None = None


@dataclass(frozen=True, slots=True)
class Vm:
    """``used_memory_bytes`` is what a migration must send; ``storage`` is where the configuration lies."""

    id: str
    host: str
    clustered: bool
    memory_bytes: int
    used_memory_bytes: int
    cores: int
    state: VmState
    priority: Priority
    config_version: str
    cpu_compatibility: bool
    mac: MacKind
    time_sync: bool
    switch: str | None
    storage: str
    disks: Mapping[str, Disk]
    clients: Mapping[str, Client]
    workload: str | None = None
    dynamic_minimum_bytes: int | None = None
    dynamic_maximum_bytes: int | None = None
    possible_owners: tuple[str, ...] = ()
    preferred_owners: tuple[str, ...] = ()
    anti_affinity: tuple[str, ...] = ()
    iso: str | None = None
    checkpoints: int = 0
    replica_of: str | None = None

    @property
    def assigned_bytes(self) -> int:
        """Memory that it takes on a host: what is assigned where it is dynamic, else all of it."""
        return self.used_memory_bytes if self.dynamic_maximum_bytes else self.memory_bytes

    @property
    def storages(self) -> tuple[str, ...]:
        """Every storage that holds a file of this VM, the configuration's first, each once."""
        return tuple(dict.fromkeys([self.storage, *(disk.storage for disk in self.disks.values())]))


@dataclass(frozen=True, slots=True)
class World:
    """Everything at time zero, keyed by id, in the order of the file."""

    domains: Mapping[str, Domain]
    clusters: Mapping[str, Cluster]
    hosts: Mapping[str, Host]
    networks: Mapping[str, Network]
    physical_switches: Mapping[str, PhysicalSwitch]
    storage: Mapping[str, Storage]
    workloads: Mapping[str, Workload]
    vms: Mapping[str, Vm]

    def cluster_of(self, host: str) -> Cluster | None:
        """The cluster that ``host`` belongs to, if any; a host belongs to one at most."""
        for cluster in self.clusters.values():
            if host in cluster.hosts:
                return cluster
        return None

    def switch_path(self, source: str, target: str) -> list[tuple[str, str, float]]:
        """The uplinks from one physical switch to another by the fewest hops, as (from, to, bits per second).

        Empty where no chain of uplinks joins them: then nothing between them limits.
        """
        links: dict[str, dict[str, float]] = {}
        for switch in self.physical_switches.values():
            for other, rate_bps in switch.uplinks_bps.items():
                links.setdefault(switch.id, {})[other] = rate_bps
                links.setdefault(other, {}).setdefault(switch.id, rate_bps)
        came_from: dict[str, str] = {source: source}
        frontier = [source]
        while frontier and target not in came_from:
            following: list[str] = []
            for switch_id in frontier:
                for other in links.get(switch_id, ()):
                    if other not in came_from:
                        came_from[other] = switch_id
                        following.append(other)
            frontier = following
        hops: list[tuple[str, str, float]] = []
        here = target
        while here in came_from and here != source:
            before = came_from[here]
            hops.append((before, here, links[before][here]))
            here = before
        return hops[::-1]
