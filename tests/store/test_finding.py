"""Finding by words in either language, and the table's pages against plain Python over the same rows."""

from __future__ import annotations

import threading
import time

import duckdb
import pyarrow as pa
import pytest
import shapely

from twin.core.errors import Cancelled, Refused
from twin.model.layer import Column, Layer
from twin.store.adding import NewLayer
from twin.store.asking import Asking
from twin.store.city import City
from twin.store.finding import Query

ROWS = [
    ("plan-436", "Plan 436", "مخطط ٤٣٦", 12.0, "school"),
    ("plan-4", "Plan 4", "مخطط 4", None, "mosque"),
    ("p3", "Al-Hamra", "الحمراء", 7.5, "school"),
    ("p4", "Market's end", "آخر السوق", 30.0, None),
    ("p5", "Æsop house", "مبنى إدارة المياه", 7.5, "office"),
]


@pytest.fixture
def city(tmp_path):
    table = pa.table(
        {
            "uid": [row[0] for row in ROWS],
            "geometry": list(shapely.to_wkb(shapely.box([0, 10, 20, 30, 40], 0, [5, 15, 25, 35, 45], 5))),
            "name_en": [row[1] for row in ROWS],
            "name_ar": [row[2] for row in ROWS],
            "height": pa.array([row[3] for row in ROWS], pa.float64()),
            "use": [row[4] for row in ROWS],
        }
    )
    columns = tuple(
        Column(name=name, type=kind)
        for name, kind in (("name_en", "VARCHAR"), ("name_ar", "VARCHAR"), ("height", "DOUBLE"), ("use", "VARCHAR"))
    )
    with City.create(tmp_path / "c.balad", "EPSG:9357") as made:
        made.add([NewLayer(Layer(id="it's", kind="areas", columns=columns), table)], ("import", {}))
        yield made


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("plan 436", "plan-436"), ("مخطط 436", "plan-436"), ("مخطط ٤٣٦", "plan-436"), ("plan-4", "plan-4"),
        ("hamra", "p3"), ("حمراء", "p3"), ("الحمراء", "p3"), ("اداره", "p5"), ("إدارة المياة", "p5"),
        ("market's", "p4"),
    ],
)  # fmt: skip
def test_a_feature_is_found_in_either_language_and_spelling(city, words, first):
    found = city.find(words)
    assert found[0].uid == first
    assert found[0].layer == "it's" and len(found[0].box) == 6


def test_the_exact_name_comes_before_what_only_holds_it(city):
    assert [found.uid for found in city.find("plan 4")] == ["plan-4", "plan-436"]


def test_words_that_are_nowhere_find_nothing(city):
    assert city.find("zzz") == [] and city.find("  ") == []


@pytest.mark.parametrize("descending", [False, True])
def test_pages_are_sorted_with_what_is_missing_last(city, descending):
    query = Query(order="height", descending=descending)
    height = {row["fid"]: row["height"] for row in city.features("it's", ["fid", "height"]).to_pylist()}
    seen = [height[fid] for fid in city.ordered("it's", query).tolist()]
    there = sorted((row[3] for row in ROWS if row[3] is not None), reverse=descending)
    assert seen == [*there, None]


@pytest.mark.parametrize(
    ("words", "uids"),
    [
        ("height > 10", {"plan-436", "p4"}),
        ("use = 'school' AND height < 10", {"p3"}),
        ("use IS NULL", {"p4"}),
        ("school", {"plan-436", "p3"}),
        ("school hamra", {"p3"}),
        ("", {row[0] for row in ROWS}),
    ],
)
def test_a_filter_is_words_or_an_expression(city, words, uids):
    query = Query(filter=words)
    fids = city.ordered("it's", query).tolist()
    assert len(set(fids)) == len(fids) == len(uids)
    assert {row["uid"] for row in city.features("it's", ["uid"], fids=fids).to_pylist()} == uids


def test_a_question_that_is_overtaken_ends_at_once():
    """A thousand million rows would take minutes."""
    connection, asking = duckdb.connect(), Asking()
    began = time.monotonic()
    threading.Timer(0.3, asking.overtake).start()
    with pytest.raises(Cancelled), asking.on(connection):
        connection.execute("SELECT sum(a.range * b.range) FROM range(1000000) a, range(100000) b").fetchall()
    assert time.monotonic() - began < 20
    with pytest.raises(Cancelled), asking.on(connection):
        connection.execute("SELECT 1")
    with Asking().on(connection):
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize(
    "words",
    [
        "height >",
        "nowhere > 3",
        "read_text('/etc/passwd') = ''",
        "height > (SELECT 1 FROM duckdb_settings())",
        "1=1) --",
        "1=1; DROP TABLE x",
    ],
)
def test_a_filter_that_cant_be_asked_is_refused_in_words(city, words):
    with pytest.raises(Refused):
        city.ordered("it's", Query(filter=words))
    assert len(city.ordered("it's", Query())) == len(ROWS)
