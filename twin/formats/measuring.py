"""What a layer's features measure: taken while their geometry is at hand, since decoding it again costs as much."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Self

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.model import boxes

_NAMES = {
    -1: "None",
    0: "Point",
    1: "LineString",
    2: "LinearRing",
    3: "Polygon",
    4: "MultiPoint",
    5: "MultiLineString",
    6: "MultiPolygon",
    7: "GeometryCollection",
}


@dataclass(frozen=True)
class Measures:
    """Of each feature of a batch."""

    boxes: NDArray[np.float64]
    """(n, 6) in the city's CRS, in metres; NaN without geometry."""
    types: NDArray[np.int32]
    """(n,) shapely's numbers of geometry types, −1 without geometry."""

    @classmethod
    def of(cls, shapes: NDArray[np.object_]) -> Self:
        """Of decoded geometry."""
        return cls(boxes.of(shapes), shapely.get_type_id(shapes))

    def take(self, rows: NDArray[np.intp]) -> Measures:
        """Of some of the features."""
        return Measures(self.boxes[rows], self.types[rows])

    def by_type(self) -> Counter[str]:
        """How many features are of each geometry type."""
        found, counts = np.unique(self.types, return_counts=True)
        return Counter({_NAMES[int(one)]: int(n) for one, n in zip(found, counts, strict=True)})
