"""Damaged copies of each format, and bombs: an answer in words each, and the city as it was.

The long form is ``python3 main.py soak damaged``: every file, ten places, 200 changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.formats import bombs, damage, datasets
from tests.formats.answering import Reader
from tests.formats.importing import Desk
from tests.formats.making import written
from twin.host.session import Session

PLACES, FLIPS = 2, 4
REAL = (
    "raster_lidar_bim/vector/bubenec.gpkg",
    "city3d/cjio/multi_lod.json",
    "city3d/duckdb-cityjson/delft_subset.city.jsonl",
    "osm/planet_10.068,48.135_10.071,48.137.osm",
    "osm/Helsinki.osm.pbf",
    "tiles3d/1.0/TilesetWithRequestVolume",
    "water/wntr/Net1.inp",
    "power_heat/power/case33bw.json",
    "mobility/sample_gtfs.zip",
    "raster_lidar_bim/raster/cogeo.tif",
    "raster_lidar_bim/pointcloud/simple.las",
    "raster_lidar_bim/pointcloud/simple.copc.laz",
)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    with Reader(tmp_path_factory.mktemp("reader")) as made:
        yield made


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, datasets.DataSet]:
    return {one.name: one for one in datasets.made(tmp_path_factory.mktemp("made"))}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    room = tmp_path_factory.mktemp("desk")
    with Session(room / "city.balad") as session:
        session.run("import", file=written(room / "parcels.gpkg"))
    with Desk(room / "city.balad", room / "own") as found:
        yield found


def told(reader: Reader, desk: Desk, one: datasets.DataSet, room: Path) -> None:
    """Each damaged copy, and one of them brought into the city."""
    said, whole = datasets.understood(reader, one)
    assert whole.verdict in {"taken", "losses"}, whole
    own = {name: value for name, value in said.items() if name != "city_crs"}
    for number, (name, copy) in enumerate(damage.copies(one.path, room, places=PLACES, flips=FLIPS)):
        found = reader.ask(copy, whole, **said)
        assert found.verdict != "fault", (name, found)
        if number == 0 and "city_crs" in said:
            brought = desk.bring(copy, **own)
            assert brought.verdict != "fault", (name, brought)


@pytest.mark.parametrize("name", REAL)
def test_damaged_copies_of_real_files_are_told(reader: Reader, desk: Desk, tmp_path: Path, name: str) -> None:
    there = {one.name: one for one in datasets.real()}
    if name not in there:
        pytest.skip(f"the real file {name} is not beside the project")
    told(reader, desk, there[name], tmp_path / "copy")


@pytest.mark.parametrize("name", datasets.MADE)
def test_damaged_copies_of_each_other_format_are_told(
    reader: Reader, desk: Desk, made: dict[str, datasets.DataSet], tmp_path: Path, name: str
) -> None:
    told(reader, desk, made[name], tmp_path / "copy")


@pytest.mark.parametrize("name", bombs.QUICK)
def test_a_bomb_is_told(reader: Reader, tmp_path: Path, name: str) -> None:
    for path in bombs.bombs(tmp_path, (name,)):
        found = reader.ask(path, city_crs="EPSG:32637")
        assert found.verdict == ("refused" if path.suffix != ".tif" else "taken"), found
    assert [one.name for one in tmp_path.parent.iterdir() if "evil" in one.name] == []
