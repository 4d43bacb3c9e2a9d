"""Worlds, actions and faults made up by Hypothesis."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from hvviz.scenario.constants import Model, StopRule, StorageMirror
from hvviz.scenario.plan import Action, Anchor, RunPlan
from hvviz.world.model import (
    Access,
    Authentication,
    DirtySet,
    HostVersion,
    Priority,
    Storage,
    StorageKind,
    Transport,
    Vm,
    VmState,
    Witness,
    Workload,
    World,
)
from tests.worlds import GIB, MIB, csv, host, model, vm, world

_STATES = [*[VmState.RUNNING] * 7, VmState.OFF, VmState.SAVED, VmState.PAUSED]
_KINDS = [*[StorageKind.CSV] * 4, StorageKind.CLUSTER_DISK, StorageKind.SMB_SHARE, StorageKind.LOCAL]
_PHASES = {
    "migrate.live": ["preflight", "shell-creation", "memory-copy", "cutover", "announce", "cleanup"],
    "migrate.quick": ["preflight", "save-state", "transfer-link", "restore-state", "resume", "announce"],
    "migrate.storage": ["preflight", "create-target", "mirror-copy", "copy", "switch-over", "move-files", "cleanup"],
    "migrate.shared-nothing": ["authenticate", "shell-creation", "mirror-copy", "memory-copy", "cutover", "cleanup"],
}
_STEPS = {"cutover": ["suspend", "final-copy", "disk-ownership", "transfer-link", "resume"]}
_MIGRATIONS = list(_PHASES)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Two to four hosts, some in a cluster, with one to five VMs on storage of every kind."""
    versions = st.sampled_from([HostVersion.WS2012R2, HostVersion.WS2016, HostVersion.WS2019])
    ids = [f"hv{number}" for number in range(1, draw(st.integers(2, 4)) + 1)]
    version = draw(versions)
    settings = {
        "transport": draw(st.sampled_from(list(Transport))),
        "simultaneous_live_migrations": draw(st.integers(1, 3)),
        "simultaneous_storage_migrations": draw(st.integers(1, 2)),
        "authentication": draw(st.sampled_from(list(Authentication))),
        "constrained_delegation": draw(st.sampled_from([(), tuple(ids)])),
    }
    hosts = [
        host(
            id,
            version=version,
            memory_bytes=draw(st.sampled_from([24, 32, 64])) * GIB,
            rate_bps=draw(st.sampled_from([1e9, 10e9])),
            adapters=draw(st.integers(1, 2)),
            settings=settings,
        )
        for id in ids
    ]
    clustered = ids if draw(st.integers(0, 3)) > 0 else ids[: draw(st.sampled_from([0, 2]))]
    stores = [draw(_storage(f"s{number}", ids, clustered)) for number in range(1, 4)]
    sets = st.lists(
        st.builds(
            DirtySet,
            st.sampled_from([1e6, 50e6, 500e6]),
            st.sampled_from([64 * MIB, GIB]),
            st.sampled_from(list(Access)),
        ),
        max_size=2,
        unique=True,
    )
    loads = [
        Workload(id, tuple(draw(sets)), 2.0, draw(st.sampled_from([0.0, 20e6])), 0.0, draw(st.sampled_from([0.0, 1e8])))
        for id in ("w1", "w2")
    ]
    machines = [draw(_vm(f"vm{number}", ids, clustered, stores)) for number in range(1, draw(st.integers(1, 5)) + 1)]
    made = world(
        hosts=hosts,
        vms=[each for each in machines if each is not None],
        storage=stores,
        workloads=loads,
        cluster=clustered,
        cluster_settings={
            "failure_detection_s": 5.0,
            "resiliency_period_s": 30.0 if version.rank >= HostVersion.WS2016.rank else 0.0,
            "drain_on_shutdown": draw(st.booleans()),
        },
    )
    clusters = {
        id: replace(cluster, witness=draw(st.sampled_from(list(Witness)))) for id, cluster in made.clusters.items()
    }
    return replace(made, clusters=clusters)


@st.composite
def _storage(draw: st.DrawFn, id: str, hosts: list[str], clustered: list[str]) -> Storage:
    kind = draw(st.sampled_from(_KINDS))
    reach = tuple(hosts)
    if kind is StorageKind.LOCAL:
        reach = (draw(st.sampled_from(hosts)),)
    elif kind is not StorageKind.SMB_SHARE and clustered:
        reach = tuple(clustered)
    owner = draw(st.sampled_from(list(reach))) if kind is StorageKind.CLUSTER_DISK else None
    return csv(id, reach, kind, owner=owner, size_bytes=draw(st.sampled_from([20 * GIB, 400 * GIB])))


@st.composite
def _vm(draw: st.DrawFn, id: str, hosts: list[str], clustered: list[str], stores: list[Storage]) -> Vm | None:
    home = draw(st.sampled_from(hosts))
    reached = [
        each.id
        for each in stores
        if home in each.hosts and (each.kind is not StorageKind.CLUSTER_DISK or each.owner == home)
    ]
    if not reached:
        return None
    made = vm(
        id,
        home,
        memory_bytes=draw(st.sampled_from([1, 2, 4])) * GIB,
        state=draw(st.sampled_from(_STATES)),
        storage=draw(st.sampled_from(reached)),
        workload=draw(st.sampled_from([None, "w1", "w2"])),
        clustered=home in clustered and draw(st.integers(0, 4)) > 0,
        disk_bytes=draw(st.sampled_from([1, 5])) * GIB,
        priority=draw(st.sampled_from(list(Priority))),
        time_sync=draw(st.booleans()),
    )
    return replace(made, disks={"system": replace(made.disks["system"], storage=draw(st.sampled_from(reached)))})


@st.composite
def plans(draw: st.DrawFn) -> RunPlan:
    """A world, a model, and up to six actions at any time or in any phase of another."""
    made = draw(worlds())
    actions: list[Action] = []
    for order in range(draw(st.integers(1, 6))):
        action = draw(_action(made, order, actions))
        if action is not None:
            actions.append(action)
    return RunPlan("generated", 1, "base", made, draw(_models()), tuple(actions), draw(st.sampled_from([None, 300.0])))


def _models() -> st.SearchStrategy[Model]:
    return st.sampled_from(
        [
            Model(),
            model("bare", max_passes=4),
            model("bare", stop_rule=StopRule.ROLLING, max_passes=6),
            model(storage_mirror=StorageMirror.REDIRECT),
            model(cancel_above_blackout=1.0),
            model(throttle=(1.0, 0.8, 0.5)),
            model(spread_over_networks=True, multichannel_without_rdma=False),
        ]
    )


@st.composite
def _when(draw: st.DrawFn, others: list[Action]) -> float | Anchor:
    anchored = [action for action in others if action.do in _PHASES]
    if anchored and draw(st.integers(0, 3)) > 0:
        action = draw(st.sampled_from(anchored))
        phase = draw(st.sampled_from(_PHASES[action.do]))
        path: tuple[str, ...] = (phase,)
        if phase in _STEPS and draw(st.booleans()):
            path = (phase, draw(st.sampled_from(_STEPS[phase])))
        return Anchor(action.id, path, draw(st.booleans()), draw(st.sampled_from([0.0, 0.01, 0.4, 3.0])))
    return draw(st.sampled_from([0.0, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0]))


@st.composite
def _action(draw: st.DrawFn, made: World, order: int, others: list[Action]) -> Action | None:
    hosts, vms, stores = list(made.hosts), list(made.vms), list(made.storage)
    if not vms:
        return None
    kind = draw(
        st.sampled_from(
            [
                *_MIGRATIONS,
                *_MIGRATIONS,
                *["migrate.live"] * 8,
                "drain",
                "resume",
                "host.shutdown",
                "host.start",
                "cancel",
                "fault.host-crash",
                "fault.host-restore",
                "fault.link-down",
                "fault.link-up",
                "fault.link-degrade",
                "fault.storage-down",
                "fault.storage-up",
                "fault.storage-full",
                "fault.service-stop",
                "vm.start",
                "vm.stop",
                "vm.save",
                "vm.workload",
            ]
        )
    )
    fields: dict[str, Any] = {"at": draw(_when(others))}
    target = draw(st.sampled_from(hosts))
    if kind in _MIGRATIONS or kind.startswith("vm."):
        fields["vm"] = draw(st.sampled_from(vms))
    if kind in ("migrate.live", "migrate.quick", "migrate.shared-nothing"):
        elsewhere = [host for host in hosts if host != made.vms[fields["vm"]].host]
        fields["to"] = (draw(st.sampled_from([*elsewhere, *elsewhere, *elsewhere, target])),)
    if kind in ("migrate.storage", "migrate.shared-nothing") or kind.startswith("fault.storage"):
        fields["storage"] = draw(st.sampled_from(stores))
    if kind in ("drain", "resume") or kind.startswith(("host.", "fault.host", "fault.service")):
        fields["host"] = target
    if kind == "drain" and made.cluster_of(target) is None:
        return None
    if kind == "fault.service-stop":
        fields["service"] = draw(st.sampled_from(["vmms", "cluster"]))
    if kind.startswith("fault.link"):
        fields["adapters"] = (f"{target}/lm0",)
        fields["rate_bps"] = 1e8
    if kind == "vm.workload":
        fields["workload"] = draw(st.sampled_from(["w1", "w2"]))
    if kind == "cancel":
        migrations = [action.id for action in others if action.do in _PHASES]
        if not migrations:
            return None
        fields["operation"] = draw(st.sampled_from(migrations))
    return Action(f"a{order}", kind, order, **fields)
