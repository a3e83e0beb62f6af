"""Tiles made again at opening: a kind that fails takes no city along."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pytest

from tests.store.conftest import new
from twin.store.city import City
from twin.work.tiling import freshen


class Broken:
    """A layer kind by a stranger."""

    KIND, VERSION = "buildings", 99
    COLUMNS: ClassVar[tuple[str, ...]] = ()

    def encode(self, _table: pa.Table) -> bytes:
        raise ZeroDivisionError


def test_a_city_opens_though_a_kind_of_it_fails(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    kinds: dict[str, Any] = {"buildings": Broken()}
    with City.create(tmp_path / "c.balad", "EPSG:9357") as city:
        city.add([new("buildings", 5)], ("test", {}))
        with caplog.at_level(logging.ERROR, "balad"):
            freshen(city, kinds)
        assert "can't encode" in caplog.text
        assert [layer.count for layer in city.layers()] == [5]
