"""A city as the scene reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from twin.model.feature import BASE
from twin.model.layer import Layer
from twin.store.city import City


class CityTiles:
    """Tiles and kinds of an open city; every call may come from any thread."""

    def __init__(self, city: City, kinds: Mapping[str, Any]) -> None:
        self.city = city
        self._kinds = kinds
        self._places: dict[tuple[str, int, int, int], tuple[int, str]] = {}

    def layers(self) -> list[Layer]:
        """The layers in drawing order."""
        return self.city.layers()

    def tiles(self, layer: str) -> pa.Table:
        """The layer's tiles: level, x, y, box, count, kind."""
        found = self.city.tiles(layer, BASE)
        for row in found.select(["level", "x", "y", "place", "of"]).to_pylist():
            self._places[layer, row["level"], row["x"], row["y"]] = row["place"], row["of"]
        return found

    def fids(self, layer: str) -> Any:
        """The layer's features in its own order."""
        return self.city.fids(layer)

    def payload(self, layer: str, level: int, x: int, y: int) -> bytes:
        """A tile's blob."""
        return self.city.tile(layer, level, x, y, BASE, self._places.get((layer, level, x, y)))

    def kind(self, name: str) -> Any:
        """The layer kind that meshes it; KeyError where nobody brings it."""
        return self._kinds[name]

    def values(self, layer: str, column: str) -> pa.Table:
        """The column's values by fid."""
        return self.city.features(layer, columns=["fid", column])
