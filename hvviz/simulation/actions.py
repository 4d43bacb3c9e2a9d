"""The actions of a run: each waits for its moment and then does what it says."""

from collections.abc import Callable

from hvviz.scenario.plan import Action
from hvviz.simulation import faults, host_faults, storage_faults, vm_actions
from hvviz.simulation.kernel import Attempt, Procedure, Simulation
from hvviz.simulation.operation import OperationNow
from hvviz.simulation.procedures.drain import drain, resume
from hvviz.simulation.procedures.live import migrate_live
from hvviz.simulation.procedures.quick import migrate_quick
from hvviz.simulation.procedures.shared_nothing import migrate_shared_nothing
from hvviz.simulation.procedures.storage import migrate_storage
from hvviz.trace.records import OperationKind, SkippedAction

_OPERATIONS: dict[str, tuple[OperationKind, Callable[[Simulation, OperationNow], Procedure]]] = {
    "migrate.live": (OperationKind.LIVE, migrate_live),
    "migrate.quick": (OperationKind.QUICK, migrate_quick),
    "migrate.storage": (OperationKind.STORAGE, migrate_storage),
    "migrate.shared-nothing": (OperationKind.SHARED_NOTHING, migrate_shared_nothing),
    "drain": (OperationKind.DRAIN, drain),
}

_INSTANT: dict[str, Callable[[Simulation, Action], str | None]] = {
    "resume": lambda sim, action: resume(sim, action.host or ""),
    "cancel": faults.cancel,
    "fault.link-down": faults.link_down,
    "fault.link-up": faults.link_up,
    "fault.link-degrade": faults.link_degrade,
    "fault.host-crash": host_faults.crash,
    "fault.host-restore": host_faults.restore,
    "fault.storage-down": storage_faults.storage_down,
    "fault.storage-up": storage_faults.storage_up,
    "fault.storage-full": storage_faults.storage_full,
    "fault.service-stop": host_faults.stop_service,
    "vm.stop": vm_actions.stop,
    "vm.workload": vm_actions.change_workload,
}

_LASTING: dict[str, Callable[[Simulation, Action], Attempt]] = {
    "host.shutdown": host_faults.shut_down,
    "host.start": host_faults.start,
    "vm.start": vm_actions.start,
    "vm.save": vm_actions.save,
}

SIMULATED = frozenset([*_OPERATIONS, *_INSTANT, *_LASTING])
"""The actions that can be simulated."""


class Actions:
    """Starts the actions of a run, and keeps account of those that happened."""

    def __init__(self, sim: Simulation) -> None:
        self._sim = sim
        self._done: set[str] = set()
        self._refused: dict[str, str] = {}
        for action in sim.plan.actions:
            sim.env.process(self._perform(action))

    def missed(self) -> list[SkippedAction]:
        """Those that did not happen, and why, in file order."""
        return [
            SkippedAction(action.id, self._refused.get(action.id) or _never(action))
            for action in self._sim.plan.actions
            if action.id not in self._done
        ]

    def _perform(self, action: Action) -> Procedure:
        sim = self._sim
        yield from sim.moment(action)
        operation = _OPERATIONS.get(action.do)
        if operation is not None:
            self._done.add(action.id)
            sim.start(_operation(sim, action, operation[0]), operation[1], action.order)
            return
        is_operation = action.do == "host.shutdown" and sim.world.hosts[action.host or ""].cluster is not None
        if not is_operation:
            sim.fire(action.id, (), end=False)
        lasting = _LASTING.get(action.do)
        why_not = (yield from lasting(sim, action)) if lasting is not None else _INSTANT[action.do](sim, action)
        if why_not is None:
            self._done.add(action.id)
        else:
            self._refused[action.id] = f"{why_not}."
        sim.fire(action.id, (), end=True)


def _operation(sim: Simulation, action: Action, kind: OperationKind) -> OperationNow:
    """The operation that an action asks for."""
    vm = None if action.vm is None else sim.world.vms[action.vm]
    source = None if vm is None else vm.host
    target = action.to[0] if action.to and kind is not OperationKind.DRAIN else None
    host = action.host
    disks: dict[str, str] = {}
    if kind is OperationKind.STORAGE and vm is not None:
        disks = dict(action.disks) or dict.fromkeys(vm.disks, action.storage or "")
        host = vm.host
        source = next((vm.disks[name] for name in disks), vm.storage)
        target = action.storage or next(iter(disks.values()), None)
    operation = OperationNow(sim, action.id, kind, vm=action.vm, host=host, source=source, target=target)
    operation.disks = disks
    operation.storage = action.storage
    operation.signed_in = action.signed_in
    operation.targets = action.to
    return operation


def _never(action: Action) -> str:
    if action.after is not None:
        return f"It waits for the end of {action.after}, which did not come before the run ended."
    return f"It is due at {action.at}, which did not come before the run ended."
