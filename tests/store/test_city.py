"""A city file as its users notice it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.conftest import features, new
from twin.core import priority
from twin.core.errors import CannotOpen, CannotWrite, CityBusy, LogMissing, NewerCity, Refused
from twin.model.layer import Layer
from twin.store import schema
from twin.store.adding import NewLayer
from twin.store.check import check
from twin.store.city import City
from twin.store.tiles import Encoder


def test_what_is_added_is_there_after_closing(tmp_path):
    with City.create(tmp_path / "c.balad", "EPSG:9357") as city:
        city.add([new("buildings", 500)], ("import", {}))
        before = city.content()
    with City.open(tmp_path / "c.balad", read_only=True) as city:
        assert city.content() == before
        assert city.layer("buildings").count == 500
        assert city.crs == "EPSG:9357"
        assert check(city).ok


def test_another_client_finds_tables_with_plain_names(tmp_path):
    with City.create(tmp_path / "c.balad", "EPSG:9357") as city:
        city.add([new("buildings")], ("import", {}))
    with duckdb.connect(str(tmp_path / "c.balad"), read_only=True) as plain:
        assert plain.execute("SELECT count(*), min(height) > 0 FROM buildings").fetchone() == (50, True)


def test_a_box_query_finds_what_lies_in_it(city):
    city.add([new("buildings", 2000)], ("import", {}))
    table = features(2000)
    import shapely

    inside = shapely.intersects(shapely.from_wkb(table["geometry"].to_numpy()), shapely.box(5000, 5000, 9000, 9000))
    assert city.features("buildings", ["uid"], box=(5000, 5000, 9000, 9000)).num_rows == inside.sum()


def test_a_missing_value_stays_missing(city):
    city.add([new("buildings")], ("import", {}))
    named = {row["uid"]: row["name"] for row in city.features("buildings", ["uid", "name"]).to_pylist()}
    assert named["b1"] is None
    assert named["b3"] == "مبنى 3"


def test_several_layers_are_added_whole_or_not_at_all(city):
    broken = NewLayer(Layer(id="b", kind="areas"), pa.table({"uid": ["x"], "geometry": [b"no geometry"]}))
    with pytest.raises(Exception):  # noqa: B017  whatever it is: nothing may be left
        city.add([new("a"), broken], ("import", {}))
    assert city.layers() == []
    assert [line.command for line in city.audit()] == ["create"]
    city.add([new("a")], ("import", {}))
    assert check(city).ok


def test_feature_numbers_are_never_used_again(city):
    tx = city.add([new("a", 10)], ("import", {}))
    first = set(city.features("a", ["fid"])["fid"].to_pylist())
    city.hide(tx)
    city.add([new("a", 10)], ("import", {}))
    assert not first & set(city.features("a", ["fid"])["fid"].to_pylist())


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["add", "remove", "undo", "redo", "reopen"]), max_size=12))
def test_any_history_leaves_the_layers_that_it_says(tmp_path, steps):
    path = Path(tempfile.mkdtemp(dir=tmp_path)) / "c.balad"
    city, there, done, undone, made = City.create(path, "EPSG:9357"), set(), [], [], 0
    for step in steps:
        if step == "add":
            made += 1
            name = f"l{made}"
            done.append((city.add([new(name, 5)], ("import", {})), {name}, set()))
            there, undone = there | {name}, []
        elif step == "remove" and there:
            name = sorted(there)[0]
            done.append((city.remove(name), set(), {name}))
            there, undone = there - {name}, []
        elif step == "undo" and done:
            tx, plus, minus = done.pop()
            city.hide(tx)
            undone.append((tx, plus, minus))
            there = (there - plus) | minus
        elif step == "redo" and undone:
            tx, plus, minus = undone.pop()
            city.show(tx)
            done.append((tx, plus, minus))
            there = (there | plus) - minus
        elif step == "reopen":
            city.close()
            city, done, undone = City.open(path), [], []
        assert {layer.id for layer in city.layers()} == there
    assert check(city).ok
    city.close()


def test_the_order_of_rows_and_the_width_of_numbers_dont_change_the_hash(city):
    table = features(300)
    wide = table.set_column(2, "height", pa.array(range(300), pa.int32()))
    shuffled = wide.take(pa.array(list(range(299, -1, -1))))
    shuffled = shuffled.set_column(2, "height", shuffled["height"].cast(pa.float64()))
    city.add([NewLayer(Layer(id="a", kind="k"), wide), NewLayer(Layer(id="b", kind="k"), shuffled)], ("import", {}))
    hashes = city.content()["base"]
    assert hashes["a"] == hashes["b"]
    changed = wide.set_column(0, "uid", pa.array(["other", *wide["uid"].to_pylist()[1:]]))
    city.add([NewLayer(Layer(id="c", kind="k"), changed)], ("import", {}))
    assert city.content()["base"]["c"] != hashes["a"]


def test_tiles_hold_every_feature_once(city):
    city.add([new("buildings", 5000)], ("import", {}))
    seen = []

    def encode(table):
        seen.extend(table["fid"].to_pylist())
        return b"%d" % table.num_rows

    city.write_tiles("buildings", Encoder("buildings", 1, encode))
    tiles = city.tiles("buildings").to_pylist()
    for row in tiles:
        cell = (row["level"], row["x"], row["y"])
        plain = city.tile("buildings", *cell)
        for place in (row["place"], row["place"] + 1, 10_000):
            assert city.tile("buildings", *cell, listed=(place, row["of"])) == plain, "also where its row is another's"
    assert sorted(seen) == sorted(city.features("buildings", ["fid"])["fid"].to_pylist())
    assert all(tile["count"] <= 1200 for tile in tiles)
    assert len({(tile["level"], tile["x"], tile["y"]) for tile in tiles}) == len(tiles)
    tile = tiles[0]
    assert int(city.tile("buildings", tile["level"], tile["x"], tile["y"])) == tile["count"]


def test_an_altered_audit_log_is_found(tmp_path):
    with City.create(tmp_path / "c.balad", "EPSG:9357") as city:
        city.add([new("a")], ("import", {}))
        city.record("note", {"x": 1})
    with duckdb.connect(str(tmp_path / "c.balad")) as plain:
        plain.execute("UPDATE balad.audit SET command = 'nothing' WHERE seq = 2")
    with City.open(tmp_path / "c.balad", read_only=True) as city:
        report = check(city)
    assert not report.ok
    assert "2" in report.problems[0]


def test_a_copy_without_its_wal_says_so(tmp_path):
    with City.create(tmp_path / "c.balad", "EPSG:9357") as city:
        city.add([new("a")], ("import", {}))
        # Copied by another process, as a person would: a copy made in this one would drop the file's lock.
        subprocess.run(["cp", str(city.path), str(tmp_path / "copy.balad")], check=True)
    with pytest.raises(LogMissing, match=r"\.wal"):
        City.open(tmp_path / "copy.balad", read_only=True)


def test_a_city_open_elsewhere_says_who_has_it(tmp_path):
    held = (
        "import sys; from pathlib import Path; from twin.store.city import City;"
        "c = City.open(Path(sys.argv[1])); print('open', flush=True); sys.stdin.read()"
    )
    City.create(tmp_path / "c.balad", "EPSG:9357").close()
    other = subprocess.Popen(
        [sys.executable, "-c", held, str(tmp_path / "c.balad")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(CityBusy, match=str(other.pid)):
            City.open(tmp_path / "c.balad")
        with pytest.raises(CityBusy):
            City.open(tmp_path / "c.balad", read_only=True)
    finally:
        other.kill()
        other.wait()
        other.stdin.close()
        other.stdout.close()
    with City.open(tmp_path / "c.balad") as city:
        assert check(city).ok


@pytest.mark.parametrize("read_only", [False, True])
def test_a_city_stays_its_owners_whatever_else_looks_into_the_file(tmp_path, read_only):
    """A file dialog of the window does, to find out what each file is: POSIX's own lock is lost with that."""
    code = "import sys; from pathlib import Path; from twin.store.city import City;"
    code += f"City.open(Path(sys.argv[1]), read_only={read_only}).close()"
    with City.create(tmp_path / "c.balad", "EPSG:9357") as city:
        (tmp_path / "c.balad").open("rb").close()
        done = subprocess.run([sys.executable, "-c", code, str(city.path)], capture_output=True, text=True, check=False)
        assert "CityBusy" in done.stderr and str(os.getpid()) in done.stderr
        city.add([new("a")], ("import", {}))
    with City.open(tmp_path / "c.balad") as again:
        assert check(again).ok and len(again.layers()) == 1


def test_a_newer_city_is_refused_in_words(tmp_path):
    with City.create(tmp_path / "c.balad", "EPSG:9357") as city:
        city.set_meta("schema", str(schema.VERSION + 1))
    before = (tmp_path / "c.balad").read_bytes()
    with pytest.raises(NewerCity, match="newer"):
        City.open(tmp_path / "c.balad")
    assert (tmp_path / "c.balad").read_bytes() == before


@pytest.mark.parametrize("what", ["text", "empty", "sqlite", "duckdb", "folder", "absent", "random"])
def test_what_is_no_city_is_refused_in_words(tmp_path, what):
    path = tmp_path / "no.balad"
    if what == "text":
        path.write_text("a city, they said")
    elif what == "empty":
        path.touch()
    elif what == "sqlite":
        with sqlite3.connect(path) as other:
            other.execute("CREATE TABLE a (b)")
        other.close()
    elif what == "duckdb":
        duckdb.connect(str(path)).close()
    elif what == "folder":
        path.mkdir()
    elif what == "random":
        path.write_bytes(bytes(range(256)) * 64)
    with pytest.raises(CannotOpen) as refused:
        City.open(path, read_only=True)
    assert str(path) in str(refused.value)
    assert "Traceback" not in str(refused.value)


def test_a_city_is_never_made_over_a_file(tmp_path):
    (tmp_path / "c.balad").write_text("mine")
    with pytest.raises(CannotWrite):
        City.create(tmp_path / "c.balad", "EPSG:9357")
    assert (tmp_path / "c.balad").read_text() == "mine"


def test_a_layer_that_isnt_there_is_named_with_those_that_are(city):
    city.add([new("roads")], ("import", {}))
    with pytest.raises(Refused, match="roads"):
        city.layer("rods")


def test_a_closed_city_leaves_a_last_good_copy_that_opens(tmp_path):
    with City.create(tmp_path / "c.balad", "EPSG:9357") as city:
        city.add([new("a")], ("import", {}))
        before = city.content()
    shutil.copy(tmp_path / "c.balad.last-good", tmp_path / "back.balad")
    with City.open(tmp_path / "back.balad", read_only=True) as city:
        assert city.content() == before


@pytest.mark.skipif(sys.platform != "linux", reason="only here has each thread its own priority")
def test_the_threads_of_a_city_give_way_to_the_screen(tmp_path, monkeypatch):
    monkeypatch.setattr(priority.screen, "there", True)

    def nices():
        return {
            thread.name: os.getpriority(os.PRIO_PROCESS, int(thread.name))
            for thread in Path("/proc/self/task").iterdir()
        }

    before, me = nices(), str(threading.get_native_id())
    with City.create(tmp_path / "c.balad", "EPSG:9357") as city:
        city.add([new("buildings", 10)], ("test", {}))
        now = nices()
        own = [nice for thread, nice in now.items() if thread not in before]
        assert len(own) >= (os.cpu_count() or 1), "the writer, and DuckDB's own"
        assert min(own) > now[me] == before[me]
        last = [name for name in now.keys() - before.keys() if os.sched_getscheduler(int(name)) == os.SCHED_IDLE]
        assert last, "DuckDB's own are stopped at once, which the turns of the writer are not: it holds Python's lock"
        assert len(last) < len(own)
