"""What a tileset says of itself before any tile is read: where it lies, and whether it is one of ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from twin.core.errors import NotThisFormat
from twin.formats.earth import is_on_earth, to_degrees
from twin.formats.gltf_document import Broken
from twin.formats.reader import Survey
from twin.formats.stamp import KEY, Stamp
from twin.formats.tiles3d_files import LARGEST_JSON, files, unreadable
from twin.formats.tiles3d_pieces import points
from twin.formats.tiles3d_tree import matrix, parsed
from twin.formats.tiles3d_volumes import Doubles, corners


def survey(path: Path) -> Survey:
    """Where its root lies: on the earth, or nowhere that it tells."""
    root = tileset(path)["root"]
    said = stamp(path)
    try:
        around = corners(root, matrix(root["transform"]) if root.get("transform") is not None else np.eye(4))
    except Broken as why:
        raise unreadable(path, why) from None
    if around is None:
        around = points(path)
    if around is None or not is_on_earth(around):
        bounds = None if around is None else _flat(around)
        return Survey(None, bounds, heights=said.heights, synthetic=said.synthetic)
    return Survey("EPSG:4979", _flat(to_degrees(around)), heights=said.heights, synthetic=said.synthetic)


def tileset(path: Path) -> dict[str, Any]:
    """A tileset's JSON; NotThisFormat where it is none."""
    found = files(path)
    try:
        return parsed(found.read(found.start, LARGEST_JSON))
    except Broken:
        raise NotThisFormat("It is no tileset (3D Tiles): its JSON has no “asset” and “root”.", path) from None


def stamp(path: Path) -> Stamp:
    """What a tileset of ours says about its layer."""
    extras = tileset(path).get("extras")
    ours = extras.get(KEY) if isinstance(extras, dict) else None
    if not isinstance(ours, dict):
        return Stamp()
    try:
        return Stamp.model_validate({key: value for key, value in ours.items() if key in Stamp.model_fields})
    except ValueError:
        return Stamp()


def _flat(points: Doubles) -> tuple[float, float, float, float]:
    low, high = points.min(axis=0), points.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
