"""What each code of a diagnostic means, and what each constant of the model is."""

from typing import Any

from hvviz import units
from hvviz.scenario.constants import PRESETS, Description, descriptions
from hvviz.units import Dimension

_CODES = {
    "HV100": "The file could not be read at all: it is missing, is no text, or may not be opened.",
    "HV101": "Files are bounded in size. Use 'count' and 'like' instead of writing everything out.",
    "HV102": "The text is not YAML. The place is where reading stopped; the mistake is there or a little before it.",
    "HV103": "A scenario is one map of keys, beginning with 'format: hvviz/1'.",
    "HV104": "Files are bounded in depth.",
    "HV105": "Anchors, aliases and merge keys are not allowed. Use 'like', 'from' and 'set', which say what they do.",
    "HV106": "Tags such as !!python are not allowed: a file is data.",
    "HV107": "Keys are single words.",
    "HV108": "A key may stand once in a map. The second would silently hide the first.",
    "HV110": "The file is written for another version of the format.",
    "HV201": "A map, a list or a scalar stands where another of the three is expected.",
    "HV202": "The key is not known here. Keys that begin with 'x-' are yours and are ignored.",
    "HV203": "Something that is needed is missing.",
    "HV204": "A quantity has its unit: '32 GiB', '10 Gbit/s', '600 MB/s', '5 s'. Units are case-sensitive: b is a bit, B a byte.",
    "HV205": "Text, or a list of names, is expected.",
    "HV206": "true or false is expected.",
    "HV207": "A plain number, or a whole number, is expected.",
    "HV208": "One of a few words is expected.",
    "HV209": "An id begins with a small letter and has small letters, digits and '-' only.",
    "HV210": "Something is named that does not exist.",
    "HV211": "'like' starts from another host, one level deep.",
    "HV212": "'count: N' makes ID-1 to ID-N; one of them exists already.",
    "HV213": "A path leads into 'world' or 'model'; '*' matches every key at its level. It must match something.",
    "HV214": "Ids are unique across the world, since expressions name things without saying what they are.",
    "HV215": "A host belongs to one cluster at most.",
    "HV216": "A cluster disk is owned by a node that reaches it.",
    "HV217": "The adapter's rate does not fit what the adapter is.",
    "HV218": "The numbers or the place of a VM contradict each other.",
    "HV219": "A VM's host must reach the storage of all of its files at time zero.",
    "HV220": "A preset is a named set of constants.",
    "HV221": "'from' names another run; chains are allowed, circles are not.",
    "HV222": "Ids of actions are unique in a run; an equal id in a run that starts 'from' another replaces the parent's.",
    "HV223": "There is no such action.",
    "HV224": "The action has more than it can use.",
    "HV225": "'at' is a time or an anchor in another action of the run, 'after' waits for an action's end.",
    "HV301": "Ids of steps are unique.",
    "HV302": "There is no such run.",
    "HV303": "Expressions have numbers with units, names, comparisons, and/or/not/in, arithmetic, count any all min max mean.",
    "HV304": "There is no such goal.",
    "HV305": "A placeholder is an expression in braces, like {m1.total_s}.",
    "HV306": "A link in a text leads to an entry of 'references'.",
    "HV307": "A goal's solution sets controls of the step that has the goal, to values that they offer.",
    "HV308": "A goal that no step has is never reached.",
    "HV309": "There is no such objective.",
    "HV310": "A numeric answer is {metric: NAME, unit: UNIT}, a number, or a number with a unit.",
    "HV311": "A tolerance is a share such as 10%, or an amount such as 2 s.",
    "HV312": "Ids of choices are unique in a question.",
    "HV313": "A 'single' has exactly one correct choice, a 'multi' at least one.",
    "HV314": "A decoy is not among the items.",
    "HV401": "This version cannot simulate the action.",
    "HV402": "An action whose anchor never comes does not happen, and the run goes on.",
    "HV403": "A check of the author's own does not hold.",
    "HV404": "A step whose moment never comes would never be shown.",
    "HV405": "Who cannot tell the colours apart must be able to follow too.",
    "HV406": "There is no such operation in the run of the step.",
    "HV407": "A placeholder has no value in the run of its step.",
    "HV408": "Every choice that a control offers must simulate.",
    "HV409": "A numeric key, or what a trap is near to, must have a value in the run of its step.",
    "HV410": "A trap that overlaps the accepted answer would mark a wrong model as right.",
    "HV411": "A goal that holds at first is reached without acting.",
    "HV412": "A goal must hold with its own solution.",
    "HV413": "'minutes' is far from what reading and answering take.",
}


def explain_code(code: str) -> str | None:
    """What a code means, None where there is no such code."""
    text = _CODES.get(code.upper())
    return None if text is None else f"{code.upper()}: {text}"


def known_codes() -> frozenset[str]:
    return frozenset(_CODES)


def explain_model() -> str:
    """Every constant: its default, what it is, and where it comes from."""
    from hvviz.scenario.constants import defaults

    lines = ["The constants of the model. A scenario's 'model' section overrides any of them.", ""]
    for name, description in descriptions().items():
        lines.append(f"{name}: {_default(description, defaults()[name])}")
        lines.append(f"    {description.text}")
        lines.append(f"    source: {description.source}")
    for preset, values in PRESETS.items():
        lines += ["", f"preset {preset}: {', '.join(values)}"]
    return "\n".join(lines) + "\n"


def _default(description: Description, default: Any) -> str:
    if description.by_version is not None:
        shown: dict[str, list[str]] = {}
        for version, value in description.by_version.items():
            shown.setdefault(_value(description, value), []).append(version.value)
        return "; ".join(f"{value} ({', '.join(versions)})" for value, versions in shown.items())
    return _value(description, default)


def _value(description: Description, value: Any) -> str:
    if value is None:
        return "none"
    match description.dimension:
        case Dimension.TIME:
            return units.show_time(value)
        case Dimension.MEMORY:
            return units.show_bytes(value)
        case Dimension.NETWORK_RATE:
            return units.show_bits_per_second(value)
        case Dimension.SHARE:
            return units.show_share(value)
        case _:
            return str(value)
