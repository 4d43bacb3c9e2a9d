"""Storage migration: the VM stays where it is, its files move.

The disks go first, then the rest. A running VM works on: under ``mirror`` its writes go to both sides from the
start and the source stays complete until the end (MS-SM), under ``redirect`` they go to the new side only, as the
guide has it, so a failure in the middle loses them. The old files are deleted last; an empty folder stays behind.
Guest writes are taken to hit blocks that are copied anyway, so they come on top of the copy (assumption).
"""

from dataclasses import dataclass, field

from hvviz.scenario.constants import ModelConstants, StorageMirror
from hvviz.simulation import preflight
from hvviz.simulation.fluid import Flow, Resource
from hvviz.simulation.kernel import Procedure, Simulation
from hvviz.simulation.needs import need
from hvviz.simulation.operation import OperationNow
from hvviz.simulation.recorder import TransferRecord
from hvviz.simulation.state import VmNow
from hvviz.simulation.stopping import STOPPING
from hvviz.trace.records import Traffic
from hvviz.world.facts import config_file, disk_file, state_file
from hvviz.world.model import StorageKind, VmState


@dataclass(slots=True)
class DiskMove:
    """Where the files of a VM go: each disk's new storage by name, and the configuration's where it moves too.

    ``path`` is what a byte passes between the two storages, and ``route`` the nodes on that way.
    """

    vm: VmNow
    model: ModelConstants
    disks: dict[str, str]
    configuration: str | None
    path: list[tuple[Resource, float]] = field(default_factory=list)
    way: tuple[str, ...] = ()
    cap: float | None = None
    opened_bytes: float | None = None
    written_bytes: float = 0.0

    @property
    def storages(self) -> set[str]:
        """Every storage that it reads or writes."""
        sources = {self.vm.disks[name] for name in self.disks} | {self.vm.storage}
        return sources | set(self.disks.values()) | ({self.configuration} if self.configuration else set())


def migrate_storage(sim: Simulation, operation: OperationNow) -> Procedure:
    """Move files of ``operation.vm`` to the storages that the action names."""
    vm = sim.world.vms[operation.vm or ""]
    model = sim.model(vm.host)
    move = DiskMove(vm, model, dict(operation.disks), operation.storage, way=(vm.host,))
    with operation.phase("preflight"):
        yield sim.env.timeout(model.setup_time * model.preflight_share)
        preflight.check(operation, preflight.storage_checks(sim, operation, vm, move.disks, move.configuration))
    vm.operation = operation.id
    try:
        need(sim, operation, vm.host, *move.storages)
        with operation.phase("create-target"):
            yield sim.env.timeout(model.create_target_time)
            create_files(sim, operation, move)
        running = vm.state is VmState.RUNNING
        with operation.phase("mirror-copy" if running else "copy"):
            yield from copy_disks(sim, operation, move)
        with operation.phase("switch-over"):
            yield from switch_over(sim, operation, move)
        if move.configuration is not None:
            with operation.phase("move-files"):
                yield from move_files(sim, operation, move)
        operation.needs = set()
        operation.cancellable = False
        with operation.phase("cleanup"):
            yield sim.env.timeout(model.teardown_time)
            delete_sources(sim, operation, move)
    finally:
        vm.operation = None


def create_files(sim: Simulation, operation: OperationNow, move: DiskMove) -> None:
    """Empty files appear on the target; from now on a running guest's writes go to both sides."""
    operation.event("target.created", data={"disks": dict(move.disks)})
    for name, target in move.disks.items():
        sim.world.begin_copy(disk_file(move.vm.spec, name), move.vm.disks[name], target)
    open_mirror(sim, operation, move)


def open_mirror(sim: Simulation, operation: OperationNow, move: DiskMove) -> None:
    """Let the guest's writes go where the model's rule says, until the mirror is closed."""
    vm = move.vm
    if vm.state is not VmState.RUNNING or not move.disks:
        return
    name = next(iter(move.disks))
    source, target = vm.disks[name], move.disks[name]
    redirect = move.model.storage_mirror is StorageMirror.REDIRECT
    vm.mirrors = (target,) if redirect or source == target else (source, target)
    vm.mirror_path = move.path
    move.opened_bytes = sim.background.written_bytes(vm)
    operation.event("mirror.opened", data={"writes_to": vm.mirrors, "rule": move.model.storage_mirror.value})
    sim.recorder.field(vm.spec.id, "writes_to", vm.mirrors)
    sim.recorder.field(vm.spec.id, "reads_from", (source, target) if redirect else (source,))
    sim.background.refresh(vm)


def close_mirror(sim: Simulation, operation: OperationNow, move: DiskMove) -> None:
    """Writes go to one side again; counts what went to both."""
    vm = move.vm
    if move.opened_bytes is None:
        return
    move.written_bytes = sim.background.written_bytes(vm) - move.opened_bytes
    move.opened_bytes = None
    vm.mirrors, vm.mirror_path = (), []
    operation.event("mirror.closed", data={"written_bytes": move.written_bytes})
    sim.recorder.field(vm.spec.id, "writes_to", ())
    sim.recorder.field(vm.spec.id, "reads_from", ())
    sim.background.refresh(vm)


def copy_disks(sim: Simulation, operation: OperationNow, move: DiskMove) -> Procedure:
    """Every block once, disk after disk; on failure the copies on the target are thrown away."""
    try:
        for name, target in move.disks.items():
            size = float(move.vm.spec.disks[name].used_bytes)
            yield from copy_file(sim, operation, move, disk_file(move.vm.spec, name), move.vm.disks[name], target, size)
    except STOPPING:
        abandon(sim, operation, move)
        raise


def copy_file(
    sim: Simulation, operation: OperationNow, move: DiskMove, file: str, source: str, target: str, size: float
) -> Procedure:
    """Copy one file at the rate that the disks, and what lies between them, leave to it."""
    capacities = sim.capacities
    operation.event("file.copying", file, {"from": source, "to": target, "bytes": size})
    flow = Flow(
        [(capacities.read(source), 1.0), *move.path, (capacities.write(target), 1.0)], cap=move.cap, cap_id="stream"
    )
    route = (file, source, *move.way, target)
    record = TransferRecord(Traffic.STORAGE, move.vm.spec.id, route, operation=operation.id)
    capacities.count_copy(source, target, 1)
    sim.network.attach(flow)
    try:
        yield sim.network.send(flow, size, record)
    finally:
        operation.bytes_sent += sim.network.wire_bytes(flow)
        sim.network.detach(flow)
        capacities.count_copy(source, target, -1)
    operation.event("file.copied", file, {"from": source, "to": target, "bytes": size})


def abandon(sim: Simulation, operation: OperationNow, move: DiskMove) -> None:
    """Give up before the switch: the target's files go, and with ``redirect`` what was written only there."""
    close_mirror(sim, operation, move)
    operation.event("copies.deleted")
    for name, target in move.disks.items():
        sim.world.drop_copy(disk_file(move.vm.spec, name), move.vm.disks[name], target)
    if move.model.storage_mirror is StorageMirror.REDIRECT and move.written_bytes > 0.0:
        operation.event("writes.lost", data={"bytes": move.written_bytes})
        move.vm.lost_write_bytes += move.written_bytes


def switch_over(sim: Simulation, operation: OperationNow, move: DiskMove) -> Procedure:
    """The VM changes to its new disks; where it is off, its configuration is edited."""
    try:
        yield sim.env.timeout(move.model.switch_over_time)
    except STOPPING:
        abandon(sim, operation, move)
        raise
    use_copies(sim, operation, move)


def use_copies(sim: Simulation, operation: OperationNow, move: DiskMove) -> None:
    """From now on the copies are the VM's disks."""
    close_mirror(sim, operation, move)
    operation.event("disks.switched", data={"disks": dict(move.disks)})
    for name, target in move.disks.items():
        sim.world.switch_copy(disk_file(move.vm.spec, name), move.vm.disks[name], target)
        operation.left_over[name] = move.vm.disks[name]
        move.vm.disks[name] = target
    sim.background.refresh(move.vm)


def move_files(sim: Simulation, operation: OperationNow, move: DiskMove) -> Procedure:
    """Configuration, checkpoints and paging file, and the saved memory of a VM that is saved."""
    vm, target = move.vm, move.configuration or move.vm.storage
    source = vm.storage
    yield sim.env.timeout(move.model.small_files_time)
    if vm.state is VmState.SAVED:
        size = float(vm.spec.used_memory_bytes)
        yield from copy_file(sim, operation, move, state_file(vm.spec), source, target, size)
        sim.world.switch_copy(state_file(vm.spec), source, target)
        sim.world.delete_leftover(state_file(vm.spec), source, target)
    use_configuration(sim, operation, move)


def use_configuration(sim: Simulation, operation: OperationNow, move: DiskMove) -> None:
    """The configuration lies on its new storage from now on."""
    vm, target = move.vm, move.configuration or move.vm.storage
    operation.event("configuration.moved", data={"from": vm.storage, "to": target})
    sim.world.switch_copy(config_file(vm.spec), vm.storage, target)
    sim.world.delete_leftover(config_file(vm.spec), vm.storage, target)
    operation.left_over[""] = vm.storage
    vm.storage = target


def delete_sources(sim: Simulation, operation: OperationNow, move: DiskMove) -> None:
    """The old files go last; an empty folder stays, and a cluster disk without files becomes Available Storage."""
    vm, world = move.vm, sim.world
    operation.event("source.deleted", data={"storages": tuple(dict.fromkeys(operation.left_over.values()))})
    for name, source in operation.left_over.items():
        if name:
            world.delete_leftover(disk_file(vm.spec, name), source, vm.disks[name])
    for source in dict.fromkeys(operation.left_over.values()):
        if source in vm.storages:
            continue
        operation.event("folder.orphaned", source, {"storage": source})
        world.add_orphan(vm, source)
        others = any(source in other.storages for other in world.vms.values())
        if world.storage[source].spec.kind is StorageKind.CLUSTER_DISK and not others:
            operation.event("storage.available", source)
            sim.recorder.field(source, "available", True)
