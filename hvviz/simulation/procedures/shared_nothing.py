"""Shared-Nothing Live Migration: the disks are copied to the other host and kept in step, then the memory follows.

The mirror stays open while the memory is copied, so that one short cutover moves both; the source is complete
until then, and its files are deleted last (MS-SNLM, hyperv 4). Files on a share that both hosts reach stay there.
"""

from hvviz.simulation import failures, preflight
from hvviz.simulation.kernel import Procedure, Simulation
from hvviz.simulation.needs import need
from hvviz.simulation.operation import OperationNow
from hvviz.simulation.procedures import storage as disks
from hvviz.simulation.procedures.cutover import clean_up, cut_over
from hvviz.simulation.procedures.memory_move import Move, connect, copy_memory, create_shell, dissolve_shell
from hvviz.simulation.procedures.network import announce
from hvviz.simulation.procedures.storage import DiskMove
from hvviz.simulation.stopping import STOPPING, Stop, StopError
from hvviz.trace.records import Outcome
from hvviz.world.model import Authentication, HostVersion, StorageKind


def migrate_shared_nothing(sim: Simulation, operation: OperationNow) -> Procedure:
    """Move the running VM ``operation.vm`` and its files to ``operation.target``."""
    world = sim.world
    vm = world.vms[operation.vm or ""]
    move = Move(vm, vm.host, operation.target or "", sim.model(vm.host))
    files = _files_that_travel(sim, operation, move)
    with operation.phase("preflight"):
        yield sim.env.timeout(move.model.setup_time * move.model.preflight_share)
        checks = preflight.shared_nothing_checks(sim, operation, vm, move.target, files.disks, files.configuration)
        preflight.check(operation, checks)
        move.connection = connect(sim, operation, move)
    vm.operation = operation.id
    try:
        with operation.phase("authenticate"):
            move.files_on = tuple(sorted(files.storages))
            need(sim, operation, move.source, move.target, *move.open_connection.adapters, *move.files_on)
            yield sim.env.timeout(move.model.authenticate_time)
            authenticate(sim, operation, move)
        yield from create_shell(sim, operation, move)
        if files.disks:
            yield from _mirror(sim, operation, move, files)
        try:
            copied = yield from copy_memory(sim, operation, move)
            yield from cut_over(sim, operation, move, copied, lambda: _switch(sim, operation, files))
        except STOPPING:
            if files.disks and not operation.left_over:
                disks.abandon(sim, operation, files)
            raise
        yield from announce(sim, operation, vm)
        if operation.left_over:
            operation.event("source.deleting")
            disks.delete_sources(sim, operation, files)
        yield from clean_up(sim, operation, move)
    finally:
        vm.operation = None


def _files_that_travel(sim: Simulation, operation: OperationNow, move: Move) -> DiskMove:
    """All files but those on a share that both hosts reach."""
    vm, target = move.vm, operation.storage or ""

    def stays(storage: str) -> bool:
        spec = sim.world.storage[storage].spec
        return spec.kind is StorageKind.SMB_SHARE and {move.source, move.target} <= set(spec.hosts)

    travelling = {name: target for name, place in vm.disks.items() if not stays(place)}
    return DiskMove(vm, move.model, travelling, None if stays(vm.storage) else target)


def authenticate(sim: Simulation, operation: OperationNow, move: Move) -> None:
    """CredSSP works for who is signed in on the source; Kerberos needs the delegation (MS-SETUP, MS-SETUP25)."""
    hosts = sim.world.spec.hosts
    source, target = hosts[move.source], hosts[move.target]
    signed_in = operation.signed_in or source.id
    fault, names = None, {"source": source.id, "target": target.id, "signed_in": signed_in}
    if source.settings.authentication is Authentication.KERBEROS:
        if target.id not in source.settings.constrained_delegation:
            fault = failures.NO_DELEGATION
    elif HostVersion.WS2025 in (source.version, target.version):
        fault = failures.CREDENTIAL_GUARD
    elif signed_in != source.id:
        fault = failures.NOT_SIGNED_IN
    data = {"by": source.settings.authentication.value, "signed_in": signed_in, "ok": fault is None}
    operation.event("authenticated" if fault is None else "authentication.failed", data=data)
    if fault is not None:
        raise StopError(Stop(Outcome.FAILED, fault.failure("authenticate", **names)))


def _mirror(sim: Simulation, operation: OperationNow, move: Move, files: DiskMove) -> Procedure:
    """The first leg: all disks cross the network by SMB, while the guest's writes go to both sides."""
    connection = sim.connections.for_files(move.open_connection, move.model)
    files.path = sim.connections.usage(connection, move.model)
    files.cap = sim.connections.stream_cap(connection, move.model)
    files.way = connection.route
    with operation.phase("mirror-copy"):
        try:
            disks.create_files(sim, operation, files)
            yield from disks.copy_disks(sim, operation, files)
        except STOPPING:
            dissolve_shell(sim, operation, move)
            raise


def _switch(sim: Simulation, operation: OperationNow, files: DiskMove) -> None:
    """In the blackout the VM changes to the disks on the other side."""
    if files.disks:
        disks.use_copies(sim, operation, files)
    if files.configuration is not None:
        disks.use_configuration(sim, operation, files)
