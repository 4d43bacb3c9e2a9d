"""What the network sees of a move: the guest's announcement, and the switch that learns the MAC's new port."""

from hvviz.simulation.kernel import Procedure, Simulation
from hvviz.simulation.operation import OperationNow
from hvviz.simulation.state import VmNow


def announce(sim: Simulation, operation: OperationNow, vm: VmNow, delay_s: float = 0.0) -> Procedure:
    """The guest announces itself and the switches learn; until then frames for it go to the old port (LNX-NETVSC)."""
    model = sim.model(operation.source or vm.host)
    with operation.phase("announce"):
        yield sim.env.timeout(delay_s + model.announce_time)
        operation.event("announcement.sent", data={"delay_s": delay_s + model.announce_time})
        yield sim.env.timeout(model.mac_learning)
        reached(sim, operation, vm)


def reached(sim: Simulation, operation: OperationNow, vm: VmNow) -> None:
    """The VM's frames arrive again."""
    operation.event("mac.learned", data={"host": vm.host, "gap_s": _gap_s(sim, operation)})
    sim.world.learn_mac(vm)
    operation.end_gap()
    sim.world.set_reachable(vm, sim.env.now)


def _gap_s(sim: Simulation, operation: OperationNow) -> float:
    return 0.0 if operation.gap_from_s is None else sim.env.now - operation.gap_from_s
