"""The sample: exact in number, sound in form, the same for the same seed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
import shapely

from sample_data.jeddah import columns, frame, terrain
from sample_data.jeddah.generate import bookmarks, generate
from sample_data.jeddah.terrain import relief
from tests.real import data
from twin.model.boxes import of as boxes_of
from twin.model.feature import BOX, OWN

COUNT = 3_000


def made(count, seed, **more):
    """All layers with their rows as tables, streams read to their end."""
    for layer in generate(count, seed, **more):
        whole = layer.table if isinstance(layer.table, pa.Table) else layer.table.read_all()
        yield replace(layer, table=whole)


@pytest.fixture(scope="module")
def layers():
    return {layer.id: layer for layer in made(COUNT, 1)}


def read(layer):
    return shapely.from_wkb(layer.table["geometry"].to_numpy(zero_copy_only=False))


@pytest.fixture(scope="module")
def footprints(layers):
    """What each building covers: a landmark's solid begins with its floor."""
    return np.array([shapely.force_2d(shapely.get_geometry(shape, 0)) for shape in read(layers["buildings"])], object)


def by_uid(layer, wanted):
    found = dict(zip(layer.table["uid"].to_pylist(), read(layer), strict=True))
    return np.array([found[name] for name in wanted.to_pylist()], object)


def digest(count, seed):
    found = hashlib.sha256()
    for layer in made(count, seed):
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, layer.table.schema) as writer:
            writer.write_table(layer.table.combine_chunks())
        found.update(sink.getvalue())
    return found.hexdigest()


def test_the_same_seed_makes_the_same_city():
    first = digest(700, 5)
    assert digest(700, 5) == first
    assert digest(700, 6) != first


@pytest.mark.parametrize("count", [1, 1_234, COUNT])
def test_the_number_is_exact(count):
    table = next(layer for layer in made(count, 1) if layer.id == "buildings").table
    assert table.num_rows == count
    assert len(set(table["uid"].to_pylist())) == count


def test_buildings_are_sound_and_stand_apart(footprints):
    assert shapely.is_valid(footprints).all()
    assert shapely.area(footprints).min() > 25
    tree = shapely.STRtree(footprints)
    one, other = tree.query(footprints, predicate="intersects")
    assert not (one < other).any()


def test_none_stands_in_the_sea(footprints):
    shapely.prepare(frame.land())
    assert shapely.contains(frame.land(), footprints).all()


def test_none_stands_on_a_road(layers, footprints):
    widths = layers["roads"].table["width"].to_numpy()
    ribbons = shapely.buffer(shapely.force_2d(read(layers["roads"])), widths / 2, cap_style="flat")
    assert not len(shapely.STRtree(footprints).query(ribbons, predicate="intersects")[0])


def test_roshans_are_on_old_houses_of_al_balad_alone():
    # The old town is reached by samples of this size.
    table = next(layer for layer in made(8_000, 1) if layer.id == "buildings").table
    wooden = np.array(table["facade"].to_pylist(), object) == "roshan"
    assert wooden.sum() > 100
    assert set(table.filter(pa.array(wooden))["district_en"].to_pylist()) == {"Al-Balad"}
    assert table.filter(pa.array(wooden))["year"].to_numpy().max() < 1965


def test_palms_stand_along_their_roads_and_in_nobodys_way(layers, footprints):
    points = read(layers["palms"])
    flat = shapely.force_2d(points)
    roads = layers["roads"].table
    lines, widths = shapely.force_2d(read(layers["roads"])), roads["width"].to_numpy()
    assert len(points) > 300
    assert shapely.contains(frame.land(), flat).all()
    ribbons = shapely.buffer(lines, widths / 2, cap_style="flat")
    assert not len(shapely.STRtree(flat).query(ribbons, predicate="intersects")[0])
    assert not len(shapely.STRtree(flat).query(footprints, predicate="dwithin", distance=3)[0])
    lined = np.isin(roads["name_en"].to_pylist(), list(columns.names.PALM_LINED))
    away = shapely.distance(shapely.union_all(lines[lined]), flat)
    assert away.min() > 9 and away.max() < 13
    one, other = shapely.STRtree(flat).query_nearest(flat, exclusive=True)
    apart = shapely.distance(flat[one], flat[other])
    assert apart.min() >= 11.9
    assert 12 < np.median(apart) < 18
    assert np.abs(shapely.get_z(points) - relief().at(shapely.get_coordinates(flat))).max() < 0.01


def test_every_building_stands_on_its_parcel_in_its_district(layers, footprints):
    table = layers["buildings"].table
    parcels = by_uid(layers["parcels"], table["parcel"])
    assert shapely.covers(shapely.buffer(parcels, 0.03), footprints).all()
    blocks = by_uid(layers["blocks"], table["block"])
    assert shapely.covers(shapely.buffer(blocks, 0.1), footprints).all()
    districts = dict(zip(layers["districts"].table["name_en"].to_pylist(), read(layers["districts"]), strict=True))
    mine = np.array([districts[name] for name in table["district_en"].to_pylist()], object)
    assert shapely.contains(mine, shapely.point_on_surface(footprints)).all()


def test_levels_of_administration_hold_each_other(layers):
    municipality = shapely.buffer(read(layers["municipality"])[0], 0.1)
    for name in ("sub_municipalities", "districts", "plans"):
        assert shapely.covers(municipality, read(layers[name])).all()
    plans = {int(name.removeprefix("Plan ")) for name in layers["plans"].table["name_en"].to_pylist()}
    assert set(layers["buildings"].table["plan"].to_pylist()) <= plans


def test_parcels_do_not_overlap(layers):
    parcels = read(layers["parcels"])
    one, other = shapely.STRtree(parcels).query(parcels, predicate="intersects")
    pairs = one < other
    assert shapely.area(shapely.intersection(parcels[one[pairs]], parcels[other[pairs]])).max(initial=0) < 0.6


def test_the_ground_under_a_building_is_the_terrains(layers, footprints):
    points, whose = shapely.get_coordinates(footprints, return_index=True)
    lowest = np.full(len(footprints), np.inf)
    np.minimum.at(lowest, whose, relief().at(points))
    assert np.abs(lowest - layers["buildings"].table["ground"].to_numpy()).max() < 0.6


@pytest.fixture
def hills(monkeypatch):
    """The whole relief, whatever the sample builds of it."""
    monkeypatch.setattr(terrain, "RELIEF", 1.0)
    terrain.relief.cache_clear()
    yield terrain.relief()
    terrain.relief.cache_clear()


def test_the_terrain_rises_gently_inland(hills):
    for north in (2_377_000, 2_384_000, 2_390_000):
        shore, town, edge = hills.at(
            [(512_000 if north > 2_380_000 else 519_200, north), (524_000, north), (534_000, north)]
        )
        assert 0 <= shore < 6 < town < 60 < edge < 160


def test_the_triangles_lie_where_the_ground_is_said_to_be(hills):
    triangles = shapely.get_parts(terrain.patches((514_000, 2_380_000, 518_000, 2_384_000)))
    points = shapely.get_coordinates(triangles, include_z=True).reshape(-1, 4, 3)[:, :3]
    middles = points.mean(axis=1)
    assert np.abs(hills.at(middles[:, :2]) - middles[:, 2]).max() < 0.02
    assert shapely.area(triangles) == pytest.approx(terrain.STEP**2 / 2)


def test_roads_lie_on_the_ground(hills):
    line = shapely.LineString([(517_000, 2_382_000), (520_500, 2_382_600)])
    points = shapely.get_coordinates(terrain.raised(np.array([line]))[0], include_z=True)
    assert len(points) > 30
    assert np.abs(points[:, 2] - hills.at(points[:, :2])).max() < 0.02


def test_names_are_in_both_languages(layers):
    for layer in layers.values():
        assert layer.title_en and layer.title_ar
        assert all(column["title_en"] and column["title_ar"] for column in layer.columns)
        if "name_ar" in layer.table.column_names:
            assert layer.table["name_ar"].is_null().equals(layer.table["name_en"].is_null())
    named = layers["buildings"].table["name_ar"]
    assert len(named) - named.null_count > 5
    assert set(layers["buildings"].table["use"].to_pylist()) <= set(columns.names.USES_AR)


def test_the_columns_are_those_that_are_documented(layers):
    kinds = {"BIGINT": pa.int64(), "DOUBLE": pa.float64(), "VARCHAR": pa.string()}
    for layer in layers.values():
        said = {column["name"]: kinds[column["type"]] for column in layer.columns}
        schema = layer.table.schema
        found = {name: schema.field(name).type for name in schema.names if name not in OWN}
        assert found == said, layer.id


def test_boxes_that_are_told_are_those_of_the_shapes(layers):
    told = [layer for layer in layers.values() if BOX[0] in layer.table.column_names]
    assert {"blocks", "parcels", "buildings"} <= {layer.id for layer in told}
    for layer in told:
        boxes = np.column_stack([layer.table[side].to_numpy() for side in BOX])
        assert np.array_equal(boxes, boxes_of(read(layer))), layer.id


def test_coordinates_are_whole_centimetres(layers):
    for name in ("buildings", "parcels", "roads", "districts"):
        points = shapely.get_coordinates(read(layers[name]), include_z=True)
        points = points[:, : 3 if np.isfinite(points[:, 2]).all() else 2]
        assert np.array_equal(points, np.round(points, 2)), name


def test_the_coast_is_jeddahs():
    reference = json.loads(data("jeddah/jeddah_coast_gshhg_f.geojson").read_text())
    lines = [shapely.geometry.shape(feature["geometry"]) for feature in reference["features"]]
    import pyproj

    forward = pyproj.Transformer.from_crs("EPSG:4326", frame.CRS, always_xy=True).transform
    theirs = shapely.transform(shapely.union_all(lines), lambda points: np.column_stack(forward(*points.T)))
    for east, north in ((510_800, 2_390_000), (511_300, 2_385_000), (516_000, 2_381_000), (519_000, 2_377_000)):
        point = shapely.Point(east, north)
        assert abs(shapely.distance(frame.shore(), point) - shapely.distance(theirs, point)) < 60


def test_the_first_view_is_from_the_sea():
    """The default camera stands offshore and looks north-east."""
    from twin.model.view import Camera

    found = {one["id"]: Camera(**one["view"]["camera"]) for one in bookmarks(20_000)}
    assert {"overview", "street", "district"} <= set(found)
    east, north, height = found["overview"].eye()
    assert height > 100
    assert not shapely.contains_xy(frame.land(), east, north)
    assert 10 < found["overview"].azimuth < 80
