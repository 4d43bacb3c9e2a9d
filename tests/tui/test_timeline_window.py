"""A timeline that ends before the run must not give away what comes after its end."""

from hvviz.diagram.gantt import Timescale, gantt
from hvviz.diagram.glyphs import Tier, glyph
from hvviz.scenario.plan import Action, Anchor
from tests.worlds import live, run, world


def test_a_failure_to_come_is_not_marked() -> None:
    fault = Action("f1", "fault.host-crash", 1, Anchor("m1", ("memory-copy",), offset_s=3.0), host="hv2")
    trace = run(world(), live(at=5.0), fault)
    failed = glyph("failed", Tier.FULL)
    assert failed in gantt(trace, 7.0, 100, 3, Tier.FULL, Timescale.plain(trace, 100)).text()
    assert failed not in gantt(trace, 7.0, 100, 3, Tier.FULL, Timescale.plain(trace, 100, end_s=7.0)).text()


def test_a_blackout_to_come_is_not_marked() -> None:
    trace = run(world(), live(at=5.0))
    blackout = glyph("down", Tier.FULL)
    assert blackout not in gantt(trace, 7.0, 100, 3, Tier.FULL, Timescale.plain(trace, 100, end_s=7.0)).text()
