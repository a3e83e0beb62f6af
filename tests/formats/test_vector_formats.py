"""FlatGeobuf, geodatabases, MapInfo, KML, GPX and DXF as offices export them, against GDAL's own counts."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely

from tests.formats import ogr
from tests.formats.making import parcels, written
from tests.formats.taking import table, take
from twin.core.errors import CannotRead, NoCrs, NotThisFormat

ARABIC = ["مدرسة البلد", "مبنى بلدية جدة", "شارع فلسطين"]
LOCAL: dict[str, Any] = {"crs": "local", "local": (520_000.0, 2_370_000.0, 0.0, 1.0), "city_crs": "EPSG:9357"}


def counted(path: Path) -> int:
    """As GDAL counts, outside our code."""
    names = [name for name, kind in pyogrio.list_layers(path) if kind is not None]
    return sum(pyogrio.read_info(path, layer=name, force_feature_count=True)["features"] for name in names)


@pytest.mark.parametrize(
    ("name", "format_", "kind"),
    [
        ("a.fgb", "FlatGeobuf", "areas"),
        ("a.gdb", "File Geodatabase", "areas"),
        ("a.tab", "MapInfo", "areas"),
        ("a.mif", "MapInfo", "areas"),
        ("a.kml", "KML", "areas"),
        ("a.kmz", "KML", "areas"),
        ("a.gpx", "GPX", "points"),
        ("a.dxf", "DXF", "areas"),
    ],
)
def test_each_format_is_read_whole(tmp_path: Path, name: str, format_: str, kind: str) -> None:
    file = written(tmp_path / name)
    answer = take(file, **(LOCAL if name == "a.dxf" else {}))
    (layer,) = answer.layers
    assert (answer.format, layer.report.kind) == (format_, kind)
    assert layer.report.read == layer.report.kept == 36
    if name != "a.kmz":
        assert counted(file) == 36
    found = table(layer)
    if kind == "areas" and name != "a.dxf":
        column = "name" if "name" in found.column_names else "Name"
        assert sorted(found.column(column).to_pylist()) == sorted(f"قطعة {n}" for n in range(36))
        assert shapely.area(shapely.from_wkb(found.column("geometry").to_numpy())).sum() == pytest.approx(
            36 * (460 if name.startswith("a.km") else 400), rel=0.01
        )


def test_a_geodatabase_keeps_aliases_and_what_codes_mean(tmp_path: Path) -> None:
    rows = [(shape.wkt, {"use": n % 2 + 1, "cls": "AB"[n % 2], "area": 2.5}) for n, shape in enumerate(parcels())]
    file = ogr.geodatabase(
        tmp_path / "amana.gdb",
        "parcels",
        {"use": "int", "cls": "str", "area": "float"},
        rows,
        alias="قطع الأراضي",
        aliases={"use": "استعمال الأرض", "area": "Area of the deed"},
        domains={"use": {"1": "سكني", "2": "تجاري"}, "cls": {"A": "First", "B": "Second"}},
    )
    (layer,) = take(file).layers
    assert layer.title == "قطع الأراضي"
    use, cls, area = (layer.columns[name] for name in ("use", "cls", "area"))
    assert use.title == "استعمال الأرض" and use.meaning("1") == "سكني"
    assert cls.meaning("B") == "Second" and area.title == "Area of the deed"
    assert table(layer).column("use").to_pylist()[:3] == [1, 2, 1]
    assert counted(file) == layer.report.read == 36


def test_a_geodatabase_in_a_city_shows_its_words(tmp_path: Path) -> None:
    from twin.host.session import Session

    file = ogr.geodatabase(
        tmp_path / "a.gdb", "parcels", {"use": "int"}, [(parcels()[0].wkt, {"use": 1})], domains={"use": {"1": "سكني"}}
    )
    with Session(tmp_path / "c.balad") as session:
        session.run("import", file=file)
    with Session.open(tmp_path / "c.balad") as session:
        (layer,) = session.city.layers()
        (column,) = (one for one in layer.columns if one.name == "use")
        assert (column.type, column.meaning("1")) == ("BIGINT", "سكني")
        (twice,) = session.run("import", file=file).notes[-1:]
        assert "already" in twice


def test_arcs_are_drawn_and_not_refused(tmp_path: Path) -> None:
    half = (
        "CURVEPOLYGON(COMPOUNDCURVE(CIRCULARSTRING(500000 2300000,500010 2300010,500020 2300000),"
        "(500020 2300000,500000 2300000)))"
    )
    rows = [
        (half, {"n": 1}),
        ("MULTIPOLYGON(((500000 2300000,500010 2300000,500010 2300010,500000 2300000)))", {"n": 2}),
    ]
    file = ogr.geodatabase(tmp_path / "arcs.gdb", "arcs", {"n": "int"}, rows, geometry=ogr.MULTISURFACE)
    (layer,) = take(file).layers
    first, second = shapely.from_wkb(table(layer).column("geometry").to_numpy())
    assert layer.report.kept == 2
    assert first.area == pytest.approx(3.14159 * 100 / 2, rel=0.002) and second.area == 50


def test_a_geodatabase_may_be_chosen_by_any_of_its_files(tmp_path: Path) -> None:
    file = written(tmp_path / "a.gdb")
    inside = next(file.glob("*.gdbtable"))
    by_file, by_folder = take(inside), take(file)
    assert by_file.layers[0].report.read == 36
    assert by_file.sha256 == by_folder.sha256


def test_a_folders_fingerprint_is_its_contents(tmp_path: Path) -> None:
    file = written(tmp_path / "a.gdb")
    copy = Path(shutil.copytree(file, tmp_path / "b.gdb"))
    (copy / "a.lock").write_text("somebody has it open")
    assert take(file).sha256 == take(copy).sha256
    (copy / "note.txt").write_text("x")
    assert take(file).sha256 != take(copy).sha256


@pytest.mark.parametrize("suffix", [".tab", ".mif"])
@pytest.mark.parametrize("charset", ["WindowsLatin1", "WindowsArabic", "Neutral"])
def test_mapinfo_in_any_encoding_is_read(tmp_path: Path, suffix: str, charset: str) -> None:
    room = "X" * 40
    file = written(tmp_path / f"a{suffix}", parcels()[:3], name=[f"{room}{n}" for n in range(3)])
    words = file.with_suffix(".dat" if suffix == ".tab" else ".mid")
    raw = words.read_bytes()
    for n, name in enumerate(ARABIC):
        coded = name.encode("windows-1256")
        raw = raw.replace(f"{room}{n}".encode(), coded + b" " * (41 - len(coded)))
    words.write_bytes(raw)
    file.write_bytes(file.read_bytes().replace(b"Neutral", charset.encode()))
    answer = take(file)
    assert [name.strip() for name in table(answer.layers[0]).column("name").to_pylist()] == ARABIC
    assert any("WindowsLatin1" in note or "cp1252" in note for note in answer.notes) is (charset == "WindowsLatin1")


def test_mapinfo_that_is_not_on_the_earth_is_asked_about(tmp_path: Path) -> None:
    file = written(tmp_path / "a.mif", crs=None)
    place = 'CoordSys NonEarth Units "m" Bounds (0, 0) (1000000, 4000000)\nColumns'
    file.write_text(file.read_text().replace("Columns", place))
    with pytest.raises(NoCrs, match="--crs"):
        take(file)
    assert take(file, **LOCAL).layers[0].report.kept == 36


def test_mapinfo_without_a_part_names_it(tmp_path: Path) -> None:
    file = written(tmp_path / "a.tab")
    file.with_suffix(".map").unlink()
    with pytest.raises(NotThisFormat, match=r"a\.map"):
        take(file)


@pytest.mark.parametrize("told", ["UTF-8", "ISO-8859-1", "1252", None])
@pytest.mark.parametrize("real", ["utf-8", "windows-1256"])
def test_a_shapefile_whose_cpg_is_wrong_is_read_right(tmp_path: Path, told: str | None, real: str) -> None:
    file = written(tmp_path / "a.shp", parcels()[:3], name=ARABIC)
    raw = file.with_suffix(".dbf").read_bytes()
    for name in ARABIC:
        utf = name.encode()
        raw = raw.replace(utf, name.encode(real).ljust(len(utf)))
    file.with_suffix(".dbf").write_bytes(raw)
    file.with_suffix(".cpg").unlink()
    if told:
        file.with_suffix(".cpg").write_text(told)
    answer = take(file)
    assert table(answer.layers[0]).column("name").to_pylist() == ARABIC
    assert any(".cpg" in note for note in answer.notes) is (told is not None and (told, real) != ("UTF-8", "utf-8"))


def test_arabic_digits_and_hijri_days_are_read(tmp_path: Path) -> None:
    columns = {
        "floors": ["٣", "١٢", None],
        "deed": ["١٤٤٥/٠٣/١٢", "1447-01-01", None],
        "block": ["٠٠١", "٠٠٢", "٠٠٣"],
        "phone": ["12", "13", "14"],
    }
    answer = take(written(tmp_path / "a.gpkg", parcels()[:3], **columns))
    rows = table(answer.layers[0]).to_pylist()
    assert [row["floors"] for row in rows] == [3, 12, None]
    assert [row["deed"] and row["deed"].date().isoformat() for row in rows] == ["2023-09-27", "2025-06-26", None]
    assert [row["deed_hijri"] for row in rows] == columns["deed"]
    assert [row["block"] for row in rows] == columns["block"] and rows[0]["phone"] == "12"
    assert sum("Arabic digits" in note or "Hijri" in note for note in answer.notes) == 2


KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>towers</name>{marks}</Folder></Document></kml>"""
MARK = """<Placemark><name>{name}</name><Polygon>{more}<outerBoundaryIs><LinearRing><coordinates>
39.19,21.43,{z} 39.1901,21.43,{z} 39.1901,21.4301,{z} 39.19,21.43,{z}</coordinates></LinearRing></outerBoundaryIs>
</Polygon></Placemark>"""


def test_a_height_in_kml_is_one_only_where_it_says_so(tmp_path: Path) -> None:
    up = "<extrude>1</extrude><altitudeMode>relativeToGround</altitudeMode>"
    sea = "<altitudeMode>absolute</altitudeMode>"
    marks = (
        MARK.format(name="a", more=up, z=42)
        + MARK.format(name="b", more="", z=0)
        + MARK.format(name="c", more=sea, z=7)
    )
    file = tmp_path / "towers.kml"
    file.write_text(KML.format(marks=marks))
    (layer,) = take(file, kind="buildings").layers
    rows = table(layer).to_pylist()
    solid = shapely.has_z(shapely.from_wkb([row["geometry"] for row in rows])).tolist()
    assert solid == [False, False, True]
    assert rows[0]["height"] == 42 and not rows[0]["height_estimated"]
    assert rows[1]["height_estimated"] and rows[2]["ground"] == 7


@pytest.mark.parametrize(("name", "root"), [("a.kml", "kml"), ("a.gpx", "gpx"), ("a.osm", "osm")])
def test_xml_with_entities_or_without_end_is_refused(tmp_path: Path, name: str, root: str) -> None:
    file = tmp_path / name
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
    for text, words in (
        (f"<!DOCTYPE x [{lol}]><{root}>&l9;</{root}>", "entities"),
        (f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><{root}>&e;</{root}>', "entities"),
        (f"<{root}>" + "<a>" * 5000, "deep"),
        (f"<{root}><a>", "breaks off"),
        ("<html></html>", "though its name says so"),
    ):
        file.write_text(text)
        with pytest.raises(CannotRead, match=words):
            take(file)


def test_gpx_heights_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "walk.gpx"
    points = "".join(f'<trkpt lat="21.43{n}" lon="39.19"><ele>{n}.5</ele></trkpt>' for n in range(5))
    file.write_text(
        f'<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>{points}</trkseg></trk></gpx>'
    )
    (layer,) = take(file).layers
    (line,) = shapely.from_wkb(table(layer).column("geometry").to_numpy())
    assert (layer.report.id, layer.report.kind) == ("tracks", "lines")
    assert shapely.get_coordinates(line, include_z=True)[:, 2].tolist() == [0.5, 1.5, 2.5, 3.5, 4.5]


def test_a_drawing_is_placed_by_hand_and_its_unit_told(tmp_path: Path) -> None:
    file = written(tmp_path / "plan.dxf")
    with pytest.raises(NoCrs, match="--crs"):
        take(file)
    answer = take(file, **LOCAL)
    (layer,) = answer.layers
    assert (layer.report.id, layer.report.kind, layer.report.kept) == ("plan", "areas", 36)
    assert "Layer" in table(layer).column_names
    assert any("inches" in note and "0.0254" in note for note in answer.notes)
    # A closed line is an outline, as a CAD program writes it.
    corners = "".join(f"10\n{x}\n20\n{y}\n" for x, y in ((0, 0), (9, 0), (9, 9)))
    line = f"0\nLWPOLYLINE\n8\nقطع\n100\nAcDbPolyline\n90\n3\n70\n1\n{corners}"
    head = "0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1015\n9\n$DWGCODEPAGE\n3\nANSI_1252\n0\nENDSEC\n"
    (tmp_path / "line.dxf").write_text(f"{head}0\nSECTION\n2\nENTITIES\n{line}0\nENDSEC\n0\nEOF\n", encoding="utf-8")
    (outline,) = take(tmp_path / "line.dxf", **LOCAL).layers
    assert outline.report.kind == "areas" and table(outline).column("Layer").to_pylist() == ["قطع"]
    file.write_bytes(file.read_bytes().replace(b"EOF", b""))
    with pytest.raises(NotThisFormat, match="cut short"):
        take(file, **LOCAL)


@pytest.mark.parametrize("name", ["a.dwg", "a.DWG", "a.dxf"])
def test_dwg_is_refused_with_the_steps_to_dxf(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(b"AC1032" + bytes(500))
    with pytest.raises(NotThisFormat, match=r"Save As.*DXF"):
        take(file)
