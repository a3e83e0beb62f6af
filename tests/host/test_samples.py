"""The files that come along: each opens with the counts of a tool that isn’t ours, has its licence, and is copied."""

from __future__ import annotations

import json
import os
import warnings
import zipfile
from pathlib import Path

import laspy
import numpy as np
import pyogrio
import pytest
import shapely
import wntr

from tests.command import balad
from tests.formats.taking import table, take
from tools import bundled, samples
from twin.core.errors import NoCrs, Refused
from twin.host.samples import folder, listed
from twin.host.samples import samples as asked

FILES = {one.id: one for one in listed()}
CITY, EXTENT = "EPSG:9357", (512_000.0, 2_377_000.0, 519_500.0, 2_383_500.0)
LOCAL = {"city_crs": CITY, "crs": "local", "local": (515_000.0, 2_380_000.0, 0.0, 1.0)}


def counts(answer):
    for layer in answer.layers:
        assert layer.report.adds_up()
        assert not layer.report.refused
    return {layer.report.id: layer.report.read for layer in answer.layers}


@pytest.mark.parametrize("name", ["net1", "l-town"])
def test_a_water_network_has_what_wntr_counts(name):
    net = wntr.network.WaterNetworkModel(str(FILES[name].path))
    found = counts(take(FILES[name].path, **LOCAL))
    wanted = {
        "junctions": net.num_junctions, "reservoirs": net.num_reservoirs, "tanks": net.num_tanks,
        "pipes": net.num_pipes, "pumps": net.num_pumps, "valves": net.num_valves,
    }  # fmt: skip
    assert found == {part: count for part, count in wanted.items() if count}


def test_the_grid_has_what_its_json_holds():
    held = json.loads(FILES["simbench"].path.read_text(encoding="utf-8"))["_object"]
    rows = {name: len(json.loads(held[name]["_object"])["index"]) for name in ("bus", "line", "trafo", "load", "sgen")}
    assert rows == {"bus": 59, "line": 57, "trafo": 1, "load": 111, "sgen": 5}
    found = counts(take(FILES["simbench"].path, crs=FILES["simbench"].crs))
    assert {name: found[name] for name in rows} == rows


def test_the_building_has_what_ifcopenshell_counts():
    import ifcopenshell

    model = ifcopenshell.open(str(FILES["ifc"].path))
    drawn = [one for one in model.by_type("IfcProduct") if not one.is_a("IfcAnnotation")]
    found = counts(take(FILES["ifc"].path, **LOCAL))
    assert found["rooms"] == len(model.by_type("IfcSpace"))
    assert sum(found.values()) == len(drawn) == 15


def test_the_point_cloud_has_what_laspy_counts():
    with laspy.open(FILES["copc"].path) as file:
        points = file.header.point_count
    found = take(FILES["copc"].path)
    assert found.link is not None
    assert found.link.amount == points == 1_065


def test_manholes_lie_on_the_roads_in_the_old_datum_alone():
    roads = shapely.union_all([line for *_, line in samples._roads()])
    off = {}
    for crs in ("EPSG:20437", "EPSG:32637"):
        answer = take(FILES["manholes"].path, city_crs=CITY, extent=EXTENT, crs=crs)
        points = shapely.from_wkb(table(answer.layers[0]).column("geometry").to_numpy(zero_copy_only=False))
        off[crs] = np.median(shapely.distance(points, roads))
    assert off["EPSG:20437"] < 0.05
    assert off["EPSG:32637"] > 10
    with pytest.raises(NoCrs):
        take(FILES["manholes"].path, city_crs=CITY, extent=EXTENT)


def test_bus_stops_are_at_home_with_their_axes_exchanged():
    as_it_is = take(FILES["bus-stops"].path, city_crs=CITY, extent=EXTENT)
    assert as_it_is.astray
    right = take(FILES["bus-stops"].path, city_crs=CITY, extent=EXTENT, swapped=True)
    assert not right.astray
    assert counts(right) == {"bus_stops": len(pyogrio.read_dataframe(FILES["bus-stops"].path))}


def test_street_names_are_not_what_their_file_says():
    answer = take(FILES["street-names"].path, city_crs=CITY, extent=EXTENT)
    assert any("UTF-8" in note and "windows-1256" in note for note in answer.notes)
    assert "شارع التحلية" in table(answer.layers[0]).column("NAME").to_pylist()


def test_the_practice_files_are_what_the_script_makes(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        made = samples.make(tmp_path)
    for file in made:
        kept = samples.FOLDER / file.name
        if file.suffix == ".zip":
            with zipfile.ZipFile(file) as one, zipfile.ZipFile(kept) as other:
                assert one.namelist() == other.namelist()
                assert all(one.read(name) == other.read(name) for name in one.namelist()), file.name
        else:
            assert file.read_bytes() == kept.read_bytes()


@pytest.mark.parametrize("name", sorted(FILES))
def test_each_has_its_terms_beside_it(name):
    one = FILES[name]
    assert (folder() / one.licence).stat().st_size > 200
    assert one.attribution
    assert one.title_en and one.title_ar
    assert one.file.split("/")[0] in (folder() / "README.md").read_text(encoding="utf-8")


def test_all_of_them_are_small():
    assert sum(file.stat().st_size for file in folder().rglob("*") if file.is_file()) < 1_200_000


def test_the_bundle_takes_them_in():
    there = {Path(source).name for source, place in bundled.data() if place.startswith("sample_data")}
    assert {Path(one.file).name for one in listed()} <= there
    assert {Path(one.licence).name for one in listed()} <= there
    assert "samples.toml" in there


def test_they_are_listed_and_copied_with_their_licences(tmp_path):
    to = tmp_path / "عينات"
    done = balad("samples", "--to", to)
    assert done.returncode == 0
    for one in listed():
        assert (to / one.file).read_bytes() == one.path.read_bytes()
        assert (to / one.licence).exists()
        assert str(to / one.file) in done.stdout
    again = balad("samples", "--to", to)
    assert again.returncode == 1
    assert "not empty" in again.stderr


def test_a_copy_can_be_written_where_the_program_is_read_only(tmp_path, monkeypatch):
    to = tmp_path / "copy"
    asked(None, to)
    assert os.access(to / FILES["net1"].file, os.W_OK)
    with pytest.raises(Refused):
        asked(None, to)
