"""What holds of every picture, of any run at any size."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hvviz.diagram.gantt import Timescale, gantt, gantt_hit
from hvviz.diagram.glyphs import Tier
from hvviz.diagram.grid import width_of
from hvviz.diagram.motion import Motion
from hvviz.diagram.places import place
from hvviz.diagram.roles import EMPHASES, TOKENS, emphasis_of, role, token_of
from hvviz.diagram.scene import Scene
from hvviz.scenario.plan import RunPlan
from hvviz.session.session import Session
from hvviz.simulation import simulate
from tests.simulation.generated import plans
from tests.worlds import GIB, csv, host, live, run, vm, world

_SETTINGS = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@_SETTINGS
@given(plans(), st.integers(20, 200), st.integers(5, 60), st.sampled_from(list(Tier)), st.floats(0, 1))
def test_any_run_can_be_drawn_at_any_size(plan: RunPlan, width: int, height: int, tier: Tier, share: float) -> None:
    trace = simulate(plan)
    picture = Scene(trace).layout(width, height, tier)
    for motion in Motion:
        grid = picture.frame(trace.at(trace.end_s * share), 0.7, motion=motion)
        assert (grid.width, grid.height) == (width, height)
        for y in range(height):
            assert width_of(grid.row_text(y)) == width
            assert sum(width_of(text) for text, _ in grid.runs(y)) == width


@_SETTINGS
@given(plans(), st.integers(40, 200), st.integers(10, 60))
def test_boxes_do_not_overlap(plan: RunPlan, width: int, height: int) -> None:
    places = place(simulate(plan), {}, width, height)
    boxes = [*places.hosts.values(), *places.storage.values()]
    for number, box in enumerate(boxes):
        for other in boxes[:number]:
            apart = box.x > other.right or other.x > box.right or box.y > other.bottom or other.y > box.bottom
            assert apart, (box, other)


def test_a_long_name_ends_in_an_ellipsis_and_is_whole_in_the_hits() -> None:
    name = "a-virtual-machine-with-a-name-that-nobody-wants-to-type"
    trace = run(world(vms=[vm(name)]), live("m1", name))
    picture = Scene(trace).layout(80, 20, Tier.FULL)
    text = picture.frame(trace.at(10.0)).text()
    assert "▣ a-virtual-machine-wi…" in text
    assert name in picture.nodes()


def test_sixty_four_hosts_and_a_thousand_vms_fit() -> None:
    ids = tuple(f"h{number}" for number in range(64))
    hosts = [host(id, memory_bytes=512 * GIB) for id in ids]
    vms = [vm(f"v{number}", ids[number % 64], memory_bytes=GIB) for number in range(1000)]
    trace = run(world(hosts=hosts, vms=vms, storage=[csv("csv1", ids)]), live("m1", "v0", "h1"))
    grid = Scene(trace).layout(200, 60, Tier.FULL).frame(trace.at(3.0))
    assert "h0" in grid.text()
    assert "more hosts" in grid.text()


def test_a_still_picture_does_not_depend_on_the_motion_clock(session: Session) -> None:
    trace = session.trace("base")
    picture = Scene(trace).layout(80, 17, Tier.FULL)
    first = picture.frame(trace.at(12.0), 0.0, motion=Motion.OFF).text()
    assert picture.frame(trace.at(12.0), 5.0, motion=Motion.OFF).text() == first


def test_only_what_changed_is_reported(session: Session) -> None:
    trace = session.trace("base")
    picture = Scene(trace).layout(80, 17, Tier.FULL)
    before = picture.frame(trace.at(12.0), 0.0)
    assert picture.frame(trace.at(12.0), 0.0).changed(before) == []
    moved = picture.frame(trace.at(12.0), 0.5).changed(before)
    assert 0 < len(moved) < 6


def test_what_is_clicked_is_what_is_drawn(session: Session) -> None:
    trace = session.trace("base")
    picture = Scene(trace).layout(80, 17, Tier.FULL)
    picture.frame(trace.at(12.0))
    for node in ("hv1", "csv1", "web1", "hv1/link/web1"):
        bounds = picture.bounds(node)
        assert bounds is not None
        assert picture.node_at(bounds[0], bounds[1]) == node


def test_the_timeline_gives_back_the_time_of_a_column(session: Session) -> None:
    trace = session.trace("base")
    for scale in (Timescale.plain(trace, 80), Timescale.equal(trace, 80)):
        for x in range(scale.width):
            assert abs(scale.x_of(scale.time_at(x)) - x) <= 1
    assert gantt(trace, 5.0, 80, 1, Tier.FULL).height == 1
    operation, phase, time_s = gantt_hit(trace, 40, 0, 80, 3)
    assert (operation, phase) == ("lm1", "memory-copy")
    assert time_s is not None


def test_a_role_is_one_byte_with_both_halves() -> None:
    for token in TOKENS:
        for emphasis in EMPHASES:
            byte = role(token, emphasis)
            assert 0 <= byte < 256
            assert (token_of(byte), emphasis_of(byte)) == (token, emphasis)
