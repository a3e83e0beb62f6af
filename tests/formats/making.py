"""Small files of each vector format, written by GDAL and zipfile: a district's parcels, streets and poles."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyogrio
import shapely

CRS = "EPSG:32637"
SIDE = 6
EAST, NORTH = 520_000.0, 2_370_000.0
DRIVERS = {
    ".gpkg": "GPKG",
    ".geojson": "GeoJSON",
    ".shp": "ESRI Shapefile",
    ".fgb": "FlatGeobuf",
    ".gdb": "OpenFileGDB",
    ".tab": "MapInfo File",
    ".mif": "MapInfo File",
    ".kml": "LIBKML",
    ".kmz": "LIBKML",
    ".gpx": "GPX",
    ".dxf": "DXF",
}
DEGREES = (".geojson", ".kml", ".kmz", ".gpx")


def parcels(*, degrees: bool = False) -> list[object]:
    """Squares in rows: 36 of them."""
    east, north = np.meshgrid(np.arange(SIDE), np.arange(SIDE))
    if degrees:
        return list(
            shapely.box(
                39.19 + east * 3e-4, 21.43 + north * 3e-4, 39.1902 + east * 3e-4, 21.4302 + north * 3e-4
            ).ravel()
        )
    return list(
        shapely.box(EAST + east * 30, NORTH + north * 30, EAST + 20 + east * 30, NORTH + 20 + north * 30).ravel()
    )


def written(
    path: Path,
    shapes: list[object] | None = None,
    *,
    layer: str = "parcels",
    crs: str | None = CRS,
    **columns: list[object],
) -> Path:
    """Write shapes and columns by the driver of the path's suffix, through pyogrio alone."""
    suffix = path.suffix.lower()
    degrees = suffix in DEGREES
    if shapes is None:
        shapes = parcels(degrees=degrees)
        if suffix == ".gpx":
            shapes, layer = [shapely.centroid(shape) for shape in shapes], "waypoints"
        if suffix not in (".gpx", ".dxf") and not columns:
            columns = {"name": [f"قطعة {n}" for n in range(len(shapes))], "plan": list(range(len(shapes)))}
    kinds = {shape.geom_type for shape in shapes}
    table = pa.table({**columns, "geometry": pa.array(shapely.to_wkb(shapes, flavor="iso"), pa.binary())})
    told = {"geometry_name": "geometry", "geometry_type": kinds.pop() if len(kinds) == 1 else "Unknown"}
    if suffix in (".gdb", ".kml", ".kmz", ".gpx", ".gpkg"):
        told["layer"] = layer
    crs = "EPSG:4326" if degrees else None if suffix == ".dxf" else crs
    pyogrio.write_arrow(table, path, driver=DRIVERS[suffix], crs=crs, **told)
    return path


def zipped(out: Path, *what: Path) -> Path:
    """A zip of files with all that belongs to them, and of folders."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in what:
            members = sorted(one.rglob("*")) if one.is_dir() else sorted(one.parent.glob(f"{one.stem}.*"))
            for member in members:
                if member != out and member.is_file():
                    archive.write(member, member.relative_to(one.parent))
    return out
