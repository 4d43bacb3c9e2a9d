"""Hosts with their adapters, teams, virtual switches and settings."""

from typing import Any

from hvviz.scenario.diagnostics import nearest
from hvviz.scenario.section import Section
from hvviz.units import Dimension
from hvviz.world.model import (
    Adapter,
    Authentication,
    Balance,
    Cpu,
    Domain,
    Host,
    HostSettings,
    HostVersion,
    Network,
    PhysicalSwitch,
    Team,
    Teaming,
    Transport,
    VirtualSwitch,
)

GIB = 2**30
DEFAULT_MEMORY_BYTES = 128 * GIB
DEFAULT_CORES = 16
DEFAULT_RESERVE_BYTES = 2 * GIB
"""Memory that a host keeps for itself (assumption; Windows computes it from its size)."""


def read_hosts(
    world: Section,
    domains: dict[str, Domain],
    networks: dict[str, Network],
    switches: dict[str, PhysicalSwitch],
) -> dict[str, Host]:
    """Every host; what a host names must exist."""
    found: dict[str, Host] = {}
    settings: list[tuple[Section, Section]] = []
    for id, section in world.map("hosts", what="host"):
        version = section.choice("version", HostVersion, HostVersion.WS2012R2)
        domain = section.text("domain")
        if domain is not None and domain not in domains:
            section.problem("HV210", "domain", f"There is no domain '{domain}'.", nearest(domain, domains))
            domain = None
        adapters = _read_adapters(section, id, networks)
        teams = _read_teams(section, id, adapters, networks)
        virtual = _read_switches(section, id, adapters, teams)
        _check_virtual_adapters(section, adapters, virtual)
        setting = section.section("settings", f"'settings' of host '{id}'")
        settings.append((section, setting))
        cpu = section.section("cpu")
        memory = section.quantity("memory", Dimension.MEMORY, DEFAULT_MEMORY_BYTES)
        found[id] = Host(
            id=id,
            version=version,
            domain=domain,
            memory_bytes=memory,
            memory_reserve_bytes=section.quantity(
                "memory_reserve", Dimension.MEMORY, min(DEFAULT_RESERVE_BYTES, memory // 8)
            ),
            cores=section.count("cores", DEFAULT_CORES, least=1),
            cpu=Cpu(cpu.text("vendor", "intel") or "intel", cpu.text("generation", "1") or "1"),
            adapters=adapters,
            teams=teams,
            switches=virtual,
            settings=_read_settings(setting, version),
        )
        cpu.finish()
        section.raw("like")
        section.finish()
    for _, setting in settings:
        setting.known(
            "constrained_delegation",
            setting.ids("constrained_delegation"),
            found.__contains__,
            "host",
            found,
        )
        setting.known(
            "migration_networks", setting.ids("migration_networks"), networks.__contains__, "network", networks
        )
    return found


def _read_adapters(section: Section, host: str, networks: dict[str, Network]) -> dict[str, Adapter]:
    found: dict[str, Adapter] = {}
    for name, nic in section.map("nics", what="adapter"):
        network = _network(nic, networks)
        on = nic.text("on")
        rate: Any = nic.quantity("rate", Dimension.NETWORK_RATE)
        if on is None and rate is None and not nic.has("rate"):
            nic.missing("rate", "Like 10 Gbit/s; a virtual adapter has 'on: VIRTUAL-SWITCH' in its place.")
        if on is not None and nic.has("rate"):
            nic.problem("HV217", "rate", "An adapter on a virtual switch has the rate of what lies below it.")
        if rate == 0:
            nic.problem("HV217", "rate", "A link of 0 bit/s carries nothing.", "Use fault.link-down to cut it.")
        switch = nic.text("switch", networks[network].physical_switch if network else None)
        found[name] = Adapter(
            f"{host}/{name}",
            host,
            name,
            network,
            None if on is not None else (rate or 1.0),
            nic.flag("rdma", False),
            nic.flag("rss", True),
            None if on is not None else switch,
            on,
        )
        nic.finish()
    return found


def _network(section: Section, networks: dict[str, Network]) -> str | None:
    network = section.text("network")
    if network is not None and network not in networks:
        section.problem("HV210", "network", f"There is no network '{network}'.", nearest(network, networks))
        return None
    return network


def _read_teams(
    section: Section, host: str, adapters: dict[str, Adapter], networks: dict[str, Network]
) -> dict[str, Team]:
    found: dict[str, Team] = {}
    for name, team in section.map("teams", what="team"):
        members = team.known("members", team.ids("members"), adapters.__contains__, "adapter", adapters)
        if not members:
            team.missing("members", "A team has at least one adapter.")
        found[name] = Team(
            f"{host}/{name}",
            host,
            name,
            members,
            team.choice("teaming", Teaming, Teaming.SWITCH_INDEPENDENT),
            team.choice("balance", Balance, Balance.DYNAMIC),
            _network(team, networks),
        )
        team.finish()
    return {name: team for name, team in found.items() if team.members}


def _read_switches(
    section: Section, host: str, adapters: dict[str, Adapter], teams: dict[str, Team]
) -> dict[str, VirtualSwitch]:
    found: dict[str, VirtualSwitch] = {}
    for name, switch in section.map("switches", what="virtual switch"):
        adapter = switch.text("adapter", required=True)
        if adapter is not None and adapter not in adapters and adapter not in teams:
            message = f"There is no adapter or team '{adapter}' on '{host}'."
            switch.problem("HV210", "adapter", message, nearest(adapter, [*adapters, *teams]))
            adapter = next(iter(adapters), None)
        if adapter is not None:
            found[name] = VirtualSwitch(f"{host}/{name}", host, name, adapter)
        switch.finish()
    return found


def _check_virtual_adapters(section: Section, adapters: dict[str, Adapter], switches: dict[str, VirtualSwitch]) -> None:
    for adapter in list(adapters.values()):
        if adapter.on is not None and adapter.on not in switches:
            nics = section.node.entries["nics"]
            place = nics.entries[adapter.name].entries["on"].place
            message = f"There is no virtual switch '{adapter.on}' on this host."
            section.findings.add("HV210", place, message, nearest(adapter.on, switches))
            del adapters[adapter.name]


def _read_settings(section: Section, version: HostVersion) -> HostSettings:
    """Compression is the default since 2012 R2 (MS-WMI-SVC); 2012 has TCP only."""
    transport = Transport.TCP if version is HostVersion.WS2012 else Transport.COMPRESSION
    settings = HostSettings(
        section.flag("live_migration", True),
        section.count("simultaneous_live_migrations", 2, least=1),
        section.count("simultaneous_storage_migrations", 2, least=1),
        section.choice("transport", Transport, transport),
        section.choice("authentication", Authentication, Authentication.CREDSSP),
        tuple(name for name, _ in section.ids("constrained_delegation")),
        _read_limit(section),
        tuple(name for name, _ in section.ids("migration_networks")),
    )
    section.finish()
    return settings


def _read_limit(section: Section) -> float | None:
    """Bits or bytes per second: ``Set-SmbBandwidthLimit`` takes bytes, a network engineer bits."""
    node = section.raw("smb_bandwidth_limit")
    if node is None:
        return None
    if "B" in node.text:
        rate = section.quantity("smb_bandwidth_limit", Dimension.BYTE_RATE)
        return None if rate is None else rate * 8
    limit: float | None = section.quantity("smb_bandwidth_limit", Dimension.NETWORK_RATE)
    return limit
