"""Reading one map of the file: each key is asked for by name and kind, and what nobody asked for is unknown."""

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, TypeVar

from hvviz import units
from hvviz.scenario.diagnostics import Findings, nearest
from hvviz.scenario.tree import Node, Place, empty_map
from hvviz.units import Dimension

ID = re.compile(r"[a-z][a-z0-9-]*")
Word = TypeVar("Word", bound=StrEnum)
_NONE_WORDS = ("none",)


class Section:
    """A map of the file and what it is called in messages."""

    def __init__(self, node: Node | None, findings: Findings, name: str, place: Place = (1, 1)) -> None:
        self.findings = findings
        self.name = name
        self.sound = True
        if node is not None and not node.is_map:
            if not (node.is_scalar and node.value is None):
                findings.add("HV201", node.place, f"{name} must be a map of keys, and is {node.described}.")
                self.sound = False
            node = None
        self.node = node if node is not None else empty_map(place)
        self._asked: dict[str, None] = {}

    @property
    def place(self) -> Place:
        return self.node.place

    def has(self, key: str) -> bool:
        return key in self.node.entries

    def raw(self, key: str) -> Node | None:
        """The node of ``key``, or None where it is not given."""
        self._asked[key] = None
        return self.node.entries.get(key)

    def place_of(self, key: str) -> Place:
        found = self.node.entries.get(key)
        return self.place if found is None else found.place

    def finish(self) -> None:
        """Report every key that was never asked for, except those that begin with ``x-``."""
        for key, place in self.node.keys.items():
            if key in self.node.entries and key not in self._asked and not key.startswith("x-"):
                message = f"{self.name} has no key '{key}'."
                self.findings.add("HV202", place, message, nearest(key, self._asked))

    def problem(self, code: str, key: str, message: str, hint: str = "") -> None:
        self.findings.add(code, self.place_of(key), message, hint)

    def missing(self, key: str, example: str = "") -> None:
        if self.sound:
            self.findings.add("HV203", self.place, f"{self.name} needs '{key}'.", example)

    def quantity(
        self, key: str, dimension: Dimension, default: Any = None, *, required: bool = False, none: bool = False
    ) -> Any:
        """A quantity in its base unit; ``none`` allows the word none."""
        node = self.raw(key)
        if node is None:
            if required:
                self.missing(key)
            return default
        if none and node.is_scalar and (node.value is None or node.text in _NONE_WORDS):
            return None
        if not node.is_scalar:
            self.findings.add("HV204", node.place, f"'{key}' is {node.described}; a {dimension} is expected.")
            return default
        try:
            return units.parse(node.text if isinstance(node.value, str) else node.value, dimension)
        except units.UnitError as error:
            self.findings.add("HV204", node.place, f"{key}: {error}")
            return default

    def text(self, key: str, default: str | None = None, *, required: bool = False) -> str | None:
        node = self.raw(key)
        if node is None or (node.is_scalar and node.value is None):
            if required:
                self.missing(key)
            return default
        if not node.is_scalar:
            self.findings.add("HV205", node.place, f"'{key}' must be text, and is {node.described}.")
            return default
        return node.text

    def flag(self, key: str, default: bool) -> bool:
        node = self.raw(key)
        if node is None:
            return default
        if node.is_scalar and isinstance(node.value, bool):
            return node.value
        self.findings.add("HV206", node.place, f"'{key}' is true or false, and not {node.described}.")
        return default

    def count(self, key: str, default: Any, *, least: int = 0, none: bool = False) -> Any:
        """A whole number of ``least`` or more."""
        node = self.raw(key)
        if node is None:
            return default
        if none and node.is_scalar and (node.value is None or node.text in _NONE_WORDS):
            return None
        if node.is_scalar and isinstance(node.value, int) and not isinstance(node.value, bool):
            if node.value >= least:
                return node.value
            self.findings.add("HV207", node.place, f"'{key}' is {node.value}; {least} or more is expected.")
            return default
        self.findings.add("HV207", node.place, f"'{key}' is a whole number, and not {node.described}.")
        return default

    def number(self, key: str, default: Any) -> Any:
        node = self.raw(key)
        if node is None:
            return default
        if node.is_scalar and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
            if node.value >= 0:
                return node.value
            self.findings.add("HV207", node.place, f"'{key}' is negative.")
            return default
        self.findings.add("HV207", node.place, f"'{key}' is a plain number, and not {node.described}.")
        return default

    def choice(self, key: str, words: type[Word], default: Any, *, required: bool = False) -> Any:
        """One of the words of an enumeration, compared as written."""
        node = self.raw(key)
        if node is None:
            if required:
                self.missing(key, f"One of: {', '.join(words)}.")
            return default
        return self.word(node, key, words, default)

    def word(self, node: Node, key: str, words: type[Word], default: Any) -> Any:
        if node.is_scalar:
            for each in words:
                if each.value == node.text:
                    return each
        message = f"{node.described} is not a {key.replace('_', ' ')}."
        self.findings.add("HV208", node.place, message, nearest(node.text, list(words)))
        return default

    def ids(self, key: str, default: tuple[str, ...] = ()) -> tuple[tuple[str, Place], ...]:
        """A list of words with their places; a single word counts as a list of one."""
        node = self.raw(key)
        if node is None:
            return tuple((word, self.place) for word in default)
        items = node.items if node.is_list else [node]
        found = []
        for item in items:
            if item.is_scalar and item.value is not None:
                found.append((item.text, item.place))
            else:
                self.findings.add("HV205", item.place, f"'{key}' is a list of names.")
        return tuple(found)

    def map(self, key: str, *, what: str) -> Iterator[tuple[str, "Section"]]:
        """The entries of a map that is keyed by id, each as a section."""
        node = self.raw(key)
        if node is None or (node.is_scalar and node.value is None):
            return
        if not node.is_map:
            self.findings.add("HV201", node.place, f"'{key}' must be a map of ids, and is {node.described}.")
            return
        for id, child in node.entries.items():
            self.check_id(id, node.keys[id], what)
            yield id, Section(child, self.findings, f"{what} '{id}'", node.keys[id])

    def check_id(self, id: str, place: Place, what: str) -> None:
        if not ID.fullmatch(id):
            hint = "An id begins with a small letter and has small letters, digits and '-' only."
            self.findings.add("HV209", place, f"'{id}' is not an id for a {what}.", hint)

    def section(self, key: str, name: str | None = None) -> "Section":
        """A map below this one; empty where it is not given."""
        return Section(self.raw(key), self.findings, name or f"'{key}' of {self.name}", self.place)

    def list(self, key: str) -> list[Node]:
        """The items of a list."""
        node = self.raw(key)
        if node is None or (node.is_scalar and node.value is None):
            return []
        if not node.is_list:
            self.findings.add("HV201", node.place, f"'{key}' must be a list, and is {node.described}.")
            return []
        return node.items

    def known(
        self, key: str, names: tuple[tuple[str, Place], ...], known: Callable[[str], bool], what: str, all: Any
    ) -> tuple[str, ...]:
        """Those of ``names`` that are known; the others are reported."""
        found = []
        for name, place in names:
            if known(name):
                found.append(name)
            else:
                self.findings.add("HV210", place, f"There is no {what} '{name}'.", nearest(name, all))
        return tuple(found)
