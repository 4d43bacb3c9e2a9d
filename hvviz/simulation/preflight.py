"""The checks before a migration: each says yes, or no with the failure that Windows would report.

All checks of a migration are made and reported; the first that says no refuses it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hvviz import units
from hvviz.simulation import failures
from hvviz.simulation.failures import Fault
from hvviz.simulation.kernel import Simulation
from hvviz.simulation.operation import OperationNow
from hvviz.simulation.state import HostNow, VmNow
from hvviz.simulation.stopping import Stop, StopError
from hvviz.trace.records import Failure, Outcome
from hvviz.world.model import HostVersion, StorageKind, VmState

_PHASE = "preflight"

CONFIGURATION_VERSIONS: dict[HostVersion, tuple[float, float]] = {
    HostVersion.WS2012: (4.0, 4.0),
    HostVersion.WS2012R2: (4.0, 5.0),
    HostVersion.WS2016: (5.0, 8.0),
    HostVersion.WS2019: (5.0, 9.0),
    HostVersion.WS2022: (8.0, 10.0),
    HostVersion.WS2025: (8.0, 12.0),
}
"""Oldest and newest configuration version that a host runs (MS-VER; 4.0 for 2012 is inferred)."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was looked at, and the failure where it said no."""

    id: str
    failure: Failure | None = None


def check(operation: OperationNow, checks: Iterable[Check], outcome: Outcome = Outcome.REFUSED) -> None:
    """Record ``checks`` and end ``operation`` with ``outcome`` for the first that says no."""
    made = list(checks)
    data = {"checks": tuple((each.id, each.failure is None) for each in made)}
    operation.event("preflight.checked", data=data)
    for each in made:
        if each.failure is not None:
            raise StopError(Stop(outcome, each.failure))


def _verdict(id: str, ok: bool, fault: Fault, *, phase: str = _PHASE, **names: object) -> Check:
    return Check(id, None if ok else fault.failure(phase, **names))


def hosts_answer(sim: Simulation, operation: OperationNow, source: str, target: str) -> Iterator[Check]:
    """Both hosts are up and not the same."""
    vm = operation.vm
    yield _verdict("another-host", source != target, failures.ALREADY_THERE, vm=vm, target=target)
    yield _verdict("source-up", sim.world.hosts[source].up, failures.SOURCE_DOWN, source=source)
    yield _verdict("target-up", sim.world.hosts[target].up, failures.HOST_DOWN, target=target)
    for host in (source, target):
        yield _verdict("management-up", sim.world.hosts[host].management_up, failures.MANAGEMENT_DOWN, host=host)


def not_busy(vm: VmNow, operation: OperationNow) -> Check:
    """No other operation has hold of the VM."""
    other = vm.operation
    return _verdict(
        "not-busy", other in (None, operation.id), failures.BUSY, vm=vm.spec.id, operation=other or "another"
    )


def same_cluster(sim: Simulation, vm: VmNow, target: str) -> Check:
    """The target is a node of the cluster whose role the VM is."""
    cluster = sim.world.hosts[vm.host].cluster
    ok = cluster is not None and cluster == sim.world.hosts[target].cluster and sim.world.hosts[target].in_cluster
    return _verdict("same-cluster", ok, failures.OTHER_CLUSTER, vm=vm.spec.id, source=vm.host, target=target)


def clustered(vm: VmNow) -> Check:
    return _verdict("clustered", vm.spec.clustered, failures.NOT_CLUSTERED, vm=vm.spec.id)


def runs(vm: VmNow) -> Check:
    return _verdict("running", vm.state is VmState.RUNNING, failures.NOT_RUNNING, vm=vm.spec.id, state=vm.state.value)


def possible_owner(vm: VmNow, target: str) -> Check:
    owners = vm.spec.possible_owners
    ok = not vm.spec.clustered or not owners or target in owners
    return _verdict("possible-owner", ok, failures.NOT_POSSIBLE_OWNER, vm=vm.spec.id, target=target)


def live_migration_enabled(host: HostNow) -> Check:
    return _verdict(
        "live-migration-enabled",
        host.spec.settings.live_migration,
        failures.LIVE_MIGRATION_DISABLED,
        host=host.spec.id,
    )


def processor(sim: Simulation, vm: VmNow, target: str) -> Check:
    """The same vendor, and the same generation unless the VM has processor compatibility set (MS-CPU)."""
    here, there = sim.world.hosts[vm.host].spec.cpu, sim.world.hosts[target].spec.cpu
    same_vendor = here.vendor == there.vendor
    ok = same_vendor and (here.generation == there.generation or vm.spec.cpu_compatibility)
    advice = (
        f"Switch {vm.spec.id} off, set processor compatibility, and start it again."
        if same_vendor
        else f"No setting bridges two vendors: switch {vm.spec.id} off to move it."
    )
    return _verdict(
        "processor",
        ok,
        failures.OTHER_PROCESSOR,
        vm=vm.spec.id,
        source=vm.host,
        target=target,
        source_cpu=f"{here.vendor} generation {here.generation}",
        target_cpu=f"{there.vendor} generation {there.generation}",
        advice=advice,
    )


def configuration_version(sim: Simulation, vm: VmNow, target: str) -> Check:
    host = sim.world.hosts[target].spec
    oldest, newest = CONFIGURATION_VERSIONS[host.version]
    return _verdict(
        "configuration-version",
        oldest <= float(vm.spec.config_version) <= newest,
        failures.NEWER_CONFIGURATION,
        vm=vm.spec.id,
        target=target,
        version=vm.spec.config_version,
        host_version=host.version.value,
        oldest=oldest,
        newest=newest,
    )


def memory(sim: Simulation, vm: VmNow, target: str, fault: Fault = failures.NO_MEMORY, phase: str = _PHASE) -> Check:
    free, needed = sim.world.hosts[target].free_bytes, vm.assigned_bytes
    return _verdict(
        "memory",
        free >= needed,
        fault,
        phase=phase,
        vm=vm.spec.id,
        target=target,
        free=units.show_bytes(max(0, free)),
        needed=units.show_bytes(needed),
    )


def switch_name(sim: Simulation, vm: VmNow, target: str) -> Check:
    name = vm.spec.switch
    ok = name is None or name in sim.world.hosts[target].spec.switches
    return _verdict("switch-name", ok, failures.NO_SWITCH, vm=vm.spec.id, target=target, switch=name)


def storage_reach(sim: Simulation, vm: VmNow, target: str) -> Check:
    """The target can open every file of the VM."""
    out_of_reach = [id for id in vm.storages if not sim.world.reaches(target, id)]
    return _verdict(
        "storage-reach",
        not out_of_reach,
        failures.NO_STORAGE_PATH,
        vm=vm.spec.id,
        target=target,
        storage=", ".join(out_of_reach),
    )


def iso(sim: Simulation, vm: VmNow, target: str) -> Check:
    """The image in the DVD drive, if any, can be opened on the target too."""
    image = vm.spec.iso
    ok = image is None or (image != "local" and sim.world.reaches(target, image))
    place = f"a local path of {vm.host}" if image == "local" else image
    return _verdict("iso", ok, failures.UNREADABLE_ISO, vm=vm.spec.id, target=target, iso=place)


def pass_through(sim: Simulation, vm: VmNow, target: str) -> Check:
    """Live migration may fail with a pass-through disk; it does here where the disk is not the cluster's to move."""
    outside = [
        id
        for id in vm.storages
        if sim.world.storage[id].spec.kind is StorageKind.PASS_THROUGH and sim.world.storage[id].owner is None
    ]
    return _verdict(
        "pass-through",
        not outside,
        failures.PASS_THROUGH_LIVE,
        vm=vm.spec.id,
        target=target,
        storage=", ".join(outside),
    )


def alone_on_cluster_disk(sim: Simulation, vm: VmNow) -> Check:
    """No other VM has files on a cluster disk that would change owner with this one."""
    owned = {storage.spec.id for storage in sim.world.owned_storages(vm)}
    others = [
        other.spec.id
        for other in (sim.world.vms.values() if owned else ())
        if other is not vm and owned.intersection(other.storages)
    ]
    return _verdict(
        "cluster-disk",
        not others,
        failures.SHARED_CLUSTER_DISK,
        storage=", ".join(sorted(owned)),
        others=", ".join(others),
    )


def live_checks(sim: Simulation, operation: OperationNow, vm: VmNow, target: str) -> Iterator[Check]:
    """What a live migration needs before it asks for a network."""
    yield from hosts_answer(sim, operation, vm.host, target)
    yield not_busy(vm, operation)
    yield runs(vm)
    if vm.spec.clustered:
        yield same_cluster(sim, vm, target)
        yield possible_owner(vm, target)
    for host in (vm.host, target):
        yield live_migration_enabled(sim.world.hosts[host])
    yield processor(sim, vm, target)
    yield configuration_version(sim, vm, target)
    yield memory(sim, vm, target)
    yield switch_name(sim, vm, target)
    yield storage_reach(sim, vm, target)
    yield iso(sim, vm, target)
    yield pass_through(sim, vm, target)
    yield alone_on_cluster_disk(sim, vm)


def quick_checks(sim: Simulation, operation: OperationNow, vm: VmNow, target: str) -> Iterator[Check]:
    """What a quick migration needs. Memory is found missing only when the VM is restored (MS-TS)."""
    yield from hosts_answer(sim, operation, vm.host, target)
    yield not_busy(vm, operation)
    yield clustered(vm)
    yield same_cluster(sim, vm, target)
    yield possible_owner(vm, target)
    yield configuration_version(sim, vm, target)
    if vm.state is not VmState.OFF:
        yield processor(sim, vm, target)
        yield iso(sim, vm, target)
    yield switch_name(sim, vm, target)
    yield storage_reach(sim, vm, target)
    yield alone_on_cluster_disk(sim, vm)


def host_reaches(sim: Simulation, host: str, storages: Iterable[str]) -> Check:
    """``host`` can open files on all of ``storages``."""
    missing = [storage for storage in dict.fromkeys(storages) if not sim.world.reaches(host, storage)]
    return _verdict("target-storage", not missing, failures.NO_TARGET_STORAGE, host=host, storage=", ".join(missing))


def no_pass_through(sim: Simulation, vm: VmNow, disks: Iterable[str]) -> Check:
    """None of ``disks`` is a pass-through disk, which has no file to copy."""
    fixed = [
        vm.disks[name] for name in disks if sim.world.storage[vm.disks[name]].spec.kind is StorageKind.PASS_THROUGH
    ]
    return _verdict(
        "no-pass-through", not fixed, failures.PASS_THROUGH_STORAGE, vm=vm.spec.id, storage=", ".join(fixed)
    )


def space(sim: Simulation, vm: VmNow, disks: dict[str, str]) -> Iterator[Check]:
    """The copies fit beside what lies on each target already."""
    needed: dict[str, int] = {}
    for name, target in disks.items():
        needed[target] = needed.get(target, 0) + vm.spec.disks[name].used_bytes
    for target, count in needed.items():
        storage = sim.world.storage[target]
        free = 0 if storage.full else storage.spec.size_bytes - sim.world.used_bytes(target)
        yield _verdict(
            "space",
            free >= count,
            failures.NO_SPACE,
            storage=target,
            free=units.show_bytes(max(0, free)),
            needed=units.show_bytes(count),
        )


def storage_checks(
    sim: Simulation, operation: OperationNow, vm: VmNow, disks: dict[str, str], configuration: str | None
) -> Iterator[Check]:
    """What a storage migration needs; the VM's state and its cluster do not matter."""
    yield _verdict("host-up", sim.world.hosts[vm.host].up, failures.SOURCE_DOWN, source=vm.host)
    yield not_busy(vm, operation)
    targets = [*disks.values(), *([configuration] if configuration else [])]
    yield host_reaches(sim, vm.host, targets)
    yield no_pass_through(sim, vm, disks)
    yield from space(sim, vm, disks)


def trust(sim: Simulation, source: str, target: str) -> Check:
    """Both hosts are in one domain, or in domains that trust each other."""
    domains = sim.world.spec.domains
    here, there = (sim.world.spec.hosts[host].domain for host in (source, target))
    ok = here == there
    if here is not None and there is not None:
        ok = ok or (there in domains[here].trusts and here in domains[there].trusts)
    return _verdict("trust", ok, failures.NO_TRUST, source=source, target=target)


def shared_nothing_checks(
    sim: Simulation,
    operation: OperationNow,
    vm: VmNow,
    target: str,
    disks: dict[str, str],
    configuration: str | None,
) -> Iterator[Check]:
    """What a move between hosts without a common cluster needs."""
    yield from hosts_answer(sim, operation, vm.host, target)
    yield _verdict("not-clustered", not vm.spec.clustered, failures.CLUSTERED, vm=vm.spec.id)
    yield not_busy(vm, operation)
    yield runs(vm)
    yield trust(sim, vm.host, target)
    for host in (vm.host, target):
        yield live_migration_enabled(sim.world.hosts[host])
    yield processor(sim, vm, target)
    yield configuration_version(sim, vm, target)
    yield memory(sim, vm, target)
    yield switch_name(sim, vm, target)
    yield iso(sim, vm, target)
    yield host_reaches(sim, target, [*disks.values(), *([configuration] if configuration else [])])
    yield no_pass_through(sim, vm, disks)
    yield from space(sim, vm, disks)
