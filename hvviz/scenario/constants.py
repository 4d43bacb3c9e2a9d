"""Every constant of the model, with its default, its dimension and its source, in one place.

The ``model`` section of a scenario, its schema, ``hvviz explain model`` and the documentation are made from the
fields of `ModelConstants`. Source codes such as AF-TEAM name works that are listed by ``hvviz explain model``;
a default whose source is `ASSUMPTION` is a judgement that a lesson should state where it matters.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

from hvviz.units import Dimension
from hvviz.world.model import HostVersion

ASSUMPTION = "assumption"


class StopRule(StrEnum):
    """When a memory copy may stop; see `ModelConstants.stop_rule`."""

    PASS_END = "pass-end"
    ROLLING = "rolling"


class StorageMirror(StrEnum):
    MIRROR = "mirror"
    REDIRECT = "redirect"


class Special(StrEnum):
    """Dimensions of constants that are not quantities with a unit."""

    NUMBER = "a plain number"
    COUNT = "a whole number"
    CHOICE = "a word"
    FLAG = "true or false"
    SHARES = "a list of shares, one for each pass, the last one for all that follow"
    VERSION = "a host version"


@dataclass(frozen=True, slots=True)
class Description:
    """What a constant means. ``by_version`` is set where the default depends on the source host's version."""

    text: str
    dimension: Dimension | Special
    source: str
    may_be_none: bool = False
    by_version: Mapping[HostVersion, Any] | None = None


def _constant(
    default: Any,
    text: str,
    dimension: Dimension | Special,
    source: str,
    *,
    may_be_none: bool = False,
) -> Any:
    description = Description(text, dimension, source, may_be_none)
    return field(default=default, metadata={"constant": description})


def _by_version(
    values: Mapping[HostVersion, Any],
    text: str,
    dimension: Dimension | Special,
    source: str,
    *,
    may_be_none: bool = False,
) -> Any:
    description = Description(text, dimension, source, may_be_none, values)
    return field(default=values[HostVersion.WS2012R2], metadata={"constant": description})


def _from_2012r2(before: Any, since: Any) -> dict[HostVersion, Any]:
    return {version: before if version is HostVersion.WS2012 else since for version in HostVersion}


def _from_2022(before: Any, since: Any) -> dict[HostVersion, Any]:
    return {version: since if version.rank >= HostVersion.WS2022.rank else before for version in HostVersion}


@dataclass(frozen=True, slots=True)
class ModelConstants:
    """The model's constants in base units. Those that depend on the host's version hold 2012R2's default here."""

    goodput: float = _constant(
        0.94,
        "payload share of a link's line rate",
        Dimension.SHARE,
        "precopy C: plain Ethernet with TCP and IP headers",
    )
    setup_time: float = _constant(
        1.2,
        "preflight and the building of the shell on the target",
        Dimension.TIME,
        "fitted to AF-TEAM with `serial_setup_time`; hyperv 2.6: 3 to 3.5 s of fixed cost in all",
    )
    serial_setup_time: float = _constant(
        0.8,
        "the part of the set-up that a source host does for one migration after another",
        Dimension.TIME,
        "AF-TEAM, hyperv 2.6: 20 migrations at once cost 0.8 s each whatever their size",
    )
    preflight_share: float = _constant(
        1 / 3, "share of the set-up time that the checks take", Dimension.SHARE, ASSUMPTION
    )
    teardown_time: float = _constant(
        0.5,
        "removal of what is left on the source after the VM runs elsewhere",
        Dimension.TIME,
        "fitted to AF-TEAM",
    )
    device_state: int = _constant(
        8 * 2**20, "processor and device state sent in the blackout", Dimension.MEMORY, ASSUMPTION
    )
    resume_time: float = _constant(
        0.1, "from the last byte to running processors on the target", Dimension.TIME, ASSUMPTION
    )
    target_blackout: float = _constant(
        0.3,
        "the copy stops once what is left can be sent in this time",
        Dimension.TIME,
        "assumption: hyperv 2.1 names the setting and no value; RACK measured blackouts of 0.5 and 0.6 s",
    )
    max_passes: int | None = _by_version(
        _from_2012r2(10, 5),
        "passes made while the VM runs, before the blackout is forced",
        Special.COUNT,
        "DOM (10, 2008 R2), SAVILL-499 (5 since 2012 R2); 10 for 2012 is inferred",
        may_be_none=True,
    )
    stop_rule: StopRule = _constant(
        StopRule.PASS_END,
        "`pass-end` compares at the end of each pass; `rolling` looks every check_interval, as QEMU does",
        Special.CHOICE,
        "precopy B",
    )
    check_interval: float = _constant(
        0.1, "how often the rolling rule looks", Dimension.TIME, "precopy B: QEMU's window of 100 ms"
    )
    cancel_above_blackout: float | None = _constant(
        None,
        "a migration whose blackout would be longer is cancelled",
        Dimension.TIME,
        "MS-WMI-MIG names the option; off unless set",
        may_be_none=True,
    )
    throttle: tuple[float, ...] | None = _constant(
        None,
        "processor share left to the guest in each pass",
        Special.SHARES,
        "HCS names the setting and no value; off unless set",
        may_be_none=True,
    )
    page_size: int = _constant(4096, "the unit in which memory is tracked", Dimension.MEMORY, "VINEETH")
    zero_page_share: float = _constant(
        0.12,
        "share of memory that was never written and costs nothing to send",
        Dimension.SHARE,
        "fitted to AF-TEAM: 10 and 20 VMs move in less time than the link needs for all of their memory",
    )
    stream_limit: float | None = _by_version(
        _from_2012r2(4e9, 6.3e9),
        "payload rate that one TCP stream reaches on one core",
        Dimension.NETWORK_RATE,
        "ITPRO-10G (2012: about 4 Gbit/s), WHI-TCP (2012 R2, fitted); later versions assumed alike",
        may_be_none=True,
    )
    compression_cost: float = _constant(
        2.5, "core-seconds to compress, and as many to expand, one GiB", Special.NUMBER, ASSUMPTION
    )
    announce_time: float = _constant(
        0.1, "from the resumed VM to its announcement on the network", Dimension.TIME, ASSUMPTION
    )
    quick_announce_delay: float = _constant(
        2.0,
        "how much later the announcement comes after a restore",
        Dimension.TIME,
        "LNX-NETVSC: the network is not ready at once after a quick migration; the time is an assumption",
    )
    mac_learning: float = _constant(
        0.4,
        "from the announcement until the switches send frames to the new port",
        Dimension.TIME,
        "assumption; GUIDE: usually the longest delay of a live migration",
    )
    tcp_timeout: float = _constant(
        20.0,
        "the longest gap that a TCP session survives",
        Dimension.TIME,
        "assumption: hyperv, Gaps: no published value for Windows",
    )
    disk_ownership_time: float = _constant(
        1.0, "dismount, change of owner and mount of a cluster disk", Dimension.TIME, ASSUMPTION
    )
    link_time: float = _constant(0.05, "copying or removing the symbolic link", Dimension.TIME, ASSUMPTION)
    arbitration_time: float = _constant(
        1.0, "the vote of the nodes that are left after one is lost", Dimension.TIME, ASSUMPTION
    )
    start_time: float = _constant(30.0, "cold start of a VM until its services answer", Dimension.TIME, ASSUMPTION)
    host_start_time: float = _constant(
        120.0, "start of a host until it has joined its cluster again", Dimension.TIME, ASSUMPTION
    )
    authenticate_time: float = _constant(
        0.3, "negotiation between two hosts without a common cluster", Dimension.TIME, ASSUMPTION
    )
    create_target_time: float = _constant(
        0.5, "creation of the target's files before a storage migration copies", Dimension.TIME, ASSUMPTION
    )
    switch_over_time: float = _constant(
        0.2, "a running VM changes from its old disk to its new one", Dimension.TIME, ASSUMPTION
    )
    small_files_time: float = _constant(
        0.5, "configuration, checkpoints and paging file after the disks", Dimension.TIME, ASSUMPTION
    )
    same_spindle_share: float = _constant(
        0.5,
        "share of its rate that a storage keeps while it is both source and target of a copy",
        Dimension.SHARE,
        "assumption: SAVILL-505 says that it thrashes, and gives no number",
    )
    storage_mirror: StorageMirror = _constant(
        StorageMirror.MIRROR,
        "`mirror`: writes go to both sides and reads to the source; `redirect`: the guide's account",
        Special.CHOICE,
        "MS-SM; GUIDE for `redirect`",
    )
    smb_connections: int = _constant(
        4, "connections of SMB Multichannel over one adapter with RSS", Special.COUNT, "TN-SMB"
    )
    rdma_goodput: float = _constant(0.97, "payload share of an RDMA adapter's line rate", Dimension.SHARE, ASSUMPTION)
    smb_bandwidth_share: float | None = _by_version(
        _from_2022(None, 0.25),
        "share of all adapters of a clustered host that live migration over SMB may use",
        Dimension.SHARE,
        "MS-SMBBW: SMBBandwidthLimitFactor 2500 since the September 2022 update",
        may_be_none=True,
    )
    transports_since: HostVersion = _constant(
        HostVersion.WS2012R2,
        "first version that has Compression and SMB; the guide says 2012",
        Special.VERSION,
        "MS-WMI-MIG, MS-FAST",
    )
    multichannel_without_rdma: bool = _constant(
        True,
        "SMB Multichannel spreads over equal adapters without RDMA; the guide sees no gain over TCP",
        Special.FLAG,
        "TN-SMB",
    )
    rdma_on_team: bool = _constant(
        False,
        "RDMA works over one adapter of a team before 2016, as the guide says",
        Special.FLAG,
        "MS-SET says that it does not",
    )
    spread_over_networks: bool = _constant(
        False,
        "several live migration networks carry one migration each, as the guide says",
        Special.FLAG,
        "WHI-PERF: TCP and Compression use one network, the others are in reserve",
    )

    def for_version(self, version: HostVersion, given: frozenset[str]) -> "ModelConstants":
        """These constants for a source host of ``version``; the fields named in ``given`` keep their values."""
        return _for_version(self, version, given)


@lru_cache(maxsize=256)
def _for_version(constants: ModelConstants, version: HostVersion, given: frozenset[str]) -> ModelConstants:
    values = {
        name: description.by_version[version]
        for name, description in descriptions().items()
        if description.by_version is not None and name not in given
    }
    return replace(constants, **values)


@lru_cache(maxsize=1)
def descriptions() -> Mapping[str, Description]:
    """The description of every constant, by name, in the order of definition."""
    return {entry.name: entry.metadata["constant"] for entry in fields(ModelConstants)}


@lru_cache(maxsize=1)
def defaults() -> Mapping[str, Any]:
    """The default of every constant, by name."""
    return {entry.name: entry.default for entry in fields(ModelConstants) if entry.default is not MISSING}


PRESETS: Mapping[str, Mapping[str, Any]] = {
    "bare": {
        name: 0.0
        for name, description in descriptions().items()
        if description.dimension is Dimension.TIME
        and name not in ("target_blackout", "check_interval", "cancel_above_blackout", "tcp_timeout")
    }
    | {
        "device_state": 0,
        "goodput": 1.0,
        "zero_page_share": 0.0,
        "stream_limit": None,
        "throttle": None,
        "max_passes": None,
    },
}
"""What ``preset`` sets; keys beside it in the file override it."""


@dataclass(frozen=True, slots=True)
class Model:
    """The ``model`` section of a run: constants, and the names of those that the file or a preset gave."""

    constants: ModelConstants = field(default_factory=ModelConstants)
    given: frozenset[str] = frozenset()

    def for_version(self, version: HostVersion) -> ModelConstants:
        """The constants of a migration whose source host has ``version``."""
        return self.constants.for_version(version, self.given)

    def settings(self) -> dict[str, Any]:
        """The constants that the file or a preset gave, for the record."""
        return {name: getattr(self.constants, name) for name in sorted(self.given)}
