"""What can stop a migration, in Microsoft's own words for codes and events where there are any (hyperv 8)."""

from dataclasses import dataclass

from hvviz.trace.records import Failure


@dataclass(frozen=True, slots=True)
class Fault:
    """A known way to fail. ``message`` and ``cause`` have the names of what they speak about in braces."""

    code: str | None
    event_id: int | None
    message: str
    cause: str
    remedy: str

    def failure(self, phase: str, **names: object) -> Failure:
        """The failure of one operation, in ``phase``, with the names filled in."""
        return Failure(
            self.code,
            self.event_id,
            self.message.format(**names),
            phase,
            self.cause.format(**names),
            self.remedy.format(**names),
        )


NOT_RUNNING = Fault(
    None,
    None,
    "{vm} is {state}; only a VM that runs can be live-migrated.",
    "A live migration moves what is in memory while processors run; {vm} has nothing of the kind.",
    "Use Quick Migration, which moves a VM in any state.",
)
ALREADY_THERE = Fault(
    None,
    None,
    "{vm} is on {target} already.",
    "Source and target are the same host.",
    "Choose another target.",
)
BUSY = Fault(
    None,
    21024,
    "{vm} is being migrated by {operation} already.",
    "A VM takes part in one migration at a time.",
    "Wait until {operation} has ended.",
)
HOST_DOWN = Fault(
    "0x8007274C",
    21502,
    "{target} does not answer.",
    "{target} is down.",
    "Start {target}, or choose another target.",
)
SOURCE_DOWN = Fault(
    None,
    21502,
    "{source} does not answer.",
    "{source} is down, so nothing can be moved from it.",
    "Let the cluster fail its VMs over, or start {source}.",
)
NOT_CLUSTERED = Fault(
    None,
    None,
    "{vm} is not a clustered role.",
    "Quick Migration is the cluster's way of moving a role between its nodes.",
    "Make {vm} a role of a cluster that has both hosts.",
)
OTHER_CLUSTER = Fault(
    None,
    None,
    "{source} and {target} are not nodes of the same cluster.",
    "A clustered role moves between the nodes of its own cluster only.",
    "Choose a node of the same cluster, or take {vm} out of the cluster and use Shared-Nothing.",
)
NO_STORAGE_PATH = Fault(
    None,
    20413,
    "{target} cannot reach {storage}, where files of {vm} lie.",
    "A migration inside a cluster moves no file, so both hosts must reach all of them.",
    "Connect {target} to {storage}, or use Shared-Nothing, which takes the files along.",
)
NO_MEMORY = Fault(
    "0x8007000E",
    21502,
    "{target} has {free} of memory free and {vm} needs {needed}.",
    "The shell takes all of the VM's assigned memory on the target, beside the host's own reserve.",
    "Free memory on {target}, or choose another target.",
)
NO_MEMORY_QUICK = Fault(
    "0x800705AA",
    21502,
    "{target} has {free} of memory free and {vm} needs {needed}.",
    "A restored VM takes all of its assigned memory on the target, beside the host's own reserve.",
    "Free memory on {target}, or choose another target.",
)
NO_SWITCH = Fault(
    "33012",
    21502,
    "{target} has no virtual switch called '{switch}', which {vm} is connected to.",
    "The port on the target is found by the name of the virtual switch.",
    "Create or rename a switch on {target} so that it is called '{switch}'.",
)
OTHER_PROCESSOR = Fault(
    None,
    21502,
    "{vm} uses processor features that {target} does not have.",
    "{source} has {source_cpu}, {target} has {target_cpu}.",
    "{advice}",
)
NEWER_CONFIGURATION = Fault(
    None,
    10698,
    "{target} does not know configuration version {version} of {vm}.",
    "{target} runs Windows Server {host_version}, which knows versions {oldest} to {newest}.",
    "Choose a newer target, or keep VMs that must travel both ways at an older version.",
)
NO_NETWORK = Fault(
    "0x000013AB",
    21502,
    "{source} and {target} have no network in common that live migration may use.",
    "{reason}",
    "Enable a network for live migration that both hosts have an adapter in.",
)
LIVE_MIGRATION_DISABLED = Fault(
    "0x8007274D",
    21024,
    "{host} does not accept live migrations.",
    "Live migration is switched off in the Hyper-V settings of {host}, so nothing listens on TCP 6600.",
    "Enable-VMMigration on {host}.",
)
NOT_POSSIBLE_OWNER = Fault(
    "0x80071398",
    21502,
    "{target} is not a possible owner of {vm}.",
    "The list of possible owners of the VM's resource leaves {target} out.",
    "Add {target} to the possible owners of the VM and of its configuration.",
)
UNREADABLE_ISO = Fault(
    "0xC03A0014",
    21502,
    "{target} cannot open the ISO in the DVD drive of {vm}.",
    "The image lies on {iso}, which {target} does not reach.",
    "Eject the ISO, or keep images on a share that every host reaches.",
)
PASS_THROUGH_LIVE = Fault(
    None,
    21502,
    "{vm} has a pass-through disk outside the cluster's control.",
    "A pass-through disk changes hands with its owner; {storage} cannot follow to {target} while {vm} runs.",
    "Use Quick Migration, which moves ownership while the VM is saved.",
)
SHARED_CLUSTER_DISK = Fault(
    None,
    21502,
    "{storage} also holds files of {others}.",
    "A cluster disk has one owner, so all VMs on it move together.",
    "Move {others} too, or put the VMs on a cluster shared volume.",
)
CONNECTION_LOST = Fault(
    "0x80072746",
    21024,
    "The connection between {source} and {target} was lost.",
    "{what}",
    "{vm} goes on where it ran. Mend the link and migrate again.",
)
TARGET_LOST = Fault(
    "0x80072746",
    21024,
    "{target} went down while {vm} was on its way.",
    "{target} crashed, and what it had received went with it.",
    "{vm} goes on where it ran. Migrate again, to another target or when {target} is back.",
)
SOURCE_LOST = Fault(
    None,
    21024,
    "{source} went down while {vm} was on its way.",
    "{source} crashed, and the memory of {vm} went with it.",
    "The cluster starts {vm} again on another node; what was only in memory is lost.",
)
VM_STOPPED = Fault(
    None,
    21024,
    "{vm} was {how} while it was on its way.",
    "{action} took the VM's running state away.",
    "Start the VM and migrate again.",
)
CANCELLED = Fault(
    None,
    21024,
    "The migration of {vm} was cancelled.",
    "{action} asked for it.",
    "Nothing to mend: {vm} is where and as it was.",
)
BLACKOUT_TOO_LONG = Fault(
    None,
    21024,
    "The blackout of {vm} would have been {blackout}, longer than the {limit} allowed.",
    "What is left of its memory cannot be sent in time over this connection.",
    "Migrate at a quieter time, over a faster network, or allow a longer blackout.",
)
SAVE_FAILED = Fault(
    None,
    None,
    "The saved state of {vm} could not be written to {storage}.",
    "{what}",
    "Mend {storage}. {vm} was resumed on {source} and has lost nothing.",
)
RESTORE_FAILED = Fault(
    None,
    21502,
    "{vm} could not be restored on {target}.",
    "{what}",
    "{vm} stays saved, with its files whole. Restore it on a host that can.",
)
STORAGE_LOST = Fault(
    None,
    21024,
    "{storage} was lost while {vm} was on its way.",
    "{storage} went down.",
    "Bring {storage} back. {vm} is where it was.",
)
NO_DELEGATION = Fault(
    "0x8009030D",
    21024,
    "{target} did not accept the credentials of {source}.",
    "Kerberos is chosen, and {source} is not trusted for delegation to {target}.",
    "Allow constrained delegation to {target} for cifs and Microsoft Virtual System Migration Service.",
)
NOT_SIGNED_IN = Fault(
    "0x8009030E",
    21024,
    "There are no credentials for {target}.",
    "CredSSP passes on the credentials of who is signed in on {source}, and the request came from {signed_in}.",
    "Sign in on {source}, or use Kerberos with constrained delegation.",
)
CREDENTIAL_GUARD = Fault(
    "0x8009030E",
    21024,
    "There are no credentials for {target}.",
    "Credential Guard, on by default since Windows Server 2025, keeps CredSSP from passing credentials on.",
    "Use Kerberos with constrained delegation.",
)
CLUSTERED = Fault(
    None,
    None,
    "{vm} is a clustered role.",
    "Shared-Nothing moves VMs that no cluster looks after.",
    "Remove {vm} from the cluster first; it can become a role again at the other end.",
)
NO_TRUST = Fault(
    None,
    21024,
    "{source} and {target} do not trust each other.",
    "They are in domains without a trust between them.",
    "Join both to one domain, or set up a trust.",
)
NO_TARGET_STORAGE = Fault(
    None,
    None,
    "{host} cannot reach {storage}.",
    "The files must lie where the VM's host can open them.",
    "Choose a storage that {host} reaches.",
)
PASS_THROUGH_STORAGE = Fault(
    None,
    None,
    "{vm} has a pass-through disk on {storage}.",
    "A pass-through disk is not a file, so there is nothing to copy.",
    "Leave it out of the move, or convert it to a VHDX.",
)
NO_SPACE = Fault(
    "0x80070070",
    None,
    "{storage} has {free} free, and {needed} must fit.",
    "The copy needs its full size on the target before the source is deleted.",
    "Free space on {storage}, or choose another one.",
)
STORAGE_FULL = Fault(
    "0x80070070",
    None,
    "{storage} is full.",
    "Something has filled {storage} while {vm} was on its way.",
    "Free space on {storage} and try again.",
)
NOTHING_TO_MOVE = Fault(
    None,
    None,
    "{vm} has no such disk: {disks}.",
    "The action names disks that the VM does not have.",
    "Name its disks.",
)
DRAIN_INCOMPLETE = Fault(
    None,
    None,
    "{host} could not be emptied.",
    "These stayed: {vms}.",
    "Look at what kept each of them, or stop them, and drain again.",
)
NO_QUORUM = Fault(
    None,
    None,
    "The cluster {cluster} has stopped: {votes} of {total} votes are left.",
    "Fewer than half of the votes are left, so no node may start {vm}.",
    "Bring nodes or the witness back. A witness is one vote more.",
)
NO_NODE = Fault(
    "0x8007000E",
    None,
    "No node can take {vm}.",
    "The nodes that are left lack the memory, cannot reach its files, or may not own it.",
    "Free memory on a node that may own {vm}, and start it there.",
)
SERVICE_LOST = Fault(
    "0x80072746",
    21024,
    "The {service} service on {host} stopped while {vm} was on its way.",
    "{service} drives the migration on {host}.",
    "Start the service again. {vm} goes on where it ran.",
)
MANAGEMENT_DOWN = Fault(
    "0x8007274D",
    21024,
    "{host} refused the connection.",
    "The Virtual Machine Management Service on {host} is stopped, so nothing listens on TCP 6600.",
    "Start the service vmms on {host}.",
)
