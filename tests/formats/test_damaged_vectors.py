"""Damaged copies of each vector format end in words or in a report that adds up; the city is as it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.formats import damage
from tests.formats.making import written, zipped
from tests.real import data
from twin.core.errors import CannotRead
from twin.host.session import Session
from twin.work.jobs import Jobs

LOCAL = {"crs": "local", "local": (520_000.0, 2_370_000.0, 0.0, 1.0)}
FLIPS = 15
NAMES = ("a.fgb", "a.gdb", "a.tab", "a.mif", "a.kml", "a.kmz", "a.gpx", "a.dxf", "a.shp", "a.shp.zip", "a.gdb.zip")


def made(folder: Path, name: str) -> Path:
    if name.endswith(".zip"):
        return zipped(folder / name, written(folder / name.removesuffix(".zip")))
    return written(folder / name)


@pytest.fixture(scope="module")
def jobs() -> Iterator[Jobs]:
    with Jobs() as running:
        yield running


@pytest.mark.parametrize("name", NAMES)
def test_damaged_copies_are_told(jobs: Jobs, tmp_path: Path, name: str) -> None:
    source = tmp_path / "whole"
    source.mkdir()
    file = made(source, name)
    said = {"city_crs": "EPSG:32637", **(LOCAL if name == "a.dxf" else {})}
    assert damage.outcome(jobs, file, tmp_path / "scratch", **said) == "taken"
    found = Counter(
        damage.outcome(jobs, copy, tmp_path / "scratch", **said)
        for copy in damage.copies(file, tmp_path / "copy", flips=FLIPS)
    )
    assert found.total() == damage.PLACES + FLIPS and found["refused"]


@pytest.mark.parametrize("name", ["osm/Helsinki.osm.pbf", "osm/planet_10.068,48.135_10.071,48.137.osm"])
def test_damaged_maps_are_told(jobs: Jobs, tmp_path: Path, name: str) -> None:
    found = Counter(
        damage.outcome(jobs, copy, tmp_path / "scratch")
        for copy in damage.copies(data(name), tmp_path / "copy", flips=FLIPS)
    )
    assert found.total() == damage.PLACES + FLIPS and found["refused"]


def test_a_city_is_as_it_was_after_damaged_files(tmp_path: Path) -> None:
    with Session(tmp_path / "city.balad") as session:
        session.run("import", file=written(tmp_path / "first.gpkg"))
    with Session.open(tmp_path / "city.balad") as session:
        before = session.city.content()
        for name in (one for one in NAMES if one != "a.mif"):
            source = tmp_path / f"whole {name}"
            source.mkdir()
            copy = next(damage.copies(made(source, name), tmp_path / "copy", flips=0))
            with pytest.raises(CannotRead):
                session.run("import", file=copy, **({"crs": "EPSG:32637"} if name == "a.dxf" else {}))
            assert session.city.content() == before
