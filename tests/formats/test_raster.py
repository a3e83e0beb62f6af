"""GeoTIFFs: what they hold, told and drawn as rasterio itself reads them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from pyproj import Transformer

from tests.formats.taking import table, take
from tests.rasters import NORTH, WEST, height, slope, tiff
from tests.real import data
from twin.core.errors import CannotRead, NoCrs, NotThisFormat, Refused, TooLarge
from twin.formats import raster_drivers
from twin.formats.raster_window import patch
from twin.model.patches import SIDE, RasterFile, Square

REAL = ("cogeo.tif", "elevation1.tif", "shade.tif", "RGB.byte.tif")


def seen(path: Path, answer: Any, square: Square) -> Any:
    taken = answer.layers[0].report
    return patch(
        RasterFile(str(path), answer.source_crs, answer.crs, taken.kind, answer.link.local, answer.link.height_unit),
        square,
    )


@pytest.mark.parametrize("name", REAL)
def test_a_real_file_is_linked_as_large_as_rasterio_says_and_where_pyproj_puts_it(name: str) -> None:
    path = data(f"raster_lidar_bim/raster/{name}")
    answer = take(path)
    (taken,) = answer.layers
    with rasterio.open(path) as theirs:
        row = table(taken).to_pylist()[0]
        assert (row["cells_across"], row["cells_down"], row["bands"]) == (theirs.width, theirs.height, theirs.count)
        assert row["data_type"] == theirs.dtypes[0]
        there = Transformer.from_crs(theirs.crs, answer.crs, always_xy=True).transform_bounds(*theirs.bounds)
    extent = taken.report.extent
    assert extent is not None
    assert np.allclose([extent[0], extent[1], extent[3], extent[4]], there, atol=0.01 * (there[2] - there[0]))
    assert taken.report.kind == ("terrain" if name == "elevation1.tif" else "imagery")
    assert answer.link is not None and answer.link.size == path.stat().st_size and len(answer.sha256) == 64


def test_heights_are_those_of_the_file_and_missing_ones_are_missing() -> None:
    path = data("raster_lidar_bim/raster/elevation1.tif")
    answer = take(path)
    extent = answer.layers[0].report.extent
    assert extent is not None and (extent[2], extent[5]) == (10.0, 98.0)
    with rasterio.open(path) as theirs:
        cells = theirs.read(1, masked=True)
        rows, columns = np.nonzero(~np.ma.getmaskarray(cells))
        inside = (rows > 1) & (rows < theirs.height - 2) & (columns > 1) & (columns < theirs.width - 2)
        rows, columns = rows[inside][::17], columns[inside][::17]
        x, y = theirs.xy(rows, columns)
    east, north = Transformer.from_crs("EPSG:4326", answer.crs, always_xy=True).transform(x, y)
    for e, n, wanted in zip(east, north, cells[rows, columns].tolist(), strict=True):
        # A square about the cell's middle: its middle place is that of the cell.
        found = seen(path, answer, Square(e - 1.28, n - 1.28, 2.56))
        assert found.heights[SIDE // 2 + 1, SIDE // 2 + 1] == pytest.approx(wanted, abs=0.6)


def test_a_window_of_any_size_holds_the_heights_of_its_places(tmp_path: Path) -> None:
    path = tiff(tmp_path / "slope.tif", slope(800, 900), tiled=True, blockxsize=256, blockysize=256, overviews=[2, 4])
    answer = take(path)
    assert answer.layers[0].report.kind == "terrain"
    for west, south, side in ((WEST + 700, NORTH - 2200, 160.0), (WEST + 100, NORTH - 3900, 3800.0)):
        found = seen(path, answer, Square(west, south, side))
        steps = np.linspace(0, side, SIDE)
        x, y = np.meshgrid(west + steps, south + steps)
        assert np.abs(found.heights[1:-1, 1:-1] - height(x, y)).max() < 0.15
    beyond = seen(path, answer, Square(WEST - 500, NORTH - 100, 1000.0)).heights
    assert np.isnan(beyond[:, : SIDE // 3]).all() and not (beyond == 0).any()
    assert seen(path, answer, Square(WEST + 50_000, NORTH, 100.0)) is None


def test_feet_become_metres_and_a_mark_that_nobody_declared_is_missing(tmp_path: Path) -> None:
    heights = slope(60, 60)
    heights[20:30, 20:30] = -99999.0
    path = tiff(tmp_path / "feet.tif", heights, units=["ft"])
    answer = take(path)
    extent = answer.layers[0].report.extent
    assert extent is not None and extent[5] == pytest.approx(float(heights.max()) * 0.3048, abs=1e-3)
    found = seen(path, answer, Square(WEST, NORTH - 300, 300.0)).heights
    assert np.nanmin(found) > 2 and np.isnan(found).sum() > 500
    assert any("−11,500" in note for note in answer.notes)


def test_a_picture_keeps_its_colours_and_ends_where_nothing_is(tmp_path: Path) -> None:
    cells = np.zeros((3, 100, 100), np.uint8)
    cells[:, :50], cells[:, 50:, :50] = np.array([200, 40, 30])[:, None, None], np.array([20, 90, 220])[:, None, None]
    path = tiff(tmp_path / "picture.tif", cells, nodata=0, photometric="RGB")
    answer = take(path)
    found = seen(path, answer, Square(WEST, NORTH - 500, 500.0)).picture
    assert tuple(found[200, 100]) == (200, 40, 30, 255)
    assert tuple(found[60, 60]) == (20, 90, 220, 255)
    assert found[60, 200, 3] == 0


def test_palettes_and_wide_numbers_are_seen_as_colours(tmp_path: Path) -> None:
    codes = np.repeat([[1], [2]], 40, axis=0).repeat(80, axis=1).astype(np.uint8)
    path = tiff(tmp_path / "palette.tif", codes, colormap={1: (255, 0, 0, 255), 2: (0, 128, 0, 255)})
    found = seen(path, take(path), Square(WEST, NORTH - 400, 400.0)).picture
    assert tuple(found[200, 100][:3]) == (255, 0, 0) and tuple(found[60, 100][:3]) == (0, 128, 0)
    grey = np.linspace(300, 9000, 6400).reshape(80, 80).astype(np.uint16)
    path = tiff(tmp_path / "grey.tif", np.stack([grey, grey, grey]))
    found = seen(path, take(path), Square(WEST, NORTH - 400, 400.0)).picture
    assert found[..., :3].min() < 10 and found[..., :3].max() > 245


def test_a_file_without_a_place_is_asked_for_one_and_lies_where_it_is_put(tmp_path: Path) -> None:
    path = tiff(tmp_path / "nowhere.tif", slope(50, 50), crs=None)
    with pytest.raises(NoCrs):
        take(path)
    answer = take(path, crs="EPSG:32637")
    assert answer.crs == "EPSG:32637"
    flat = tiff(tmp_path / "bare.tif", slope(50, 50), crs=None, transform=rasterio.Affine.identity())
    placed = take(flat, crs="local", city_crs="EPSG:32637", local=(518_000.0, 2_381_000.0, 0.0, 2.0))
    extent = placed.layers[0].report.extent
    assert extent is not None and np.allclose(
        [extent[0], extent[1], extent[3], extent[4]], [518_000, 2_381_000, 518_100, 2_381_100]
    )
    found = seen(flat, placed, Square(518_000.0, 2_381_000.0, 100.0)).heights
    assert found[SIDE // 2, SIDE // 2] == pytest.approx(float(slope(50, 50)[25, 25]), abs=0.2)


def test_a_person_says_that_heights_are_a_picture(tmp_path: Path) -> None:
    path = tiff(tmp_path / "index.tif", slope(50, 50))
    assert take(path, kind="imagery").layers[0].report.kind == "imagery"
    share = tiff(tmp_path / "share.tif", (slope(50, 50) - 10) / 10)
    assert take(share).layers[0].report.kind == "imagery"


def test_files_that_hold_nothing_or_too_much_say_so(tmp_path: Path) -> None:
    empty = tiff(tmp_path / "empty.tif", np.full((20, 20), -5.0, np.float32), nodata=-5.0)
    with pytest.raises(CannotRead, match="missing"):
        take(empty)
    huge = tmp_path / "huge.tif"
    with rasterio.open(
        huge, "w", driver="GTiff", count=1, width=32_768, height=32_768, dtype="float32", crs="EPSG:32637", tiled=True,
        blockxsize=16_384, blockysize=16_384, compress="deflate", SPARSE_OK=True, bigtiff="YES",
        transform=rasterio.Affine(1, 0, WEST, 0, -1, NORTH),
    ):  # fmt: skip
        pass
    with pytest.raises(TooLarge, match="COG"):
        take(huge)


def test_ten_gigabytes_of_nothing_are_answered_at_once(tmp_path: Path) -> None:
    import time

    path = tmp_path / "sparse.tif"
    with rasterio.open(
        path, "w", driver="GTiff", count=1, width=51_200, height=51_200, dtype="float32", crs="EPSG:32637", tiled=True,
        transform=rasterio.Affine(0.5, 0, WEST, 0, -0.5, NORTH), SPARSE_OK=True, bigtiff="YES", nodata=-9999,
    ) as made:  # fmt: skip
        made.write(slope(256, 256), 1, window=rasterio.windows.Window(0, 0, 256, 256))
    os.truncate(path, 10 << 30)
    began = time.monotonic()
    answer = take(path)
    assert time.monotonic() - began < 10
    assert answer.layers[0].report.kind == "terrain" and answer.link is not None and answer.link.sha256 == ""
    found = seen(path, answer, Square(WEST, NORTH - 128, 128.0)).heights
    assert np.isfinite(found).sum() > SIDE * SIDE * 0.9


def test_what_lies_beside_a_file_opens_nothing_else(tmp_path: Path) -> None:
    """An overview file that is a VRT would ask the network; a VRT under a GeoTIFF's name too."""
    vrt = (
        '<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1"><SimpleSource>'
        "<SourceFilename>/vsicurl/http://127.0.0.1:9/a.tif</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"
    )
    named = tmp_path / "a.tif"
    named.write_text(vrt)
    with pytest.raises(NotThisFormat):
        take(named)
    path = tiff(tmp_path / "b.tif", slope(40, 40))
    path.with_name("b.tif.ovr").write_text(vrt)
    assert take(path).layers
    with raster_drivers.ready().Env() as inside:
        assert set(inside.drivers()) == {"GTiff", "COG", "MEM"}


def test_a_raster_is_drawn_as_a_raster_and_nothing_else_as_one(tmp_path: Path) -> None:
    path = tiff(tmp_path / "dem.tif", slope(40, 40))
    with pytest.raises(Refused, match="terrain, imagery"):
        take(path, kind="buildings")
    with pytest.raises(Refused, match="imagery"):
        take(data("jeddah") and data("raster_lidar_bim/vector/bubenec.gpkg"), kind="imagery")
