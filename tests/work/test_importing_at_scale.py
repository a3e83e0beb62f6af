"""An import is the same however much is read at a time, tells how far it is, and leaves nothing if stopped."""

from __future__ import annotations

import json
import tempfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from tests.benchmarks.footprints import CRS
from twin.core.errors import Cancelled
from twin.formats import vector
from twin.formats.intake import Request, take_in
from twin.host.session import Session
from twin.model.layer import Layer
from twin.store.adding import NewLayer
from twin.store.city import City

COUNT = 23_456


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """Lines and points in later rows, no values in the first, ids that stand twice far apart, broken shapes."""
    random = np.random.default_rng(3)
    middle = random.uniform((500_000, 2_370_000), (520_000, 2_390_000), (COUNT, 2))
    shapes = shapely.box(*(middle - 5).T, *(middle + 5).T)
    shapes[6_000::7] = shapely.linestrings(np.stack([middle[6_000::7], middle[6_000::7] + 9], axis=1))
    shapes[9_000::11] = shapely.points(middle[9_000::11])
    shapes[:40:2] = shapely.points(middle[:40:2])
    for row in range(50, COUNT, 97):
        x, y = middle[row]
        shapes[row] = shapely.Polygon([(x, y), (x + 9, y + 9), (x + 9, y), (x, y + 9)])
    wkb = shapely.to_wkb(shapes)
    wkb[3::501], wkb[4::503] = None, b"\x01\x03no geometry"
    rows = np.arange(COUNT)
    height = random.uniform(3, 60, COUNT)
    height[200::301] = 1e9
    table = pa.table(
        {
            "uid": [None if row % 211 == 5 else f"B-{row % 20_000}" for row in rows],
            "height": pa.array(height, mask=(rows < 8_000) | (rows % 5 == 0)),
            "name": pa.array([None if row < 7_000 else f"دار {row}" for row in rows], pa.string()),
            "seen": pa.array([None] * COUNT, pa.timestamp("us")),
            "geometry": pa.array(wkb, pa.binary()),
        }
    )
    column = {"encoding": "WKB", "geometry_types": [], "crs": _json(CRS)}
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    path = tmp_path_factory.mktemp("hostile") / "buildings.parquet"
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path, row_group_size=3_333)
    return path


@pytest.mark.parametrize("place", [{}, {"city_crs": "EPSG:32637"}], ids=["same", "reprojected"])
def test_the_result_is_the_same_for_any_batch_size(hostile, tmp_path, monkeypatch, place):
    def made(size):
        monkeypatch.setattr(vector, "ROWS", size)
        scratch = tmp_path / str(size)
        scratch.mkdir()
        answer = take_in(Request(path=str(hostile), scratch=str(scratch), **place))
        with City.create(scratch / "c.balad", answer.crs) as city:
            for part in answer.layers:
                layer = Layer(id=part.report.id, kind=part.report.kind)
                city.add([NewLayer(layer, pa.ipc.open_stream(part.ipc), part.report)], ("import", {}))
            stored = [(layer, city.report(layer.id), city.features(layer.id)) for layer in city.layers()]
        return answer.model_dump(exclude={"layers": {"__all__": {"ipc"}}}), stored

    answer, stored = made(20_000)
    assert len(stored) == 3
    reports = [report for _, report, _ in stored]
    assert all(report.adds_up() for report in reports)
    assert sum(report.read for report in reports) == COUNT
    assert all([sum(len(report.refused) for report in reports), sum(len(report.repaired) for report in reports)])
    for size in (1_000, 7_777, 100_000):
        other, again = made(size)
        assert other == answer
        for (layer, report, table), (layer_again, report_again, table_again) in zip(stored, again, strict=True):
            assert (layer, report) == (layer_again, report_again)
            assert table.equals(table_again)


def test_progress_rises_evenly_with_counts(hostile, tmp_path):
    heard: list[tuple[float, str]] = []
    with Session(tmp_path / "c.balad") as session:
        session.run("import", progress=lambda fraction, words="": heard.append((fraction, words)), file=hostile)
    fractions = [fraction for fraction, _ in heard]
    assert fractions == sorted(fractions) and fractions[0] < 0.5
    assert any("read" in words for _, words in heard) and any("written" in words for _, words in heard)
    # Preparing tiles is told within a layer, not only from one to the next.
    preparing = {fraction for fraction, words in heard if "to be drawn" in words}
    assert len(preparing) > 10 and max(preparing) == pytest.approx(1.0)


@pytest.mark.parametrize("moment", [0.0, 0.3, 0.6, 0.65, 0.7, 0.9])
@pytest.mark.parametrize("founded", [False, True], ids=["a new city", "a city that is there"])
def test_a_stopped_import_leaves_no_trace(hostile, tmp_path, monkeypatch, moment, founded):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    path = tmp_path / "c.balad"
    if founded:
        City.create(path, CRS).close()
    before = sorted(file.name for file in tmp_path.iterdir())

    def stop(fraction: float, _words: str = "") -> None:
        if fraction >= moment:
            raise Cancelled("stopped")

    with Session.open(path) if founded else Session(path) as session:
        with pytest.raises(Cancelled):
            session.run("import", progress=stop, file=hostile)
        assert session.edits.undo() is None
        if founded:
            assert session.city.layers() == []
    if founded:
        with City.open(path) as city:
            words = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'main'"
            (tables,) = city.read(lambda connection: connection.execute(words).fetchone())
            assert (city.layers(), tables) == ([], 0)
    # This process's room stays as long as it lives, and nothing of an import in it.
    assert {one.name for one in temporary.glob("**/*") if not one.name.startswith("balad-")} <= {".owner"}
    after = sorted(file.name for file in tmp_path.iterdir() if not file.name.endswith(".last-good"))
    assert after == [name for name in before if not name.endswith(".last-good")]


def _json(crs: str) -> dict[str, object]:
    from pyproj import CRS as System

    found: dict[str, object] = System.from_user_input(crs).to_json_dict()
    return found
