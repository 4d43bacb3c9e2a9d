"""A YAML file as a tree in which everything knows its place.

YAML 1.2 in a safe subset: no tags, anchors, aliases, merge keys or duplicate keys, bounded size and depth.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.nodes import Node as YamlNode

from hvviz.scenario.diagnostics import Findings, ScenarioError, nearest

MAX_BYTES = 8 * 2**20
MAX_DEPTH = 40
Place = tuple[int, int]

_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULLS = ("", "~", "null", "Null", "NULL")

Scalar = str | int | float | bool | None


@dataclass(slots=True)
class Node:
    """A scalar, a list or a map, and where it stands. ``text`` is a scalar as it was written."""

    place: Place
    kind: str
    value: Scalar = None
    text: str = ""
    items: list["Node"] = field(default_factory=list)
    entries: dict[str, "Node"] = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)

    @property
    def is_map(self) -> bool:
        return self.kind == "map"

    @property
    def is_list(self) -> bool:
        return self.kind == "list"

    @property
    def is_scalar(self) -> bool:
        return self.kind == "scalar"

    @property
    def described(self) -> str:
        """What it is, for a message."""
        if self.is_scalar:
            return "nothing" if self.value is None else f"'{self.text}'"
        return "a list" if self.is_list else "a map"

    def with_entry(self, key: str, child: "Node", place: Place | None = None) -> "Node":
        """A copy in which ``key`` is ``child``."""
        keys = self.keys | {key: place or self.keys.get(key, child.place)}
        return Node(self.place, "map", entries=self.entries | {key: child}, keys=keys)

    def without(self, *names: str) -> "Node":
        """A copy that lacks the keys ``names``."""
        entries = {key: child for key, child in self.entries.items() if key not in names}
        return Node(self.place, "map", entries=entries, keys=self.keys)


def scalar(value: str, place: Place) -> Node:
    """A scalar as it would be read from a file."""
    return Node(place, "scalar", _resolve(value), value)


def empty_map(place: Place) -> Node:
    return Node(place, "map")


def parse(text: str, findings: Findings) -> Node:
    """The tree of ``text``; raises `ScenarioError` where it is not YAML of the safe subset."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        findings.add("HV101", (1, 1), f"The file is larger than {MAX_BYTES // 2**20} MiB.", "Use 'count' to repeat.")
        raise ScenarioError(findings.diagnostics)
    yaml = YAML(typ="safe", pure=True)
    try:
        root = yaml.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (1, 1) if mark is None else (mark.line + 1, mark.column + 1)
        findings.add("HV102", place, _explain(error), "Check the indentation, the quotes and the colons here.")
        raise ScenarioError(findings.diagnostics) from error
    except (YAMLError, RecursionError, ValueError) as error:
        findings.add("HV102", (1, 1), "This is not YAML that can be read.", str(error).splitlines()[0][:120])
        raise ScenarioError(findings.diagnostics) from error
    if root is None:
        findings.add("HV103", (1, 1), "The file is empty.", "Start from 'hvviz new'.")
        raise ScenarioError(findings.diagnostics)
    tree = _convert(root, findings, 0, set())
    if not tree.is_map:
        findings.add("HV103", tree.place, "A scenario is a map of keys.", "Start with 'format: hvviz/1'.")
    findings.stop_if_failed()
    return tree


def _explain(error: MarkedYAMLError) -> str:
    problem = (error.problem or "this cannot be read").strip().rstrip(".")
    if "\\t" in problem:
        return "A tab stands where only spaces may."
    return f"This is not valid YAML: {problem}."


def _place(node: YamlNode) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _convert(node: YamlNode, findings: Findings, depth: int, seen: set[int]) -> Node:
    place = _place(node)
    if depth > MAX_DEPTH:
        findings.add("HV104", place, f"Nesting is deeper than {MAX_DEPTH} levels.")
        return Node(place, "scalar")
    if id(node) in seen or node.anchor:
        findings.add("HV105", place, "Anchors and aliases are not allowed.", "Use 'like', 'from' and 'set'.")
        return Node(place, "scalar")
    seen.add(id(node))
    if isinstance(node, ScalarNode):
        return _convert_scalar(node, place, findings)
    if _explicit_tag(node, _COLLECTION_TAGS):
        findings.add("HV106", place, "Tags are not allowed.", "Leave out what begins with '!'.")
    if isinstance(node, SequenceNode):
        items = [_convert(item, findings, depth + 1, seen) for item in node.value]
        return Node(place, "list", items=items)
    if isinstance(node, MappingNode):
        return _convert_map(node, place, findings, depth, seen)
    return Node(place, "scalar")


def _explicit_tag(node: YamlNode, standard: tuple[str, ...]) -> bool:
    return str(node.tag) not in standard


_COLLECTION_TAGS = ("tag:yaml.org,2002:seq", "tag:yaml.org,2002:map")
_SCALAR_TAGS = tuple(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value")
)


def _convert_scalar(node: ScalarNode, place: Place, findings: Findings) -> Node:
    text = str(node.value)
    if _explicit_tag(node, _SCALAR_TAGS):
        findings.add("HV106", place, "Tags are not allowed.", "Leave out what begins with '!'.")
    plain = node.style in (None, "")
    return Node(place, "scalar", _resolve(text) if plain else text, text)


def _resolve(text: str) -> Scalar:
    """The value of a plain scalar in YAML 1.2's core schema."""
    if text in _NULLS:
        return None
    if text in _WORDS:
        return _WORDS[text]
    if len(text) <= 40:
        if _INT.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
    return text


def _convert_map(node: MappingNode, place: Place, findings: Findings, depth: int, seen: set[int]) -> Node:
    entries: dict[str, Node] = {}
    keys: dict[str, Place] = {}
    for key_node, value_node in node.value:
        key_place = _place(key_node)
        if not isinstance(key_node, ScalarNode):
            findings.add("HV107", key_place, "A key must be a single word.")
            continue
        key = str(key_node.value)
        if key == "<<" and key_node.style in (None, ""):
            findings.add("HV105", key_place, "Merge keys are not allowed.", "Use 'like' to start from another host.")
            continue
        if key in entries:
            first = keys[key]
            findings.add("HV108", key_place, f"'{key}' is given twice.", f"It stands in line {first[0]} already.")
            continue
        keys[key] = key_place
        entries[key] = _convert(value_node, findings, depth + 1, seen)
    return Node(place, "map", entries=entries, keys=keys)


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield node
    for child in [*node.items, *node.entries.values()]:
        yield from walk(child)


__all__ = ["Node", "Place", "empty_map", "nearest", "parse", "scalar", "walk"]
