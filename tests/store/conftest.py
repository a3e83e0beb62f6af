from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import shapely

from twin.model.layer import Layer
from twin.store.adding import NewLayer
from twin.store.city import City


def features(count: int, seed: int = 1) -> pa.Table:
    """Squares of 10 m over a plain of 20 km."""
    random = np.random.default_rng(seed)
    x, y = random.uniform(0, 2e4, count), random.uniform(0, 2e4, count)
    return pa.table(
        {
            "uid": [f"b{n}" for n in range(count)],
            "geometry": shapely.to_wkb(shapely.box(x, y, x + 10, y + 10)).tolist(),
            "height": random.uniform(3, 30, count),
            "name": [None if n % 3 else f"مبنى {n}" for n in range(count)],
        }
    )


def new(layer: str, count: int = 50, seed: int = 1) -> NewLayer:
    return NewLayer(Layer(id=layer, kind="buildings", title_en=layer), features(count, seed))


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with City.create(tmp_path / "c.balad", "EPSG:9357") as made:
        yield made
