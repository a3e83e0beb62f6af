"""Points of 3D Tiles 1.0 (pnts): where they are, their colours, and whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.core.i18n import mark
from twin.formats.gltf_document import Broken
from twin.formats.tiles3d_tables import Doubles, Table, numbers, places


@dataclass(frozen=True)
class Cloud:
    """A content's points, in its tile's coordinates."""

    points: Doubles
    ids: NDArray[np.int64] | None
    """(n,) the batch table's row of each; None where a point has no number, or a row of its own."""
    colours: NDArray[np.uint8] | None
    """(n, 4) sRGB and how opaque."""


def cloud(features: Table) -> Cloud:
    """Of a feature table; Broken where it can't be read."""
    points, ids = dots(features)
    return Cloud(points, ids, _colours(features, len(points)))


def dots(features: Table) -> tuple[Doubles, NDArray[np.int64] | None]:
    """The places alone, and the number of each one's feature."""
    extensions = features.json.get("extensions")
    if isinstance(extensions, dict) and "3DTILES_draco_point_compression" in extensions:
        raise Broken(mark("its form is compressed (Draco or meshopt), which can’t be read: export it uncompressed"))
    count = features.count("POINTS_LENGTH")
    found, ids = places(features, count), features.array("BATCH_ID", "UNSIGNED_SHORT", 1, count)
    if not np.isfinite(found).all():
        raise Broken(mark("its coordinates are no numbers"))
    return found, None if ids is None else ids.astype(np.int64)


def _colours(features: Table, count: int) -> NDArray[np.uint8] | None:
    made = np.full((count, 4), 255, np.uint8)
    for name, width in (("RGBA", 4), ("RGB", 3)):
        found: Any = features.array(name, "UNSIGNED_BYTE", width, count)
        if found is not None:
            made[:, :width] = found
            return made
    packed: Any = features.array("RGB565", "UNSIGNED_SHORT", 1, count)
    if packed is not None:
        for part, (shift, most) in enumerate(((11, 31), (5, 63), (0, 31))):
            made[:, part] = np.rint((packed.astype(np.int64) >> shift & most) * (255 / most))
        return made
    constant = numbers(features.json.get("CONSTANT_RGBA"), 4)
    if constant is None:
        constant = _of_bytes(features)
    if constant is None:
        return None
    made[:] = np.clip(constant, 0, 255)
    return made


def _of_bytes(features: Table) -> Any:
    found = features.json.get("CONSTANT_RGBA")
    return features.array("CONSTANT_RGBA", "UNSIGNED_BYTE", 4, 1).reshape(4) if isinstance(found, dict) else None  # type: ignore[union-attr]
