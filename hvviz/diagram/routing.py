"""Wires between a row of cards and the boxes above or below it.

A wire is straight where card and box share a column. Otherwise it turns into a *track*, a row of the channel between
them, which all wires to the same box share: what they join is one thing, as a bus is. Wires to different boxes never
share a cell but where they cross.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hvviz.diagram.canvas import Cell, Rect

Path = tuple[Cell, ...]

MARGIN = 2
"""Cells between a wire and the corner of what it ends in."""


@dataclass(frozen=True, slots=True)
class Lead:
    """Where a wire will run: its column at the host, its column at the node, and its track where they differ."""

    host: str
    node: str
    host_x: int
    node_x: int
    track: int | None


class Columns:
    """Columns that are taken by the upright parts of wires."""

    def __init__(self) -> None:
        self._taken: set[int] = set()

    def take(self, ideal: float, low: int, high: int) -> int | None:
        """The free column nearest to ``ideal`` from ``low`` to ``high``, with a free one beside it if there is one."""
        for apart in (2, 1):
            free = [
                x for x in range(low, high + 1) if not any(x + step in self._taken for step in range(1 - apart, apart))
            ]
            if free:
                best = min(free, key=lambda x: (abs(x - ideal), x))
                self._taken.add(best)
                return best
        return None


def plan(
    cards: Mapping[str, Rect], boxes: Mapping[str, Rect], reach: Mapping[str, Sequence[str]], prefer_right: bool
) -> tuple[list[Lead], int]:
    """The leads from ``cards`` to ``boxes``, and how many tracks they need. Only columns matter here, not rows.

    With ``prefer_right`` wires leave at the right end of a card, else evenly spread.
    """
    columns = Columns()
    leads: list[Lead] = []
    bent: dict[tuple[str, bool], list[tuple[str, int]]] = {}
    order = sorted(boxes, key=lambda node: boxes[node].centre[0])
    for host, card in cards.items():
        nodes = [node for node in order if host in reach[node]]
        for number, node in enumerate(nodes):
            box = boxes[node]
            spread = card.x + (number + 1) * card.width / (len(nodes) + 1)
            ideal = card.right - MARGIN - 3 * (len(nodes) - 1 - number) if prefer_right else spread
            low, high = max(card.x, box.x) + MARGIN, min(card.right, box.right) - MARGIN
            x = columns.take(ideal, low, high)
            if x is not None:
                leads.append(Lead(host, node, x, x, None))
                continue
            leftward = box.centre[0] < card.centre[0]
            near = card.x + MARGIN if leftward else card.right - MARGIN
            host_x = columns.take(near, card.x + MARGIN, card.right - MARGIN)
            if host_x is not None:
                bent.setdefault((node, leftward), []).append((host, host_x))
    spans: list[tuple[int, int, int]] = []
    for (node, leftward), ends in bent.items():
        box = boxes[node]
        node_x = columns.take(box.right - MARGIN if leftward else box.x + MARGIN, box.x + MARGIN, box.right - MARGIN)
        if node_x is None:
            continue
        xs = [x for _, x in ends] + [node_x]
        track = _free_track(spans, min(xs), max(xs))
        leads += [Lead(host, node, x, node_x, track) for host, x in ends]
    return leads, max((track for _, _, track in spans), default=-1) + 1


def _free_track(spans: list[tuple[int, int, int]], low: int, high: int) -> int:
    """The first track on which nothing lies between the columns, which are then taken."""
    track = 0
    while any(each == track and low - 1 <= last and first <= high + 1 for first, last, each in spans):
        track += 1
    spans.append((low, high, track))
    return track


def through(*corners: Cell) -> Path:
    """The cells of the straight lines between ``corners``."""
    cells: list[Cell] = [corners[0]]
    for x, y in corners[1:]:
        last_x, last_y = cells[-1]
        step_x, step_y = (x > last_x) - (x < last_x), (y > last_y) - (y < last_y)
        while (last_x, last_y) != (x, y):
            last_x, last_y = last_x + step_x, last_y + step_y
            cells.append((last_x, last_y))
    return tuple(cells)


def lay(lead: Lead, start_y: int, end_y: int, track_y: int) -> Path:
    """The cells of a lead that leaves a card's border in row ``start_y`` and ends in a box's border in ``end_y``."""
    if lead.track is None:
        return through((lead.host_x, start_y), (lead.host_x, end_y))
    return through((lead.host_x, start_y), (lead.host_x, track_y), (lead.node_x, track_y), (lead.node_x, end_y))


def around(rect: Rect, start: Cell, end: Cell) -> Path:
    """The shorter way along the border of ``rect`` from one of its cells to another."""
    ring = through(
        (rect.x, rect.y), (rect.right, rect.y), (rect.right, rect.bottom), (rect.x, rect.bottom), (rect.x, rect.y)
    )[:-1]
    if start not in ring or end not in ring:
        return through(start, end) if start[0] == end[0] or start[1] == end[1] else (start, end)
    first, last = ring.index(start), ring.index(end)
    ahead = (last - first) % len(ring)
    if ahead <= len(ring) - ahead:
        return tuple(ring[(first + step) % len(ring)] for step in range(ahead + 1))
    return tuple(ring[(first - step) % len(ring)] for step in range(len(ring) - ahead + 1))
