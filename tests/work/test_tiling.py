"""Tiles made again at opening: a kind that fails takes no city along."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pytest

from layers import buildings
from tests.store.conftest import new
from twin.core.errors import Cancelled
from twin.host.session import Session, silent
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
            freshen(city, kinds, silent)
        assert "can't encode" in caplog.text
        assert [layer.count for layer in city.layers()] == [5]


def test_tiles_made_anew_at_opening_tell_how_far_they_are_and_can_be_stopped(tmp_path, monkeypatch):
    path = tmp_path / "c.balad"
    with City.create(path, "EPSG:9357") as city:
        city.add([new("buildings", 4_000)], ("test", {}))
    Session.open(path).close()
    with City.open(path) as city:
        before = city.tiles("buildings").num_rows
    monkeypatch.setattr(buildings, "VERSION", buildings.VERSION + 1)

    def stop(fraction: float, _words: str = "") -> None:
        if fraction > 0.4:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        Session.open(path, progress=stop)
    heard: list[float] = []
    with City.open(path) as city:
        assert (city.tiles("buildings").num_rows, city.tile_version("buildings")) == (before, buildings.VERSION - 1)
    with Session.open(path, progress=lambda fraction, _words="": heard.append(fraction)) as session:
        assert session.city.tile_version("buildings") == buildings.VERSION
    assert heard == sorted(heard) and len(set(heard)) > 3 and heard[-1] == 1.0
