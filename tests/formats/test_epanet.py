"""Water networks of EPANET: what wntr counts is in the city, and what the city gives out runs the same in EPANET."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest
import shapely

from tests.command import answered, balad
from tests.formats.taking import table, take
from tests.real import data
from twin.core.errors import NoCrs, NotThisFormat
from twin.formats.intake import Answer

NETWORKS = ("water/wntr/Net1.inp", "water/wntr/Net3.inp", "water/epyt/L-TOWN.inp", "water/epanetCPA/ctown_map.inp")
CRS = "EPSG:9357"
LOCAL: dict[str, Any] = {"city_crs": CRS, "crs": "local", "local": (520_000.0, 2_380_000.0, 30.0, 1.0)}

SMALL = """[TITLE]
a small one
[JUNCTIONS]
 J1 10 1.5 P1 ;the first
 J2 11.25
[RESERVOIRS]
 R1 50
[TANKS]
 T1 40 2 1 3 10 0 * YES
 T2 40
[PIPES]
 p1 R1 J1 100 200 0.1 0 CV
 p2 J1 J2 55.5 150 0.1 Closed
[PUMPS]
 u1 J1 T1 HEAD C1 SPEED 1.1
 u2 J2 T2 25
[VALVES]
 v1 J2 T1 100 PRV 30 0.5
 v2 J2 T1 100 GPV C2
[PATTERNS]
 P1 1 2 3
[CURVES]
 C1 10 20
 C2 10 20
[CONTROLS]
 LINK p2 OPEN IF NODE T1 BELOW 1
[RULES]
RULE one
IF TANK T1 LEVEL > 2
THEN PIPE p1 STATUS IS CLOSED
RULE two
IF SYSTEM CLOCKTIME >= 8 AM
THEN PUMP u1 STATUS IS OPEN
[DEMANDS]
 J1 3 P1 ;homes
 J2 4
[STATUS]
 u1 Closed
[OPTIONS]
 Units CMH
 Headloss D-W
[COORDINATES]
 J1 0 0
 J2 100 0
 R1 -50 0
 T1 100 50
[VERTICES]
 p1 -20 5
[LABELS]
 10 20 "here"
[END]
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.inp"
    path.write_text(SMALL, encoding="utf-8")
    return path


def counts(taken: Answer) -> dict[str, int]:
    return {layer.report.id: layer.report.read for layer in taken.layers}


def layers(taken: Answer) -> dict[str, Any]:
    return {layer.report.id: table(layer) for layer in taken.layers}


def pressures(path: Path, folder: Path) -> dict[int, dict[str, float]]:
    """At every step of the simulation, by node, as EPANET finds them."""
    from epanet import toolkit

    project = toolkit.createproject()
    found = {}
    try:
        toolkit.open(project, str(path), str(folder / "report"), str(folder / "out"))
        toolkit.openH(project)
        toolkit.initH(project, 0)
        ids = [toolkit.getnodeid(project, n + 1) for n in range(toolkit.getcount(project, toolkit.NODECOUNT))]
        while True:
            now = toolkit.runH(project)
            found[now] = {uid: toolkit.getnodevalue(project, n + 1, toolkit.PRESSURE) for n, uid in enumerate(ids)}
            if toolkit.nextH(project) <= 0:
                return found
    finally:
        toolkit.close(project)
        toolkit.deleteproject(project)


@pytest.mark.parametrize("name", NETWORKS)
def test_each_node_and_link_is_in_its_layer(name: str) -> None:
    wntr = pytest.importorskip("wntr")
    path = data(name)
    network = wntr.network.WaterNetworkModel(str(path))
    taken = take(path, **LOCAL)
    told = network.describe(level=1)
    expected = {
        "junctions": told["Nodes"]["Junctions"],
        "reservoirs": told["Nodes"]["Reservoirs"],
        "tanks": told["Nodes"]["Tanks"],
        "pipes": told["Links"]["Pipes"],
        "pumps": told["Links"]["Pumps"],
        "valves": told["Links"]["Valves"],
    }
    assert counts(taken) == {part: count for part, count in expected.items() if count}
    assert all(not layer.report.refused and not layer.report.repaired for layer in taken.layers)
    found = layers(taken)
    assert set(found["pipes"].column("uid").to_pylist()) == set(network.pipe_name_list)
    metres = 0.3048 if units(taken, "pipes", "length") == ["ft"] else 1.0
    lengths = dict(zip(*(found["pipes"].column(one).to_pylist() for one in ("uid", "length")), strict=True))
    for uid, pipe in network.pipes():
        assert lengths[uid] * metres == pytest.approx(pipe.length, rel=1e-9)


def units(taken: Answer, layer: str, *columns: str) -> list[str]:
    (found,) = (one for one in taken.layers if one.report.id == layer)
    return [found.columns[column].unit for column in columns]


@pytest.mark.parametrize("name", NETWORKS)
def test_what_goes_out_has_the_same_pressures_at_every_step(name: str, tmp_path: Path) -> None:
    given, city, out = tmp_path / "given.inp", tmp_path / "c.balad", tmp_path / "out.inp"
    shutil.copyfile(data(name), given)
    answered("import", city, given, "--crs", CRS)
    assert answered("check", city)["ok"]
    # Any of its layers stands for the network.
    answered("export", city, "pipes", out)
    before, after = pressures(given, tmp_path), pressures(out, tmp_path)
    assert len(before) > 20 and before.keys() == after.keys()
    for time, nodes in before.items():
        assert nodes.keys() == after[time].keys()
        assert max(abs(nodes[uid] - after[time][uid]) for uid in nodes) < 1e-4


def test_what_goes_out_is_the_same_network_for_wntr(tmp_path: Path) -> None:
    network = pytest.importorskip("wntr").network
    given, city, out = tmp_path / "given.inp", tmp_path / "c.balad", tmp_path / "out.inp"
    shutil.copyfile(data("water/epyt/L-TOWN.inp"), given)
    answered("import", city, given, "--crs", CRS)
    answered("export", city, "valves", out)
    before, after = (network.WaterNetworkModel(str(one)).to_dict() for one in (given, out))
    for one in (*before["nodes"], *after["nodes"]):
        one.pop("coordinates")
    for one in (before, after):
        one["options"].pop("graphics")
    for part in ("nodes", "links", "patterns", "curves", "controls", "options"):
        assert after[part] == before[part], part


def test_its_own_file_says_where_it_lies(small: Path, tmp_path: Path) -> None:
    city, out = tmp_path / "c.balad", tmp_path / "out.inp"
    answered("import", city, small, "--crs", CRS)
    crs = answered("info", city)["crs"]
    answered("export", city, "junctions", out)
    taken = take(out)
    assert taken.crs == crs and counts(taken) == counts(take(small, **LOCAL))
    again, before = layers(taken)["pipes"], layers(take(small, crs=CRS))["pipes"]
    assert again.column("geometry").to_pylist() == before.column("geometry").to_pylist()
    label = next(line for line in out.read_text("utf-8").splitlines() if '"here"' in line)
    # It moved with the nodes.
    assert float(label.split()[0]) > 100_000


def test_each_value_is_in_its_column_with_its_unit(small: Path) -> None:
    taken = take(small, **LOCAL)
    found = layers(taken)
    assert found["junctions"].select(["uid", "elevation", "demand", "pattern", "description"]).to_pylist() == [
        {"uid": "J1", "elevation": 10.0, "demand": 1.5, "pattern": "P1", "description": "the first"},
        {"uid": "J2", "elevation": 11.25, "demand": None, "pattern": None, "description": None},
    ]
    assert units(taken, "junctions", "elevation", "demand") == ["m", "m³/h"]
    assert units(taken, "pipes", "length", "diameter", "roughness") == ["m", "mm", "mm"]
    # A tank of so few values is a reservoir for EPANET.
    assert found["reservoirs"].column("uid").to_pylist() == ["R1", "T2"]
    (tank,) = found["tanks"].to_pylist()
    assert (tank["volume_curve"], tank["overflow"], tank["min_volume"]) == (None, "YES", 0.0)
    assert [row["status"] for row in found["pipes"].to_pylist()] == ["CV", "Closed"]
    first, second = found["pumps"].to_pylist()
    assert (first["head_curve"], first["speed"], second["parameters"]) == ("C1", 1.1, "25")
    valves = found["valves"].to_pylist()
    assert [(one["valve_type"], one["setting"], one["curve"]) for one in valves] == [
        ("PRV", 30.0, None),
        ("GPV", None, "C2"),
    ]


def test_local_coordinates_are_asked_for_and_placed(small: Path) -> None:
    with pytest.raises(NoCrs, match="--place"):
        take(small)
    taken = take(small, **{**LOCAL, "local": (520_000.0, 2_380_000.0, 90.0, 2.0)})
    found = layers(taken)
    (place,) = shapely.from_wkb(
        found["junctions"].filter(pc.equal(found["junctions"]["uid"], "J2")).column("geometry").to_numpy()
    )
    assert (place.x, place.y) == pytest.approx((520_000.0, 2_380_200.0))
    line = shapely.from_wkb(found["pipes"].column("geometry")[0].as_py())
    assert len(line.coords) == 3


def test_a_node_without_coordinates_is_kept_in_the_table(small: Path) -> None:
    taken = take(small, **LOCAL)
    repaired = {one.id for layer in taken.layers for one in layer.report.repaired}
    assert repaired == {"T2", "u2"}
    assert all(layer.report.adds_up() for layer in taken.layers)


def test_what_speaks_of_something_gone_is_left_out_of_the_run(small: Path, tmp_path: Path) -> None:
    city, out, some = tmp_path / "c.balad", tmp_path / "out.inp", tmp_path / "some.gpkg"
    answered("import", city, small, "--crs", CRS)
    answered("export", city, "pipes", some)
    import geopandas as gpd

    pipes = gpd.read_file(some)
    pipes[pipes["uid"] != "p1"].to_file(some, layer="pipes")
    answered("update", city, "pipes", some)
    answered("export", city, "pumps", out)
    said = [line.strip() for line in out.read_text("utf-8").splitlines()]
    assert ";IF TANK T1 LEVEL > 2" in said and ";THEN PIPE p1 STATUS IS CLOSED" in said
    assert "THEN PUMP u1 STATUS IS OPEN" in said and "LINK p2 OPEN IF NODE T1 BELOW 1" in said


def test_a_layer_of_another_origin_is_no_network(tmp_path: Path) -> None:
    file, city = tmp_path / "a.geojson", tmp_path / "c.balad"
    point = {"type": "Point", "coordinates": [39.2, 21.5]}
    file.write_text(
        json.dumps(
            {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": point, "properties": {}}]}
        )
    )
    answered("import", city, file)
    done = balad("export", city, "a", tmp_path / "a.inp")
    assert done.returncode == 1 and "EPANET" in done.stderr and not (tmp_path / "a.inp").exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("epyt/Net1broken.inp", "“2” is the id of another node"),
        ("wntr_tests/bad_syntax.inp", r"Line 330: EPANET has no section \[FOO\]"),
        ("wntr_tests/bad_values.inp", "Line 56: the link “pipe2” ends at “node1”"),
        ("wntr_tests/bad_times.inp", "Line 324: “0:00:00:00” is no time"),
    ],
)
def test_a_malformed_network_is_refused_with_its_line(name: str, said: str) -> None:
    path = data(f"hostile/water/{name}")
    with pytest.raises(NotThisFormat, match=said) as why:
        take(path, **LOCAL)
    assert str(why.value).endswith(str(path))


def test_an_id_in_any_letters_is_one() -> None:
    taken = take(data("hostile/water/wntr_tests/latin1.inp"), **LOCAL)
    assert "12Ù" in layers(taken)["pipes"].column("uid").to_pylist()


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("J1 J2 55.5", "J1 J2 fifty", "“fifty” is no number"),
        ("J1 J2 55.5", "J1 J1 55.5", "begins and ends at the same node"),
        ("PRV 30", "XYZ 30", "no valve of type “XYZ”"),
        ("HEAD C1 SPEED 1.1", "TAIL C1", "no number"),
        ("Units CMH", "Units XYZ", "no flow units"),
        (" T1 40 2 1 3 10 0 * YES", " T1 40 2 1", "lacks a value"),
        ("[TITLE]", "hello\n[TITLE]", "no EPANET network"),
        ("[JUNCTIONS]", "[SUBCATCHMENTS]", "SWMM"),
        ("J2 100 0", "J2 nan 0", "no number"),
    ],
)
def test_each_fault_is_told(small: Path, was: str, now: str, said: str) -> None:
    small.write_text(SMALL.replace(was, now, 1), encoding="utf-8")
    with pytest.raises(NotThisFormat, match=said):
        take(small, **LOCAL)


def test_a_network_without_any_coordinates_says_what_to_do(small: Path) -> None:
    small.write_text(SMALL[: SMALL.index("[COORDINATES]")], encoding="utf-8")
    with pytest.raises(NotThisFormat, match="COORDINATES"):
        take(small, **LOCAL)
