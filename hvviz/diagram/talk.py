"""The clients above: their packets, the switch, and the port at which it has learned the VM's MAC."""

from hvviz.diagram.cards import Hit
from hvviz.diagram.glyphs import LIGHT, glyph
from hvviz.diagram.grid import Grid, shorten, width_of
from hvviz.diagram.moment import Moment
from hvviz.diagram.motion import Motion
from hvviz.diagram.places import Box, Places
from hvviz.diagram.roles import Emphasis, Token, role
from hvviz.world.facts import Relation

_CELLS_PER_SECOND = 10.0
_SPACING = 6


def talked_about(moment: Moment) -> str | None:
    """The VM whose clients are shown: one in motion first, else the first that has clients."""
    vms = moment.instant.trace.world.vms
    named = [vm for operation in moment.instant.trace.operations.values() if (vm := operation.vm) in vms]
    for vm in [*moment.by_vm, *named, *vms]:
        if vm is not None and vms[vm].clients:
            return vm
    return None


def draw_talk(
    grid: Grid, moment: Moment, places: Places, lit: frozenset[str], hit: Hit, motion_s: float, motion: Motion
) -> None:
    """One line above the hosts: clients, their packets on the way, the switch, the port."""
    vm = talked_about(moment)
    if vm is None:
        return
    instant, tier, y = moment.instant, grid.tier, places.talk_y
    spec = instant.trace.world.vms[vm]
    names = shorten(", ".join(spec.clients), max(8, grid.width // 5), tier)
    reachable = bool(instant.field(vm, "reachable"))
    x = grid.write(1, y, f"{names} {glyph('client', tier)}", role(Token.CLIENT)) + 1
    for client in spec.clients.values():
        hit(client.id, Box(1, y, x - 1, 1))
    port = instant.target(Relation.LEARNED_AT, vm)
    learned = None if port is None else port.split("/")[0]
    switch = _switch(moment, learned or spec.host)
    status = _status(reachable, shorten(vm, max(6, grid.width // 5), tier), learned)
    status_x = grid.width - width_of(status) - 1
    home = learned if learned in places.hosts else None
    drop = status_x - 3
    if home is not None:
        drop = min(places.hosts[home].right - 2, status_x - 3)
    if drop <= x + 2:
        drop = status_x - 2
    ink = role(Token.WIRE, Emphasis.NORMAL if reachable else Emphasis.DIM)
    if drop > x:
        grid.line(x, y, drop, y, LIGHT, ink)
        box = places.hosts.get(home or "")
        if box is not None and box.x < drop < box.right:
            grid.line(drop, y, drop, box.y, LIGHT, ink)
        if switch is not None and drop - x > width_of(switch) + 6:
            middle = x + (drop - x - width_of(switch)) // 2
            grid.write(middle, y, f" {switch} ", role(Token.NETWORK, Emphasis.LIT if switch in lit else 0))
            hit(switch, Box(middle, y, width_of(switch) + 2, 1))
        _packets(grid, x, drop, y, reachable, motion_s, motion)
    grid.write(
        max(x, status_x), y, status, role(Token.TALK if reachable else Token.FAULT, Emphasis.LIT if vm in lit else 0)
    )


def _status(reachable: bool, vm: str, learned: str | None) -> str:
    if not reachable:
        return f"{vm}: no answer"
    return f"{vm} at {learned}" if learned is not None else f"{vm} answers"


def _switch(moment: Moment, host: str) -> str | None:
    for adapter in moment.instant.trace.world.hosts[host].adapters.values():
        if adapter.physical_switch is not None:
            return adapter.physical_switch
    return None


def _packets(grid: Grid, x: int, end: int, y: int, reachable: bool, motion_s: float, motion: Motion) -> None:
    """Packets on their way, or what becomes of them where nobody answers."""
    tier = grid.tier
    if not reachable:
        grid.put(end - 1, y, glyph("lost", tier), role(Token.FAULT, Emphasis.LIT))
    offset = 0 if motion is Motion.OFF else int(motion_s * _CELLS_PER_SECOND) % _SPACING
    for cell in range(x + 1 + offset, end - 1, _SPACING):
        if grid.char(cell, y) in ("─", "-"):
            grid.put(cell, y, glyph("client", tier), role(Token.TALK if reachable else Token.FAULT))
