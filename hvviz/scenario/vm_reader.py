"""Virtual machines and what runs in them."""

from hvviz.scenario.diagnostics import nearest
from hvviz.scenario.section import Section
from hvviz.units import Dimension
from hvviz.world.model import (
    Access,
    Client,
    Cluster,
    DirtySet,
    Disk,
    Host,
    HostVersion,
    MacKind,
    Priority,
    Protocol,
    Storage,
    Vm,
    VmState,
    Workload,
)

CONFIGURATION_VERSION = {
    HostVersion.WS2012: "4.0",
    HostVersion.WS2012R2: "5.0",
    HostVersion.WS2016: "8.0",
    HostVersion.WS2019: "9.0",
    HostVersion.WS2022: "10.0",
    HostVersion.WS2025: "12.0",
}
"""The version that a new VM gets on each host (MS-VER; 4.0 is inferred)."""


def read_workloads(world: Section) -> dict[str, Workload]:
    found: dict[str, Workload] = {}
    for id, section in world.map("workloads", what="workload"):
        sets = []
        own = _read_set(section)
        if own is not None:
            sets.append(own)
        for item in section.list("sets"):
            part = Section(item, section.findings, f"a set of workload '{id}'", item.place)
            dirty = _read_set(part)
            if dirty is not None:
                sets.append(dirty)
            part.finish()
        found[id] = Workload(
            id,
            tuple(sets),
            max(1.0, section.number("compressibility", 2.0)),
            section.quantity("disk_write", Dimension.BYTE_RATE, 0.0),
            section.quantity("disk_read", Dimension.BYTE_RATE, 0.0),
            section.quantity("network", Dimension.NETWORK_RATE, 0.0),
            section.number("cpu", 0.0),
        )
        section.finish()
    return found


def _read_set(section: Section) -> DirtySet | None:
    rate = section.quantity("dirty_rate", Dimension.BYTE_RATE)
    size = section.quantity("working_set", Dimension.MEMORY)
    access = section.choice("access", Access, Access.RANDOM)
    if rate is None and size is None:
        return None
    if rate is None or size is None:
        section.missing("dirty_rate" if rate is None else "working_set", "The two belong together.")
        return None
    if rate == 0 or size == 0:
        return None
    return DirtySet(rate, size, access)


def read_vms(
    world: Section,
    hosts: dict[str, Host],
    clusters: dict[str, Cluster],
    storage: dict[str, Storage],
    workloads: dict[str, Workload],
) -> dict[str, Vm]:
    clustered = {host for cluster in clusters.values() for host in cluster.hosts}
    found: dict[str, Vm] = {}
    for id, section in world.map("vms", what="VM"):
        host = section.text("host", required=True)
        if host is not None and host not in hosts:
            section.problem("HV210", "host", f"There is no host '{host}'.", nearest(host, hosts))
            host = None
        made = _read_vm(section, id, hosts.get(host or ""), host in clustered, hosts, storage, workloads)
        if made is not None:
            found[id] = made
        section.finish()
    return found


def _read_vm(
    section: Section,
    id: str,
    host: Host | None,
    in_cluster: bool,
    hosts: dict[str, Host],
    storage: dict[str, Storage],
    workloads: dict[str, Workload],
) -> Vm | None:
    memory = section.quantity("memory", Dimension.MEMORY, 0, required=True)
    used = section.quantity("used_memory", Dimension.MEMORY)
    dynamic = section.section("dynamic_memory") if section.has("dynamic_memory") else None
    minimum = maximum = None
    if dynamic is not None:
        minimum = dynamic.quantity("minimum", Dimension.MEMORY, required=True)
        maximum = dynamic.quantity("maximum", Dimension.MEMORY, required=True)
        dynamic.finish()
    largest = max(memory, maximum or 0)
    if used is not None and used > largest:
        section.problem("HV218", "used_memory", f"'used_memory' of '{id}' is more than its memory.")
    disks = _read_disks(section, id, host, storage)
    config = _read_home(section, id, host, disks, storage)
    workload = section.text("workload")
    if workload is not None and workload not in workloads:
        section.problem("HV210", "workload", f"There is no workload '{workload}'.", nearest(workload, workloads))
        workload = None
    clients = _read_clients(section, id)
    owners = section.known("possible_owners", section.ids("possible_owners"), hosts.__contains__, "host", hosts)
    preferred = section.known("preferred_owners", section.ids("preferred_owners"), hosts.__contains__, "host", hosts)
    iso = section.text("iso")
    if iso is not None and iso != "local" and iso not in storage:
        section.problem("HV210", "iso", f"There is no storage '{iso}' for the ISO.", nearest(iso, ["local", *storage]))
    version = section.text("config_version") or CONFIGURATION_VERSION[host.version if host else HostVersion.WS2012R2]
    if not version.replace(".", "", 1).isdigit():
        section.problem("HV218", "config_version", f"'{version}' is not a configuration version, like 5.0.")
        version = "5.0"
    switch = section.text("switch")
    if switch is not None and host is not None and switch not in host.switches:
        message = f"'{host.id}' has no virtual switch '{switch}'."
        section.problem("HV210", "switch", message, nearest(switch, host.switches))
    values = {
        "clustered": section.flag("clustered", in_cluster),
        "cores": section.count("cores", 2, least=1),
        "state": section.choice("state", VmState, VmState.RUNNING),
        "priority": section.choice("priority", Priority, Priority.MEDIUM),
        "cpu_compatibility": section.flag("cpu_compatibility", False),
        "mac": section.choice("mac", MacKind, MacKind.DYNAMIC),
        "time_sync": section.flag("time_sync", True),
        "anti_affinity": tuple(name for name, _ in section.ids("anti_affinity")),
        "checkpoints": section.count("checkpoints", 0),
        "replica_of": section.text("replica_of"),
    }
    if values["clustered"] and not in_cluster and host is not None:
        section.problem("HV218", "clustered", f"'{id}' cannot be clustered: '{host.id}' is in no cluster.")
    if host is None or config is None:
        return None
    return Vm(
        id=id,
        host=host.id,
        memory_bytes=memory,
        used_memory_bytes=memory if used is None else used,
        config_version=version,
        switch=switch,
        storage=config,
        disks=disks,
        clients=clients,
        workload=workload,
        dynamic_minimum_bytes=minimum,
        dynamic_maximum_bytes=maximum,
        possible_owners=owners,
        preferred_owners=preferred,
        iso=iso,
        **values,
    )


def _read_disks(section: Section, vm: str, host: Host | None, storage: dict[str, Storage]) -> dict[str, Disk]:
    found: dict[str, Disk] = {}
    for name, disk in section.map("disks", what="disk"):
        size = disk.quantity("size", Dimension.MEMORY, 0, required=True)
        used = disk.quantity("used", Dimension.MEMORY, size)
        if used > size:
            disk.problem("HV218", "used", f"'{name}' of '{vm}' uses more than its size.")
        place = disk.text("storage", required=True)
        if place is not None and _reaches(disk, "storage", place, host, storage):
            found[name] = Disk(f"{vm}/{name}", vm, name, size, used, place)
        disk.finish()
    return found


def _reaches(section: Section, key: str, place: str, host: Host | None, storage: dict[str, Storage]) -> bool:
    if place not in storage:
        section.problem("HV210", key, f"There is no storage '{place}'.", nearest(place, storage))
        return False
    if host is not None and host.id not in storage[place].hosts:
        message = f"'{host.id}' does not reach '{place}', so {section.name} cannot have files there."
        section.problem("HV219", key, message, f"Add {host.id} to the hosts of {place}.")
        return False
    return True


def _read_home(
    section: Section, vm: str, host: Host | None, disks: dict[str, Disk], storage: dict[str, Storage]
) -> str | None:
    """Where the configuration lies: as given, else with the first disk, else on the one storage that there is."""
    given = section.text("storage")
    if given is not None:
        return given if _reaches(section, "storage", given, host, storage) else None
    if disks:
        return next(iter(disks.values())).storage
    reached = [each.id for each in storage.values() if host is None or host.id in each.hosts]
    if len(reached) != 1:
        section.missing("storage", f"It says where the configuration of '{vm}' lies.")
        return None
    return reached[0]


def _read_clients(section: Section, vm: str) -> dict[str, Client]:
    found: dict[str, Client] = {}
    for name, client in section.map("clients", what="client"):
        found[name] = Client(
            f"{vm}/{name}",
            vm,
            name,
            client.choice("protocol", Protocol, Protocol.TCP),
            client.quantity("rate", Dimension.FREQUENCY),
        )
        client.finish()
    return found
