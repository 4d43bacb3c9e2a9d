"""What holds of every picture, of any run at any size."""

import itertools
import re

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hvviz.diagram.arrange import arrange
from hvviz.diagram.canvas import Rect
from hvviz.diagram.gantt import Timescale, gantt, gantt_hit
from hvviz.diagram.glyphs import Tier
from hvviz.diagram.grid import width_of
from hvviz.diagram.motion import Motion
from hvviz.diagram.roles import EMPHASES, TOKENS, Emphasis, Token, emphasis_of, role, token_of
from hvviz.diagram.scene import Scene
from hvviz.diagram.topology import topology
from hvviz.scenario.plan import Action, RunPlan
from hvviz.session.session import Session
from hvviz.simulation import simulate
from hvviz.trace.trace import Trace
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


def _apart(rects: list[Rect]) -> None:
    for number, rect in enumerate(rects):
        for other in rects[:number]:
            assert not rect.meets(other), (rect, other)


def _crowd(count: int, on: int, moved: int) -> Trace:
    """A run in which ``moved`` of ``count`` hosts take part, each with ``on`` VMs."""
    ids = tuple(f"h{number}" for number in range(count))
    hosts = [host(id, memory_bytes=512 * GIB) for id in ids]
    vms = [vm(f"v{number}", ids[number % count], memory_bytes=GIB) for number in range(count * on)]
    actions = [live(f"m{number}", f"v{number}", ids[-1 - number]) for number in range(min(moved, count // 2))]
    return run(world(hosts=hosts, vms=vms, storage=[csv("csv1", ids)], cluster=ids), *actions)


@_SETTINGS
@given(plans(), st.integers(40, 200), st.integers(10, 60))
def test_nothing_overlaps(plan: RunPlan, width: int, height: int) -> None:
    """Boxes lie apart and inside; wires run outside of boxes, and those to different things only cross."""
    _nothing_overlaps(simulate(plan), width, height)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 64), st.integers(1, 3), st.integers(0, 6), st.integers(40, 200), st.integers(10, 60))
def test_nothing_overlaps_in_a_crowd(count: int, on: int, moved: int, width: int, height: int) -> None:
    _nothing_overlaps(_crowd(count, on, moved), width, height)


def _nothing_overlaps(trace: Trace, width: int, height: int) -> None:
    places, _ = arrange(trace, topology(trace, {}), width, height)
    boxes = places.boxes()
    _apart(boxes)
    _apart([*boxes, *(rect for rect in places.labels.values() if rect.width > 0)])
    _apart([*boxes, *([] if places.stage is None else [places.stage])])
    for rect in [*boxes, *(frame for _, frame in places.containers)]:
        assert 0 <= rect.x <= rect.right < width
        assert 0 <= rect.y <= rect.bottom < height
    drawn = set(places.cards) | set(places.small)
    assert len(drawn) + places.missing == len(trace.world.hosts)
    across: dict[tuple[int, int], str] = {}
    upright: dict[tuple[int, int], str] = {}
    ways = [(node, path) for (_, node), path in places.wires.items()]
    ways += [(id, path) for id, net in places.nets.items() for path in net.segments()]
    for node, path in ways:
        for (x, y), (next_x, next_y) in itertools.pairwise(path):
            assert abs(next_x - x) + abs(next_y - y) == 1
            lines = across if next_y == y else upright
            for cell in ((x, y), (next_x, next_y)):
                assert lines.setdefault(cell, node) == node
        for x, y in path[1:-1]:
            assert not any(rect.holds(x, y) for rect in boxes), (node, (x, y))


@_SETTINGS
@given(plans(), st.integers(60, 200), st.integers(14, 60), st.floats(0, 1))
def test_what_is_shortened_ends_in_an_ellipsis(plan: RunPlan, width: int, height: int, share: float) -> None:
    """Each host that has a card is named in its border, in full or with an ellipsis at the end of what is shown."""
    trace = simulate(plan)
    places, _ = arrange(trace, topology(trace, {}), width, height)
    text = Scene(trace).layout(width, height, Tier.FULL).frame(trace.at(trace.end_s * share)).text().split("\n")
    for id, rect in places.cards.items():
        border = text[rect.y][rect.x : rect.right + 1]
        assert f" {id} " in border or (id[:3] in border and "…" in border), (id, border)


def test_a_long_name_ends_in_an_ellipsis_and_is_whole_in_the_hits() -> None:
    name = "a-virtual-machine-with-a-name-that-nobody-wants-to-type"
    trace = run(world(vms=[vm(name)]), live("m1", name))
    picture = Scene(trace).layout(80, 20, Tier.FULL)
    text = picture.frame(trace.at(10.0)).text()
    assert re.search(r"▣ a-virtual-[a-z-]*…  running", text)
    assert name in picture.nodes()


@pytest.mark.parametrize("size", [(60, 13), (80, 17), (120, 30), (200, 60)])
def test_sixty_four_hosts_and_a_thousand_vms_fit(size: tuple[int, int]) -> None:
    trace = _crowd(64, 16, 1)
    places, _ = arrange(trace, topology(trace, {}), *size)
    assert set(places.cards) == {"h0", "h63"}
    assert len(places.small) + places.missing == 62
    text = Scene(trace).layout(*size, Tier.FULL).frame(trace.at(3.0)).text()
    counted = f"and {places.missing} more hosts" in text or f"+{places.missing} hosts" in text
    assert counted == (places.missing > 0)


def test_a_drain_shows_its_host_large_and_every_other_on_the_network() -> None:
    ids = tuple(f"h{number}" for number in range(24))
    hosts = [host(id, memory_bytes=512 * GIB) for id in ids]
    vms = [vm(f"v{number}", "h0", memory_bytes=GIB) for number in range(12)]
    drain = Action("d1", "drain", 0, 0.0, host="h0")
    trace = run(world(hosts=hosts, vms=vms, storage=[csv("csv1", ids)], cluster=ids), drain)
    places, _ = arrange(trace, topology(trace, {}), 120, 30)
    assert list(places.cards) == ["h0"]
    assert set(places.nets["lm"].taps) == {"h0", *places.small}
    moving = next(transfer for transfer in trace.transfers if transfer.traffic.value == "memory")
    path = places.route(moving.route)
    assert places.cards["h0"].holds(*path[0])
    assert places.small[moving.target].holds(*path[-1])


def test_a_still_picture_does_not_depend_on_the_motion_clock(session: Session) -> None:
    trace = session.trace("base")
    picture = Scene(trace).layout(80, 17, Tier.FULL)
    first = picture.frame(trace.at(12.0), 0.0, motion=Motion.OFF).text()
    assert picture.frame(trace.at(12.0), 5.0, motion=Motion.OFF).text() == first


def test_reduced_motion_repaints_five_times_a_second_and_draws_no_tails(session: Session) -> None:
    trace = session.trace("base")
    picture = Scene(trace).layout(80, 17, Tier.FULL)
    frames = [picture.frame(trace.at(12.0), step / 50, motion=Motion.REDUCED) for step in range(50)]
    changes = sum(bool(frame.changed(before)) for before, frame in itertools.pairwise(frames))
    assert changes <= 5
    tails = {Emphasis.GLOW1, Emphasis.GLOW2, Emphasis.GLOW3}
    assert not any(emphasis_of(byte) in tails for row in frames[-1].roles for byte in row)


@_SETTINGS
@given(plans(), st.lists(st.floats(0, 1), min_size=2, max_size=6))
def test_a_frame_depends_on_its_instant_alone(plan: RunPlan, shares: list[float]) -> None:
    """Wherever the playhead comes from, forward or backward, the picture of an instant is the same."""
    trace = simulate(plan)
    assume(trace.end_s > 0)
    travelled = Scene(trace).layout(100, 24, Tier.FULL)
    for share in shares:
        instant = trace.at(trace.end_s * share)
        fresh = Scene(trace).layout(100, 24, Tier.FULL)
        assert travelled.frame(instant, 0.3).changed(fresh.frame(instant, 0.3)) == []


def test_only_what_changed_is_reported(session: Session) -> None:
    trace = session.trace("base")
    picture = Scene(trace).layout(80, 17, Tier.FULL)
    before = picture.frame(trace.at(12.0), 0.0)
    assert picture.frame(trace.at(12.0), 0.0).changed(before) == []
    after = picture.frame(trace.at(12.0), 0.5)
    spans = {y: (first, end) for y, first, end in after.changed(before)}
    assert 0 < len(spans) < 10
    for y in range(17):
        for x in range(80):
            if (after.char(x, y), after.role(x, y)) != (before.char(x, y), before.role(x, y)):
                assert spans[y][0] <= x < spans[y][1]


def test_what_is_clicked_is_what_is_drawn(session: Session) -> None:
    trace = session.trace("base")
    picture = Scene(trace).layout(80, 17, Tier.FULL)
    picture.frame(trace.at(12.0))
    for node in ("hv1", "csv1", "web1", "hv1/link/web1", "tor1", "web1/browser", "lm", "hv2/shell/web1"):
        bounds = picture.bounds(node)
        assert bounds is not None, node
        assert picture.node_at(bounds[0], bounds[1]) == node


def test_the_cursor_reaches_every_node_with_the_arrow_keys(session: Session) -> None:
    trace = session.trace("base")
    picture = Scene(trace).layout(80, 17, Tier.FULL)
    picture.frame(trace.at(12.0))
    found, edge = {"hv1"}, ["hv1"]
    while edge:
        node = edge.pop()
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            following = picture.neighbour(node, dx, dy)
            if following is not None and following not in found:
                found.add(following)
                edge.append(following)
    assert {"hv2", "csv1", "web1", "tor1"} <= found


def test_what_is_not_in_focus_recedes_and_what_changed_is_lit(session: Session) -> None:
    trace = session.trace("base")
    picture = Scene(trace).layout(80, 17, Tier.FULL)
    grid = picture.frame(trace.at(12.0), focus=("hv1",), lit=("web1",))
    left, top, width, _ = picture.bounds("hv2") or (0, 0, 0, 0)
    assert all(emphasis_of(byte) is Emphasis.DIM for byte in grid.roles[top][left : left + width] if byte >= 8)
    left, top, _, _ = picture.bounds("web1") or (0, 0, 0, 0)
    assert emphasis_of(grid.role(left, top)) is Emphasis.LIT


def test_the_wire_of_a_lost_host_is_broken() -> None:
    trace = run(world(), Action("f1", "fault.host-crash", 0, 1.0, host="hv1"))
    picture = Scene(trace).layout(100, 24, Tier.FULL)
    path = picture.path_of("hv1", "csv1")
    assert path is not None
    before, after = picture.frame(trace.at(0.5)), picture.frame(trace.at(2.0))
    assert not any(before.char(x, y) == "✗" for x, y in path)
    assert any(after.char(x, y) == "✗" for x, y in path)
    assert any(token_of(after.role(x, y)) is Token.FAULT for x, y in path)


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
