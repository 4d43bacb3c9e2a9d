"""What the guests do meanwhile: their disk and network traffic, as flows with a demand that compete with migrations.

A VM's loads follow it: they are attached where it runs, and gone while it runs nowhere. Reads and writes go to the
storage of its first disk, or of its configuration where it has none.
"""

import math

from hvviz.simulation.capacities import BITS, Capacities
from hvviz.simulation.endpoints import Lane
from hvviz.simulation.fluid import Flow, FluidNetwork, Resource
from hvviz.simulation.state import VmNow, WorldNow


class Background:
    """The loads of all VMs that have any."""

    def __init__(self, network: FluidNetwork, world: WorldNow, capacities: Capacities) -> None:
        self._network = network
        self._world = world
        self._capacities = capacities
        self._flows: dict[str, list[Flow]] = {}
        self._writes: dict[str, Flow] = {}
        self._written_bytes: dict[str, float] = {}
        loaded = {
            workload.id
            for workload in world.spec.workloads.values()
            if workload.network_bps or workload.disk_read_bytes_per_s or workload.disk_write_bytes_per_s
        }
        self._loaded = loaded
        if loaded:
            for vm in world.vms.values():
                self.refresh(vm)

    def refresh(self, vm: VmNow) -> None:
        """Take over where ``vm`` runs now, what it does, and where its disks lie."""
        written = self._writes.pop(vm.spec.id, None)
        if written is not None:
            self._written_bytes[vm.spec.id] = self.written_bytes(vm) + self._network.wire_bytes(written)
        for flow in self._flows.pop(vm.spec.id, ()):
            self._network.detach(flow)
        if vm.runs_on is None or vm.workload not in self._loaded:
            return
        workload = self._world.spec.workloads[vm.workload or ""]
        flows = []
        disk = next(iter(vm.disks.values()), vm.storage)
        mirrors = vm.mirrors or (disk,)
        if workload.disk_read_bytes_per_s and disk in self._world.storage:
            flows.append(self._demand([(self._capacities.read(disk), 1.0)], workload.disk_read_bytes_per_s))
        if workload.disk_write_bytes_per_s:
            sides = [(self._capacities.write(storage), 1.0) for storage in mirrors]
            writes = self._demand(sides + vm.mirror_path, workload.disk_write_bytes_per_s)
            self._writes[vm.spec.id] = writes
            flows.append(writes)
        lane = self._client_lane(vm)
        if workload.network_bps and lane is not None:
            share = 1.0 / len(lane.members)
            sides = [(self._capacities.direction(member, "out"), share) for member in lane.members]
            flows.append(self._demand(sides, workload.network_bps / BITS))
        for flow in flows:
            self._network.attach(flow)
            self._network.send(flow, math.inf)
        self._flows[vm.spec.id] = flows

    def written_bytes(self, vm: VmNow) -> float:
        """What the guest of ``vm`` has written to its disks since the start of the run."""
        before = self._written_bytes.get(vm.spec.id, 0.0)
        writes = self._writes.get(vm.spec.id)
        return before if writes is None else before + self._network.wire_bytes(writes)

    def _demand(self, usage: list[tuple[Resource, float]], rate: float) -> Flow:
        return Flow(usage, cap=rate)

    def _client_lane(self, vm: VmNow) -> Lane | None:
        """The adapters behind the virtual switch that the VM's clients come over."""
        host = self._world.hosts[vm.runs_on or ""].spec
        switch = host.switches.get(vm.spec.switch or "")
        if switch is None:
            return None
        team = host.teams.get(switch.adapter)
        names = (switch.adapter,) if team is None else team.members
        return Lane(tuple(host.adapters[name].id for name in names if host.adapters[name].rate_bps is not None))
