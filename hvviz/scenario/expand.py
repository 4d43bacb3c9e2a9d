"""``like`` and ``count`` written out, and ``set`` applied: trees in, trees out."""

from hvviz.scenario.diagnostics import Findings, nearest
from hvviz.scenario.tree import Node, Place

MAX_COUNT = 20_000

_BY_ID = (
    ("world", "domains"),
    ("world", "clusters"),
    ("world", "hosts"),
    ("world", "networks"),
    ("world", "physical_switches"),
    ("world", "storage"),
    ("world", "workloads"),
    ("world", "vms"),
    ("world", "hosts", "*", "nics"),
    ("world", "hosts", "*", "teams"),
    ("world", "hosts", "*", "switches"),
    ("world", "vms", "*", "disks"),
    ("world", "vms", "*", "clients"),
)
"""Maps whose keys are ids: a path cannot make new ones there."""

_STRUCTURES = ("settings", "cpu", "dynamic_memory", "uplinks", "model")
"""Maps that a path may make where the file leaves them out."""


def expand(root: Node, findings: Findings) -> Node:
    """The tree with every ``like`` merged and every ``count`` written out."""
    world = root.entries.get("world")
    if world is None or not world.is_map:
        return root
    for section in ("hosts", "vms"):
        nouns = world.entries.get(section)
        if nouns is None or not nouns.is_map:
            continue
        if section == "hosts":
            nouns = _expand_like(nouns, findings)
        world = world.with_entry(section, _expand_count(nouns, section, findings))
    return root.with_entry("world", world)


def _expand_like(hosts: Node, findings: Findings) -> Node:
    expanded = hosts
    for id, host in hosts.entries.items():
        like = host.entries.get("like") if host.is_map else None
        if like is None:
            continue
        model = hosts.entries.get(like.text)
        if model is None or not model.is_map or like.text == id:
            findings.add(
                "HV211",
                like.place,
                f"There is no other host '{like.text}' to be like.",
                nearest(like.text, hosts.entries),
            )
            expanded = expanded.with_entry(id, host.without("like"), hosts.keys[id])
            continue
        if "like" in model.entries:
            message = f"'{like.text}' is itself like another host; one level is allowed."
            findings.add("HV211", like.place, message, f"Write: like: {model.entries['like'].text}")
        own = host.without("like")
        base = model.without("like", "count")
        merged = Node(host.place, "map", entries=base.entries | own.entries, keys=base.keys | own.keys)
        expanded = expanded.with_entry(id, merged, hosts.keys[id])
    return expanded


def _expand_count(nouns: Node, section: str, findings: Findings) -> Node:
    entries: dict[str, Node] = {}
    keys: dict[str, Place] = {}
    for id, noun in nouns.entries.items():
        count = noun.entries.get("count") if noun.is_map else None
        if count is None:
            entries[id], keys[id] = noun, nouns.keys[id]
            continue
        if not isinstance(count.value, int) or isinstance(count.value, bool) or not 1 <= count.value <= MAX_COUNT:
            findings.add("HV207", count.place, f"'count' is a whole number from 1 to {MAX_COUNT}.")
            continue
        single = noun.without("count")
        homes = single.entries.get("host") if section == "vms" else None
        deal = homes.items if homes is not None and homes.is_list else []
        for number in range(count.value):
            copy = single
            if deal:
                copy = single.with_entry("host", deal[number % len(deal)], homes.place if homes else None)
            name = f"{id}-{number + 1}"
            if name in nouns.entries:
                findings.add("HV212", nouns.keys[id], f"'count' of '{id}' makes a '{name}', which exists already.")
            entries[name], keys[name] = copy, nouns.keys[id]
    return Node(nouns.place, "map", entries=entries, keys=keys)


def apply_set(root: Node, path: str, value: Node, place: Place, findings: Findings) -> Node:
    """The tree in which everything that ``path`` matches is ``value``."""
    segments = path.split(".")
    if len(segments) < 2 or segments[0] not in ("world", "model") or not all(segments):
        hint = "Like world.hosts.hv1.memory, or model.goodput."
        findings.add("HV213", place, f"'{path}' is not a path into 'world' or 'model'.", hint)
        return root
    changed, count = _set(root, segments, 0, value, place, findings, path)
    if not count and not findings.failed:
        findings.add("HV213", place, f"'{path}' matches nothing.")
    return changed


def _set(
    node: Node, segments: list[str], depth: int, value: Node, place: Place, findings: Findings, path: str
) -> tuple[Node, int]:
    segment = segments[depth]
    last = depth + 1 == len(segments)
    by_id = _is_by_id(tuple(segments[:depth]))
    if not node.is_map:
        findings.add("HV213", place, f"'{path}' goes below '{'.'.join(segments[:depth])}', which has no keys.")
        return node, 0
    names = [key for key in node.entries if matches(key, segment)] if "*" in segment else [segment]
    count = 0
    for name in names:
        child = node.entries.get(name)
        if child is None and by_id:
            hint = nearest(name, node.entries)
            findings.add("HV213", place, f"'{path}' matches nothing: there is no '{name}'.", hint)
            return node, 0
        if last:
            node, count = node.with_entry(name, value, place), count + 1
            continue
        if child is None or (child.is_scalar and child.value is None):
            if name not in _STRUCTURES:
                hint = nearest(name, node.entries)
                findings.add("HV213", place, f"'{path}' matches nothing: there is no '{name}'.", hint)
                return node, 0
            child = Node(place, "map")
        child, below = _set(child, segments, depth + 1, value, place, findings, path)
        if below:
            node, count = node.with_entry(name, child, node.keys.get(name, place)), count + below
    return node, count


def _is_by_id(above: tuple[str, ...]) -> bool:
    return any(
        len(above) == len(pattern) and all(b in ("*", a) for a, b in zip(above, pattern, strict=True))
        for pattern in _BY_ID
    )


def matches(name: str, pattern: str) -> bool:
    """Whether ``name`` fits ``pattern``, in which one ``*`` stands for any characters."""
    before, _, after = pattern.partition("*")
    return len(name) >= len(before) + len(after) and name.startswith(before) and name.endswith(after)
