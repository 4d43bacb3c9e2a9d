"""The phases of each kind of operation: what they are called, who does them, and where to look on a real host.

Order and ids are the contract's. Actors and event ids follow hyperv 1.1 and 8.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hvviz.trace.records import OperationKind

_CLUSTER = "cluster service"
_VMMS = "VMMS on both hosts"
_WORKER = "VM worker process"
_GUEST = "guest network driver and switches"


@dataclass(frozen=True, slots=True)
class PhaseInfo:
    """A phase or a step. ``story`` is one sentence for who watches; ``cmdlets`` and ``events`` lead to the real thing."""

    id: str
    title: str
    actor: str
    story: str
    steps: tuple["PhaseInfo", ...] = ()
    cmdlets: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


def _step(id: str, title: str, actor: str, story: str) -> PhaseInfo:
    return PhaseInfo(id, title, actor, story)


_COPY_LINK = _step("copy-link", "Copy the link", _CLUSTER, "The target gets a link to the VM's configuration.")
_OWNERSHIP = _step(
    "disk-ownership", "Move the disk's ownership", _CLUSTER, "The cluster disk is dismounted here and mounted there."
)
_REMOVE_LINK = _step("remove-link", "Remove the link", _CLUSTER, "The link on the source goes, so only one is left.")

_QUICK = (
    PhaseInfo(
        "preflight",
        "Preflight",
        _CLUSTER,
        "The cluster asks whether the target may own the VM and can reach its files.",
        cmdlets=("Move-ClusterVirtualMachineRole -Name {vm} -Node {target} -MigrationType Quick",),
        events=("FailoverClustering 21501, 21502",),
    ),
    PhaseInfo(
        "save-state",
        "Save state",
        _WORKER,
        "The processors have stopped; all memory is written into a file on the shared storage.",
        cmdlets=("Get-VM {vm} | Select-Object State, Status",),
    ),
    PhaseInfo(
        "transfer-link",
        "Transfer the link",
        _CLUSTER,
        "Only the link and the ownership change hands; no file moves.",
        (_COPY_LINK, _OWNERSHIP, _REMOVE_LINK),
        cmdlets=('Get-ChildItem "$env:ProgramData\\Microsoft\\Windows\\Hyper-V\\Virtual Machines"',),
        events=("Hyper-V-VMMS 20100 where the target cannot register it",),
    ),
    PhaseInfo(
        "restore-state",
        "Restore state",
        _WORKER,
        "The target reads the memory back from the file.",
        cmdlets=("Get-VM {vm} -ComputerName {target} | Select-Object State, Status",),
    ),
    PhaseInfo("resume", "Resume", _WORKER, "The processors go on; to the guest no time has passed."),
    PhaseInfo(
        "announce",
        "Announce",
        _GUEST,
        "The guest announces itself, later than after a live migration, and the switches learn its new port.",
        cmdlets=("Test-Connection {vm}",),
    ),
)

_CUTOVER_STEPS = (
    _step("suspend", "Suspend", _WORKER, "The processors stop; from here to the resume the VM runs nowhere."),
    _step(
        "final-copy", "Send the last pages", _WORKER, "What is still dirty, then the state of processors and devices."
    ),
    _OWNERSHIP,
    _step("transfer-link", "Transfer the link", _CLUSTER, "The link appears on the target and goes from the source."),
    _step("resume", "Resume", _WORKER, "The processors go on, on the target."),
)

_MEMORY_COPY = PhaseInfo(
    "memory-copy",
    "Memory copy",
    _WORKER,
    "Memory crosses the network while the VM works; what is written meanwhile goes again, pass after pass.",
    cmdlets=("Get-Counter '\\Hyper-V VM Live Migration(*)\\*'",),
    events=("Hyper-V-Worker 22508: the brownout",),
)
_ANNOUNCE = PhaseInfo(
    "announce",
    "Announce",
    _GUEST,
    "The VM runs on the target; until the switches have learned that, frames for it still go to the source.",
    cmdlets=("Test-Connection {vm}",),
    events=("Hyper-V-VMMS 20415: completed, with the blackout time",),
)
_CLEANUP = PhaseInfo(
    "cleanup", "Clean up", _VMMS, "What is left on the source goes away.", events=("Hyper-V-VMMS 20418: completed",)
)
_SHELL = PhaseInfo(
    "shell-creation",
    "Shell on the target",
    _VMMS,
    "An empty VM of the same shape appears on the target, and its memory is reserved.",
    cmdlets=("Get-VM -ComputerName {target}",),
    events=("Hyper-V-High-Availability 21125 where the target cannot build it",),
)

_LIVE = (
    PhaseInfo(
        "preflight",
        "Preflight",
        _CLUSTER,
        "Memory, processor, switch name, storage and network of the target are checked before anything moves.",
        cmdlets=("Move-ClusterVirtualMachineRole -Name {vm} -Node {target} -MigrationType Live", "Compare-VM"),
        events=("Hyper-V-High-Availability 21502 with the reason",),
    ),
    _SHELL,
    _MEMORY_COPY,
    PhaseInfo(
        "cutover",
        "Cutover",
        _WORKER,
        "The blackout: the last pages and the state move, and the ownership with them.",
        _CUTOVER_STEPS,
        events=("Hyper-V-Worker 22509: the blackout and its dirty pages", "Hyper-V-VMMS 20417: unexpectedly long"),
    ),
    _ANNOUNCE,
    _CLEANUP,
)

_CREATE_TARGET = PhaseInfo(
    "create-target",
    "Create the target files",
    "VMMS",
    "Empty files appear on the new storage.",
    cmdlets=("Move-VMStorage -VMName {vm} -DestinationStoragePath …",),
)
_SWITCH_OVER = PhaseInfo("switch-over", "Switch over", "VMMS", "The VM changes to the new files.")
_MOVE_FILES = PhaseInfo(
    "move-files", "Move the rest", "VMMS", "Configuration, checkpoints and paging file follow the disks."
)
_MIRROR = PhaseInfo(
    "mirror-copy",
    "Mirror copy",
    "VMMS and the virtual storage stack",
    "The disks are copied while the VM works, and its writes are kept in step.",
    cmdlets=("Get-VM {vm} | Get-VMHardDiskDrive",),
)
_STORAGE = (
    PhaseInfo("preflight", "Preflight", "VMMS", "The host must reach the target, and the copy must fit."),
    _CREATE_TARGET,
    _MIRROR,
    PhaseInfo("copy", "Copy", "VMMS", "The VM is off, so its files are simply copied."),
    _SWITCH_OVER,
    _MOVE_FILES,
    PhaseInfo("cleanup", "Clean up", "VMMS", "The old files are deleted last; an empty folder stays behind."),
)

_SHARED_NOTHING = (
    PhaseInfo(
        "preflight",
        "Preflight",
        _VMMS,
        "The VM may not be clustered; versions, processors, memory and storage are checked.",
        cmdlets=("Move-VM -Name {vm} -DestinationHost {target} -IncludeStorage -DestinationStoragePath …",),
    ),
    PhaseInfo(
        "authenticate",
        "Authenticate",
        _VMMS,
        "The source must be allowed to act on the target in the administrator's name.",
        cmdlets=("Get-VMHost | Select-Object VirtualMachineMigrationAuthenticationType",),
        events=("0x8009030E, 0x8009030D where it may not",),
    ),
    _SHELL,
    _MIRROR,
    _MEMORY_COPY,
    PhaseInfo(
        "cutover",
        "Cutover",
        _WORKER,
        "One short stop for both: the last pages, and the change to the disks on the other side.",
        tuple(step for step in _CUTOVER_STEPS if step.id != "disk-ownership"),
    ),
    _ANNOUNCE,
    _CLEANUP,
)

_FAILOVER = (
    PhaseInfo(
        "detect",
        "Detect",
        _CLUSTER,
        "Heartbeats are missing; since 2016 the node counts as isolated for a while before it is given up.",
        cmdlets=("Get-ClusterNode",),
    ),
    PhaseInfo("arbitrate", "Arbitrate", _CLUSTER, "The nodes that are left count votes and choose where the VM goes."),
    PhaseInfo(
        "transfer-link",
        "Transfer the link",
        _CLUSTER,
        "The link appears on the new node; a stale one stays on the node that is gone.",
        (_COPY_LINK, _OWNERSHIP),
    ),
    PhaseInfo(
        "start",
        "Cold start",
        _WORKER,
        "The VM boots as after a loss of power; what was only in memory is gone.",
    ),
)

PHASES: Mapping[OperationKind, tuple[PhaseInfo, ...]] = {
    OperationKind.QUICK: _QUICK,
    OperationKind.LIVE: _LIVE,
    OperationKind.STORAGE: _STORAGE,
    OperationKind.SHARED_NOTHING: _SHARED_NOTHING,
    OperationKind.FAILOVER: _FAILOVER,
    OperationKind.DRAIN: (),
}


def phase_info(kind: OperationKind, phase: str) -> PhaseInfo:
    """What is known of ``phase`` of an operation of ``kind``; raises KeyError where there is no such phase."""
    for info in PHASES[kind]:
        if info.id == phase:
            return info
    raise KeyError(phase)
