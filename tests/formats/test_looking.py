"""Text as a person chooses to read it: what is found, what is seen before, and what an import then makes of it."""

from __future__ import annotations

import shutil
import tempfile

import geopandas
import pytest
import shapely

from tests.formats.taking import table, take
from twin.core.errors import NotThisFormat
from twin.formats.looking import look
from twin.formats.request import Request

NAMES = ["شارع التحلية", "طريق الأندلس", "حي البلد"]
HERE = {"city_crs": "EPSG:9357", "crs": "EPSG:9357"}


def looked(path, **said):
    return look(Request(path=str(path), scratch=tempfile.mkdtemp(), **said))


def written(folder, encoding):
    path = folder / "streets.csv"
    rows = [f"{name},{515_000 + n},{2_380_000 + n}" for n, name in enumerate(NAMES)]
    path.write_text("\n".join(["الاسم,easting,northing", *rows, ""]), encoding=encoding)
    return path


def shapefile(folder, *, cpg="UTF-8"):
    """Names in Windows-1256 beside a .cpg that says something else."""
    points = shapely.points([515_000.0, 515_010.0, 515_020.0], 2_380_000.0)
    frame = geopandas.GeoDataFrame({"name": NAMES}, geometry=points, crs="EPSG:9357")
    path = folder / "streets.shp"
    frame.to_file(path, encoding="CP1256")
    path.with_suffix(".cpg").write_text(cpg, encoding="ascii")
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1256", "iso-8859-6"])
def test_the_text_is_seen_before_it_is_read(tmp_path, encoding):
    found = looked(written(tmp_path, encoding))
    lines = found.preview(found.found)
    assert lines[0].startswith("الاسم")
    assert [line.split(",")[0] for line in lines[1:4]] == NAMES


def test_in_another_encoding_it_is_seen_to_be_wrong(tmp_path):
    found = looked(written(tmp_path, "windows-1256"))
    assert found.found == "windows-1256"
    assert "\ufffd" in found.preview("utf-8")[1]
    assert found.preview("iso-8859-6")[1].split(",")[0] != NAMES[0]


def test_a_shapefile_tells_what_it_claims_and_what_it_is(tmp_path):
    found = looked(shapefile(tmp_path))
    assert (found.told, found.found) == ("UTF-8", "windows-1256")
    assert set(found.preview(found.found)) == set(NAMES)


def test_so_does_one_in_a_zip(tmp_path):
    shapefile(tmp_path)
    zipped = shutil.make_archive(str(tmp_path / "streets"), "zip", tmp_path)
    assert set(looked(zipped).preview("windows-1256")) == set(NAMES)


def test_a_table_tells_its_columns_and_a_map_has_none(tmp_path):
    assert looked(written(tmp_path, "utf-8")).columns == ("الاسم", "easting", "northing")
    assert looked(shapefile(tmp_path)).columns == ()


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1256", "utf-16"])
def test_what_a_person_says_is_how_a_table_is_read(tmp_path, encoding):
    path = written(tmp_path, encoding)
    as_said = table(take(path, **HERE, encoding=encoding).layers[0]).column("الاسم").to_pylist()
    assert as_said == NAMES


def test_what_a_person_says_stands_above_what_the_letters_say(tmp_path):
    path = written(tmp_path, "windows-1256")
    found = table(take(path, **HERE).layers[0])
    wrong = table(take(path, **HERE, encoding="windows-1252").layers[0])
    again = table(take(path, **HERE).layers[0])
    assert found.column_names == again.column_names, "what was said once is forgotten"
    assert wrong.column_names != found.column_names
    assert any("ÔÇÑÚ ÇáÊÍáíÉ" in wrong.column(name).to_pylist() for name in wrong.column_names)


def test_and_above_what_a_shapefile_claims(tmp_path):
    path = shapefile(tmp_path, cpg="windows-1256")
    wrong = take(path, **HERE, encoding="windows-1252")
    assert table(wrong.layers[0]).column("name").to_pylist()[0] == "ÔÇÑÚ ÇáÊÍáíÉ"
    assert not wrong.notes, "a person who says it needs no note about it"


def test_what_is_nothing_that_can_be_read_is_refused_in_words(tmp_path):
    path = tmp_path / "a.shp"
    path.write_bytes(b"")
    with pytest.raises(NotThisFormat):
        looked(path)
