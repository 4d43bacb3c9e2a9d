"""Sizes, rates, times and shares: one base unit each, how a file writes them, how a person reads them.

Base units: bytes, bits per second, bytes per second, seconds, a fraction, events per second. Prefixes are
exact: ``K M G T`` are powers of 1000, ``Ki Mi Gi Ti`` powers of 1024, and ``b`` is a bit where ``B`` is a byte.
"""

import re
from enum import StrEnum
from fractions import Fraction

_DECIMAL = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
_PREFIXES = _DECIMAL | _BINARY

_BYTES = {f"{prefix}B": Fraction(factor) for prefix, factor in _PREFIXES.items()}
_BITS_PER_SECOND = {
    f"{prefix}{unit}": Fraction(factor) for prefix, factor in _DECIMAL.items() for unit in ("bit/s", "bps", "b/s")
}
_BYTES_PER_SECOND = {f"{unit}/s": factor for unit, factor in _BYTES.items()}
_SECONDS = {
    "us": Fraction(1, 10**6),
    "µs": Fraction(1, 10**6),
    "ms": Fraction(1, 1000),
    "s": Fraction(1),
    "min": Fraction(60),
    "h": Fraction(3600),
    "d": Fraction(86400),
}
_PER_SECOND = {"/s": Fraction(1), "/min": Fraction(1, 60), "/h": Fraction(1, 3600)}

_QUANTITY = re.compile(r"\s*([+-]?(?:\d[\d_]*)?(?:\.\d+)?(?:[eE][+-]?\d{1,3})?)\s*([^\s\d].*?)?\s*")
_MAX_CHARACTERS = 64


class Dimension(StrEnum):
    """What a quantity measures; the value is the word used in messages."""

    MEMORY = "memory or disk size"
    NETWORK_RATE = "network rate"
    BYTE_RATE = "disk, dirty or write rate"
    TIME = "time"
    SHARE = "share"
    FREQUENCY = "frequency"


_UNITS: dict[Dimension, dict[str, Fraction]] = {
    Dimension.MEMORY: _BYTES,
    Dimension.NETWORK_RATE: _BITS_PER_SECOND,
    Dimension.BYTE_RATE: _BYTES_PER_SECOND,
    Dimension.TIME: _SECONDS,
    Dimension.SHARE: {"%": Fraction(1, 100)},
    Dimension.FREQUENCY: _PER_SECOND,
}

_READINGS = {
    Dimension.MEMORY: ("{} GiB", "{} GB"),
    Dimension.NETWORK_RATE: ("{} Gbit/s", "{} Mbit/s"),
    Dimension.BYTE_RATE: ("{} MB/s", "{} MiB/s"),
    Dimension.TIME: ("{} s", "{} ms"),
    Dimension.SHARE: ("{}%", "0.{}"),
    Dimension.FREQUENCY: ("{}/s", "{}/min"),
}

_EXAMPLES = {
    Dimension.MEMORY: "32 GiB",
    Dimension.NETWORK_RATE: "10 Gbit/s",
    Dimension.BYTE_RATE: "600 MB/s",
    Dimension.TIME: "5 s",
    Dimension.SHARE: "94%",
    Dimension.FREQUENCY: "1/s",
}


class UnitError(ValueError):
    """A quantity that cannot be read; the message is a sentence for the person who wrote it."""


def parse(text: object, dimension: Dimension) -> float:
    """Read ``text`` as a quantity of ``dimension`` and return it in the base unit.

    Whole results come back as ``int``, so that bytes stay exact. Raises `UnitError` with a sentence that says
    what is wrong and offers the likely readings.
    """
    if isinstance(text, bool) or not isinstance(text, (str, int, float)):
        raise UnitError(f"a {dimension} is written like '{_EXAMPLES[dimension]}'.")
    if isinstance(text, (int, float)):
        if dimension is Dimension.SHARE:
            return _checked_share(Fraction(str(text)), str(text))
        raise UnitError(_missing_unit(str(text), dimension))
    if len(text) > _MAX_CHARACTERS:
        raise UnitError(f"this {dimension} has {len(text)} characters; write it like '{_EXAMPLES[dimension]}'.")
    match = _QUANTITY.fullmatch(text)
    if match is None or not any(character.isdigit() for character in match[1]):
        raise UnitError(f"'{text}' is not a {dimension}; write it like '{_EXAMPLES[dimension]}'.")
    number, unit = Fraction(match[1].replace("_", "")), match[2]
    if unit is None:
        if dimension is Dimension.SHARE:
            return _checked_share(number, text)
        raise UnitError(_missing_unit(match[1], dimension))
    factor = _UNITS[dimension].get(unit)
    if factor is None:
        raise UnitError(_wrong_unit(text, match[1], unit, dimension))
    if number < 0:
        raise UnitError(f"'{text}' is negative; a {dimension} is 0 or more.")
    if dimension is Dimension.SHARE:
        return _checked_share(number * factor, text)
    return _plain(number * factor, dimension)


def _plain(value: Fraction, dimension: Dimension) -> float:
    if dimension is Dimension.MEMORY:
        return round(value)
    return int(value) if value.denominator == 1 else float(value)


def _checked_share(value: Fraction, text: str) -> float:
    if not 0 <= value <= 1:
        raise UnitError(f"'{text}' is not a share; write 0% to 100%, or 0 to 1.")
    return float(value)


def _missing_unit(number: str, dimension: Dimension) -> str:
    first, second = (reading.format(number) for reading in _READINGS[dimension])
    return f"'{number}' needs a unit. Write '{first}' or '{second}'."


def _wrong_unit(text: str, number: str, unit: str, dimension: Dimension) -> str:
    for other, units in _UNITS.items():
        if unit in units and other is not dimension:
            if other is Dimension.NETWORK_RATE and dimension in (Dimension.MEMORY, Dimension.BYTE_RATE):
                return f"'{text}' is in bits; a {dimension} is in bytes, like '{_EXAMPLES[dimension]}'."
            if other is Dimension.BYTE_RATE and dimension is Dimension.NETWORK_RATE:
                return f"'{text}' is in bytes; a network rate is in bits, like '{_EXAMPLES[dimension]}'."
            return f"'{text}' is a {other}; a {dimension} is expected here, like '{_EXAMPLES[dimension]}'."
    folded = {known.lower(): known for known in _UNITS[dimension]}
    near = folded.get(unit.lower())
    if near is not None:
        return f"'{unit}' is not a unit; units are case-sensitive. Write '{number} {near}'."
    return f"'{unit}' is not a unit of a {dimension}; write it like '{_EXAMPLES[dimension]}'."


def _three_digits(value: float) -> str:
    """Three significant digits below 1000, without trailing zeros after the point."""
    if value >= 999.5:
        return f"{value:.0f}"
    text = f"{value:.3g}" if value >= 0.001 else "0"
    return f"{float(text):g}"


def _scaled(value: float, steps: tuple[tuple[float, str], ...], unit: str) -> str:
    for factor, prefix in steps:
        if value >= factor * 0.9995:
            return f"{_three_digits(value / factor)} {prefix}{unit}"
    return f"{_three_digits(value)} {unit}"


_BINARY_STEPS: tuple[tuple[float, str], ...] = ((2**40, "Ti"), (2**30, "Gi"), (2**20, "Mi"), (2**10, "Ki"))
_DECIMAL_STEPS: tuple[tuple[float, str], ...] = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def show_bytes(value: float) -> str:
    """``17179869184`` as ``16 GiB``."""
    return _scaled(value, _BINARY_STEPS, "B")


def show_bits_per_second(value: float) -> str:
    """``9.4e9`` as ``9.4 Gbit/s``."""
    return _scaled(value, _DECIMAL_STEPS, "bit/s")


def show_bytes_per_second(value: float) -> str:
    """``250e6`` as ``250 MB/s``."""
    return _scaled(value, _DECIMAL_STEPS, "B/s")


def show_time(value_s: float) -> str:
    """``0.214`` as ``214 ms``, ``41.23`` as ``41.2 s``, ``125`` as ``2 min 5 s``."""
    if value_s < 0:
        return f"-{show_time(-value_s)}"
    if value_s < 0.9995:
        return f"{_three_digits(value_s * 1000)} ms"
    if value_s < 119.95:
        return f"{_three_digits(value_s)} s"
    whole = round(value_s)
    hours, rest = divmod(whole, 3600)
    minutes, seconds = divmod(rest, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"


def show_clock(value_s: float) -> str:
    """A position on the timeline: ``74.25`` as ``01:14.2``."""
    tenths = int(value_s * 10 + 1e-6)
    minutes, rest = divmod(tenths, 600)
    return f"{minutes:02d}:{rest // 10:02d}.{rest % 10}"


def show_share(value: float) -> str:
    """``0.94`` as ``94 %``."""
    return f"{_three_digits(value * 100)} %"
