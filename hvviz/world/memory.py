"""How many distinct bytes of memory a workload writes in a time.

Random writes fill a working set of W bytes as W (1 - exp(-r t / W)), since more and more of them hit pages that
are dirty already; a sweep fills it as min(W, r t). Several such sets add up. Checked against page-level truth in
``shared/reference/precopy.md`` A.1; the exposure r t / W is what a change of rate in mid-pass leaves unchanged.
"""

import math
from collections.abc import Iterable

from hvviz.world.model import Access, DirtySet


def distinct_bytes(dirty_set: DirtySet, written_bytes: float) -> float:
    """Bytes of distinct pages hit by ``written_bytes`` of writes to ``dirty_set``."""
    size = dirty_set.working_set_bytes
    if size <= 0:
        return 0.0
    if dirty_set.access is Access.SEQUENTIAL:
        return min(float(size), written_bytes)
    return -size * math.expm1(-written_bytes / size)


def dirty_after(sets: Iterable[DirtySet], elapsed_s: float, share: float = 1.0) -> float:
    """Bytes of distinct pages that ``sets`` dirty in ``elapsed_s``, the guest running at ``share`` of its speed."""
    total = 0.0
    for dirty_set in sets:
        total += distinct_bytes(dirty_set, dirty_set.dirty_rate_bytes_per_s * share * elapsed_s)
    return total
