"""What compression makes of a rate on the wire."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hvviz.simulation.fluid import Flow


class Compression:
    """What turns a rate on the wire into a rate of memory.

    With ``ratio`` c, ``cost`` k core-seconds a byte on each side and S spare cores, a wire rate x carries
    min(c x, x + (1 - 1/c) S / k): what the processors cannot compress goes as it is, so that a lack of processor
    never makes it slower than TCP (MS-COMP). ``spare`` is the flow that holds S.
    """

    __slots__ = ("cost", "ratio", "spare")

    def __init__(self, ratio: float, cost: float, spare: "Flow") -> None:
        self.ratio = ratio
        self.cost = cost
        self.spare = spare

    def payload_rate(self, wire_rate: float) -> float:
        if self.ratio <= 1.0:
            return wire_rate
        full = self.ratio * wire_rate
        if self.cost <= 0.0:
            return full
        return min(full, wire_rate + (1.0 - 1.0 / self.ratio) * self.spare.solved_rate / self.cost)

    def cores(self, wire_rate: float, payload_rate: float) -> float:
        """Cores in use on each side."""
        if self.ratio <= 1.0:
            return 0.0
        return self.cost * (payload_rate - wire_rate) / (1.0 - 1.0 / self.ratio)
