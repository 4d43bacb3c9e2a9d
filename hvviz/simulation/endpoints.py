"""Where a host meets a network, and which physical adapters a stream uses there.

An endpoint is an adapter, a team, or a virtual adapter on a virtual switch. What a team does to one stream and to
many depends on how it balances; the sources are those of hyperv 6.
"""

from dataclasses import dataclass

from hvviz.simulation.capacities import Capacities
from hvviz.world.model import Adapter, Balance, Host, HostVersion, Team, Teaming


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address of a host in a network. ``members`` are the physical adapters behind it, by id.

    ``virtual`` says that a virtual switch lies between.
    """

    node: str
    host: str
    members: tuple[str, ...]
    team: Team | None
    rdma: bool
    rss: bool
    virtual: bool

    def up(self, capacities: Capacities) -> bool:
        """Whether any of its adapters has a link."""
        return any(capacities.rate_bps(member) > 0.0 for member in self.members)


@dataclass(frozen=True, slots=True)
class Lane:
    """The physical adapters that a stream may use on one side.

    Several members mean that the team moves the stream between them as it goes, so that it shares their sum with
    others and alone never exceeds one of them.
    """

    members: tuple[str, ...]


def endpoints(host: Host, network: str) -> list[Endpoint]:
    """Every endpoint of ``host`` in ``network``, in the order of the file; teams come after single adapters."""
    teamed = {member for team in host.teams.values() for member in team.members}
    found = [
        _of_adapter(host, adapter)
        for adapter in host.adapters.values()
        if adapter.network == network and adapter.name not in teamed
    ]
    found += [
        Endpoint(
            team.id,
            host.id,
            _member_ids(host, team),
            team,
            all(host.adapters[member].rdma for member in team.members),
            all(host.adapters[member].rss for member in team.members),
            False,
        )
        for team in host.teams.values()
        if team.network == network
    ]
    return found


def _member_ids(host: Host, team: Team) -> tuple[str, ...]:
    return tuple(host.adapters[member].id for member in team.members)


def _of_adapter(host: Host, adapter: Adapter) -> Endpoint:
    if adapter.on is None:
        return Endpoint(adapter.id, host.id, (adapter.id,), None, adapter.rdma, adapter.rss, False)
    below = host.switches[adapter.on].adapter
    team = host.teams.get(below)
    members = _member_ids(host, team) if team is not None else (host.adapters[below].id,)
    return Endpoint(adapter.id, host.id, members, team, adapter.rdma, adapter.rss, True)


def rdma_usable(endpoint: Endpoint, host: Host, *, on_team: bool) -> tuple[bool, str]:
    """Whether SMB Direct works at ``endpoint``, and why not.

    Before 2016 RDMA needs an adapter that neither a team nor a virtual switch has; since 2016 it works through
    virtual adapters too, with or without SET (MS-SET). ``on_team`` follows the guide, which lets it work over one
    adapter of a team.
    """
    if not endpoint.rdma:
        return False, f"{endpoint.node} has no RDMA"
    modern = host.version.rank >= HostVersion.WS2016.rank
    switched = any(
        switch.adapter in (_name(host, endpoint), *_names(host, endpoint)) for switch in host.switches.values()
    )
    if not modern and (switched or endpoint.virtual):
        return False, f"{endpoint.node} carries a virtual switch, which takes RDMA away before 2016"
    if endpoint.team is not None and not (modern and endpoint.team.teaming is Teaming.SET) and not on_team:
        return False, f"{endpoint.node} is teamed, which takes RDMA away"
    return True, ""


def _name(host: Host, endpoint: Endpoint) -> str:
    return endpoint.node.removeprefix(f"{host.id}/")


def _names(host: Host, endpoint: Endpoint) -> tuple[str, ...]:
    return tuple(member.removeprefix(f"{host.id}/") for member in endpoint.members)


def outgoing(endpoint: Endpoint, stream: int, capacities: Capacities) -> Lane:
    """The adapters over which stream number ``stream`` of this endpoint leaves."""
    members = _alive(endpoint, capacities)
    if endpoint.team is None or len(members) == 1:
        return Lane(members[:1])
    if endpoint.team.balance is Balance.DYNAMIC:
        return Lane(members)
    if endpoint.team.balance is Balance.ADDRESS_HASH:
        return Lane((members[stream % len(members)],))
    return Lane((members[_port(endpoint) % len(members)],))


def incoming(endpoint: Endpoint, stream: int, capacities: Capacities) -> Lane:
    """The adapters over which stream number ``stream`` arrives at this endpoint.

    A switch that knows the team spreads by hash; without it, address-hash brings everything in over the first
    member, a Hyper-V port over the port's member, and dynamic over all of them (WHI-DYN).
    """
    members = _alive(endpoint, capacities)
    if endpoint.team is None or len(members) == 1:
        return Lane(members[:1])
    team = endpoint.team
    if team.teaming in (Teaming.LACP, Teaming.STATIC):
        return Lane((members[stream % len(members)],))
    if team.balance is Balance.DYNAMIC:
        return Lane(members)
    if team.balance is Balance.ADDRESS_HASH:
        return Lane(members[:1])
    return Lane((members[_port(endpoint) % len(members)],))


def _alive(endpoint: Endpoint, capacities: Capacities) -> tuple[str, ...]:
    alive = tuple(member for member in endpoint.members if capacities.rate_bps(member) > 0.0)
    return alive or endpoint.members


def _port(endpoint: Endpoint) -> int:
    """A number for the switch port of an endpoint that stays the same from run to run."""
    return sum(ord(character) for character in endpoint.node) if endpoint.virtual else 0
