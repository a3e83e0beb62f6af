"""Layers of areas, as a reader gives them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from sample_data.jeddah.columns import NAMED, SampleLayer, columns
from sample_data.jeddah.terrain import raised

_BARE = frozenset({"sea", "land", "terrain"})
Title = tuple[str | None, str | None]


def areas(
    layer: str, en: str, ar: str, shapes: Any, kinds: list[str], titles: Sequence[Title], *,
    visible: bool = False, kind: str = "areas",
) -> SampleLayer:  # fmt: skip
    """A layer of named areas, laid on the ground unless they are what it is made of."""
    some = np.array(shapes, object)
    table = pa.table(
        {
            "uid": [f"{layer}-{n + 1}" for n in range(len(kinds))],
            "geometry": wkb(some if layer in _BARE else raised(some)),
            "object_type": pa.array(kinds, pa.string()),
            "name_en": pa.array([title[0] for title in titles], pa.string()),
            "name_ar": pa.array([title[1] for title in titles], pa.string()),
        }
    )
    return SampleLayer(layer, kind, en, ar, visible, columns(NAMED), table)


def wkb(shapes: Any) -> pa.Array:
    """ISO WKB, little endian."""
    return pa.array(shapely.to_wkb(np.asarray(shapes, object), flavor="iso", byte_order=1).tolist(), pa.binary())
