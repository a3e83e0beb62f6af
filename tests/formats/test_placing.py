"""Which CRS a city takes, and how what comes is brought to it."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest
from pyproj import CRS, Transformer

from twin.core.errors import NoCrs, Refused
from twin.formats.placing import decide, far

JEDDAH = (39.15, 21.45, 39.25, 21.55)
FILE = Path("/data/ملف.gpkg")


def projected(code: str, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    move = Transformer.from_crs("EPSG:4326", code, always_xy=True)
    west, south, east, north = move.transform_bounds(*box)
    return west, south, east, north


@pytest.mark.parametrize(
    ("named", "box", "crs", "says"),
    [
        ("EPSG:9357", JEDDAH, "EPSG:9357", ""),
        ("EPSG:32637", JEDDAH, "EPSG:32637", ""),
        ("EPSG:28992", (4.3, 52.0, 4.4, 52.1), "EPSG:28992", ""),
        ("EPSG:5514", (14.4, 50.0, 14.5, 50.1), "EPSG:5514", ""),
        ("EPSG:31467", (9.0, 50.0, 9.1, 50.1), "EPSG:31467", ""),
        ("EPSG:3857", (14.4, 50.0, 14.5, 50.1), "EPSG:32633", "55.9 % off"),
        ("EPSG:3857", JEDDAH, "EPSG:32637", "% off"),
        ("EPSG:3857", (9.4, 0.3, 9.5, 0.4), "EPSG:32632", "0.7 % off"),
        ("EPSG:2263", (-74.0, 40.7, -73.9, 40.8), "EPSG:32618", "isn’t in metres"),
        ("EPSG:2053", (28.0, -26.0, 28.1, -25.9), "EPSG:32735", "isn’t in metres east"),
        ("EPSG:3035", (-5.0, 40.0, -4.9, 40.1), "EPSG:32630", "% off"),
        ("EPSG:32637", (48.0, 21.0, 48.1, 21.1), "EPSG:32639", "% off"),
    ],
)
def test_a_first_file_decides_the_city(named: str, box: tuple[float, float, float, float], crs: str, says: str) -> None:
    found = decide(FILE, named, projected(named, box), city=None)
    assert found.crs == crs
    assert found.same == (not says)
    if says:
        assert re.search(says, found.notes[0])
        assert CRS(crs).name in found.notes[0]
    else:
        assert found.notes == []


@pytest.mark.parametrize(
    ("named", "box", "crs"),
    [
        ("EPSG:4326", JEDDAH, "EPSG:32637"),
        ("OGC:CRS84", (-70.7, -33.5, -70.6, -33.4), "EPSG:32719"),
        ("EPSG:9333", JEDDAH, "EPSG:9357"),
        ("EPSG:9333", (46.6, 24.6, 46.7, 24.7), "EPSG:9358"),
        ("EPSG:4979", JEDDAH, "EPSG:32637"),
        ("EPSG:4326", (10.0, 85.0, 10.1, 85.1), "EPSG:5041"),
    ],
)
def test_degrees_get_the_utm_zone_of_the_data(named: str, box: tuple[float, float, float, float], crs: str) -> None:
    found = decide(FILE, named, box, city=None)
    assert found.crs == crs
    assert "degrees" in found.notes[0]
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    placed = found.place(np.array([[x, y, 7.0]]))
    back = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(*placed[0, :2])
    assert np.allclose(back, (x, y), atol=1e-5)
    assert placed[0, 2] == 7.0


def test_x_is_east_whatever_the_axis_order() -> None:
    box = projected("EPSG:2193", (174.7, -36.9, 174.8, -36.8))
    found = decide(FILE, "EPSG:2193", box, city="EPSG:32760")
    placed = found.place(np.array([[box[0], box[1], 0.0]]))
    assert 200_000 < placed[0, 0] < 400_000
    assert 5_900_000 < placed[0, 1] < 6_000_000


def test_a_compound_crs_gives_its_plane_and_states_its_heights() -> None:
    found = decide(FILE, "EPSG:7415", (84616, 447423, 85141, 447751), city=None)
    assert (found.crs, found.heights, found.same) == ("EPSG:28992", "orthometric", True)
    assert decide(FILE, "EPSG:4979", JEDDAH, city=None).heights == "ellipsoidal"
    assert decide(FILE, "EPSG:9520", JEDDAH, city=None).heights == "orthometric"
    assert decide(FILE, "EPSG:4326", JEDDAH, city=None).heights == "unknown"


def test_heights_in_feet_become_metres() -> None:
    box = projected("EPSG:2263", (-74.0, 40.7, -73.9, 40.8))
    found = decide(FILE, "EPSG:2263+6360", box, city=None)
    assert found.place(np.array([[box[0], box[1], 100.0]]))[0, 2] == pytest.approx(30.48, abs=0.001)
    assert any("metres" in note for note in found.notes)


@pytest.mark.parametrize(
    "named",
    [
        None,
        "",
        "EPSG:999999",
        "nonsense",
        "EPSG:9335",
        "EPSG:4978",
        'LOCAL_CS["site grid",UNIT["metre",1]]',
        'GEOGCRS["Undefined geographic SRS",DATUM["unknown",ELLIPSOID["unknown",6378137,298.257]],CS[ellipsoidal,2],'
        'AXIS["lat",north],AXIS["lon",east],ANGLEUNIT["degree",0.0174532925199433]]',
    ],
)
def test_a_missing_or_unknown_crs_is_asked_for(named: str | None) -> None:
    with pytest.raises(NoCrs, match="--crs") as why:
        decide(FILE, named, (0, 0, 1, 1), city="EPSG:9357")
    assert str(why.value).endswith(str(FILE))


def test_what_a_person_says_is_taken_and_a_contradiction_told() -> None:
    box = projected("EPSG:32637", JEDDAH)
    assert decide(FILE, None, box, city=None, said="EPSG:32637").crs == "EPSG:32637"
    found = decide(FILE, "EPSG:9357", box, city=None, said="EPSG:32637")
    assert found.crs == "EPSG:32637"
    assert "EPSG:9357" in found.notes[0]


def test_metres_that_say_degrees_are_not_guessed() -> None:
    with pytest.raises(NoCrs, match="no degrees"):
        decide(FILE, "EPSG:4326", (519_000, 2_370_000, 521_000, 2_372_000), city=None)


def test_coordinates_outside_their_crs_are_words() -> None:
    with pytest.raises(NoCrs, match="no place"):
        decide(FILE, "EPSG:32637", (1e9, 1e9, 1e9, 1e9), city=None)


def test_local_coordinates_are_turned_then_scaled_about_their_place() -> None:
    found = decide(FILE, None, None, city="EPSG:9357", said="local", local=(520_000.0, 2_370_000.0, 90.0, 2.0))
    placed = found.place(np.array([[0.0, 0.0, 5.0], [10.0, 0.0, 5.0], [0.0, 10.0, 5.0]]))
    expected = [[520_000, 2_370_000, 5], [520_000, 2_370_020, 5], [519_980, 2_370_000, 5]]
    assert np.allclose(placed, expected)
    assert found.crs == "EPSG:9357"
    assert found.source == "local"


def test_local_coordinates_need_a_city_and_a_place() -> None:
    with pytest.raises(NoCrs, match="need a city"):
        decide(FILE, None, None, city=None, said="local", local=(0, 0, 0, 1))
    with pytest.raises(Refused, match="--place"):
        decide(FILE, None, None, city="EPSG:9357", said="local")
    for place in ((math.nan, 0, 0, 1), (0, 0, 0, 0), (0, 0, math.inf, 1)):
        with pytest.raises(Refused, match="finite"):
            decide(FILE, None, None, city="EPSG:9357", said="local", local=place)
    with pytest.raises(Refused, match="--crs local"):
        decide(FILE, "EPSG:9357", None, city="EPSG:9357", local=(0, 0, 0, 1))


def test_what_lies_far_from_the_city_is_told() -> None:
    city = (500_000.0, 2_300_000.0, 520_000.0, 2_320_000.0)
    assert far((510_000, 2_310_000, 511_000, 2_311_000), city) is None
    assert far((610_000, 2_310_000, 611_000, 2_311_000), city) is None
    assert "200 km" in (far((720_000, 2_310_000, 721_000, 2_311_000), city) or "")
    assert far(None, city) is None
    assert far(city, None) is None


def test_a_transformation_that_is_not_exact_says_so() -> None:
    box = projected("EPSG:2263", (-74.0, 40.7, -73.9, 40.8))
    found = decide(FILE, "EPSG:2263", box, city=None).operation
    assert found is not None
    assert found.accuracy is not None and found.accuracy > 1
    assert found.grids
    assert found.better is not None and found.better < found.accuracy


def test_a_missing_datum_link_is_told() -> None:
    named = 'PROJCRS["Site",BASEGEOGCRS["Site",DATUM["Site datum",ELLIPSOID["GRS 1980",6378137,298.257222101]]],'
    named += 'CONVERSION["UTM zone 37N",METHOD["Transverse Mercator"],PARAMETER["Latitude of natural origin",0],'
    named += 'PARAMETER["Longitude of natural origin",39],PARAMETER["Scale factor at natural origin",0.9996],'
    named += 'PARAMETER["False easting",500000],PARAMETER["False northing",0]],CS[Cartesian,2],AXIS["(E)",east],'
    named += 'AXIS["(N)",north],LENGTHUNIT["metre",1]]'
    found = decide(FILE, named, projected("EPSG:32637", JEDDAH), city="EPSG:32637")
    assert any("No exact way" in note for note in found.notes)
