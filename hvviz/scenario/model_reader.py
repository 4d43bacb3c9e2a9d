"""The ``model`` section: overrides of the model's constants."""

from enum import StrEnum
from typing import Any

from hvviz import units
from hvviz.scenario.constants import (
    PRESETS,
    Description,
    Model,
    ModelConstants,
    Special,
    StopRule,
    StorageMirror,
    descriptions,
)
from hvviz.scenario.diagnostics import nearest
from hvviz.scenario.section import Section
from hvviz.units import Dimension
from hvviz.world.model import HostVersion

_WORDS: dict[str, type[StrEnum]] = {
    "stop_rule": StopRule,
    "storage_mirror": StorageMirror,
    "transports_since": HostVersion,
}


def read_model(root: Section) -> Model:
    """The model's constants with what the file and its preset give."""
    section = root.section("model", "'model'")
    values: dict[str, Any] = {}
    preset = section.text("preset")
    if preset is not None:
        if preset in PRESETS:
            values |= PRESETS[preset]
        else:
            section.problem("HV220", "preset", f"There is no preset '{preset}'.", nearest(preset, PRESETS))
    for name, description in descriptions().items():
        if section.has(name):
            value = _read(section, name, description)
            if value is not _UNREAD:
                values[name] = value
        section.raw(name)
    section.finish()
    return Model(ModelConstants(**values), frozenset(values))


_UNREAD = object()


def _read(section: Section, name: str, description: Description) -> Any:
    """The value of one constant, or `_UNREAD` where it is wrong and has been reported."""
    before = len(section.findings.diagnostics)
    dimension, none = description.dimension, description.may_be_none
    value: Any
    if isinstance(dimension, Dimension):
        value = section.quantity(name, dimension, none=none)
    elif dimension is Special.NUMBER:
        value = section.number(name, None)
    elif dimension is Special.COUNT:
        value = section.count(name, None, least=1, none=none)
    elif dimension is Special.FLAG:
        value = section.flag(name, False)
    elif dimension is Special.SHARES:
        value = _shares(section, name)
    else:
        value = section.choice(name, _WORDS[name], None)
    return _UNREAD if len(section.findings.diagnostics) > before else value


def _shares(section: Section, name: str) -> tuple[float, ...] | None:
    node = section.raw(name)
    if node is None or (node.is_scalar and (node.value is None or node.text == "none")):
        return None
    shares = []
    for item in node.items if node.is_list else [node]:
        try:
            shares.append(units.parse(item.text if isinstance(item.value, str) else item.value, Dimension.SHARE))
        except units.UnitError as error:
            section.findings.add("HV204", item.place, f"{name}: {error}")
    return tuple(shares) or None
