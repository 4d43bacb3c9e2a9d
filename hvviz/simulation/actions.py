"""The actions of a run: each waits for its moment and then does what it says."""

from collections.abc import Callable

from hvviz.scenario.plan import Action
from hvviz.simulation import faults, vm_actions
from hvviz.simulation.kernel import Attempt, Procedure, Simulation
from hvviz.simulation.operation import OperationNow
from hvviz.simulation.procedures.live import migrate_live
from hvviz.simulation.procedures.quick import migrate_quick
from hvviz.trace.records import OperationKind, SkippedAction

_MIGRATIONS: dict[str, tuple[OperationKind, Callable[[Simulation, OperationNow], Procedure]]] = {
    "migrate.live": (OperationKind.LIVE, migrate_live),
    "migrate.quick": (OperationKind.QUICK, migrate_quick),
}

_INSTANT: dict[str, Callable[[Simulation, Action], str | None]] = {
    "fault.link-down": faults.link_down,
    "fault.link-up": faults.link_up,
    "fault.link-degrade": faults.link_degrade,
    "fault.host-crash": faults.host_crash,
    "fault.storage-down": faults.storage_down,
    "fault.storage-up": faults.storage_up,
    "cancel": faults.cancel,
    "vm.stop": vm_actions.stop,
    "vm.workload": vm_actions.change_workload,
}

_LASTING: dict[str, Callable[[Simulation, Action], Attempt]] = {
    "vm.start": vm_actions.start,
    "vm.save": vm_actions.save,
}

SIMULATED = frozenset([*_MIGRATIONS, *_INSTANT, *_LASTING])
"""The actions that can be simulated."""


class Actions:
    """Starts the actions of a run. ``done`` are the ids of those that happened."""

    def __init__(self, sim: Simulation) -> None:
        self._sim = sim
        self.done: set[str] = set()
        self.skipped: list[SkippedAction] = []
        for action in sim.plan.actions:
            sim.env.process(self._perform(action))

    def missed(self) -> list[SkippedAction]:
        """Those that did not happen, and why."""
        never = [
            SkippedAction(action.id, _never(action))
            for action in self._sim.plan.actions
            if action.id not in self.done and all(action.id != skipped.id for skipped in self.skipped)
        ]
        return [*self.skipped, *never]

    def _perform(self, action: Action) -> Procedure:
        sim = self._sim
        yield from sim.moment(action)
        migration = _MIGRATIONS.get(action.do)
        if migration is not None:
            self.done.add(action.id)
            kind, procedure = migration
            vm = sim.world.vms[action.vm or ""]
            operation = OperationNow(sim, action.id, kind, vm=action.vm, source=vm.host, target=action.to[0], cause=-1)
            sim.start(operation, procedure, action.order)
            return
        sim.fire(action.id, (), end=False)
        lasting = _LASTING.get(action.do)
        why_not = (yield from lasting(sim, action)) if lasting is not None else _INSTANT[action.do](sim, action)
        if why_not is not None:
            self.skipped.append(SkippedAction(action.id, f"{why_not}."))
        else:
            self.done.add(action.id)
        sim.fire(action.id, (), end=True)


def _never(action: Action) -> str:
    if action.after is not None:
        return f"It waits for the end of {action.after}, which did not come before the run ended."
    return f"It is due at {action.at}, which did not come before the run ended."
