"""An overlay over a point cloud: its classes were made from a sample, and each point finds its own."""

from __future__ import annotations

import numpy as np

from twin.scene.colours import REST, Overlay
from twin.scene.dots import Tints


def tints(overlay: Overlay, *, night: bool) -> Tints:
    """The classes of an overlay as points look them up."""
    shown = overlay.by(night=night)
    rows = overlay.legend[:-1]
    if overlay.limits is not None:
        return Tints(overlay.column, overlay.limits, None, shown.table)
    rest = next((n for n, row in enumerate(rows) if row.words == REST), len(rows))
    codes = np.full(256, rest, np.int64)
    for n, row in enumerate(rows):
        if row.words.isdecimal() and int(row.words) < len(codes):
            codes[int(row.words)] = n
    return Tints(overlay.column, None, codes, shown.table)
