"""The three practice files, messy on purpose: ``python -m tools.samples [FOLDER]`` makes them again, to the byte.

They lie along the main roads of the sample of Jeddah, so that one sees at once which reading is the right one.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.environment import PROGRAM

FOLDER = PROGRAM / "sample_data" / "files" / "practice"
MANHOLES, STOPS, STREETS = "manholes.zip", "bus_stops.geojson", "street_names.zip"
_CITY, _OLD, _UTM = "EPSG:9357", "EPSG:20437", "EPSG:32637"
_CELLS = [(0, 0), (0, 1), (1, 0), (1, -1), (2, -1), (2, -2), (-1, 2), (-2, 2)]
"""Superblocks of the sample that even its smallest city has."""
_DAY = (2026, 1, 1, 0, 0, 0)


def make(folder: Path = FOLDER) -> list[Path]:
    """Write the practice files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    roads = _roads()
    return [_manholes(folder, roads), _stops(folder, roads), _streets(folder, roads)]


def _roads() -> list[tuple[str, str, Any]]:
    """English name, Arabic name and line, in the city's CRS."""
    from sample_data.jeddah.roads import roads

    found = roads(_CELLS, [], [])
    named = zip(found.titles, found.lines, strict=True)
    return [(title[0], title[1], line) for title, line in named if title[0] and title[1] and line.length > 300]


def _along(line: Any, every: float, beside: float = 0.0) -> NDArray[np.float64]:
    """(n, 2) places along a line, so many metres apart and so many to its right."""
    import shapely

    at = np.arange(every / 2, line.length, every)
    points = shapely.get_coordinates(shapely.line_interpolate_point(line, at))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(line, at + 1.0)) - points
    ahead /= np.maximum(np.hypot(*ahead.T), 1e-9)[:, None]
    return np.asarray(points + beside * np.column_stack([ahead[:, 1], -ahead[:, 0]]))


def _manholes(folder: Path, roads: list[tuple[str, str, Any]]) -> Path:
    """In the middle of the roads, in the datum of old maps, and nothing says so: there is no .prj."""
    rows: list[tuple[str, str, float]] = []
    places: list[NDArray[np.float64]] = []
    for _, arabic, line in roads:
        found = _moved(_along(line, 40.0), _OLD)
        places.append(found)
        rows += [(f"MH-{len(rows) + n + 1:04d}", arabic, 1.6 + 0.1 * ((7 * n) % 13)) for n in range(len(found))]
    import shapely

    columns: dict[str, list[Any]] = {
        name: [row[place] for row in rows] for place, name in enumerate(("NUMBER", "STREET", "DEPTH_M"))
    }
    points: Any = shapely.points(np.round(np.concatenate(places), 3))
    return _zipped(folder / MANHOLES, columns, points, None, "UTF-8", "UTF-8")


def _stops(folder: Path, roads: list[tuple[str, str, Any]]) -> Path:
    """At the roads' sides, in degrees, but each place's latitude stands before its longitude."""
    features: list[dict[str, Any]] = []
    for english, arabic, line in roads:
        for n, (lon, lat) in enumerate(_moved(_along(line, 320.0, 14.0), "EPSG:4326").round(7).tolist(), start=1):
            features.append(
                {
                    "type": "Feature",
                    "properties": {
                        "stop": f"S{len(features) + 1:03d}",
                        "name_en": f"{english} {n}",
                        "name_ar": f"{arabic} {n}",
                    },
                    "geometry": {"type": "Point", "coordinates": [lat, lon]},
                }
            )
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in features)
    file = folder / STOPS
    file.write_text(f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n', encoding="utf-8", newline="\n")
    return file


def _streets(folder: Path, roads: list[tuple[str, str, Any]]) -> Path:
    """The roads' own lines, in WGS 84; their names are Windows-1256, and the .cpg says UTF-8."""
    import shapely

    columns = {"NAME": [arabic for _, arabic, _ in roads], "LENGTH_M": [round(line.length, 1) for *_, line in roads]}
    lines = [shapely.LineString(_moved(shapely.get_coordinates(line), _UTM).round(3)) for *_, line in roads]
    return _zipped(folder / STREETS, columns, np.array(lines, object), _UTM, "CP1256", "UTF-8")


def _moved(points: NDArray[np.float64], crs: str) -> NDArray[np.float64]:
    """Places of the city in another CRS, by the operation that an import takes back."""
    from pyproj import CRS

    from twin.formats.placing import best

    move, _ = best(CRS(_CITY), CRS(crs), (512_000, 2_377_000, 520_000, 2_384_000), [])
    return np.column_stack(move.transform(points[:, 0], points[:, 1]))


def _zipped(out: Path, columns: dict[str, list[Any]], shapes: Any, crs: str | None, written: str, said: str) -> Path:
    """A zipped Shapefile whose text is in one encoding while its .cpg says what it says."""
    import pyogrio.raw
    import shapely

    with tempfile.TemporaryDirectory() as room:
        shape = Path(room) / f"{out.stem}.shp"
        pyogrio.raw.write(
            shape,
            geometry=shapely.to_wkb(shapes),
            field_data=[
                np.array(values, object if isinstance(values[0], str) else float) for values in columns.values()
            ],
            fields=list(columns),
            geometry_type="LineString" if shapes[0].geom_type == "LineString" else "Point",
            crs=crs,
            driver="ESRI Shapefile",
            encoding=written,
            DBF_DATE_LAST_UPDATE="2026-01-01",
        )
        shape.with_suffix(".cpg").write_text(said, encoding="ascii")
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for part in sorted(Path(room).iterdir()):
                archive.writestr(zipfile.ZipInfo(part.name, _DAY), part.read_bytes(), zipfile.ZIP_DEFLATED)
    out.write_bytes(buffer.getvalue())
    return out


if __name__ == "__main__":
    for made in make(*map(Path, sys.argv[1:2])):
        sys.stdout.write(f"{made}\n")
