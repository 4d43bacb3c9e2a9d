"""Where a VM can go: the node with the most free memory among those that can run it (hyperv 7)."""

from collections.abc import Iterable

from hvviz.simulation.kernel import Simulation
from hvviz.simulation.state import VmNow
from hvviz.world.model import VmState


class Placement:
    """Places VMs one after another at one instant, counting what it has already promised to each host."""

    def __init__(self, sim: Simulation, hosts: Iterable[str]) -> None:
        self._sim = sim
        self._hosts = list(hosts)
        self._order = {host: order for order, host in enumerate(self._hosts)}
        self._promised_bytes = dict.fromkeys(self._hosts, 0)
        self._groups: dict[str, set[str]] = {host: set() for host in self._hosts}
        self._reaching: dict[tuple[str, ...], list[str]] = {}

    def place(self, vm: VmNow, *, needs_memory: bool) -> str | None:
        """The host for ``vm``, or None where no host can take it; ties go by file order.

        Preferred owners come first, then hosts without a VM of the same anti-affinity class (which is a wish, not
        a rule: MS-AFF), then those with most memory free.
        """
        needed = vm.assigned_bytes if needs_memory else 0
        owners = vm.spec.possible_owners
        able = [
            host
            for host in self._reaching_hosts(vm.storages)
            if host != vm.host and (not owners or host in owners) and self._free_bytes(host) >= needed
        ]
        if not able:
            return None
        chosen = max(able, key=lambda host: self._rank(vm, host))
        self._promised_bytes[chosen] += needed
        self._groups[chosen].update(vm.spec.anti_affinity)
        return chosen

    def _rank(self, vm: VmNow, host: str) -> tuple[bool, bool, int, int]:
        wishes = vm.spec.anti_affinity
        apart = not wishes or not self._classes_on(host).intersection(wishes)
        return (host in vm.spec.preferred_owners, apart, self._free_bytes(host), -self._order[host])

    def _classes_on(self, host: str) -> set[str]:
        found = set(self._groups[host])
        for vm in self._sim.world.vms.values():
            if vm.spec.anti_affinity and vm.host == host and vm.state is not VmState.OFF:
                found.update(vm.spec.anti_affinity)
        return found

    def _free_bytes(self, host: str) -> int:
        return self._sim.world.hosts[host].free_bytes - self._promised_bytes[host]

    def _reaching_hosts(self, storages: tuple[str, ...]) -> list[str]:
        """The nodes that are up, take roles, and reach all of ``storages``."""
        found = self._reaching.get(storages)
        if found is None:
            world = self._sim.world
            taking = [host for host in self._hosts if world.hosts[host].takes_roles]
            found = [host for host in taking if all(world.reaches(host, storage) for storage in storages)]
            self._reaching[storages] = found
        return found
