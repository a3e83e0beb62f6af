"""What a city gives out comes back the same, in every vector format."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely

from tests.formats.taking import table, take
from twin.core.errors import CannotWrite, Refused
from twin.formats import registry
from twin.model.feature import OWN

SUFFIXES = (".gpkg", ".geojson", ".parquet")
CRS = "EPSG:9357"


def layer() -> pa.Table:
    east, north = 1 / 3 + 500_000, 2_380_000.1
    shapes = [
        shapely.Polygon([(east, north), (east + 10, north + 1e-7), (east + 10, north + 10), (east, north)]),
        shapely.from_wkt("MULTIPOLYGON Z (((0 0 1.5, 1 0 2.25, 1 1 -0.1, 0 0 1.5)), ((5 5 0, 6 5 0, 6 6 0, 5 5 0)))"),
        shapely.Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [[(1, 1), (2, 1), (2, 2), (1, 2)]]),
        shapely.Point(-0.0, 12345678.9),
        shapely.from_wkt("LINESTRING Z (0 0 0, 1e-7 1 7)"),
        None,
    ]
    at = [datetime(2020, 1, 2, 3, 4, 5, 678000), None, datetime(1901, 1, 1), datetime(2020, 1, 1, 0, 0, 0, 123456)]
    return pa.table(
        {
            "uid": ["a-1", "ب ٢", "c'\"", "d\\", "e\n", "ü,;"],
            "geometry": pa.array(shapely.to_wkb(np.array(shapes), flavor="iso", byte_order=1), pa.binary()),
            "name": ["البلد", "", None, "2020-01-01", "2020-01-01T00:00:00Z", "12"],
            "height": [3.2, None, 1e-7, -4.0, 1e300, 0.1 + 0.2],
            "levels": pa.array([1, None, -3, 2**53 + 1, 0, -(2**54)], pa.int64()),
            "Mixed Case:x": [True, None, False, True, False, None],
            "seen": pa.array([*at, None, None], pa.timestamp("us")),
            "noon": pa.array([datetime(2021, 5, 6, 12)] * 5 + [None], pa.timestamp("us")),
            "day": pa.array([date(2021, 5, 6), date(1582, 10, 15), *[None] * 3, date(2999, 1, 1)], pa.date32()),
            "rooms": pa.array([[1, 2], None, [], [3], [4], [5]], pa.list_(pa.int64())),
            "whole": [1.0, 2.0, 3.0, None, 5.0, 6.0],
        }
    )


def canonical(found: pa.Table) -> list[tuple[Any, ...]]:
    """What a content hash sees: ids, WKB, and values that are there, numbers by value."""
    rows = []
    for row in found.to_pylist():
        values = {}
        for name, value in row.items():
            if value is None or name in OWN:
                continue
            told = str(value).replace(" ", "") if isinstance(value, list) else value
            values[name] = told.isoformat() if isinstance(told, date) else told
        rows.append((row["uid"], row["geometry"], sorted(values.items())))
    return sorted(rows, key=lambda row: row[0])


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("kind", ["buildings", "areas", ""])
def test_what_goes_out_comes_back(tmp_path: Path, suffix: str, kind: str) -> None:
    out = tmp_path / f"حي; البلد!{suffix}"
    registry.writer(out)(
        out,
        layer(),
        CRS,
        "al_balad",
        {"kind": kind, "title_en": "Balad", "title_ar": "البلد", "heights": "orthometric", "synthetic": True},
    )
    answer = take(out, city_crs=CRS)
    (taken,) = answer.layers
    assert canonical(table(taken)) == canonical(layer())
    assert taken.report.id == "al_balad"
    assert taken.report.kind == (kind or "buildings")
    assert (taken.title, taken.title_ar) == ("Balad", "البلد")
    assert (taken.report.read, taken.report.kept) == (6, 6)
    assert answer.crs == CRS
    assert (answer.heights, answer.synthetic) == ("orthometric", True)
    assert [file.name for file in tmp_path.iterdir()] == [out.name]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_types_stay(tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"a{suffix}"
    registry.writer(out)(out, layer(), CRS, "a", None)
    schema = table(take(out, city_crs=CRS).layers[0]).schema
    kinds = {
        name: str(schema.field(name).type) for name in ("name", "height", "levels", "Mixed Case:x", "seen", "whole")
    }
    assert kinds == {
        "name": "string",
        "height": "double",
        "levels": "int64",
        "Mixed Case:x": "bool",
        "seen": "timestamp[us]",
        "whole": "double",
    }


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_coordinates_come_back_to_the_bit(tmp_path: Path, suffix: str) -> None:
    random = np.random.default_rng(1)
    places = random.uniform(-1e7, 1e7, (20_000, 3)) * 10.0 ** random.integers(-9, 1, (20_000, 1))
    points = shapely.points(places * (1, 1, 0.1))
    wkb = shapely.to_wkb(points, flavor="iso", byte_order=1)
    values = random.uniform(-1, 1, 20_000) * 10.0 ** random.integers(-300, 300, 20_000)
    sent = pa.table({"uid": [str(n) for n in range(20_000)], "geometry": pa.array(wkb, pa.binary()), "v": values})
    out = tmp_path / f"points{suffix}"
    registry.writer(out)(out, sent, CRS, "points", {"kind": "points"})
    found = table(take(out, city_crs=CRS).layers[0])
    assert found.column("geometry").to_pylist() == list(wkb)
    assert found.column("v").to_pylist() == values.tolist()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_layer_goes_out_over_an_older_file(tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"a{suffix}"
    out.write_bytes(b"old")
    registry.writer(out)(out, layer().slice(0, 2), CRS, "a", None)
    assert take(out, city_crs=CRS).layers[0].report.read == 2


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_that_cannot_be_written_is_words_and_the_older_stays(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / f"a{suffix}"
    out.write_bytes(b"old")

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(CannotWrite, match="No space left") as why:
        registry.writer(out)(out, layer(), CRS, "a", None)
    assert str(why.value).endswith(str(out))
    assert [file.name for file in tmp_path.iterdir()] == [out.name]
    assert out.read_bytes() == b"old"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_folder_that_is_not_there_or_in_the_way_is_words(tmp_path: Path, suffix: str) -> None:
    for out in (tmp_path / "none" / f"a{suffix}", tmp_path / f"folder{suffix}"):
        (tmp_path / f"folder{suffix}").mkdir(exist_ok=True)
        with pytest.raises(CannotWrite):
            registry.writer(out)(out, layer(), CRS, "a", None)


def test_a_suffix_that_nothing_writes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="GeoPackage"):
        registry.writer(tmp_path / "a.dxf")
