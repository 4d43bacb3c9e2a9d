"""The world while it is being simulated: what the procedures read and change.

Every change is made by a method that also writes the fact down, so that the trace and the simulation cannot
disagree.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from hvviz.simulation.fluid import Resource
from hvviz.simulation.recorder import Recorder
from hvviz.world.facts import (
    Kind,
    Relation,
    config_file,
    disk_file,
    link_id,
    registry_id,
    resource_id,
    shell_id,
    state_file,
    vm_port,
)
from hvviz.world.model import DirtySet, Host, Storage, StorageKind, Vm, VmState, World


@dataclass(slots=True)
class HostNow:
    """A host now; ``used_bytes`` is memory given to VMs and shells."""

    spec: Host
    cluster: str | None
    up: bool = True
    paused: bool = False
    in_cluster: bool = True
    management_up: bool = True
    used_bytes: int = 0

    @property
    def takes_roles(self) -> bool:
        """Whether its cluster may put a VM on it."""
        return self.up and self.in_cluster and not self.paused

    @property
    def free_bytes(self) -> int:
        """Memory that a new VM can have."""
        return self.spec.memory_bytes - self.spec.memory_reserve_bytes - self.used_bytes


@dataclass(slots=True)
class VmNow:
    """A VM now. ``runs_on`` is None while it runs nowhere; ``unreachable_s`` since when nobody can reach it.

    While its disks are mirrored, ``mirrors`` are the storages that its writes go to and ``mirror_path`` what they
    pass on the way to the far one.
    """

    spec: Vm
    host: str
    state: VmState
    sets: tuple[DirtySet, ...]
    workload: str | None
    storage: str
    disks: dict[str, str]
    links: list[str]
    mirrors: tuple[str, ...] = ()
    mirror_path: list[tuple[Resource, float]] = field(default_factory=list)
    runs_on: str | None = None
    port: str | None = None
    operation: str | None = None
    clock_lag_s: float = 0.0
    uptime_reset: bool = False
    lost_write_bytes: float = 0.0
    mac_changed: bool = False
    paused_for: str | None = None
    power_lost_s: list[float] = field(default_factory=list)
    unreachable_s: float | None = None
    gaps_s: list[tuple[float, float]] = field(default_factory=list)

    @property
    def assigned_bytes(self) -> int:
        """Memory that it takes on a host."""
        return self.spec.assigned_bytes

    @property
    def storages(self) -> tuple[str, ...]:
        """Every storage that holds a file of this VM now, the configuration's first."""
        return tuple(dict.fromkeys([self.storage, *self.disks.values()]))


@dataclass(slots=True)
class StorageNow:
    spec: Storage
    owner: str | None
    up: bool = True
    full: bool = False


class WorldNow:
    """Hosts, VMs, storage and adapters as they are now."""

    def __init__(self, world: World, recorder: Recorder) -> None:
        self.spec = world
        self._recorder = recorder
        cluster_of = {host: cluster.id for cluster in world.clusters.values() for host in cluster.hosts}
        self.hosts = {host.id: HostNow(host, cluster_of.get(host.id)) for host in world.hosts.values()}
        self.storage = {storage.id: StorageNow(storage, storage.owner) for storage in world.storage.values()}
        self.adapters_down: set[str] = set()
        self.placement_changed: Callable[[VmNow, str], None] = lambda vm, host: None
        self._taken_bytes: dict[str, dict[str, int]] = {host: {} for host in world.hosts}
        self.vms: dict[str, VmNow] = {}
        for vm in world.vms.values():
            sets = world.workloads[vm.workload].sets if vm.workload is not None else ()
            disks = {disk.name: disk.storage for disk in vm.disks.values()}
            now = VmNow(vm, vm.host, vm.state, sets, vm.workload, vm.storage, disks, [vm.host])
            if vm.state is VmState.RUNNING:
                now.port = vm_port(world, vm.host, vm)
            if vm.state not in (VmState.OFF, VmState.SAVED):
                now.runs_on = vm.host
                self.hosts[vm.host].used_bytes += now.assigned_bytes
                self._taken_bytes[vm.host][vm.id] = now.assigned_bytes
            self.vms[vm.id] = now

    def take_memory(self, host: str, vm: VmNow) -> None:
        """Give the VM its assigned memory on ``host``."""
        self._taken_bytes[host][vm.spec.id] = vm.assigned_bytes
        self._change_memory(host, vm.assigned_bytes)

    def give_memory(self, host: str, vm: VmNow) -> None:
        """Take it back, if the VM still has any there."""
        count = self._taken_bytes[host].pop(vm.spec.id, 0)
        if count:
            self._change_memory(host, -count)

    def has_memory(self, host: str, vm: VmNow) -> bool:
        return vm.spec.id in self._taken_bytes[host]

    def lose_memory(self, host: str) -> None:
        """All memory of ``host`` is gone."""
        self._taken_bytes[host].clear()
        self._change_memory(host, -self.hosts[host].used_bytes)

    def _change_memory(self, host: str, change: int) -> None:
        now = self.hosts[host]
        now.used_bytes += change
        self._recorder.field(host, "used_memory_bytes", now.used_bytes)

    def set_state(self, vm: VmNow, state: VmState) -> None:
        vm.state = state
        self._recorder.field(vm.spec.id, "state", state)

    def set_runs_on(self, vm: VmNow, host: str | None) -> None:
        """Let the VM's processors run on ``host``, or nowhere; the memory is the caller's business."""
        if vm.runs_on == host:
            return
        before, vm.runs_on = vm.runs_on, host
        if before is not None:
            self._recorder.no_edge(Relation.RUNS_ON, vm.spec.id, before)
            self.placement_changed(vm, before)
        if host is not None:
            self._recorder.edge(Relation.RUNS_ON, vm.spec.id, host)
            self.placement_changed(vm, host)

    def add_shell(self, vm: VmNow, host: str) -> None:
        self.take_memory(host, vm)
        shell = shell_id(host, vm.spec.id)
        self._recorder.node(shell, Kind.SHELL, vm=vm.spec.id)
        self._recorder.edge(Relation.CONTAINS, host, shell)

    def remove_shell(self, vm: VmNow, host: str) -> None:
        shell = shell_id(host, vm.spec.id)
        self._recorder.no_edge(Relation.CONTAINS, host, shell)
        self._recorder.no_node(shell)

    def add_link(self, vm: VmNow, host: str) -> None:
        """Put the symbolic link to the VM's configuration into ``host``'s Virtual Machines folder."""
        link = link_id(host, vm.spec.id)
        vm.links.append(host)
        self._recorder.node(link, Kind.LINK, vm=vm.spec.id)
        self._recorder.edge(Relation.CONTAINS, host, link)
        self._recorder.edge(Relation.POINTS_TO, link, config_file(vm.spec))

    def remove_link(self, vm: VmNow, host: str) -> None:
        link = link_id(host, vm.spec.id)
        vm.links.remove(host)
        self._recorder.no_edge(Relation.POINTS_TO, link, config_file(vm.spec))
        self._recorder.no_edge(Relation.CONTAINS, host, link)
        self._recorder.no_node(link)

    def has_link(self, vm: VmNow, host: str) -> bool:
        return host in vm.links

    def register(self, vm: VmNow, host: str) -> None:
        """Make ``host`` the one where the VM is registered, in the cluster's book-keeping too."""
        recorder = self._recorder
        if vm.host == host:
            return
        recorder.no_edge(Relation.REGISTERED_AT, vm.spec.id, vm.host)
        recorder.edge(Relation.REGISTERED_AT, vm.spec.id, host)
        if vm.spec.clustered and self.hosts[host].cluster is not None:
            recorder.no_edge(Relation.OWNED_BY, resource_id(vm.spec.id), vm.host)
            recorder.edge(Relation.OWNED_BY, resource_id(vm.spec.id), host)
            recorder.field(registry_id(vm.spec.id), "owner", host)
        vm.host = host

    def own_storage(self, storage: StorageNow, host: str) -> None:
        """Move the ownership of a cluster disk or a pass-through disk to ``host``."""
        if storage.owner == host:
            return
        if storage.owner is not None:
            self._recorder.no_edge(Relation.OWNED_BY, storage.spec.id, storage.owner)
        self._recorder.edge(Relation.OWNED_BY, storage.spec.id, host)
        storage.owner = host

    def owned_storages(self, vm: VmNow) -> list[StorageNow]:
        """The cluster disks and pass-through disks that hold a file of this VM: they must move with it."""
        kinds = (StorageKind.CLUSTER_DISK, StorageKind.PASS_THROUGH)
        return [self.storage[id] for id in vm.storages if self.storage[id].spec.kind in kinds]

    def add_saved_state(self, vm: VmNow, size_bytes: float) -> str:
        """The file that holds the memory of a saved VM; its size is what it will have."""
        file = state_file(vm.spec)
        self._recorder.node(file, Kind.FILE, vm=vm.spec.id, role="saved-state", size_bytes=size_bytes)
        self._recorder.edge(Relation.STORED_ON, file, vm.storage)
        return file

    def saved_state_file(self, vm: VmNow) -> str:
        return state_file(vm.spec)

    def remove_saved_state(self, vm: VmNow) -> None:
        file = state_file(vm.spec)
        self._recorder.no_edge(Relation.STORED_ON, file, vm.storage)
        self._recorder.no_node(file)

    def learn_mac(self, vm: VmNow) -> None:
        """Let the switches send the VM's frames to the port of the host where it runs."""
        port = vm_port(self.spec, vm.host, vm.spec)
        if port == vm.port:
            return
        if vm.port is not None:
            self._recorder.no_edge(Relation.LEARNED_AT, vm.spec.id, vm.port)
        if port is not None:
            self._recorder.edge(Relation.LEARNED_AT, vm.spec.id, port)
        vm.port = port

    def set_unreachable(self, vm: VmNow, now_s: float) -> None:
        if vm.unreachable_s is None:
            vm.unreachable_s = now_s
            self._recorder.field(vm.spec.id, "reachable", False)

    def set_reachable(self, vm: VmNow, now_s: float) -> None:
        if vm.unreachable_s is not None:
            vm.gaps_s.append((vm.unreachable_s, now_s))
            vm.unreachable_s = None
            self._recorder.field(vm.spec.id, "reachable", True)

    def set_host_up(self, host: HostNow, up: bool) -> None:
        host.up = up
        self._recorder.field(host.spec.id, "state", "up" if up else "down")

    def set_adapter_up(self, adapter: str, up: bool) -> None:
        if up:
            self.adapters_down.discard(adapter)
        else:
            self.adapters_down.add(adapter)
        self._recorder.field(adapter, "up", up)

    def set_storage_up(self, storage: StorageNow, up: bool) -> None:
        storage.up = up
        self._recorder.field(storage.spec.id, "up", up)

    def set_workload(self, vm: VmNow, workload: str | None) -> None:
        vm.workload = workload
        vm.sets = self.spec.workloads[workload].sets if workload is not None else ()
        self._recorder.field(vm.spec.id, "workload", workload)

    def begin_copy(self, file: str, source: str, target: str) -> None:
        """A second copy of ``file`` begins to grow on ``target``; nothing changes for a move within a storage."""
        if source != target:
            self._recorder.edge(Relation.STORED_ON, file, target, copy=True)

    def drop_copy(self, file: str, source: str, target: str) -> None:
        if source != target:
            self._recorder.no_edge(Relation.STORED_ON, file, target)

    def switch_copy(self, file: str, source: str, target: str) -> None:
        """The copy becomes the file that counts; the old one is left over until it is deleted."""
        if source != target:
            self._recorder.edge(Relation.STORED_ON, file, target)
            self._recorder.edge(Relation.STORED_ON, file, source, leftover=True)

    def delete_leftover(self, file: str, source: str, target: str) -> None:
        if source != target:
            self._recorder.no_edge(Relation.STORED_ON, file, source)

    def add_orphan(self, vm: VmNow, storage: str) -> None:
        """The empty folder that a storage migration leaves behind."""
        folder = f"{vm.spec.id}/folder@{storage}"
        self._recorder.node(folder, Kind.FOLDER, vm=vm.spec.id, role="orphaned-folder")
        self._recorder.edge(Relation.STORED_ON, folder, storage)

    def used_bytes(self, storage: str) -> int:
        """What the virtual disks on ``storage`` take."""
        total = 0
        for vm in self.vms.values():
            for name, place in vm.disks.items():
                if place == storage:
                    total += vm.spec.disks[name].used_bytes
        return total

    def disk_files(self, vm: VmNow) -> dict[str, str]:
        """For each virtual disk its file's node."""
        return {name: disk_file(vm.spec, name) for name in vm.disks}

    def reaches(self, host: str, storage: str) -> bool:
        """Whether ``host`` can open files on ``storage`` now."""
        now = self.storage[storage]
        return now.up and host in now.spec.hosts and self.hosts[host].up
