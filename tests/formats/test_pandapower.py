"""Nets of pandapower and pandapipes: what json and pandas count is in the city; where a net lies is asked for."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shapely

from tests.formats.taking import table, take
from tests.real import data
from twin.core.errors import CannotRead, NoCrs, NotThisFormat
from twin.formats import registry
from twin.formats.intake import Answer

SIMBENCH = "power_heat/power/simbench/1-LV-urban6--0-sw.json"
NETS = (SIMBENCH, "power_heat/power/case33bw.json", "power_heat/power/GBreducednetwork.json")
HEAT = "power_heat/heat/district_N.json"
LOCAL: dict[str, Any] = {"city_crs": "EPSG:9357", "crs": "local", "local": (520_000.0, 2_380_000.0, 0.0, 10.0)}


def frames(path: Path) -> dict[str, pd.DataFrame]:
    """The net's tables, by pandas alone."""
    net = json.loads(path.read_text(encoding="utf-8"))["_object"]
    return {
        name: pd.read_json(io.StringIO(one["_object"]), orient="split", convert_axes=False)
        for name, one in net.items()
        if isinstance(one, dict) and one.get("_class") == "DataFrame"
    }


def layers(taken: Answer) -> dict[str, Any]:
    return {layer.report.id: table(layer) for layer in taken.layers}


def frame(columns: list[str], rows: list[list[Any]], index: list[Any] | None = None) -> dict[str, Any]:
    split = {"columns": columns, "index": index or list(range(len(rows))), "data": rows}
    return {"_module": "pandas.core.frame", "_class": "DataFrame", "_object": json.dumps(split), "orient": "split"}


def net(path: Path, **tables: Any) -> Path:
    path.write_text(json.dumps({"_module": "m", "_class": "pandapowerNet", "_object": {"f_hz": 50.0, **tables}}))
    return path


@pytest.mark.parametrize("name", [*NETS, HEAT])
def test_each_element_is_in_its_layer(name: str) -> None:
    path = data(name)
    known = frames(path)
    found = layers(take(path, **LOCAL))
    placed = ("bus", "junction", "line", "trafo", "load", "sgen", "gen", "ext_grid", "switch", "pipe", "sink")
    expected = {one: len(known[one]) for one in placed if one in known and len(known[one])}
    assert {one: len(found[one]) for one in found} == expected
    for one, rows in found.items():
        by_id = known[one].set_index(known[one].index.astype(str))
        assert set(rows.column("uid").to_pylist()) == set(by_id.index)
        for row in rows.to_pylist():
            for column, value in row.items():
                if column in by_id and isinstance(value, float):
                    assert value == pytest.approx(by_id.loc[row["uid"], column], rel=1e-12)


def test_simbench_lies_where_its_degrees_say_once_they_are_said_to_be_degrees() -> None:
    path = data(SIMBENCH)
    with pytest.raises(NoCrs):
        take(path)
    taken = take(path, crs="EPSG:4326")
    assert taken.crs == "EPSG:32632"
    places = shapely.from_wkb(layers(taken)["bus"].column("geometry").to_numpy())
    assert all(650_000 < one.x < 720_000 and 5_900_000 < one.y < 5_940_000 for one in places)
    columns = {layer.report.id: layer.columns for layer in taken.layers}
    assert (columns["line"]["length_km"].unit, columns["load"]["p_mw"].unit) == ("km", "MW")
    assert [layer.report.kind for layer in taken.layers if layer.report.id in ("bus", "line")] == ["nodes", "cables"]


def test_what_lies_nowhere_is_kept_beside_the_buses() -> None:
    found = layers(take(data(SIMBENCH), crs="EPSG:4326"))
    kept = json.loads(found["bus"].schema.metadata[b"pandapower"])
    assert kept["facts"]["f_hz"] == 50.0 and "NAYY 4x50 SE" in kept["facts"]["std_types"]["line"]
    assert len(kept["tables"]["loadcases"]["index"]) == 6


def test_older_nets_have_tables_of_coordinates_and_lines_their_own_course(tmp_path: Path) -> None:
    path = net(
        tmp_path / "a.json",
        bus=frame(["name", "vn_kv"], [["a", 20.0], ["ب", 20.0]], [3, 7]),
        bus_geodata=frame(["x", "y", "coords"], [[0.0, 0.0, None], [10.0, 0.0, None]], [3, 7]),
        line=frame(["from_bus", "to_bus", "length_km"], [[3, 7, 1.0], [3.0, 7.0, None]]),
        line_geodata=frame(["coords"], [[[[0, 0], [5, 5], [10, 0]]]], [0]),
        load=frame(["bus", "p_mw", "in_service"], [[7, 0.1, True]]),
        res_bus=frame(["vm_pu"], [[0.99], [1.01]], [7, 3]),
    )
    found = layers(take(path, **LOCAL))
    lines = shapely.from_wkb(found["line"].column("geometry").to_numpy())
    assert [len(one.coords) for one in lines] == [3, 2]
    assert [(row["name"], row["res_vm_pu"]) for row in found["bus"].to_pylist()] == [("a", 1.01), ("ب", 0.99)]
    assert shapely.from_wkb(found["load"].column("geometry")[0].as_py()).x == 520_100.0


def test_an_element_whose_bus_is_missing_is_refused_with_its_reason(tmp_path: Path) -> None:
    place = '{"type": "Point", "coordinates": [1, 2]}'
    path = net(
        tmp_path / "a.json",
        bus=frame(["name", "geo"], [["a", place], ["b", None]]),
        line=frame(["from_bus", "to_bus"], [[0, 1], [0, 9]]),
    )
    taken = take(path, **LOCAL)
    report = {layer.report.id: layer.report for layer in taken.layers}
    assert [one.id for one in report["bus"].repaired] == ["1"]
    assert [one.id for one in report["line"].repaired] == ["0"]
    assert [(one.id, "“9”" in one.reason) for one in report["line"].refused] == [("1", True)]
    assert all(one.adds_up() for one in report.values())


def test_a_net_without_coordinates_says_what_is_missing_and_how_to_add_it(tmp_path: Path) -> None:
    path = net(tmp_path / "a.json", bus=frame(["name"], [["a"]]), load=frame(["bus"], [[0]]))
    with pytest.raises(CannotRead, match=r"net\.bus"):
        take(path, **LOCAL)


def test_nan_is_not_reported_and_never_0(tmp_path: Path) -> None:
    place = '{"type": "Point", "coordinates": [1, 2]}'
    path = net(tmp_path / "a.json", bus=frame(["vn_kv", "max_vm_pu", "geo"], [[0.4, float("nan"), place]]))
    (row,) = layers(take(path, **LOCAL))["bus"].to_pylist()
    assert row["max_vm_pu"] is None and row["vn_kv"] == 0.4


@pytest.mark.parametrize(
    "content",
    [
        '{"_class": "pandapowerNet"}',
        '{"_class": "pandapowerNet", "_object": 5}',
        '{"_class": "pandapowerNet", "_object": {"bus": {"_class": "DataFrame", "_object": "[1]"}}}',
        '{"_class": "pandapowerNet", "_object": {"bus": {"_class": "DataFrame", "_object": "{\\"columns\\": [1]}"}}}',
        '{"_class": "pandapowerNet", "_object": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"a": "pandapowerNet"}',
    ],
)
def test_what_is_no_net_is_words(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(content)
    with pytest.raises(CannotRead) as why:
        take(path, **LOCAL)
    assert str(why.value).endswith(str(path))


def test_other_json_is_still_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"hello": 1}')
    with pytest.raises(NotThisFormat, match="neither CityJSON nor GeoJSON"):
        registry.choose(path)
