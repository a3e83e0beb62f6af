"""GeoParquet 1.1's native encodings (GeoArrow): nested lists of coordinates, brought to WKB."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

ENCODINGS = {
    "point": (shapely.GeometryType.POINT, 0),
    "linestring": (shapely.GeometryType.LINESTRING, 1),
    "polygon": (shapely.GeometryType.POLYGON, 2),
    "multipoint": (shapely.GeometryType.MULTIPOINT, 1),
    "multilinestring": (shapely.GeometryType.MULTILINESTRING, 2),
    "multipolygon": (shapely.GeometryType.MULTIPOLYGON, 3),
}
"""Each with its type and how deep its lists are."""


def to_wkb(column: pa.Array, encoding: str) -> pa.Array:
    """The WKB of a column; null where it is. ArrowInvalid where its lists don't hold together."""
    kind, depth = ENCODINGS[encoding]
    storage = column.storage if isinstance(column, pa.ExtensionArray) else column
    storage.validate(full=True)
    nulls = np.asarray(storage.is_null())
    inner, offsets = storage, list[NDArray[np.int64]]()
    for _ in range(depth):
        if not (pa.types.is_list(inner.type) or pa.types.is_large_list(inner.type)):
            raise pa.ArrowInvalid(f"a {encoding} whose lists are not {depth} deep")
        starts = np.asarray(inner.offsets, np.int64)
        # A part of a longer column begins somewhere in it.
        offsets.insert(0, starts - starts[0])
        inner = inner.values.slice(starts[0], starts[-1] - starts[0])
    coordinates = _coordinates(inner)
    shapes: Any = shapely.from_ragged_array(kind, coordinates, tuple(offsets) if depth else None)
    shapes[nulls] = None
    return pa.array(shapely.to_wkb(shapes), pa.binary())


def _coordinates(inner: pa.Array) -> NDArray[np.float64]:
    """(n, 2) or (n, 3), from a field for each axis or from lists of one length."""
    if pa.types.is_struct(inner.type):
        names = [field.name for field in inner.type]
        axes = [name for name in ("x", "y", "z") if name in names]
        fields = dict(zip(names, inner.flatten(), strict=True))
        return np.column_stack([np.asarray(fields[name].cast(pa.float64()).fill_null(np.nan)) for name in axes])
    if not pa.types.is_fixed_size_list(inner.type):
        raise pa.ArrowInvalid("coordinates that are neither fields nor lists of one length")
    width = inner.type.list_size
    # Flattened it would be without those that are null.
    numbers = inner.values.slice(inner.offset * width, len(inner) * width)
    flat = np.asarray(numbers.cast(pa.float64()).fill_null(np.nan))
    return np.ascontiguousarray(flat.reshape(-1, width)[:, : min(width, 3)])
