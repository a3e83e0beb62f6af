"""The command line's grammar, as others rely on it."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys

import pytest

from tests.command import PROGRAM, answered, balad
from tests.real import data
from tests.soak.kills import kill_imports
from twin.core.i18n import tongue
from twin.host import terminal


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    city = tmp_path_factory.mktemp("sample") / "j.balad"
    answered("sample", city, "--buildings", 400)
    return city


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe that is closed is another error there")
def test_whoever_reads_only_the_beginning_is_told_of_no_error():
    command = [sys.executable, "-m", "twin.cli", "samples"]
    with subprocess.Popen(command, cwd=PROGRAM, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0


def test_the_version_comes_at_once():
    assert balad("--version").stdout.startswith("balad ")


@pytest.mark.parametrize("words", [[], ["sample"], ["render"], ["nonsense"], ["info", "--nonsense", "x"]])
def test_a_wrong_usage_is_2(words):
    assert balad(*(words or ["--nonsense"])).returncode == 2


def test_the_same_seed_makes_the_same_city(sample, tmp_path):
    again, other = tmp_path / "a.balad", tmp_path / "b.balad"
    answered("sample", again, "--buildings", 400)
    answered("sample", other, "--buildings", 400, "--seed", 2)
    content = answered("check", sample)["content"]
    assert answered("check", again)["content"] == content
    assert answered("check", other)["content"]["base"]["buildings"] != content["base"]["buildings"]


def test_info_says_crs_layers_and_that_it_is_synthetic(sample):
    info = answered("info", sample)
    assert info["crs"] == "EPSG:9357"
    assert info["synthetic"] is True
    layers = {layer["id"]: layer for layer in info["layers"]}
    assert layers["buildings"]["count"] == 400
    assert {"use", "levels", "height", "year", "floor_area", "people", "name_ar"} <= {
        c["name"] for c in layers["buildings"]["columns"]
    }
    assert layers["buildings"]["source"]["synthetic"] is True


def test_sql_answers_in_three_forms(sample):
    question = "SELECT use, count(*) AS n FROM buildings GROUP BY use ORDER BY n DESC"
    as_json = json.loads(balad("sql", sample, question, "--format", "json").stdout)
    assert sum(row["n"] for row in as_json) == 400
    assert balad("sql", sample, question, "--format", "csv").stdout.splitlines()[0] == "use,n"
    assert "residential" in balad("sql", sample, question).stdout
    refused = balad("sql", sample, "DROP TABLE buildings")
    assert refused.returncode == 1


def test_an_answer_that_is_cut_says_so_beside_it(sample):
    cut = balad("sql", sample, "SELECT * FROM range(100001)", "--json")
    assert cut.returncode == 0
    assert len(json.loads(cut.stdout)) == 100_000, "the document stays one"
    assert "100,000" in cut.stderr
    whole = balad("sql", sample, "SELECT * FROM range(100000)", "--format", "csv")
    assert len(whole.stdout.splitlines()) == 100_001
    assert not whole.stderr


def test_an_answer_that_is_cut_says_so_in_arabic(sample):
    out, err = io.StringIO(), io.StringIO()
    tongue.set("ar")
    try:
        code = terminal.run(["sql", str(sample), "SELECT * FROM range(200000)", "--format", "csv"], None, out, err)
    finally:
        tongue.set("en")
    assert code == 0
    assert len(out.getvalue().splitlines()) == 100_001
    assert err.getvalue().startswith("الإجابة هي أول 100,000 صف")


def test_what_is_missing_is_refused_in_words(sample, tmp_path):
    for words in (
        ["info", tmp_path / "no.balad"],
        ["export", sample, "no", tmp_path / "a.gpkg"],
        ["export", sample, "buildings", tmp_path / "a.dwg"],
        ["export", sample, "buildings", tmp_path / "no" / "a.gpkg"],
        ["import", sample, tmp_path / "no.gpkg"],
        ["render", sample, "-o", tmp_path / "a.png", "--view", "{"],
        ["render", sample, "-o", tmp_path / "a.png", "--colour-by", "buildings.no"],
        ["sample", sample],
    ):
        done = balad(*words)
        assert done.returncode == 1, (words, done)
        assert done.stderr.strip()


def test_a_sample_layer_goes_out_and_in_again(sample, tmp_path):
    before = answered("check", sample)["content"]["base"]["buildings"]
    for suffix in ("gpkg", "parquet", "geojson", "city.json"):
        out, city = tmp_path / f"b.{suffix}", tmp_path / f"{suffix}.balad"
        answered("export", sample, "buildings", out)
        answered("import", city, out, "--layer", "buildings")
        assert answered("check", city)["content"]["base"]["buildings"] == before, suffix


def test_bubenec_is_not_kept_in_web_mercator(tmp_path):
    report = answered("import", tmp_path / "c.balad", data("raster_lidar_bim/vector/bubenec.gpkg"))
    assert report["crs"] == "EPSG:32633"
    assert any("3857" in note for note in report["notes"])
    assert sorted(layer["read"] for layer in report["layers"]) == [35, 144, 144, 407]


def test_a_city_open_elsewhere_answers_through_its_owner(sample, tmp_path):
    city = tmp_path / "open.balad"
    shutil.copy(sample, city)
    held = (
        "import sys, pathlib\nfrom twin.host.session import Session\n"
        "session = Session.open(pathlib.Path(sys.argv[1]))\nsession.share()\n"
        "print('open', flush=True)\nsys.stdin.read()\nsession.close()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", held, str(city)], cwd=PROGRAM, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout.readline() == "open\n"
        assert answered("info", city)["crs"] == "EPSG:9357"
        assert answered("check", city)["ok"]
        taken = answered(
            "import", city, data("city3d/cjio/rotterdam/rotterdam_subset.json"), "--crs", "EPSG:28992", "--layer", "far"
        )
        assert taken["layers"][0]["read"] == 16
        assert "far" in {layer["id"] for layer in answered("info", city)["layers"]}
    finally:
        other.stdin.close()
        other.wait(30)
        other.stdout.close()


def test_a_city_whose_owner_is_silent_is_read_from_a_copy(sample, tmp_path):
    city = tmp_path / "open.balad"
    shutil.copy(sample, city)
    held = (
        "import sys, pathlib\nfrom twin.store.city import City\n"
        "city = City.open(pathlib.Path(sys.argv[1]))\nprint('open', flush=True)\nsys.stdin.read()"
    )
    words = [sys.executable, "-c", held, str(city)]
    other = subprocess.Popen(words, cwd=PROGRAM, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout.readline() == "open\n"
        assert answered("info", city)["crs"] == "EPSG:9357"
        refused = balad("remove-layer", city, "roads")
        assert refused.returncode == 1
        assert str(other.pid) in refused.stderr
    finally:
        other.kill()
        other.wait()
        other.stdin.close()
        other.stdout.close()


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 there")
def test_a_killed_import_is_whole_or_absent(sample, tmp_path):
    outcome = kill_imports(sample, data("city3d/cjio/delft.json"), tmp_path, kills=12, seed=3)
    assert not outcome.faults
    assert outcome.kills == 12, "each kill is proven by the exit code of what it killed"
