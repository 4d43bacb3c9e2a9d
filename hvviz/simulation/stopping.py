"""How an operation is stopped before its end: refused, failed or cancelled."""

from dataclasses import dataclass

import simpy

from hvviz.trace.records import Failure, Outcome


@dataclass(frozen=True, slots=True)
class Stop:
    """Why an operation stops and how it ends. ``cause`` is the event behind it, -1 for none.

    It reaches a waiting procedure as the cause of a SimPy interrupt.
    """

    outcome: Outcome
    failure: Failure
    cause: int = -1


class StopError(Exception):
    """Raised inside a procedure that stops itself, as a preflight check does that says no."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(stop.failure.message)
        self.stop = stop


STOPPING = (StopError, simpy.Interrupt)
"""What a procedure catches that has something to put right before it ends."""


def stop_of(error: StopError | simpy.Interrupt) -> Stop:
    """The stop that ``error`` carries."""
    if isinstance(error, StopError):
        return error.stop
    if not isinstance(error.cause, Stop):
        raise TypeError(f"an operation was interrupted by {error.cause!r}, which is not a stop")
    return error.cause
