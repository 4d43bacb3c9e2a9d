"""Who is where: the VMs, shells and links of each host, kept up to date as the playhead moves.

A thousand VMs are too many to ask about for every frame. Between two instants only the facts change that the events
between them name, in either direction, so only those are looked up again.
"""

from hvviz.trace.trace import Instant, Trace
from hvviz.world.facts import EdgeKey, FactKey, FieldKey, Relation
from hvviz.world.model import VmState

_FAR = 400
"""More events than this between two instants, and everything that ever changes is looked up."""


class Census:
    """The state of every VM and the contents of every host at the instant that it was last moved to."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._position = 0
        self._order = {vm: number for number, vm in enumerate(trace.world.vms)}
        self._home: dict[str, str] = {}
        self._inside: dict[str, set[str]] = {host: set() for host in trace.world.hosts}
        self._links: dict[str, set[str]] = {host: set() for host in trace.world.hosts}
        self._shells: dict[str, set[str]] = {host: set() for host in trace.world.hosts}
        self.state: dict[str, VmState] = {}
        start = Instant(trace, 0.0, 0)
        for vm in trace.world.vms.values():
            self._settle(start, vm.id)
            self._links[vm.host].add(vm.id)

    def move_to(self, instant: Instant) -> None:
        """Be what is true at ``instant``."""
        low, high = sorted((self._position, instant.position))
        keys: set[FactKey] = set()
        if high - low > _FAR:
            keys.update(self._trace.timelines)
        else:
            changed = self._trace.changed_by_event
            for event in range(low, high):
                keys.update(change.key for change in changed.get(event, ()))
        self._position = instant.position
        vms: set[str] = set()
        for key in keys:
            if isinstance(key, EdgeKey):
                if key.relation in (Relation.RUNS_ON, Relation.REGISTERED_AT):
                    vms.add(key.source)
                elif key.relation is Relation.CONTAINS and key.source in self._inside:
                    self._hold(instant, key)
            elif isinstance(key, FieldKey) and key.field == "state" and key.node in self._order:
                vms.add(key.node)
        for vm in vms:
            self._settle(instant, vm)

    def _settle(self, instant: Instant, vm: str) -> None:
        home = instant.target(Relation.RUNS_ON, vm) or instant.target(Relation.REGISTERED_AT, vm)
        before = self._home.get(vm)
        if before != home:
            if before is not None:
                self._inside[before].discard(vm)
            if home is not None:
                self._inside[home].add(vm)
                self._home[vm] = home
            else:
                self._home.pop(vm, None)
        self.state[vm] = VmState(instant.field(vm, "state", VmState.OFF))

    def _hold(self, instant: Instant, key: EdgeKey) -> None:
        _, _, rest = key.target.partition("/")
        kind, _, vm = rest.partition("/")
        held = {"link": self._links, "shell": self._shells}.get(kind)
        if held is None:
            return
        if instant.fact(key) is None:
            held[key.source].discard(vm)
        else:
            held[key.source].add(vm)

    def _sorted(self, vms: set[str]) -> list[str]:
        return sorted(vms, key=lambda vm: self._order.get(vm, -1))

    def home(self, vm: str) -> str | None:
        """The host that runs ``vm``, or where it is registered while it runs nowhere."""
        return self._home.get(vm)

    def vms(self, host: str) -> list[str]:
        """The VMs of ``host`` in the order of the file."""
        return self._sorted(self._inside[host])

    def links(self, host: str) -> list[str]:
        """The VMs whose configuration a link on ``host`` leads to."""
        return self._sorted(self._links[host])

    def shells(self, host: str) -> list[str]:
        """The VMs that have a shell on ``host``."""
        return self._sorted(self._shells[host])
