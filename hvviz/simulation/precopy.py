"""The copying of a running VM's memory: passes until a rule says that what is left may be sent in a blackout.

The rules and their sources are those of precopy A.2 and B. What a pass leaves behind is known from its length
alone, so bandwidth may change inside a pass and the result stays exact.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

import simpy

from hvviz.scenario.constants import ModelConstants, StopRule
from hvviz.simulation.fluid import Flow, FluidNetwork
from hvviz.simulation.recorder import TransferRecord
from hvviz.trace.records import Pass, Traffic, Writes
from hvviz.world.memory import dirty_after, distinct_bytes
from hvviz.world.model import Access, DirtySet

_STAGNATION = 1.0 - 1e-9
"""A pass that leaves more than this share of what the pass before left does not shrink any more."""


class GuestWrites:
    """What a guest writes: to which sets of pages, since when, at which share of its speed."""

    def __init__(self, env: simpy.Environment, sets: tuple[DirtySet, ...], memory_bytes: float) -> None:
        self._env = env
        self._memory_bytes = memory_bytes
        self._since_s = env.now
        self.sets = sets
        self.share = 1.0
        self.written_bytes: dict[DirtySet, float] = {}
        self.log: list[Writes] = [Writes(env.now, sets, 1.0)]

    def change(self, sets: tuple[DirtySet, ...], share: float) -> None:
        """From now on the guest writes to ``sets`` at ``share`` of its speed."""
        if sets == self.sets and share == self.share:
            return
        self._advance()
        self.sets, self.share = sets, share
        self.log.append(Writes(self._env.now, sets, share))

    def clear(self) -> None:
        """Forget what was written, as a migration does that has taken note of it."""
        self._advance()
        self.written_bytes = {}

    def distinct(self) -> dict[DirtySet, float]:
        """Bytes of distinct pages written to each set since the last `clear`, within the VM's memory."""
        self._advance()
        dirty = {each: distinct_bytes(each, written) for each, written in self.written_bytes.items()}
        total = _total(dirty)
        if total > self._memory_bytes:
            dirty = {each: count * self._memory_bytes / total for each, count in dirty.items()}
        return dirty

    def _advance(self) -> None:
        elapsed_s = self._env.now - self._since_s
        self._since_s = self._env.now
        if elapsed_s > 0.0 and self.share > 0.0:
            for each in self.sets:
                written = each.dirty_rate_bytes_per_s * self.share * elapsed_s
                self.written_bytes[each] = self.written_bytes.get(each, 0.0) + written


def _total(dirty: dict[DirtySet, float]) -> float:
    total = 0.0
    for count in dirty.values():
        total += count
    return total


def _carried(
    rest: float, sent_of: float, before: dict[DirtySet, float], new: dict[DirtySet, float]
) -> dict[DirtySet, float]:
    """What a pass leaves that ends with ``rest`` of its ``sent_of`` bytes unsent.

    The unsent part of a set and its newly written pages overlap by chance where writes are random, and hardly
    where they sweep (precopy A.2, "stop in mid-round").
    """
    left: dict[DirtySet, float] = {}
    for each in dict.fromkeys([*before, *new]):
        unsent = rest * before.get(each, 0.0) / sent_of if sent_of > 0.0 else 0.0
        written = new.get(each, 0.0)
        size = each.working_set_bytes
        if each.access is Access.SEQUENTIAL or size <= 0:
            left[each] = min(float(size), unsent + written)
        else:
            left[each] = unsent + written - unsent * written / size
    return left


def will_converge(
    sets: Sequence[DirtySet], start_bytes: float, rate: float, target_blackout_s: float, share: float = 1.0
) -> bool:
    """Whether a copy at ``rate`` ever leaves no more than can be sent in the target blackout, without a limit."""
    left, threshold = start_bytes, rate * target_blackout_s
    if rate <= 0.0:
        return left <= 0.0
    for _ in range(100_000):
        following = dirty_after(sets, left / rate, share)
        if following <= threshold:
            return True
        if following >= left * _STAGNATION:
            return False
        left = following
    return False


@dataclass(slots=True)
class Copied:
    """How a memory copy ended: bytes left to send while the VM stands still, and whether a limit forced it."""

    left_bytes: float
    forced: bool
    converges: bool


class MemoryCopy:
    """The memory copy of one VM over one attached flow.

    ``untouched_bytes`` is memory that was never written: it costs nothing to send, but a rolling rule counts it as
    left until the first pass has come to it, at its end (QEMU walks memory upwards). ``passes`` grows as it goes,
    and ``observer`` is told of each pass that begins or ends.
    """

    def __init__(
        self,
        env: simpy.Environment,
        network: FluidNetwork,
        flow: Flow,
        model: ModelConstants,
        writes: GuestWrites,
        memory_bytes: float,
        observer: "PassObserver",
        untouched_bytes: float = 0.0,
    ) -> None:
        self._untouched_bytes = untouched_bytes
        self._env = env
        self._network = network
        self._flow = flow
        self._model = model
        self._writes = writes
        self._observer = observer
        self._left_bytes = memory_bytes
        self._left: dict[DirtySet, float] = _initial(writes.sets, memory_bytes)
        self._started_s = env.now
        self.passes: list[Pass] = []
        self.moved_bytes = 0.0

    def run(self) -> Generator[simpy.Event, None, Copied]:
        """Copy until the stop rule, or the limit of passes, ends it."""
        model = self._model
        while True:
            index = len(self.passes) + 1
            self._writes.change(self._writes.sets, _share(model.throttle, index))
            self._writes.clear()
            self._started_s = self._env.now
            self._observer.pass_started(index, self._left_bytes, final=False)
            if model.stop_rule is StopRule.ROLLING:
                yield from self._rolling_pass(index)
            else:
                yield from self._whole_pass(index)
            done = self._account()
            stop = self._left_bytes <= done.threshold_bytes
            forced = not stop and model.max_passes is not None and index >= model.max_passes
            converges = stop or self.converges(done.rate_bytes_per_s)
            self._observer.pass_ended(done, converges)
            if stop or forced:
                return Copied(self._left_bytes, forced, converges)

    def break_off(self) -> Pass:
        """End the pass under way where it is, and return what it came to."""
        return self._account()

    def under_way(self) -> Pass:
        """The pass under way as it stands; its end is not known."""
        dirty = _total(self._writes.distinct())
        return replace(self._pass(self._network.left(self._flow), dirty), end_s=None)

    def converges(self, rate: float) -> bool:
        """Whether the passes would come under the target at ``rate``, were there no limit."""
        share = _share(self._model.throttle, len(self.passes) + 1)
        return will_converge(self._writes.sets, max(self._left_bytes, 1.0), rate, self._model.target_blackout, share)

    def _send(self, index: int) -> simpy.Event:
        record = self._observer.transfer(Traffic.MEMORY, index)
        return self._network.send(self._flow, self._left_bytes, record)

    def _whole_pass(self, index: int) -> Generator[simpy.Event, None, None]:
        yield self._send(index)

    def _rolling_pass(self, index: int) -> Generator[simpy.Event, None, None]:
        """Send until a look finds that the rest could be sent within the target, as QEMU does (precopy B)."""
        interval_s, target_s = self._model.check_interval, self._model.target_blackout
        sent = self._send(index)
        started_s, looks = self._env.now, 0
        while not sent.triggered:
            looks += 1 + self._looks_to_skip(interval_s, target_s)
            look = self._env.timeout(max(0.0, started_s + looks * interval_s - self._env.now))
            yield sent | look
            left = self._network.left(self._flow) + (self._untouched_bytes if index == 1 else 0.0)
            if left <= self._flow.speed * target_s:
                return

    def _looks_to_skip(self, interval_s: float, target_s: float) -> int:
        """Looks that cannot find the rest small enough, even if the flow had its resources alone."""
        fastest = self._flow.fastest()
        if fastest <= 0.0:
            return 0
        rest = self._network.left(self._flow) - fastest * target_s
        return max(0, int(rest / (fastest * interval_s)) - 1)

    def _account(self) -> Pass:
        flow = self._flow
        speed = flow.speed
        rest = self._network.stop(flow)
        sent_of = self._left_bytes
        new = self._writes.distinct()
        left = _carried(rest, sent_of, self._left, new)
        cold = rest * (1.0 - _total(self._left) / sent_of) if sent_of > 0.0 else 0.0
        left_bytes = max(0.0, cold) + _total(left)
        done = self._pass(rest, max(0.0, left_bytes - rest), speed)
        self.moved_bytes += sent_of - rest
        self._left, self._left_bytes = left, left_bytes
        self.passes.append(done)
        return done

    def _pass(self, rest: float, dirty_bytes: float, speed: float = 0.0) -> Pass:
        elapsed_s = self._env.now - self._started_s
        sent = self._left_bytes - rest
        rate = sent / elapsed_s if elapsed_s > 0.0 else speed
        if self._model.stop_rule is StopRule.ROLLING and speed > 0.0:
            rate = speed
        return Pass(
            len(self.passes) + 1,
            self._started_s,
            self._env.now,
            self._left_bytes,
            dirty_bytes,
            False,
            rate,
            rate * self._model.target_blackout,
            self._flow.bottleneck,
            self._writes.share,
        )


class PassObserver:
    """Who is told of the passes of a memory copy, and makes the records of its transfers."""

    def pass_started(self, index: int, count: float, *, final: bool) -> None:
        """Pass ``index`` begins to send ``count`` bytes."""

    def pass_ended(self, done: Pass, converges: bool) -> None:
        """A pass ended."""

    def transfer(self, traffic: Traffic, index: int) -> TransferRecord | None:
        """The record for the transfer of pass ``index``, or None where nobody keeps it."""
        return None


def _initial(sets: tuple[DirtySet, ...], memory_bytes: float) -> dict[DirtySet, float]:
    """How much of the first pass belongs to each set, within the memory."""
    sizes = {each: float(each.working_set_bytes) for each in sets}
    total = _total(sizes)
    if total <= memory_bytes or total <= 0.0:
        return sizes
    return {each: size * memory_bytes / total for each, size in sizes.items()}


def _share(throttle: tuple[float, ...] | None, index: int) -> float:
    """The processor share that ``throttle`` leaves to the guest in pass ``index``."""
    if not throttle:
        return 1.0
    return throttle[min(index, len(throttle)) - 1]
