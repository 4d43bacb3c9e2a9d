"""What a run leaves of each VM, and of its clients."""

import math

from hvviz.simulation.kernel import Simulation
from hvviz.simulation.state import VmNow
from hvviz.trace.records import ClientResult, VmResult
from hvviz.world.model import Client, Protocol

_EARLY = 1e-9
"""Probes this much before the start of a gap count as inside it, so that rounding does not decide."""


def vm_result(sim: Simulation, vm: VmNow, end_s: float) -> VmResult:
    """The VM at ``end_s``, which is the time of the last event.

    A dynamic MAC outside the new host's pool is made anew when a VM is restored there (BEN-MAC). The data exchange
    key in a running guest names its host.
    """
    gaps = list(vm.gaps_s)
    if vm.unreachable_s is not None:
        gaps.append((vm.unreachable_s, max(end_s, vm.unreachable_s)))
    return VmResult(
        host=vm.host,
        state=vm.state,
        storage=vm.storages,
        clock_lag_s=0.0 if vm.spec.time_sync else vm.clock_lag_s,
        uptime_reset=vm.uptime_reset,
        clients={
            client.name: _client_result(client, gaps, vm.power_lost_s, sim.plan.model.constants.tcp_timeout)
            for client in vm.spec.clients.values()
        },
        extra={
            "mac_changed": vm.mac_changed,
            "kvp_host": vm.host if vm.runs_on is not None else None,
            "lost_write_bytes": round(vm.lost_write_bytes),
        },
    )


def _client_result(
    client: Client, gaps: list[tuple[float, float]], power_lost_s: list[float], tcp_timeout_s: float
) -> ClientResult:
    """Probe k is sent at k divided by the rate and is lost in a gap; TCP repeats it, or drops the session."""
    if client.protocol is Protocol.TCP:
        dropped = bool(power_lost_s) or any(end - start > tcp_timeout_s for start, end in gaps)
        return ClientResult(0, dropped)
    lost = 0
    if client.rate_per_s is not None:
        for start_s, end_s in gaps:
            first = math.ceil((start_s - _EARLY) * client.rate_per_s)
            lost += max(0, math.ceil((end_s - _EARLY) * client.rate_per_s) - max(0, first))
    return ClientResult(lost, False)
