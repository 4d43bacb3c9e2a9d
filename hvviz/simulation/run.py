"""A run from its plan to its trace."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from hvviz import __version__
from hvviz.scenario.plan import RunPlan
from hvviz.simulation.actions import Actions
from hvviz.simulation.kernel import Simulation
from hvviz.simulation.outcome import vm_result
from hvviz.trace.trace import Trace


def simulate(plan: RunPlan) -> Trace:
    """Simulate ``plan`` from time zero and return everything that happened.

    The same plan gives the same trace on every run, Python and hash seed. Nothing is ever raised for what happens
    inside the world: a migration that cannot be is an operation with a failure.
    """
    with _without_collection():
        return _simulate(plan)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Keep the garbage collector out: a run only adds objects that stay, and searching them doubles its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _simulate(plan: RunPlan) -> Trace:
    sim = Simulation(plan)
    actions = Actions(sim)
    sim.run()
    operations = {operation.id: operation.freeze() for operation in sim.operations.values()}
    end_s = sim.recorder.events[-1].time_s if sim.recorder.events else 0.0
    return Trace(
        scenario=plan.scenario,
        rev=plan.rev,
        run=plan.run,
        engine=__version__,
        world=plan.world,
        settings=plan.model.settings(),
        end_s=end_s,
        events=sim.recorder.events,
        changes=sim.recorder.changes,
        operations=operations,
        transfers=[record.freeze(id) for id, record in enumerate(sim.network.transfers)],
        vms={vm.spec.id: vm_result(sim, vm, end_s) for vm in sim.world.vms.values()},
        skipped=actions.missed(),
    )
