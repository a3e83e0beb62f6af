"""Files that are nearly CityJSON: one object is refused, or the file, always in words."""

from __future__ import annotations

import json

import pytest

from tests.real import data
from twin.core.errors import CannotRead, NotThisFormat
from twin.formats.intake import take_in
from twin.formats.request import Request


def spoilt(tmp_path, spoil, extra=True):
    """The cube with a fault in it, beside a sound one, taken in."""
    cube = json.loads(data("city3d/cjio/cube.json").read_text())
    name = next(iter(cube["CityObjects"]))
    if extra:
        cube["CityObjects"]["sound"] = json.loads(json.dumps(cube["CityObjects"][name]))
    spoil(cube, cube["CityObjects"][name])
    path = tmp_path / "x.city.json"
    path.write_text(json.dumps(cube))
    return take_in(Request(path=str(path), scratch=str(tmp_path), crs="EPSG:32637"))


def nested(levels):
    found = []
    for _ in range(levels):
        found = [found]
    return found


@pytest.mark.parametrize(
    "spoil",
    [
        lambda city, thing: thing.update(attributes="none"),
        lambda city, thing: thing.update(attributes={"balad_wkb": "not hexadecimal"}),
        lambda city, thing: thing.update(attributes={"balad_wkb": "00ff00"}),
        lambda city, thing: thing["geometry"].append({"type": "MultiSurface", "lod": "0", "boundaries": 7}),
        lambda city, thing: thing["geometry"][0].update(semantics={"surfaces": [], "values": [[5]]}),
    ],
)
def test_a_fault_of_one_object_refuses_it_and_takes_the_rest(tmp_path, spoil):
    layer = spoilt(tmp_path, spoil).layers[0]
    assert (layer.report.read, layer.report.kept, len(layer.report.refused)) == (2, 1, 1)
    assert layer.report.refused[0].reason


@pytest.mark.parametrize("index", [-1, 9_999])
def test_a_vertex_that_is_not_there_is_found_in_any_level_of_detail(tmp_path, index):
    coarse = {"type": "MultiSurface", "lod": "0", "boundaries": [[[index, 1, 2]]]}
    with pytest.raises(NotThisFormat, match="vertex"):
        spoilt(tmp_path, lambda city, thing: thing["geometry"].append(coarse))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda city, thing: city.update(vertices=[[str(part) for part in point] for point in city["vertices"]]),
        lambda city, thing: city.update(transform={"scale": [0, 1, 1], "translate": [0, 0, 0]}),
        lambda city, thing: thing.update(attributes={"deep": nested(400)}),
    ],
)
def test_a_fault_of_the_file_refuses_it(tmp_path, spoil):
    with pytest.raises(NotThisFormat):
        spoilt(tmp_path, spoil)


def test_metadata_of_another_shape_names_no_crs(tmp_path):
    taken = spoilt(tmp_path, lambda city, thing: city.update(metadata=["EPSG:7415"]))
    assert taken.source_crs == "EPSG:32637", "what the person said"


def test_a_ring_through_one_place_is_no_face(tmp_path):
    def spoil(city, thing):
        city["vertices"] += [city["vertices"][0]] * 3
        last = len(city["vertices"])
        thing["geometry"].append({"type": "MultiSurface", "lod": "9", "boundaries": [[[last - 3, last - 2, last - 1]]]})

    report = spoilt(tmp_path, spoil).layers[0].report
    assert len(report.repaired) == 1
    assert report.adds_up()


def test_nothing_but_faults_is_an_error(tmp_path):
    with pytest.raises(CannotRead):
        spoilt(tmp_path, lambda city, thing: thing.update(attributes="none"), extra=False)
