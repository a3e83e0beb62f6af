"""Point clouds: counts, places, classes and colours as laspy itself reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import laspy
import numpy as np
import pytest
from pyproj import Transformer

from tests import clouds
from tests.formats.taking import table, take
from tests.real import data
from twin.core.errors import NoCrs, NotThisFormat
from twin.formats.cloud_file import cloud
from twin.formats.pointcloud import cache
from twin.model.patches import PointFile, Points


def drawn(path: Path, answer: Any) -> tuple[Any, list[Points]]:
    link = answer.link
    opened = cloud(
        PointFile(str(path), answer.source_crs, answer.crs, link.local, link.height_unit, cache()), lambda *_: None
    )
    tree = opened.octree()
    return tree, [opened.points(node) for node in range(len(tree.counts))]


def whole(parts: list[Points]) -> Any:
    return np.concatenate([part.places.astype(float) + part.origin for part in parts])


@pytest.mark.parametrize("name", ["autzen_trim.laz", "simple.copc.laz", "simple.las"])
def test_every_point_of_a_real_file_is_there_with_its_class_and_colour(name: str) -> None:
    path = data(f"raster_lidar_bim/pointcloud/{name}")
    said = {"crs": "EPSG:2994"} if name == "simple.las" else {}
    if said:
        with pytest.raises(NoCrs):
            take(path)
    answer = take(path, **said)
    (taken,) = answer.layers
    theirs = laspy.read(path)
    count = len(theirs.x)
    assert taken.report.read == taken.report.kept == count and taken.report.kind == "pointcloud"
    assert table(taken).column("points").to_pylist() == [count]
    tree, parts = drawn(path, answer)
    assert tree.counts.sum() == count
    classes = np.concatenate([part.classes for part in parts])
    assert np.array_equal(np.bincount(classes, minlength=32), np.bincount(theirs.classification, minlength=32))
    assert tree.coloured
    colours = np.concatenate([part.colours for part in parts if part.colours is not None])
    wide = max(int(theirs.red.max()), int(theirs.green.max()), int(theirs.blue.max())) > 255
    mine = np.sort(colours[:, 0].astype(int))
    assert np.array_equal(mine, np.sort(np.asarray(theirs.red).astype(int) >> (8 if wide else 0)))


def test_feet_become_metres_each_way() -> None:
    path = data("raster_lidar_bim/pointcloud/autzen_trim.laz")
    answer = take(path)
    theirs = laspy.read(path)
    east, north = Transformer.from_crs(theirs.header.parse_crs(), answer.crs, always_xy=True).transform(
        theirs.x, theirs.y
    )
    wanted = np.column_stack([east, north, np.asarray(theirs.z) * 0.3048])
    _, parts = drawn(path, answer)
    found = whole(parts)
    assert np.allclose(found.min(axis=0), wanted.min(axis=0), atol=0.01)
    assert np.allclose(found.max(axis=0), wanted.max(axis=0), atol=0.01)
    assert np.allclose(found.mean(axis=0), wanted.mean(axis=0), atol=0.01)


@pytest.mark.parametrize("suffix", ["las", "laz", "copc.laz"])
def test_an_octree_holds_each_point_once_in_the_box_of_its_node(tmp_path: Path, suffix: str) -> None:
    points = clouds.town(150_000)
    centre, half = np.array([517_500.0, 2_378_500.0, 20.0]), 501.0
    path = tmp_path / f"town.{suffix}"
    if suffix == "copc.laz":
        clouds.copc(path, clouds.nodes(points, 3, centre, half), centre, half)
    else:
        clouds.las(path, points)
    answer = take(path)
    assert answer.crs == "EPSG:32637"
    tree, parts = drawn(path, answer)
    assert tree.counts.sum() == len(points) and len(tree.counts) > 4
    assert (tree.parents < 0).sum() >= 1 and (tree.parents < np.arange(len(tree.parents))).all()
    for box, count, part in zip(tree.boxes, tree.counts, parts, strict=True):
        there = part.places.astype(float) + part.origin
        assert len(there) == count
        assert (there >= box[:3] - 0.02).all() and (there <= box[3:] + 0.02).all()
    found = whole(parts)
    wanted = np.round(points / clouds.SCALE) * clouds.SCALE
    assert np.allclose(np.sort(found[:, 2]), np.sort(wanted[:, 2]), atol=0.011)
    high = np.concatenate([part.classes for part in parts]) == 6
    assert high.sum() == (points[:, 2] > 15).sum()


def test_the_upper_nodes_are_a_fair_sample(tmp_path: Path) -> None:
    path = clouds.las(tmp_path / "town.laz", clouds.town(400_000))
    answer = take(path)
    tree, parts = drawn(path, answer)
    top = [part for part, parent in zip(parts, tree.parents, strict=True) if parent < 0]
    sample, all_ = whole(top), whole(parts)
    assert 5_000 < len(sample) < 80_000
    assert np.allclose(sample.mean(axis=0), all_.mean(axis=0), atol=8.0)


def test_a_file_without_a_crs_is_asked_for_one(tmp_path: Path) -> None:
    path = clouds.las(tmp_path / "town.las", clouds.town(100), wkt=None)
    with pytest.raises(NoCrs):
        take(path)
    placed = take(path, crs="local", city_crs="EPSG:32637", local=(100.0, 0.0, 0.0, 1.0))
    extent = placed.layers[0].report.extent
    assert extent is not None and extent[0] == pytest.approx(517_100.0, abs=20)


def test_a_file_of_no_points_or_of_another_kind_says_so(tmp_path: Path) -> None:
    path = clouds.las(tmp_path / "none.las", clouds.town(0))
    with pytest.raises(NotThisFormat, match="no points"):
        take(path)
    other = tmp_path / "a.laz"
    other.write_bytes(b"PK\3\4" + bytes(500))
    with pytest.raises(NotThisFormat):
        take(other)
