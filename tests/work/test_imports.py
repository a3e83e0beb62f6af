"""Taking a file in, as the command line does: what can't be is said, and nothing is put in its place in silence."""

from __future__ import annotations

import json

import pytest

from tests.command import answered, balad


@pytest.fixture
def houses(tmp_path):
    """Four houses: one as it is, one too high, one below the ground, one that says 0."""
    features = []
    for number, height in enumerate((12.0, 1e9, -20.0, 0.0)):
        west = 39.15 + number * 0.001
        ring = [[west, 21.5], [west + 0.0003, 21.5], [west + 0.0003, 21.5003], [west, 21.5003], [west, 21.5]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "id": f"h{number}", "properties": {"height": height}, "geometry": geometry})
    path = tmp_path / "houses.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def test_a_height_that_cant_be_is_a_repair_with_its_value(houses, tmp_path):
    city = tmp_path / "c.balad"
    (layer,) = answered("import", city, houses)["layers"]
    assert (layer["read"], layer["kept"], layer["repaired"], layer["refused"]) == (4, 2, 2, [])
    assert {verdict["id"] for verdict in layer["repairs"]} == {"h1", "h2"}
    assert any("1000000000" in verdict["reason"] for verdict in layer["repairs"])
    rows = answered("sql", city, "SELECT uid, height, height_estimated FROM houses ORDER BY uid")
    assert [row["height_estimated"] for row in rows] == [False, True, True, True]
    assert answered("check", city)["ok"]


def test_the_same_file_twice_is_said(houses, tmp_path):
    city = tmp_path / "c.balad"
    first, second = (answered("import", city, houses) for _ in range(2))
    assert not any("already" in note for note in first["notes"])
    assert any("already" in note for note in second["notes"])


@pytest.mark.parametrize(
    ("words", "said"),
    [(("--kind", "nonsense"), "buildings"), (("--layer", "../x; drop"), "letters"), (("--layer", ""), "letters")],
)
def test_a_kind_or_an_id_that_cant_be_is_refused(houses, tmp_path, words, said):
    city = tmp_path / "c.balad"
    done = balad("import", city, houses, *words)
    assert done.returncode == 1 and said in done.stderr
    assert not city.exists()


def test_an_arabic_id_can_be_asked_and_given_out(houses, tmp_path):
    city = tmp_path / "c.balad"
    answered("import", city, houses, "--layer", "مبانٍ_جديدة")
    assert answered("sql", city, 'SELECT count(*) AS n FROM "مبانٍ_جديدة"') == [{"n": 4}]
    assert balad("export", city, "مبانٍ_جديدة", tmp_path / "o.gpkg").returncode == 0


def test_another_kind_of_file_is_no_city_and_stays_as_it_was(houses):
    before = houses.read_bytes()
    for words in (("info",), ("check",), ("rename-layer", "a", "b")):
        done = balad(words[0], houses, *words[1:])
        assert done.returncode == 1 and "not a city" in done.stderr
    assert houses.read_bytes() == before


def test_a_missing_folder_is_told_before_the_work(tmp_path):
    done = balad("sample", tmp_path / "no" / "j.balad", seconds=3)
    assert done.returncode == 1 and "no such folder" in done.stderr.lower()


def test_what_another_program_reads_has_no_marks_of_direction(houses, tmp_path):
    city = tmp_path / "c.balad"
    answered("import", city, houses)
    assert not set(balad("info", city).stdout) & set("\u200e\u200f\u2066\u2067\u2068\u2069")
