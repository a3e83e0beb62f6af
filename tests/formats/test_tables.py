"""CSV and spreadsheets: where rows lie is said by their columns' names or asked for; nothing else is guessed."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely

from tests.command import answered, balad
from tests.formats.books import book
from tests.formats.taking import table, take
from twin.core.errors import CannotRead, NoCrs, NotThisFormat, TooLarge
from twin.formats import registry
from twin.formats.intake import Answer
from twin.formats.request import Join

CRS = "EPSG:9357"
PLACES = [(39.15, 21.54), (39.16, 21.55), (39.17, 21.56)]
NAMES = ["برج", "مسجد البلد", "مدرسة, ثانوية"]


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def rows(taken: Answer, layer: int = 0) -> list[dict[str, Any]]:
    return [dict(row) for row in table(taken.layers[layer]).to_pylist()]


def places(taken: Answer, crs: str = "EPSG:4326") -> list[tuple[float, float]]:
    """Where the features lie, in another CRS."""
    from pyproj import Transformer

    turn = Transformer.from_crs(taken.crs, crs, always_xy=True)
    shapes = shapely.from_wkb(table(taken.layers[0]).column("geometry").to_numpy())
    return [turn.transform(shape.x, shape.y) for shape in shapes]


HEADS = [
    "lon,lat", "Longitude,Latitude", "LONG,LAT", "lng,lat", "stop_lon,stop_lat", "gps_longitude,gps_latitude",
    "خط الطول,خط العرض", "خط_الطول,دائرة_العرض", "decimalLongitude,decimalLatitude", "Longitude (deg),Latitude (deg)",
]  # fmt: skip


@pytest.mark.parametrize("head", HEADS)
def test_columns_called_so_are_degrees(tmp_path: Path, head: str) -> None:
    text = f"name,{head}\n" + "".join(f'"{n}",{x},{y}\n' for n, (x, y) in zip(NAMES, PLACES, strict=True))
    taken = take(written(tmp_path / "a.csv", text), city_crs=CRS)
    assert np.allclose(places(taken), PLACES, atol=1e-9)
    assert [row["name"] for row in rows(taken)] == NAMES
    assert any("WGS 84" in note for note in taken.notes)
    assert set(rows(taken)[0]) == {"uid", "geometry", "name", "xmin", "ymin", "zmin", "xmax", "ymax", "zmax"}


@pytest.mark.parametrize(
    "head",
    [
        "x,y",
        "Easting,Northing",
        "X_Coord,Y_Coord",
        "الإحداثي الشرقي,الإحداثي الشمالي",
        "شرق,شمال",
        "E,N",
        "POINT_X,POINT_Y",
    ],
)
def test_metres_ask_for_their_crs(tmp_path: Path, head: str) -> None:
    path = written(tmp_path / "a.csv", f"{head},n\n520000.25,2380000.5,1\n520010,2380020,2\n")
    with pytest.raises(NoCrs, match="--crs EPSG:n"):
        take(path)
    taken = take(path, crs=CRS)
    assert places(taken, CRS) == [(520000.25, 2380000.5), (520010.0, 2380020.0)]


@pytest.mark.parametrize("head", ["طول,عرض", "long_name,lat_name", "a,b", "width,length", "lon,y"])
def test_other_names_are_no_coordinates(tmp_path: Path, head: str) -> None:
    with pytest.raises(CannotRead, match="No column says where"):
        take(written(tmp_path / "a.csv", f"{head}\n39.1,21.5\n"), city_crs=CRS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1256"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_arabic_in_any_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    names = ["حي البلد القديم", "مبنى الأمانة", "شارع الملك عبدالعزيز"]
    lines = [["اسم المكان", "خط الطول", "خط العرض"]]
    lines += [[name, str(x), str(y)] for name, (x, y) in zip(names, PLACES, strict=True)]
    text = "\r\n".join(delimiter.join(line) for line in lines) + "\r\n"
    taken = take(written(tmp_path / "a.csv", text, encoding), city_crs=CRS)
    assert [row["اسم المكان"] for row in rows(taken)] == names
    assert np.allclose(places(taken), PLACES, atol=1e-9)


def test_a_late_arabic_word_is_read_in_its_encoding(tmp_path: Path) -> None:
    text = "name,lon,lat\n" + "a plain name,39.1,21.5\n" * 60_000 + "مدرسة البلد الثانوية,39.1,21.5\n"
    taken = take(written(tmp_path / "a.csv", text, "windows-1256"), city_crs=CRS)
    assert rows(taken)[-1]["name"] == "مدرسة البلد الثانوية"


def test_numbers_as_offices_write_them(tmp_path: Path) -> None:
    text = (
        "lon;lat;area;floors;id2;price;share;code;seen;open;big\n"
        "39,15;21,54;١٬٢٣٤٫٥;٣;007;1.234,50;0,5;1,234;2024-05-06;true;NA\n"
        "39,16;21,55;٢٫٥;٤;012;12,25;1;2,345;2024-05-07;false;5\n"
    )
    taken = take(written(tmp_path / "a.csv", text), city_crs=CRS)
    first, second = rows(taken)
    assert np.allclose(places(taken), PLACES[:2], atol=1e-9)
    assert (first["area"], first["floors"], first["id2"]) == (1234.5, 3, "007")
    assert (first["price"], second["price"], first["share"]) == (1234.5, 12.25, 0.5)
    # A thousand or one and a bit: nobody can know.
    assert first["code"] == "1,234"
    assert str(first["seen"]) == "2024-05-06 00:00:00" and first["open"] is True
    assert (first["big"], second["big"]) == (None, 5)


def test_an_ambiguous_comma_in_a_coordinate_is_asked_about(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "x;y\n520,123;2,380,456\n520,124;2,380,457\n")
    with pytest.raises(CannotRead, match="thousands or decimals"):
        take(path, crs=CRS)
    clear = written(tmp_path / "b.csv", "x;y\n520123,5;2380456,25\n520124;2380457,5\n")
    assert places(take(clear, crs=CRS), CRS)[0] == (520123.5, 2380456.25)


def test_degrees_with_minutes(tmp_path: Path) -> None:
    text = 'lat,lon\n"21°32\'24""N","39°9\'0""E"\n21.55N,39.16 E\n"33° 30.5\' S","70°W"\n'
    taken = take(written(tmp_path / "a.csv", text), city_crs="EPSG:3857")
    expected = [(39.15, 21.54), (39.16, 21.55), (-70.0, -(33 + 30.5 / 60))]
    assert np.allclose(places(taken), expected, atol=1e-9)


def test_each_row_is_accounted_for(tmp_path: Path) -> None:
    text = "id,lon,lat\na,39.15,21.54\nb,,21.5\nc,here,21.5\nd,39.1,95\ne,39.2,21.5,too,many\nf,39.3,21.6"
    taken = take(written(tmp_path / "a.csv", text), city_crs=CRS)
    report = taken.layers[0].report
    assert report.adds_up() and (report.read, report.kept) == (6, 2)
    said = {one.id: one.reason for one in report.refused}
    assert set(said) == {"b", "c", "d", "e"}
    assert "no “lon”" in said["b"] and "“here”" in said["c"] and "95" in said["d"] and "5 values" in said["e"]


def test_swapped_degrees_are_refused_where_they_cant_be(tmp_path: Path) -> None:
    text = "lat,lon\n139.7,35.6\n139.8,35.7\n"
    with pytest.raises(CannotRead, match="swapped"):
        take(written(tmp_path / "a.csv", text), city_crs=CRS)
    metres = "lon,lat\n520000,2380000\n"
    with pytest.raises(CannotRead, match="no degrees"):
        take(written(tmp_path / "b.csv", metres), city_crs=CRS)


def test_swapped_axes_are_told_by_where_the_city_lies(tmp_path: Path) -> None:
    jeddah = (510_000.0, 2_370_000.0, 530_000.0, 2_400_000.0)
    swapped = take(written(tmp_path / "a.csv", "lat,lon\n39.15,21.54\n39.16,21.55\n"), city_crs=CRS, extent=jeddah)
    assert any("swapped" in note for note in swapped.notes)
    right = take(written(tmp_path / "b.csv", "lon,lat\n39.15,21.54\n39.16,21.55\n"), city_crs=CRS, extent=jeddah)
    assert not any("swapped" in note for note in right.notes)
    # A first file has no city, but its CRS is made for one part of the earth.
    alone = take(written(tmp_path / "c.csv", "x,y\n2380000,520000\n2380100,520100\n"), crs=CRS)
    assert any("swapped" in note for note in alone.notes)


def test_geometry_as_text(tmp_path: Path) -> None:
    square = shapely.box(520_000, 2_380_000, 520_010, 2_380_010)
    line = shapely.LineString([(520_000, 2_380_000), (520_100, 2_380_000)])
    hexed = shapely.to_wkb(shapely.set_srid(square, 9357), hex=True, include_srid=True)
    text = f'id,geom\na,"SRID=9357;{square.wkt}"\nb,{hexed}\nc,"{line.wkt}"\nd,nonsense\n'
    taken = take(written(tmp_path / "a.csv", text))
    assert taken.crs == CRS
    assert [(one.report.kind, one.report.kept) for one in taken.layers] == [("areas", 2), ("lines", 1)]
    assert [one.id for one in taken.layers[0].report.refused] == ["d"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1,2,3\n4,5,6\n", "no names"),
        ("lon,lat\n", "no feature"),
        ('lon,lat\n"39.1,21.5\n', "No column|no features|can be taken in"),
    ],
)
def test_what_is_no_table_of_places_is_words(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path / "a.csv", text)
    with pytest.raises(CannotRead, match=said) as why:
        take(path, city_crs=CRS)
    assert str(why.value).endswith(str(path))


def test_binary_under_the_name_of_a_table_is_words(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(bytes(range(256)) * 50)
    with pytest.raises(CannotRead):
        take(path, city_crs=CRS)


@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
def test_what_goes_out_comes_back(tmp_path: Path, suffix: str) -> None:
    shapes = [shapely.Point(520_000 + 1 / 3, 2_380_000.1), shapely.Point(-1e-7, 12345678.9), None]
    sent = pa.table(
        {
            "uid": ["a", "ب ٢", "c,;\"'\n"],
            "geometry": pa.array(shapely.to_wkb(np.array(shapes, dtype=object)), pa.binary()),
            "name": ["البلد", None, "x"],
            "height": [0.1 + 0.2, 1e-7, 1e300],
            "levels": pa.array([1, None, -(2**54)], pa.int64()),
            "x": ["own", None, "b"],
            "open": [True, None, False],
        }
    )
    out = tmp_path / f"out{suffix}"
    registry.writer(out)(out, sent, CRS, "out", None)
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    taken = take(out)
    assert taken.crs == CRS
    back = rows(taken)
    # The one without a place is told, and not taken.
    assert [one.id for one in taken.layers[0].report.refused] == ["c,;\"'"]
    for one, was in zip(back, sent.to_pylist(), strict=False):
        assert one["geometry"] == was["geometry"] and one["uid"] == was["uid"]
        assert {name: one[name] for name in ("name", "height", "levels", "open")} == {
            name: was[name] for name in ("name", "height", "levels", "open")
        }
        assert one["x_"] == was["x"]


def test_gdal_reads_what_goes_out(tmp_path: Path) -> None:
    square = shapely.to_wkb(shapely.box(520_000 + 1 / 3, 2_380_000, 520_010, 2_380_010))
    sent = pa.table({"uid": ["a"], "geometry": pa.array([square], pa.binary()), "name": ["البلد"]})
    out = tmp_path / "out.csv"
    registry.writer(out)(out, sent, CRS, "out", None)
    import csv

    with out.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert shapely.from_wkt(row["wkt"]).equals_exact(shapely.from_wkb(square), 0)
    assert (row["name"], row["crs"]) == ("البلد", CRS)


def test_a_workbook_has_a_layer_for_each_sheet_of_places(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        {
            "schools": [
                ["تقرير المدارس"],
                ["الاسم", "خط الطول", "خط العرض", "الطلاب"],
                ["مدرسة ١", 39.15, 21.54, 200],
                ["مدرسة ٢", "٣٩٫١٦", "٢١٫٥٥", None],
                [None, None, None, None],
                ["مدرسة ٣", None, 21.5, 12],
            ],
            "wells": [["easting", "northing", "lon", "lat"], [1, 2, 39.2, 21.6]],
            "notes": [["remark", "who"], ["hello", "x"]],
        },
    )
    taken = take(path, city_crs=CRS)
    assert {one.report.id: (one.report.kept, len(one.report.refused)) for one in taken.layers} == {
        "schools": (2, 1),
        "wells": (1, 0),
    }
    assert [row["الطلاب"] for row in rows(taken)] == [200, None]
    assert np.allclose(places(taken), PLACES[:2], atol=1e-9)
    assert any("“notes” was left out" in note for note in taken.notes)
    assert any("Rows above" in note for note in taken.notes)


def test_a_workbook_that_would_fill_the_disk_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out,
        out.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member,
    ):
        for _ in range(1100):
            member.write(bytes(1 << 20))
    assert path.stat().st_size < 4 << 20
    with pytest.raises(TooLarge, match="MB"):
        take(path, city_crs=CRS)


@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".ods", ".xlsb"])
def test_no_workbook_is_words(tmp_path: Path, suffix: str) -> None:
    for content in (b"hello", b"PK\x03\x04" + bytes(99), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000)):
        path = tmp_path / f"a{suffix}"
        path.write_bytes(content)
        with pytest.raises(NotThisFormat, match="no spreadsheet"):
            take(path, city_crs=CRS)


@pytest.fixture
def parcels(tmp_path: Path) -> Path:
    """A city with a layer of three parcels."""
    ring = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]
    features = [
        {
            "type": "Feature",
            "properties": {"uid": uid, "use": "villa"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[39.1 + n / 100 + x / 1000, 21.5 + y / 1000] for x, y in ring]],
            },
        }
        for n, uid in enumerate(("P-1", "P-2", "12"))
    ]
    path, city = tmp_path / "parcels.geojson", tmp_path / "c.balad"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    answered("import", city, path)
    return city


def test_a_table_of_addresses_lies_where_its_layer_lies(parcels: Path, tmp_path: Path) -> None:
    text = "meter,address,reading\nm1,P-2,5\nm2,١٢,7\nm3,P-9,1\nm4,,2\nm5,P-2,9\n"
    file = written(tmp_path / "meters.csv", text)
    report = answered("import", parcels, file, "--join", "parcels")
    (layer,) = report["layers"]
    assert (layer["read"], layer["kept"], layer["kind"]) == (5, 3, "areas")
    said = {one["id"]: one["reason"] for one in layer["refused"]}
    assert "P-9" in said["row 3"] and "no “address”" in said["row 4"]
    same = answered(
        "sql", parcels, "SELECT m.meter FROM meters m JOIN parcels p ON p.uid = 'P-2' AND m.geometry = p.geometry"
    )
    assert {row["meter"] for row in same} == {"m1", "m5"}
    assert answered("check", parcels)["ok"]


def test_a_join_that_can_be_two_things_is_asked_about(parcels: Path, tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv", "from,to\nP-1,P-2\nP-2,12\n")
    done = balad("import", parcels, file, "--join", "parcels")
    assert done.returncode == 1 and "from, to" in done.stderr and "--join parcels.COLUMN" in done.stderr
    assert answered("import", parcels, file, "--join", "parcels.to")["layers"][0]["kept"] == 2
    for join, said in (("nowhere", "no layer"), ("parcels.xyz", "no column"), ("parcels.to", "--crs")):
        words = ("--crs", CRS) if said == "--crs" else ()
        done = balad("import", parcels, file, "--join", join, *words)
        assert done.returncode == 1 and said in done.stderr


def test_only_a_table_is_joined(parcels: Path, tmp_path: Path) -> None:
    done = balad("import", parcels, tmp_path / "parcels.geojson", "--join", "parcels")
    assert done.returncode == 1 and "Only a table" in done.stderr


def test_a_workbook_is_joined_too(tmp_path: Path) -> None:
    square = shapely.to_wkb(shapely.box(0, 0, 1, 1))
    there = pa.table({"uid": ["1", "2"], "geometry": pa.array([square, square], pa.binary())})
    ipc = tmp_path / "join.arrows"
    with pa.ipc.new_stream(str(ipc), there.schema) as writer:
        writer.write_table(there)
    path = book(tmp_path / "a.xlsx", {"s": [["building", "kwh"], [1, 20.5], [3, 1.5]]})
    taken = take(path, city_crs=CRS, join=Join(ipc=str(ipc), layer="b"))
    assert taken.layers[0].report.kept == 1 and len(taken.layers[0].report.refused) == 1
