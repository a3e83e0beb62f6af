"""Pipes along the sample's roads, for the picture of what lies underground: water, sewage and gas."""

from __future__ import annotations

import json
import math
from pathlib import Path

CAMERA = '{"east": 516720, "north": 2381150, "height": 0, "distance": 300, "azimuth": 35, "pitch": -38, "field": 45}'
"""Where streets of the sample meet at the sea."""
_MAINS = (("water", 1.2, 0.4, 2.0), ("sewage", 3.0, 0.6, 0.0), ("gas", 1.0, 0.2, -2.0))
"""What flows in it, metres below the ground, of its diameter, and beside the middle of the road."""


def written(roads: Path, out: Path) -> Path:
    """Three pipes for each road of an exported layer, as GeoJSON without heights of its own."""
    found = json.loads(roads.read_text(encoding="utf-8"))
    pipes = [pipe for road in found["features"] for pipe in _along(road)]
    out.write_text(json.dumps({"type": "FeatureCollection", "crs": found["crs"], "features": pipes}), encoding="utf-8")
    return out


def _along(road: dict[str, dict[str, object]]) -> list[dict[str, object]]:
    line = road["geometry"]["coordinates"]
    assert isinstance(line, list)
    (ax, ay), (bx, by) = line[0][:2], line[-1][:2]
    long = math.hypot(bx - ax, by - ay) or 1.0
    wide = 1.0 if road["properties"]["road_class"] == "street" else 2.0
    return [
        {
            "type": "Feature",
            "geometry": {
                "type": "LineString",
                "coordinates": [[x - (by - ay) / long * beside, y + (bx - ax) / long * beside] for x, y, *_ in line],
            },
            "properties": {"substance": substance, "depth": depth, "diameter": wide * diameter},
        }
        for substance, depth, diameter, beside in _MAINS
    ]
