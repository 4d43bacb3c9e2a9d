"""Live Migration: a shell on the target, passes over the memory while the VM works, a short cutover, an announcement.

Only ownership and the running state change hands; no file moves. Until the VM has resumed on the target, whatever
fails leaves it running on the source (GUIDE, hyperv 1.4).
"""

from hvviz.simulation import preflight
from hvviz.simulation.kernel import Procedure, Simulation
from hvviz.simulation.operation import OperationNow
from hvviz.simulation.procedures.cutover import clean_up, cut_over
from hvviz.simulation.procedures.memory_move import Move, connect, copy_memory, create_shell
from hvviz.simulation.procedures.network import announce


def migrate_live(sim: Simulation, operation: OperationNow) -> Procedure:
    """Move the running VM ``operation.vm`` to ``operation.target``."""
    vm = sim.world.vms[operation.vm or ""]
    move = Move(vm, vm.host, operation.target or "", sim.model(vm.host))
    with operation.phase("preflight"):
        yield sim.env.timeout(move.model.setup_time * move.model.preflight_share)
        preflight.check(operation, preflight.live_checks(sim, operation, vm, move.target))
        move.connection = connect(sim, operation, move)
    vm.operation = operation.id
    try:
        yield from create_shell(sim, operation, move)
        copied = yield from copy_memory(sim, operation, move)
        yield from cut_over(sim, operation, move, copied)
        yield from announce(sim, operation, vm)
        yield from clean_up(sim, operation, move)
    finally:
        vm.operation = None
