"""A city as the scene reads it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
from psygnal import Signal

from twin.core.errors import TwinError
from twin.host.links import Links
from twin.model.feature import BASE
from twin.model.layer import Layer
from twin.store.city import City


class CityTiles:
    """Tiles and kinds of an open city; every call may come from any thread."""

    failed = Signal(str, str, str)
    """Layer, kind and why: it can't be drawn, all of it or in part; told on whatever thread found it."""

    def __init__(self, city: City, kinds: Mapping[str, Any], path: Path | None = None) -> None:
        """``path`` is the city's own, where what is read is a copy."""
        self.city = city
        self.links = Links(path or city.path, city)
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

    def undrawn(self, layer: str, kind: str, why: str) -> None:
        """A tile of a layer can't be drawn: whoever listens is told."""
        self.failed.emit(layer, kind, why)

    def values(self, layer: str, column: str) -> pa.Table:
        """The column's values by fid; of a point cloud those of some points, by their place among them."""
        found = self.city.layer(layer)
        if found.link and found.link.holds == "points":
            return self._sampled(found, column)
        return self.city.features(layer, columns=["fid", column])

    def _sampled(self, layer: Layer, column: str) -> pa.Table:
        kept = {b"sampled": b"yes"}
        try:
            points = self.links.sample(layer)
        except TwinError:
            # It is missing, which is told elsewhere: nothing is known of its points.
            return pa.table(
                {"fid": pa.array([], pa.int64()), column: pa.array([], pa.float64())}
            ).replace_schema_metadata(kept)
        values = points.values(column)
        words = pa.array([str(one) for one in values.tolist()]) if column == "classification" else pa.array(values)
        return pa.table({"fid": pa.array(range(len(values)), pa.int64()), column: words}).replace_schema_metadata(kept)
