"""Colour arithmetic for the themes: contrast as WCAG 2 defines it, blending, and what a deuteranope sees."""

Rgb = tuple[float, float, float]

# Machado, Oliveira and Fernandes (2009), deuteranopia at severity 1, on linear light.
_DEUTERANOPIA: tuple[Rgb, Rgb, Rgb] = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)


def rgb(colour: str) -> Rgb:
    """``#rrggbb`` as three shares of 1."""
    return (int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255)


def to_hex(colour: Rgb) -> str:
    """Three shares of 1 as ``#rrggbb``; what lies outside is cut off."""
    return "#" + "".join(f"{round(255 * min(1.0, max(0.0, part))):02x}" for part in colour)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _gamma(part: float) -> float:
    part = min(1.0, max(0.0, part))
    return 12.92 * part if part <= 0.0031308 else float(1.055 * part ** (1 / 2.4) - 0.055)


def luminance(colour: str) -> float:
    """Relative luminance, 0 for black and 1 for white."""
    red, green, blue = (_linear(part) for part in rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def blend(colour: str, into: str, share: float) -> str:
    """``share`` of ``colour`` and the rest of ``into``."""
    mixed = [share * one + (1 - share) * other for one, other in zip(rgb(colour), rgb(into), strict=True)]
    return to_hex((mixed[0], mixed[1], mixed[2]))


def receded(colour: str, background: str, share: float, at_least: float) -> str:
    """``colour`` blended into ``background`` to ``share``, or to as much as keeps the contrast ``at_least``."""
    while share < 1.0 and contrast(blend(colour, background, share), background) < at_least:
        share = min(1.0, share + 0.05)
    return blend(colour, background, share)


def deuteranopia(colour: str) -> str:
    """The colour as someone without green cones sees it."""
    linear = [_linear(part) for part in rgb(colour)]
    seen = [_gamma(sum(factor * part for factor, part in zip(row, linear, strict=True))) for row in _DEUTERANOPIA]
    return to_hex((seen[0], seen[1], seen[2]))
