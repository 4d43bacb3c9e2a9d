"""Memory written to a saved-state file and read back from it, over the storage's own rates."""

from hvviz.simulation.fluid import Flow, Resource
from hvviz.simulation.kernel import Procedure, Simulation
from hvviz.simulation.operation import OperationNow
from hvviz.simulation.recorder import TransferRecord
from hvviz.simulation.state import VmNow
from hvviz.trace.records import Traffic


def write_memory(sim: Simulation, operation: OperationNow | None, vm: VmNow) -> Procedure:
    """Write all memory of ``vm`` into its saved state; on the way out after a failure the file is left for removal."""
    size = float(vm.spec.used_memory_bytes)
    if operation is not None:
        operation.event("saved-state.created", data={"storage": vm.storage, "bytes": size})
    file = sim.world.add_saved_state(vm, size)
    yield from _transfer(sim, operation, vm, sim.capacities.write(vm.storage), (vm.host, vm.storage, file))


def read_memory(sim: Simulation, operation: OperationNow | None, vm: VmNow) -> Procedure:
    """Read the saved state of ``vm`` into the memory of its host."""
    file = sim.world.saved_state_file(vm)
    yield from _transfer(sim, operation, vm, sim.capacities.read(vm.storage), (file, vm.storage, vm.host))


def _transfer(
    sim: Simulation, operation: OperationNow | None, vm: VmNow, resource: Resource, route: tuple[str, ...]
) -> Procedure:
    flow = Flow([(resource, 1.0)])
    record = TransferRecord(Traffic.STATE, vm.spec.id, route, operation=None if operation is None else operation.id)
    sim.network.attach(flow)
    try:
        yield sim.network.send(flow, float(vm.spec.used_memory_bytes), record)
        if operation is not None:
            operation.memory_bytes = float(vm.spec.used_memory_bytes)
    finally:
        sim.network.detach(flow)
