"""The connection of a live migration: which network it takes, by which transport, over which adapters.

The choice of the network is the cluster's where both hosts are its nodes, and the hosts' own list of migration
networks where they are not (hyperv 5.1). A transport whose conditions are not met falls back as Windows does, and
the connection keeps the reason.
"""

from dataclasses import dataclass, field, replace

from hvviz.scenario.constants import ModelConstants
from hvviz.simulation.capacities import BITS, Capacities
from hvviz.simulation.compression import Compression
from hvviz.simulation.endpoints import Endpoint, Lane, endpoints, incoming, outgoing, rdma_usable
from hvviz.simulation.fluid import Flow, FluidNetwork, Resource
from hvviz.world.model import Host, Network, Transport, World

GIB = 2**30


@dataclass(slots=True)
class Channel:
    """A pair of endpoints that the connection uses, and the adapters on both sides."""

    source: Endpoint
    target: Endpoint
    leaving: Lane
    arriving: Lane


@dataclass(slots=True)
class Connection:
    """How a migration gets from one host to the other.

    ``transport`` is the one in use, ``wanted`` the one that was set and ``notes`` say why they differ.
    ``route`` is the nodes that are passed, ``adapters`` those whose link it needs.
    """

    network: Network
    wanted: Transport
    transport: Transport
    rdma: bool
    channels: list[Channel]
    compressibility: float
    notes: list[str] = field(default_factory=list)
    flow: Flow | None = None
    spare: Flow | None = None

    @property
    def open_flow(self) -> Flow:
        """The flow of a connection that is open."""
        if self.flow is None:
            raise ValueError("nothing can be sent before the connection is open")
        return self.flow

    @property
    def route(self) -> tuple[str, ...]:
        first = self.channels[0]
        leaving = first.source.node if not first.source.virtual else first.leaving.members[0]
        arriving = first.target.node if not first.target.virtual else first.arriving.members[0]
        return (first.source.host, leaving, self.network.id, arriving, first.target.host)

    @property
    def adapters(self) -> tuple[str, ...]:
        """Every physical adapter that it uses, on both sides."""
        found: dict[str, None] = {}
        for channel in self.channels:
            for member in (*channel.leaving.members, *channel.arriving.members):
                found[member] = None
        return tuple(found)


class Connections:
    """Chooses networks and adapters, and keeps count of the streams on each endpoint."""

    def __init__(self, world: World, network: FluidNetwork, capacities: Capacities) -> None:
        self._world = world
        self._network = network
        self._capacities = capacities
        self._streams: dict[str, int] = {}
        self._busy: dict[str, int] = {}

    def candidates(self, source: Host, target: Host) -> tuple[list[Network], str]:
        """The networks that a live migration may take, the preferred one first, and what to say if none fits."""
        world = self._world
        cluster = world.cluster_of(source.id)
        networks = world.networks
        if cluster is not None and target.id in cluster.hosts:
            enabled = [network.id for network in networks.values() if network.live_migration]
            ordered = [*cluster.live_migration_networks, *enabled]
            reason = f"The cluster {cluster.id} has none enabled that both hosts have a working adapter in."
        else:
            ordered = list(target.settings.migration_networks or source.settings.migration_networks)
            reason = f"The list of migration networks of {target.id} has none that both hosts work in."
            if not ordered:
                marked = [network.id for network in networks.values() if network.live_migration]
                ordered = [*marked, *networks]
                reason = "They have no working adapters in a common network."
        return [networks[id] for id in dict.fromkeys(ordered)], reason

    def usable(self, source: Host, target: Host) -> tuple[list[Network], str]:
        """Those `candidates` in which both hosts have a working endpoint now."""
        found, reason = self.candidates(source, target)
        return [network for network in found if self._up(source, network.id) and self._up(target, network.id)], reason

    def _up(self, host: Host, network: str) -> list[Endpoint]:
        return [endpoint for endpoint in endpoints(host, network) if endpoint.up(self._capacities)]

    def choose(
        self, source: Host, target: Host, networks: list[Network], model: ModelConstants, compressibility: float
    ) -> Connection:
        """The connection over the first of ``networks``, or the least busy one where the guide's account is on."""
        network = networks[0]
        if model.spread_over_networks:
            network = min(networks, key=lambda each: self._busy.get(each.id, 0))
        wanted = source.settings.transport
        connection = Connection(network, wanted, wanted, False, [], compressibility)
        if wanted is not Transport.TCP and source.version.rank < model.transports_since.rank:
            connection.transport = Transport.TCP
            connection.notes.append(f"Windows Server {source.version} has no {wanted} transport.")
        leaving, arriving = self._up(source, network.id), self._up(target, network.id)
        if connection.transport is Transport.SMB:
            self._choose_smb(connection, source, target, leaving, arriving, model)
        else:
            connection.channels = [self._channel(self._least_busy(leaving), self._least_busy(arriving))]
        return connection

    def _choose_smb(
        self,
        connection: Connection,
        source: Host,
        target: Host,
        leaving: list[Endpoint],
        arriving: list[Endpoint],
        model: ModelConstants,
    ) -> None:
        """SMB takes RDMA where both sides have it, and Multichannel over equal adapters (TN-SMB)."""
        direct_out = [each for each in leaving if self._direct(each, source, connection, model)]
        direct_in = [each for each in arriving if self._direct(each, target, connection, model)]
        connection.rdma = bool(direct_out and direct_in)
        if connection.rdma:
            connection.notes.clear()
            leaving, arriving = direct_out, direct_in
        elif not model.multichannel_without_rdma:
            connection.notes.append("Without RDMA, SMB uses one adapter, as the guide has it.")
            leaving, arriving = leaving[:1], arriving[:1]
        pairs = list(zip(self._equal(leaving), self._equal(arriving), strict=False))
        if not connection.rdma and not all(out.rss and into.rss for out, into in pairs):
            pairs = pairs[:1]
            connection.notes.append("An adapter without RSS gets no Multichannel.")
        connection.channels = [self._channel(out, into) for out, into in pairs]

    def _direct(self, endpoint: Endpoint, host: Host, connection: Connection, model: ModelConstants) -> bool:
        usable, why = rdma_usable(endpoint, host, on_team=model.rdma_on_team)
        if not usable:
            connection.notes.append(f"No SMB Direct: {why}.")
        return usable

    def _equal(self, found: list[Endpoint]) -> list[Endpoint]:
        """Those as fast as the fastest of them: Multichannel does not mix speeds."""
        speed = {endpoint.node: self._speed(endpoint) for endpoint in found}
        fastest = max(speed.values())
        return [endpoint for endpoint in found if speed[endpoint.node] == fastest]

    def _speed(self, endpoint: Endpoint) -> float:
        return max(self._capacities.rate_bps(member) for member in endpoint.members)

    def _least_busy(self, found: list[Endpoint]) -> Endpoint:
        return min(found, key=lambda endpoint: self._busy.get(endpoint.node, 0))

    def _channel(self, source: Endpoint, target: Endpoint) -> Channel:
        streams = []
        for endpoint in (source, target):
            streams.append(self._streams.get(endpoint.node, 0))
            self._streams[endpoint.node] = streams[-1] + 1
        leaving = outgoing(source, streams[0], self._capacities)
        arriving = incoming(target, streams[1], self._capacities)
        return Channel(source, target, leaving, arriving)

    def open(self, connection: Connection, model: ModelConstants) -> Flow:
        """Attach the connection's flow, and the flow of its compressing processors where it has any."""
        for channel in connection.channels:
            for node in (channel.source.node, channel.target.node):
                self._busy[node] = self._busy.get(node, 0) + 1
        self._busy[connection.network.id] = self._busy.get(connection.network.id, 0) + 1
        compression = None
        limit = self.stream_cap(connection, model)
        if connection.transport is Transport.COMPRESSION and connection.compressibility > 1.0:
            compression = self._compression(connection, model, limit)
        flow = Flow(self.usage(connection, model), cap=limit, cap_id="stream", compression=compression)
        self._network.attach(flow)
        connection.flow = flow
        return flow

    def for_files(self, connection: Connection, model: ModelConstants) -> Connection:
        """The connection that files take beside it: always SMB, over the same adapters (VANEIJK)."""
        return replace(connection, transport=Transport.SMB, flow=None, spare=None)

    def reroute(self, connection: Connection, model: ModelConstants) -> bool:
        """Move the connection's streams to those team members that still have a link; False where there are none."""
        for channel in connection.channels:
            if not (channel.source.up(self._capacities) and channel.target.up(self._capacities)):
                return False
            channel.leaving = outgoing(channel.source, 0, self._capacities)
            channel.arriving = incoming(channel.target, 0, self._capacities)
        if connection.flow is not None:
            self._network.change_usage(connection.flow, self.usage(connection, model))
            self._network.set_cap(connection.flow, self.stream_cap(connection, model))
        return True

    def close(self, connection: Connection) -> None:
        """Take the connection's flows out of the network."""
        if connection.flow is None:
            return
        self._network.detach(connection.flow)
        if connection.spare is not None:
            self._network.detach(connection.spare)
        connection.flow = connection.spare = None
        for channel in connection.channels:
            for node in (channel.source.node, channel.target.node):
                self._busy[node] -= 1
        self._busy[connection.network.id] -= 1

    def stream_cap(self, connection: Connection, model: ModelConstants) -> float | None:
        """What its streams can carry at most, in bytes per second of payload on the wire; None for no bound.

        A stream is bound by one core, and inside a team by one of its members (WHI-DYN).
        """
        limits = [
            len(connection.channels) * self._lane_rate(lane, side)
            for channel in connection.channels
            for lane, side in ((channel.leaving, "out"), (channel.arriving, "in"))
            if len(lane.members) > 1
        ]
        if not connection.rdma and model.stream_limit is not None:
            smb = connection.transport is Transport.SMB
            streams = model.smb_connections * len(connection.channels) if smb else 1
            limits.append(streams * model.stream_limit / BITS)
        return min(limits, default=None)

    def _compression(self, connection: Connection, model: ModelConstants, limit: float | None) -> Compression:
        cost = model.compression_cost / GIB
        fastest = min(self._lane_rate(lane, "out") for lane in [each.leaving for each in connection.channels])
        cap = cost * connection.compressibility * (fastest if limit is None else min(fastest, limit))
        hosts = (connection.channels[0].source.host, connection.channels[0].target.host)
        spare = Flow([(self._capacities.spare_cores(host), 1.0) for host in hosts], cap=cap)
        self._network.attach(spare)
        connection.spare = spare
        return Compression(connection.compressibility, cost, spare)

    def _lane_rate(self, lane: Lane, side: str) -> float:
        return max(self._capacities.direction(member, side).capacity for member in lane.members)

    def usage(self, connection: Connection, model: ModelConstants) -> list[tuple[Resource, float]]:
        """What one byte on the wire takes of each resource that it passes."""
        capacities = self._capacities
        share = 1.0 / len(connection.channels)
        factor = share * model.goodput / model.rdma_goodput if connection.rdma else share
        usage: list[tuple[Resource, float]] = []
        for channel in connection.channels:
            for lane, side, endpoint in (
                (channel.leaving, "out", channel.source),
                (channel.arriving, "in", channel.target),
            ):
                usage += self._lane(lane, side, endpoint, factor)
                usage += self._bounds(connection, channel, lane, side, factor)
                if side == "in" and not endpoint.rss and not connection.rdma and model.stream_limit is not None:
                    usage.append((capacities.receive_core(endpoint.node, model.stream_limit), share))
            usage += self._uplinks(channel, factor)
        usage += self._smb_limits(connection, model)
        return usage

    def _lane(self, lane: Lane, side: str, endpoint: Endpoint, factor: float) -> list[tuple[Resource, float]]:
        capacities = self._capacities
        if len(lane.members) == 1:
            return [(capacities.direction(lane.members[0], side), factor)]
        together = capacities.team(endpoint.node, lane.members, side)
        return [(together, factor)]

    def _bounds(
        self, connection: Connection, channel: Channel, lane: Lane, side: str, factor: float
    ) -> list[tuple[Resource, float]]:
        """The ceilings of the network's QoS on this side."""
        network = connection.network
        endpoint = channel.source if side == "out" else channel.target
        rate_bps = network.qos_ceiling_bps
        if network.qos_share is not None:
            total_bps = 0.0
            for member in lane.members:
                total_bps += self._capacities.rate_bps(member)
            rate_bps = network.qos_share * total_bps
        if rate_bps is None:
            return []
        return [(self._capacities.ceiling(f"{endpoint.node}:{side}:qos", rate_bps), factor)]

    def _uplinks(self, channel: Channel, factor: float) -> list[tuple[Resource, float]]:
        capacities = self._capacities
        out, into = channel.leaving.members[0], channel.arriving.members[0]
        source, target = capacities.adapter(out).physical_switch, capacities.adapter(into).physical_switch
        if source is None or target is None or source == target:
            return []
        hops = self._world.switch_path(source, target)
        return [(capacities.uplink(a, b, rate_bps), factor) for a, b, rate_bps in hops]

    def _smb_limits(self, connection: Connection, model: ModelConstants) -> list[tuple[Resource, float]]:
        """``Set-SmbBandwidthLimit`` of either host, or the cluster's default share of all its adapters."""
        if connection.transport is not Transport.SMB:
            return []
        limits = []
        for id in (connection.channels[0].source.host, connection.channels[0].target.host):
            host = self._world.hosts[id]
            rate_bps = host.settings.smb_bandwidth_limit_bps
            if rate_bps is None and model.smb_bandwidth_share is not None and self._world.cluster_of(id) is not None:
                total_bps = 0.0
                for adapter in host.adapters.values():
                    total_bps += adapter.rate_bps or 0.0
                rate_bps = total_bps * model.smb_bandwidth_share
            if rate_bps is not None:
                limits.append((self._capacities.ceiling(f"{id}:smb-limit", rate_bps), 1.0))
        return limits
