"""A layer that is written anew in its place: numbers, names of tables, undo."""

from __future__ import annotations

import pyarrow as pa
import pytest
import shapely

from twin.model.layer import Column, Layer
from twin.store.adding import NewLayer
from twin.store.check import check
from twin.store.city import City
from twin.store.tiles import Encoder


def rows(names, east=0.0, fids=None, heights=None):
    x = [east + 10.0 * n for n in range(len(names))]
    table = pa.table(
        {
            "uid": names,
            "geometry": list(shapely.to_wkb(shapely.box(x, 0, [one + 5 for one in x], 5))),
            "height": pa.array(heights or [float(n) for n in range(len(names))], pa.float64()),
        }
    )
    return table if fids is None else table.append_column("fid", pa.array(fids, pa.int64()))


LAYER = Layer(id="blocks", kind="areas", columns=(Column(name="height", type="DOUBLE"),))


@pytest.fixture
def city(tmp_path):
    with City.create(tmp_path / "c.balad", "EPSG:9357") as made:
        made.add([NewLayer(LAYER, rows(["a", "b", "c"]))], ("import", {}))
        yield made


def numbers(city):
    return dict(zip(*city.features("blocks", columns=["uid", "fid"]).to_pydict().values(), strict=True))


def test_a_known_feature_keeps_its_number_and_a_new_one_never_gets_an_old(city):
    before = numbers(city)
    city.rewrite(NewLayer(LAYER, rows(["c", "d"], fids=[before["c"], None])), ("update", {}))
    after = numbers(city)
    assert after["c"] == before["c"] and after["d"] not in before.values()
    assert set(after) == {"c", "d"}
    assert city.layer("blocks").version > 0
    assert check(city).ok, check(city).problems


def test_a_check_knows_a_rewritten_layer_beside_another(city):
    city.add([NewLayer(LAYER.model_copy(update={"id": "later"}), rows(["x", "y"]))], ("import", {}))
    before = numbers(city)
    city.rewrite(NewLayer(LAYER, rows(["a", "d"], fids=[before["a"], None])), ("update", {}))
    assert check(city).ok, check(city).problems


def test_it_is_undone_whole_and_done_again(city):
    first = city.content()
    tx = city.rewrite(NewLayer(LAYER, rows(["x"], 500.0)), ("update", {}))
    second = city.content()
    for turn, wanted in ((city.hide, first), (city.show, second), (city.hide, first)):
        turn(tx)
        assert city.content() == wanted
        assert len(city.sql('SELECT * FROM "blocks"')) == city.layer("blocks").count, "the plain name is what is there"


def test_what_is_removed_leaves_its_name_to_what_comes_after(city):
    tx = city.remove("blocks")
    city.add([NewLayer(LAYER.model_copy(update={"id": "Blocks"}), rows(["n"]))], ("import", {}))
    assert city.sql("SELECT uid FROM blocks").to_pylist() == [{"uid": "n"}]
    city.hide(tx)
    assert sorted(len(city.features(one.id)) for one in city.layers()) == [1, 3]


def test_names_are_plain_again_when_the_city_is_opened(city, tmp_path):
    for n in range(3):
        city.rewrite(NewLayer(LAYER, rows([f"n{n}"])), ("update", {}))
    city.close()
    with City.open(tmp_path / "c.balad") as again:
        tables = again.read(lambda c: c.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'"))
        assert tables.fetchall() == [("blocks",)]
        assert numbers(again) == {"n2": 6}


def test_tiles_of_a_layer_whose_features_moved_hold_each_feature_once(tmp_path):
    """Numbers no longer run along the Hilbert curve; the quadtree's leaves still do."""
    count = 5_000
    with City.create(tmp_path / "big.balad", "EPSG:9357") as city:
        names = [str(n) for n in range(count)]
        city.add([NewLayer(LAYER, rows(names))], ("import", {}))
        known = numbers(city)
        back = names[::-1]
        city.rewrite(NewLayer(LAYER, rows(back, fids=[known[name] for name in back])), ("update", {}))
        seen = []

        def encode(table):
            seen.extend(table.column("fid").to_pylist())
            return b"x"

        city.write_tiles("blocks", Encoder("areas", 1, encode))
        assert sorted(seen) == sorted(known.values())
        for row in city.tiles("blocks").to_pylist():
            assert row["count"] <= 1_200
