"""Small worlds made by hand, for tests of everything that lies below the scenario file."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from hvviz.scenario.constants import PRESETS, Model, ModelConstants
from hvviz.scenario.plan import Action, Anchor, RunPlan
from hvviz.simulation import simulate
from hvviz.trace.trace import Trace
from hvviz.world.model import (
    Adapter,
    Authentication,
    Client,
    Cluster,
    ClusterSettings,
    Cpu,
    DirtySet,
    Disk,
    Domain,
    Host,
    HostSettings,
    HostVersion,
    MacKind,
    Network,
    PhysicalSwitch,
    Priority,
    Protocol,
    Storage,
    StorageKind,
    Transport,
    VirtualSwitch,
    Vm,
    VmState,
    Workload,
    World,
)

GIB = 2**30
MIB = 2**20


def host(
    id: str,
    *,
    version: HostVersion = HostVersion.WS2012R2,
    memory_bytes: int = 128 * GIB,
    rate_bps: float = 10e9,
    adapters: int = 1,
    settings: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Host:
    """A host with ``adapters`` adapters in network ``lm`` and one in ``tenant`` under the virtual switch external."""
    found = {
        f"lm{number}": Adapter(f"{id}/lm{number}", id, f"lm{number}", "lm", rate_bps, physical_switch="tor1")
        for number in range(adapters)
    }
    found["vm0"] = Adapter(f"{id}/vm0", id, "vm0", "tenant", 10e9, physical_switch="tor1")
    defaults = HostSettings(True, 2, 2, Transport.TCP, Authentication.CREDSSP)
    made = Host(
        id=id,
        version=version,
        domain="contoso",
        memory_bytes=memory_bytes,
        memory_reserve_bytes=2 * GIB,
        cores=16,
        cpu=Cpu(),
        adapters=found,
        teams={},
        switches={"external": VirtualSwitch(f"{id}/external", id, "external", "vm0")},
        settings=replace(defaults, **(settings or {})),
    )
    return replace(made, **changes)


def vm(
    id: str = "web1",
    on: str = "hv1",
    *,
    memory_bytes: int = 16 * GIB,
    state: VmState = VmState.RUNNING,
    storage: str = "csv1",
    workload: str | None = "web",
    clustered: bool = True,
    disk_bytes: int = 22 * GIB,
    **changes: Any,
) -> Vm:
    """A VM with one disk and two clients, on the same storage as its configuration."""
    made = Vm(
        id=id,
        host=on,
        clustered=clustered,
        memory_bytes=memory_bytes,
        used_memory_bytes=memory_bytes,
        cores=2,
        state=state,
        priority=Priority.MEDIUM,
        config_version="5.0",
        cpu_compatibility=False,
        mac=MacKind.DYNAMIC,
        time_sync=True,
        switch="external",
        storage=storage,
        disks={"system": Disk(f"{id}/system", id, "system", 60 * GIB, disk_bytes, storage)},
        clients={
            "browser": Client(f"{id}/browser", id, "browser", Protocol.TCP),
            "probe": Client(f"{id}/probe", id, "probe", Protocol.ICMP, 1.0),
        },
        workload=workload,
    )
    return replace(made, **changes)


def world(
    *,
    hosts: Iterable[Host] | None = None,
    vms: Iterable[Vm] | None = None,
    storage: Iterable[Storage] | None = None,
    workloads: Iterable[Workload] | None = None,
    cluster: Iterable[str] | None = None,
    cluster_settings: Mapping[str, Any] | None = None,
    networks: Iterable[Network] | None = None,
    switches: Iterable[PhysicalSwitch] | None = None,
) -> World:
    """Two hosts in a cluster with a cluster shared volume and one VM, unless said otherwise."""
    all_hosts = list(hosts) if hosts is not None else [host("hv1"), host("hv2")]
    ids = tuple(each.id for each in all_hosts)
    members = ids if cluster is None else tuple(cluster)
    settings = replace(ClusterSettings(None, 2000, 10.0, 0.0, True), **(cluster_settings or {}))
    stores = list(storage) if storage is not None else [csv("csv1", ids)]
    nets = (
        list(networks)
        if networks is not None
        else [
            Network("lm", live_migration=True, physical_switch="tor1"),
            Network("tenant", physical_switch="tor1"),
        ]
    )
    loads = list(workloads) if workloads is not None else [Workload("web", (DirtySet(60 * MIB, GIB),))]
    machines = list(vms) if vms is not None else [vm()]
    return World(
        domains={"contoso": Domain("contoso")},
        clusters={"east": Cluster("east", members, ("lm",), settings)} if members else {},
        hosts={each.id: each for each in all_hosts},
        networks={each.id: each for each in nets},
        physical_switches={each.id: each for each in (switches or [PhysicalSwitch("tor1")])},
        storage={each.id: each for each in stores},
        workloads={each.id: each for each in loads},
        vms={each.id: each for each in machines},
    )


def csv(id: str, hosts: tuple[str, ...], kind: StorageKind = StorageKind.CSV, **changes: Any) -> Storage:
    made = Storage(id, kind, 4 * 10**12, 900e6, 250e6, hosts)
    return replace(made, **changes)


def model(preset: str | None = None, **constants: Any) -> Model:
    """The model with some constants given, on top of a preset."""
    given = {**(PRESETS[preset] if preset else {}), **constants}
    return Model(ModelConstants(**given), frozenset(given))


def live(id: str = "m1", vm: str = "web1", to: str = "hv2", at: float | Anchor = 0.0, order: int = 0) -> Action:
    return Action(id, "migrate.live", order, at, vm=vm, to=(to,))


def quick(id: str = "m1", vm: str = "web1", to: str = "hv2", at: float | Anchor = 0.0, order: int = 0) -> Action:
    return Action(id, "migrate.quick", order, at, vm=vm, to=(to,))


def run(world: World, *actions: Action, model: Model | None = None, until_s: float | None = None) -> Trace:
    """Simulate ``actions`` in ``world``, in the order given."""
    ordered = tuple(replace(action, order=number) for number, action in enumerate(actions))
    return simulate(RunPlan("test", 1, "base", world, model or Model(), ordered, until_s))
