"""How much may move."""

from enum import StrEnum


class Motion(StrEnum):
    """``reduced`` repaints less often and draws no trails, ``off`` draws arrows in place of what moves."""

    FULL = "full"
    REDUCED = "reduced"
    OFF = "off"
