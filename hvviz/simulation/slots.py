"""Slots for simultaneous migrations, and the queue of those that wait for one.

Limits count the migrations that a host takes part in, in and out, so a migration takes a slot on both its hosts.
The queue goes by priority, then in the order of request; one that cannot start yet lets later ones pass.
"""

from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import simpy

from hvviz.simulation.fluid import Late


class SlotKind(StrEnum):
    LIVE = "live"
    STORAGE = "storage"


Slot = tuple[SlotKind, str]
"""A kind of slot on a host."""


@dataclass(slots=True, eq=False)
class Request:
    """Somebody who waits for all of ``slots`` at once; ``granted`` fires when it has them."""

    key: tuple[int, int, int]
    slots: tuple[Slot, ...]
    granted: simpy.Event


class Slots:
    """The slots of all hosts. ``limit`` gives how many a host has of a kind."""

    def __init__(self, env: simpy.Environment, limit: Callable[[Slot], int]) -> None:
        self._env = env
        self._limit = limit
        self._free: dict[Slot, int] = {}
        self._waiting: dict[Slot, list[Request]] = {}
        self._freed: dict[Slot, None] = {}
        self._requests = 0
        self._dispatching = False
        self.waiting = 0

    def request(self, slots: tuple[Slot, ...], priority: int, order: int) -> Request:
        """Ask for ``slots``; requests of one instant are served by priority, then ``order``."""
        self._requests += 1
        request = Request((-priority, order, self._requests), slots, simpy.Event(self._env))
        for slot in slots:
            if slot not in self._free:
                self._free[slot] = self._limit(slot)
            insort(self._waiting.setdefault(slot, []), request, key=_key)
            self._freed[slot] = None
        self.waiting += 1
        self._dispatch_soon()
        return request

    def release(self, request: Request) -> None:
        """Give back what ``request`` was granted, or take it out of the queue."""
        if request.granted.triggered:
            for slot in request.slots:
                self._free[slot] += 1
                self._freed[slot] = None
        else:
            self._forget(request)
        self._dispatch_soon()

    def _forget(self, request: Request) -> None:
        for slot in request.slots:
            self._waiting[slot].remove(request)
        self.waiting -= 1

    def _dispatch_soon(self) -> None:
        if not self._dispatching:
            self._dispatching = True
            Late(self._env, self._dispatch)

    def _dispatch(self, _: simpy.Event) -> None:
        self._dispatching = False
        freed, self._freed = self._freed, {}
        free = self._free
        candidates: dict[int, Request] = {}
        for slot in freed:
            if free[slot] > 0:
                for request in self._waiting.get(slot, ()):
                    candidates[id(request)] = request
        for request in sorted(candidates.values(), key=_key):
            for slot in request.slots:
                if free[slot] <= 0:
                    break
            else:
                self._forget(request)
                for slot in request.slots:
                    free[slot] -= 1
                request.granted.succeed()


def _key(request: Request) -> tuple[int, int, int]:
    return request.key
