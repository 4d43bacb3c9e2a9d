"""Max-min fairness, over generated networks: nothing over capacity, and every flow has a full resource where none is faster."""

import math
from collections.abc import Iterator

import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from hvviz.simulation.fluid import Flow, FluidNetwork


@st.composite
def networks(draw: st.DrawFn) -> FluidNetwork:
    """A few resources, and flows over some of them with weights, coefficients and caps."""
    network = FluidNetwork(simpy.Environment())
    resources = [network.resource(f"r{number}", draw(st.floats(1, 1000))) for number in range(draw(st.integers(1, 6)))]
    for _ in range(draw(st.integers(1, 12))):
        chosen = draw(st.lists(st.sampled_from(resources), min_size=1, max_size=4, unique=True))
        usage = [(resource, draw(st.sampled_from([0.5, 1.0, 2.0]))) for resource in chosen]
        cap = draw(st.one_of(st.none(), st.floats(0.5, 500)))
        network.attach(Flow(usage, cap=cap, weight=draw(st.sampled_from([1.0, 2.0, 4.0]))))
    return network


@settings(max_examples=400, deadline=None)
@given(networks())
def test_rates_are_weighted_max_min_fair(network: FluidNetwork) -> None:
    network.fill()
    loads = {
        resource: math.fsum(coefficient * flow.solved_rate for flow, coefficient in resource.flows.items())
        for resource in network.resources.values()
    }
    for resource, load in loads.items():
        assert load <= resource.capacity * (1 + 1e-9)
    for flow in network.flows:
        level = flow.solved_rate / flow.weight
        if flow.cap is not None and flow.solved_rate >= flow.cap * (1 - 1e-9):
            continue
        held = [
            resource
            for resource, _ in flow.usage
            if loads[resource] >= resource.capacity * (1 - 1e-6)
            and all(other.solved_rate / other.weight <= level * (1 + 1e-6) for other in resource.flows)
        ]
        assert held, "a flow is held by its cap, or by a full resource on which nobody is faster"
        assert flow.bottleneck in network.resources


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 20), st.floats(1, 1e4)), min_size=1, max_size=12), st.floats(1, 1e3))
def test_bytes_are_conserved_on_a_shared_link(transfers: list[tuple[float, float]], capacity: float) -> None:
    """However they overlap, a link that is never idle while something waits moves its capacity each second."""
    env = simpy.Environment()
    network = FluidNetwork(env)
    link = network.resource("link", capacity)
    carried: list[float] = []
    arrived_s: list[float] = []

    def send(start_s: float, count: float) -> Iterator[simpy.Event]:
        yield env.timeout(start_s)
        flow = Flow([(link, 1.0)])
        network.attach(flow)
        yield network.send(flow, count)
        carried.append(network.wire_bytes(flow))
        arrived_s.append(env.now)
        network.detach(flow)

    for start_s, count in transfers:
        env.process(send(start_s, count))
    env.run()
    assert math.fsum(carried) == pytest.approx(math.fsum(count for _, count in transfers), rel=1e-6)
    clock, busy_until = 0.0, 0.0
    for start_s, count in sorted(transfers):
        clock = max(busy_until, start_s)
        busy_until = clock + count / capacity
    assert max(arrived_s) == pytest.approx(busy_until, rel=1e-6)
