"""What the player is doing, without a screen: which run, where in it, which step of the lesson, what is selected.

Widgets tell a `Player` what the learner does and read from it what to show. Playback and stepping stop at the next
step of the lesson, and at a question they go no further until it is answered or skipped: commit before reveal.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from hvviz.trace.playhead import Mark, Pace, Playhead, Unit
from hvviz.trace.records import Operation
from hvviz.trace.trace import Instant, Trace

if TYPE_CHECKING:
    from hvviz.scenario.lesson import Step

START = Mark(0.0, 0)


@dataclass(frozen=True, slots=True)
class Moment:
    """Where a step of the lesson stands: in a run, at a mark of its trace."""

    run: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the lesson with its moment; ``moment`` is None where its anchor never occurs in this run."""

    step: "Step"
    moment: Moment | None


@dataclass(slots=True)
class Player:
    """The player's state. ``trace_of`` gives the trace of a run by its id."""

    title: str
    run: str
    trace_of: Callable[[str], Trace]
    stages: Sequence[Stage] = ()
    playhead: Playhead = field(init=False)
    index: int = field(init=False, default=-1)
    answered: set[str] = field(init=False, default_factory=set)
    skipped: set[str] = field(init=False, default_factory=set)
    selected: str | None = field(init=False, default=None)
    pinned: str | None = field(init=False, default=None)
    stop_at_phases: bool = field(init=False, default=True)
    bookmarks: list[Moment] = field(init=False, default_factory=list)
    notice: str | None = field(init=False, default=None)
    lit_event: int | None = field(init=False, default=None)
    _seen: dict[str, Mark] = field(init=False, default_factory=dict)
    _playheads: dict[str, Playhead] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.playhead = self._begin(self.run)
        if self.stages:
            self._enter(0)

    # Where we are

    @property
    def trace(self) -> Trace:
        return self.playhead.trace

    @property
    def instant(self) -> Instant:
        return self.playhead.instant

    @property
    def stage(self) -> Stage | None:
        """The current step of the lesson, if there is a lesson."""
        return self.stages[self.index] if 0 <= self.index < len(self.stages) else None

    @property
    def question_open(self) -> bool:
        """Whether the current step asks something that is neither answered nor skipped."""
        return self.stage is not None and self._is_open(self.stage)

    @property
    def future_hidden(self) -> bool:
        """Whether what lies ahead must not be shown yet, since a question about it is still to come."""
        return any(self._is_open(stage) for stage in self.stages[max(0, self.index) :])

    @property
    def horizon_s(self) -> float:
        """How far the timeline may show: all of the run, or what was seen of it while a question is open."""
        if not self.future_hidden:
            return self.playhead.end.time_s
        return max(self._seen.get(self.run, START).time_s, self.playhead.time_s)

    @property
    def operation(self) -> Operation | None:
        """The operation that the panels are about: the pinned one, else what moves, ended last, or is first."""
        operations = self.trace.operations
        if self.pinned in operations:
            return operations[self.pinned or ""]
        now_s = self.playhead.time_s
        running: Operation | None = None
        ended: Operation | None = None
        for operation in operations.values():
            if operation.started_s is None or operation.started_s > now_s or not operation.phases:
                continue
            if operation.ended_s is None or operation.ended_s > now_s:
                running = operation
            elif ended is None or operation.ended_s >= (ended.ended_s or 0.0):
                ended = operation
        return running or ended or next(iter(operations.values()), None)

    @property
    def focus(self) -> tuple[str, ...]:
        """What the step of the lesson points at, while the playhead stands at it."""
        stage = self.stage
        if stage is None or stage.moment is None or stage.moment != Moment(self.run, self.playhead.mark):
            return ()
        return tuple(stage.step.focus)

    # Moving

    def forward(self, unit: Unit) -> None:
        """One step ahead, no further than the next step of the lesson."""
        self._move(self.playhead.pause(), self.playhead.next_stop(unit), enter=True)

    def back(self, unit: Unit) -> None:
        """One step back; nothing stops that."""
        self.notice = None
        self._place(self.playhead.pause().previous(unit))

    def seek(self, time_s: float) -> None:
        """To any time that has no open question before it."""
        self._move(self.playhead.pause(), self.playhead.seek(time_s).mark)

    def seek_event(self, event: int) -> None:
        self._move(self.playhead.pause(), self.playhead.seek_event(event).mark)

    def to_start(self) -> None:
        self.notice = None
        self._place(self.playhead.pause().to_start())

    def to_end(self) -> None:
        self._move(self.playhead.pause(), self.playhead.end)

    def to_next_question(self) -> None:
        """To the next step that asks something, else to the end of the run."""
        for number in range(self.index + (0 if self.question_open else 1), len(self.stages)):
            if self._is_open(self.stages[number]):
                self._enter(number)
                return
        self.notice = "No question is left in this lesson."
        if not self.stages:
            self.notice = "This scenario asks nothing: it is free to explore."

    def toggle_play(self) -> None:
        """Play or pause. At a step of the lesson with others at the same place, go on to the next of them."""
        if self.playhead.playing:
            self.playhead = self.playhead.pause()
            return
        self.notice = None
        if self.question_open and self._gate() == self.playhead.mark:
            self._refuse()
            return
        if self.playhead.at_end and self._has_next_step():
            self.next_step()
            return
        self.playhead = self.playhead.play()
        self._see()

    def tick(self, elapsed_s: float) -> bool:
        """Let time pass. Returns whether anything moved."""
        if not self.playhead.playing:
            return False
        before = self.playhead
        following = self._next_moment()
        stops = [mark for mark in (self._gate(), following) if mark is not None and mark > before.mark]
        if self.stop_at_phases:
            stops.append(before.next_stop(Unit.PHASE))
        moved = before.advance(elapsed_s, min(stops, default=None))
        self._place(moved)
        if following is not None and before.mark < following <= moved.mark:
            self._enter(self.index + 1)
        elif self._gate() == moved.mark and self.question_open:
            self._refuse()
        return moved.mark != before.mark or moved.playing != before.playing

    def faster(self) -> None:
        self.playhead = self.playhead.faster()

    def slower(self) -> None:
        self.playhead = self.playhead.slower()

    def toggle_pace(self) -> None:
        """Between simulated time and equal time for each phase."""
        pace = Pace.CLOCK if self.playhead.pace is Pace.EQUAL else Pace.EQUAL
        self.playhead = self.playhead.at_pace(pace)
        self.notice = (
            "Each phase now takes the same time on screen." if pace is Pace.EQUAL else "Time passes evenly again."
        )

    def toggle_stops(self) -> None:
        self.stop_at_phases = not self.stop_at_phases
        self.notice = f"Playback {'stops' if self.stop_at_phases else 'does not stop'} at each phase."

    # The lesson

    def next_step(self) -> None:
        """To the next step of the lesson, in its run and at its moment; an open question comes first."""
        self.notice = None
        if self.question_open:
            self._refuse()
        elif self._has_next_step():
            self._enter(self.index + 1)
        elif self.stages:
            self.notice = "That was the last step. Everything is open now: explore, or press q for the library."

    def previous_step(self) -> None:
        self.notice = None
        if self.index > 0:
            self._enter(self.index - 1)

    def answer(self, step: str) -> None:
        """Note that the question of ``step`` is answered, so that what it hid may be shown."""
        self.answered.add(step)
        self.notice = None

    def skip_question(self) -> None:
        """Leave the open question unanswered and go on."""
        stage = self.stage
        if stage is not None and self.question_open:
            self.skipped.add(stage.step.id)
            self.notice = "Skipped. Come back to it with p."
            return
        self.notice = "No question is open here."

    def show_run(self, run: str) -> None:
        """Look at another run, where it was left."""
        if run != self.run:
            self._playheads[self.run] = self.playhead.pause()
            self.run = run
            self.playhead = self._playheads.get(run) or self._begin(run)
            self.selected = self.selected if self.selected and self.instant.exists(self.selected) else None
            self.pinned = None
            self.lit_event = None

    def replace_traces(self, trace_of: Callable[[str], Trace], stages: Sequence[Stage]) -> None:
        """Runs simulated anew: the place in time is kept, and so is the step of the lesson."""
        self.trace_of = trace_of
        self.stages = stages
        time_s, speed, pace = self.playhead.time_s, self.playhead.speed, self.playhead.pace
        self._playheads.clear()
        self.playhead = replace(Playhead.start(trace_of(self.run)).seek(time_s), speed=speed, pace=pace)
        self.lit_event = None

    def bookmark(self) -> None:
        """Keep this place, or drop it where it is kept already."""
        here = Moment(self.run, self.playhead.mark)
        if here in self.bookmarks:
            self.bookmarks.remove(here)
            self.notice = "Bookmark dropped."
        else:
            self.bookmarks.append(here)
            self.bookmarks.sort(key=lambda moment: (moment.run, moment.mark))
            self.notice = "Bookmark kept. ' goes to the next one."

    def to_next_bookmark(self) -> None:
        here = (self.run, self.playhead.mark)
        ordered = [moment for moment in self.bookmarks if (moment.run, moment.mark) > here] or self.bookmarks
        if not ordered:
            self.notice = "No bookmark yet: m keeps this place."
            return
        self.show_run(ordered[0].run)
        self._move(self.playhead.pause(), ordered[0].mark)

    # How

    def _begin(self, run: str) -> Playhead:
        return Playhead.start(self.trace_of(run))

    def _is_open(self, stage: Stage) -> bool:
        step = stage.step
        asks = step.ask is not None and stage.moment is not None
        return asks and step.id not in self.answered and step.id not in self.skipped

    def _has_next_step(self) -> bool:
        return self.index + 1 < len(self.stages)

    def _gate(self) -> Mark | None:
        """Where the open question of the current step stands in this run."""
        stage = self.stage
        if stage is None or not self._is_open(stage) or stage.moment is None or stage.moment.run != self.run:
            return None
        return stage.moment.mark

    def _next_moment(self) -> Mark | None:
        """Where the next step of the lesson stands, if that is ahead in this run."""
        if not self._has_next_step() or self.question_open:
            return None
        moment = self.stages[self.index + 1].moment
        if moment is None or moment.run != self.run or moment.mark <= self.playhead.mark:
            return None
        return moment.mark

    def _enter(self, number: int) -> None:
        """Make step ``number`` the current one and go to its moment."""
        self.index = number
        moment = self.stages[number].moment
        if moment is None:
            self.notice = "This step's moment does not occur in the run as it is now."
            return
        self.show_run(moment.run)
        self._place(self.playhead.pause().to(moment.mark))

    def _move(self, head: Playhead, target: Mark, *, enter: bool = False) -> None:
        """Forward to ``target`` or to what stops us before it; ``enter`` stops at every step of the lesson."""
        self.notice = None
        while target > head.mark:
            gate = self._gate()
            if gate is not None and target > gate >= head.mark:
                self._place(head.to(gate))
                self._refuse()
                return
            following = self._next_moment()
            if following is None or following > target:
                break
            self._enter(self.index + 1)
            head = self.playhead
            if enter:
                return
        self._place(head.to(target))

    def _place(self, head: Playhead) -> None:
        if head.mark != self.playhead.mark:
            self.lit_event = head.event
        self.playhead = head
        self._see()

    def _see(self) -> None:
        self._seen[self.run] = max(self._seen.get(self.run, START), self.playhead.mark)

    def _refuse(self) -> None:
        self.notice = "A question waits here: answer it first, or press x to skip it."
