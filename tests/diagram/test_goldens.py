"""Frames of the example as text. To renew them after looking at each: HVVIZ_RENEW=1 python -m pytest tests/diagram."""

import os
from pathlib import Path

import pytest

from hvviz.diagram.gantt import gantt
from hvviz.diagram.glyphs import Tier
from hvviz.diagram.passes import pass_table
from hvviz.diagram.phasestrip import phase_strip
from hvviz.diagram.scene import Scene
from hvviz.session.session import Session, moment_s
from tests.diagram.wgl4 import WGL4

GOLDENS = Path(__file__).parents[1] / "data" / "goldens"
SIZES = [(60, 14), (80, 17), (120, 30)]
MOMENTS = {
    "live-preflight": ("base", "lm1.preflight.mid"),
    "live-shell": ("base", "lm1.shell-creation.mid"),
    "live-copy": ("base", "lm1.memory-copy.mid"),
    "live-cutover": ("base", "lm1.cutover.mid"),
    "live-announce": ("base", "lm1.announce.mid"),
    "live-cleanup": ("base", "lm1.cleanup.mid"),
    "quick-save": ("quick", "qm1.save-state.mid"),
    "quick-link": ("quick", "qm1.transfer-link.mid"),
    "quick-restore": ("quick", "qm1.restore-state.mid"),
    "quick-resume": ("quick", "qm1.resume.mid"),
    "quick-announce": ("quick", "qm1.announce.mid"),
    "crash": ("crash", "lm1.end"),
}


def picture(session: Session, moment: str, width: int, height: int, tier: Tier) -> str:
    run, at = MOMENTS[moment]
    trace = session.trace(run)
    time_s = moment_s(trace, at)
    assert time_s is not None
    instant = trace.at(time_s)
    operation = next(iter(trace.operations))
    return "\n".join(
        [
            phase_strip(instant, operation, width, tier).text(),
            Scene(trace).layout(width, height, tier).frame(instant, 1.0).text(),
            gantt(trace, time_s, width, 2, tier).text(),
            pass_table(trace, operation, time_s, width, 4, tier).text(),
            "",
        ]
    )


@pytest.mark.parametrize("size", SIZES, ids=[f"{width}x{height}" for width, height in SIZES])
@pytest.mark.parametrize("moment", MOMENTS)
def test_every_phase_looks_as_it_was_approved(session: Session, moment: str, size: tuple[int, int]) -> None:
    found = picture(session, moment, *size, Tier.FULL)
    golden = GOLDENS / f"{moment}-{size[0]}.txt"
    if os.environ.get("HVVIZ_RENEW"):
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("tier", [Tier.ASCII, Tier.WGL4])
def test_the_lower_tiers_look_as_they_were_approved(session: Session, tier: Tier) -> None:
    found = picture(session, "live-copy", 80, 17, tier)
    golden = GOLDENS / f"live-copy-80-{tier}.txt"
    if os.environ.get("HVVIZ_RENEW"):
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("moment", MOMENTS)
def test_each_tier_keeps_to_its_characters(session: Session, moment: str) -> None:
    assert picture(session, moment, 80, 17, Tier.ASCII).isascii()
    wgl4 = picture(session, moment, 80, 17, Tier.WGL4)
    assert set(wgl4) - {"\n"} <= WGL4
