"""What each shared thing can carry, as resources of the fluid network, made when first used.

Names: ``hv1/lm0:out`` and ``hv1/lm0:in`` are the directions of an adapter, ``tor1>tor2`` an uplink,
``csv1:read`` and ``csv1:write`` the sides of a storage, ``hv1:cores`` the processors that the guests leave free.
"""

from hvviz.scenario.constants import ModelConstants
from hvviz.simulation.fluid import FluidNetwork, Resource
from hvviz.simulation.state import WorldNow
from hvviz.world.model import Adapter

BITS = 8


class Capacities:
    """The resources of a run; rates that a fault has changed are kept here."""

    def __init__(self, network: FluidNetwork, world: WorldNow, constants: ModelConstants) -> None:
        self._network = network
        self._world = world
        self._constants = constants
        self._adapters = {
            adapter.id: adapter for host in world.spec.hosts.values() for adapter in host.adapters.values()
        }
        self._degraded_bps: dict[str, float] = {}
        self._read_for: dict[str, int] = {}
        self._written_for: dict[str, int] = {}
        self._teams: dict[str, tuple[str, ...]] = {}

    def adapter(self, id: str) -> Adapter:
        return self._adapters[id]

    def rate_bps(self, adapter: str) -> float:
        """The line rate of a physical adapter now; 0 while its link is down."""
        if adapter in self._world.adapters_down:
            return 0.0
        return self._degraded_bps.get(adapter, self._adapters[adapter].rate_bps or 0.0)

    def direction(self, adapter: str, side: str) -> Resource:
        """One direction of an adapter, ``out`` or ``in``, in bytes of payload per second."""
        return self._network.resource(f"{adapter}:{side}", self._payload(self.rate_bps(adapter)))

    def uplink(self, source: str, target: str, rate_bps: float) -> Resource:
        return self._network.resource(f"{source}>{target}", self._payload(rate_bps))

    def team(self, team: str, members: tuple[str, ...], side: str) -> Resource:
        """All members of a team together, for streams that the team moves between them as it goes."""
        self._teams[team] = members
        return self._network.resource(f"{team}:{side}", self._payload(self._together_bps(members)))

    def receive_core(self, endpoint: str, stream_limit_bps: float) -> Resource:
        """The one core that takes in everything for an endpoint without RSS."""
        return self._network.resource(f"{endpoint}:core", stream_limit_bps / BITS)

    def _together_bps(self, members: tuple[str, ...]) -> float:
        total_bps = 0.0
        for member in members:
            total_bps += self.rate_bps(member)
        return total_bps

    def ceiling(self, id: str, rate_bps: float) -> Resource:
        """A bound that several flows share, such as a bandwidth limit."""
        return self._network.resource(id, self._payload(rate_bps))

    def read(self, storage: str) -> Resource:
        return self._network.resource(f"{storage}:read", self._disk_rate(storage, "read"))

    def write(self, storage: str) -> Resource:
        return self._network.resource(f"{storage}:write", self._disk_rate(storage, "write"))

    def spare_cores(self, host: str) -> Resource:
        """The processors that the guests of ``host`` leave free, in core-seconds per second."""
        return self._network.resource(f"{host}:cores", self._free_cores(host))

    def degrade(self, adapter: str, rate_bps: float) -> None:
        self._degraded_bps[adapter] = rate_bps
        self.refresh_adapter(adapter)

    def restore(self, adapter: str) -> None:
        self._degraded_bps.pop(adapter, None)
        self.refresh_adapter(adapter)

    def refresh_adapter(self, adapter: str) -> None:
        """Take over the adapter's present rate."""
        for side in ("out", "in"):
            known = self._network.resources.get(f"{adapter}:{side}")
            if known is not None:
                self._network.set_capacity(known, self._payload(self.rate_bps(adapter)))
            for team, members in self._teams.items():
                together = self._network.resources.get(f"{team}:{side}")
                if adapter in members and together is not None:
                    self._network.set_capacity(together, self._payload(self._together_bps(members)))

    def refresh_cores(self, host: str) -> None:
        """Take over what the guests of ``host`` leave free now."""
        known = self._network.resources.get(f"{host}:cores")
        if known is not None:
            self._network.set_capacity(known, self._free_cores(host))

    def count_copy(self, source: str, target: str, change: int) -> None:
        """Count a copy from ``source`` to ``target``; a storage that reads for one and writes for one thrashes."""
        self._read_for[source] = self._read_for.get(source, 0) + change
        self._written_for[target] = self._written_for.get(target, 0) + change
        self.refresh_storage(source)
        self.refresh_storage(target)

    def refresh_storage(self, storage: str) -> None:
        for side in ("read", "write"):
            known = self._network.resources.get(f"{storage}:{side}")
            if known is not None:
                self._network.set_capacity(known, self._disk_rate(storage, side))

    def _payload(self, rate_bps: float) -> float:
        return rate_bps * self._constants.goodput / BITS

    def _disk_rate(self, storage: str, side: str) -> float:
        now = self._world.storage[storage]
        if not now.up:
            return 0.0
        rate = now.spec.read_bytes_per_s if side == "read" else now.spec.write_bytes_per_s
        thrashes = self._read_for.get(storage) and self._written_for.get(storage)
        return rate * self._constants.same_spindle_share if thrashes else rate

    def _free_cores(self, host: str) -> float:
        used = 0.0
        for vm in self._world.vms.values():
            if vm.runs_on == host and vm.workload is not None:
                used += self._world.spec.workloads[vm.workload].cpu_cores
        return max(0.0, self._world.hosts[host].spec.cores - used)
