"""What widgets tell their screens."""

from dataclasses import dataclass
from pathlib import Path

from textual.message import Message


@dataclass
class PlayRequested(Message):
    """Somebody chose a scenario."""

    path: Path


@dataclass
class NodePicked(Message):
    """A node of the diagram was chosen, by mouse or cursor."""

    node: str


@dataclass
class PhasePicked(Message):
    """A phase of the strip was clicked."""

    phase: str


@dataclass
class TimePicked(Message):
    """A place on the timeline was clicked or dragged to."""

    time_s: float


@dataclass
class AnswerTyped(Message):
    """The learner committed a line."""

    text: str
