"""What widgets tell their screens."""

from dataclasses import dataclass
from pathlib import Path

from textual.message import Message

from hvviz.lesson.grading import Answer


@dataclass
class PlayRequested(Message):
    """Somebody chose a scenario."""

    path: Path


@dataclass
class NodePicked(Message):
    """A node of the diagram was chosen; ``again`` says that the cursor was on it already."""

    node: str
    again: bool = False


@dataclass
class PhasePicked(Message):
    """A phase was clicked; ``operation`` where it is not the one shown."""

    phase: str
    operation: str | None = None


@dataclass
class TimePicked(Message):
    """A place on the timeline was clicked or dragged to."""

    time_s: float

    def can_replace(self, message: Message) -> bool:
        """Of a burst of them only the latest counts."""
        return isinstance(message, TimePicked)


@dataclass
class AnswerGiven(Message):
    """The learner handed in an answer, or tried to: then ``missing`` says what it lacks."""

    answer: Answer | None
    missing: str = ""


@dataclass
class FormChanged(Message):
    """Something in the form was marked or changed."""


@dataclass
class PictureReady(Message):
    """The diagram has been laid out and can be drawn."""
