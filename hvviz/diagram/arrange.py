"""Which layout a run gets at a size: a row of cards where all hosts fit, else cards for those that take part."""

from hvviz.diagram.overview import place_few, place_many
from hvviz.diagram.places import MIN_HEIGHT, MIN_WIDTH, Places, fitting
from hvviz.diagram.sky import client_width
from hvviz.diagram.tiers import Wants, place_row
from hvviz.diagram.topology import Topology
from hvviz.trace.trace import Trace
from hvviz.world.model import World


def arrange(trace: Trace, topology: Topology, width: int, height: int) -> tuple[Places, Topology]:
    """The places of what is drawn, and the part of ``topology`` that is drawn with wires."""
    if width < MIN_WIDTH or height < MIN_HEIGHT or not topology.hosts:
        return Places(width, height), topology
    most = fitting(topology, width)
    if len(topology.hosts) <= most:
        return place_row(topology, _wants(trace, topology, width), width, height), topology
    few = [host for host in topology.hosts if host in topology.parts] or list(topology.hosts[:2])
    if len(few) <= min(most, 4):
        wants = _wants(trace, topology.only(tuple(few)), width)
        return place_few(topology, few, wants, width, height)
    return place_many(
        topology, topology.parts[0], _wants(trace, topology.only(topology.parts[:1]), width), width, height
    )


def _wants(trace: Trace, topology: Topology, width: int) -> Wants:
    """Rows that the fullest card and storage would fill."""
    world = trace.world
    each = [sum(vm.host == host for vm in world.vms.values()) for host in topology.hosts]
    moving = len(topology.moving_vms)
    files = max((_files(world, id, topology.moving_vms) for id in topology.storage), default=0)
    across = max(1, width // max(1, len(topology.storage)) // 26)
    return Wants(
        card=max(5, min(20, max(each, default=0) + 1 + (6 if moving else 0))),
        store=max(1, min(5, -(-files // across))),
        blackout=any(operation.blackout_s != 0.0 for operation in trace.operations.values()),
        talk_width=client_width(world, topology.clients),
    )


def _files(world: World, storage: str, moving: tuple[str, ...]) -> int:
    return sum(
        1 + len(world.vms[vm].disks) for vm in (moving or tuple(world.vms))[:12] if storage in world.vms[vm].storages
    )
