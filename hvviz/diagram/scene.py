"""The live picture of a run: laid out once for a size, drawn anew for each instant."""

from collections.abc import Mapping
from typing import Any

from hvviz.diagram.arrange import arrange
from hvviz.diagram.glyphs import Tier
from hvviz.diagram.moment import changed_nodes
from hvviz.diagram.picture import Picture
from hvviz.diagram.topology import Place, topology
from hvviz.trace.trace import Trace

__all__ = ["Picture", "Scene", "changed_nodes"]


class Scene:
    """A run to be drawn. ``hints`` are places that the instructor asked for: row and column by id."""

    def __init__(self, trace: Trace, hints: Mapping[str, Any] | None = None) -> None:
        self._trace = trace
        self._hints = {id: _hint(value) for id, value in (hints or {}).items()}
        self._pictures: dict[tuple[int, int, Tier], Picture] = {}

    def layout(self, width: int, height: int, tier: Tier = Tier.FULL) -> Picture:
        """The picture for a size, made when first asked for."""
        key = (width, height, tier)
        if key not in self._pictures:
            found = topology(self._trace, self._hints)
            places, shown = arrange(self._trace, found, width, height)
            self._pictures[key] = Picture(self._trace, shown, places, tier)
        return self._pictures[key]


def _hint(value: Any) -> Place:
    """Row and column of a hint, written as a mapping or as a pair."""
    if isinstance(value, Mapping):
        return float(value.get("row", 0)), float(value.get("column", 0))
    return float(value[0]), float(value[1])
