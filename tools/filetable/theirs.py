"""What a tool that isn't ours counts in a file; each is imported where it is used: only the tests need them all."""

from __future__ import annotations

import csv
import gzip
import io
import json
import logging
import warnings
import zipfile
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.cjio import cityjson


@dataclass(frozen=True)
class Theirs:
    """A tool's name and what it counts, by the names that Balad's layers have; or why it doesn't open the file."""

    tool: str
    counts: dict[str, int] = field(default_factory=dict)
    refusal: str = ""

    def words(self) -> str:
        """As the table has it."""
        if self.refusal:
            return f"{self.tool}: refused, {self.refusal}"
        return f"{self.tool}: {', '.join(f'{name} {count:,}' for name, count in self.counts.items())}"


def count(path: Path) -> Theirs:
    """Ask the tool for a file's suffix, and where two share one, for what stands in it."""
    for suffix, tool, ask in _TOOLS:
        if path.name.lower().endswith(suffix) and (ask is not _cityjson or _is_cityjson(path)):
            with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
                warnings.simplefilter("ignore")
                logging.disable(logging.ERROR)
                try:
                    return Theirs(tool, ask(path))
                except Exception as why:  # noqa: BLE001  whatever another tool says of a file is its answer
                    return Theirs(tool, refusal=_said(why))
                finally:
                    logging.disable(logging.NOTSET)
    return _gdal(path)


def _gdal(path: Path) -> Theirs:
    import pyogrio

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            layers = pyogrio.list_layers(path)
            infos = {str(name): pyogrio.read_info(path, layer=name, force_feature_count=True) for name, _ in layers}
        except Exception as why:  # noqa: BLE001  as above
            return Theirs("GDAL", refusal=_said(why, path))
    without = "" if any(kind is not None for _, kind in layers) else " (no geometry)"
    return Theirs("GDAL", {f"{name}{without}": int(info["features"]) for name, info in infos.items()})


def _said(why: Exception, path: Path | None = None) -> str:
    """The first sentence, without the path."""
    words = " ".join((str(why) or type(why).__name__).replace(f"'{path}'", "").split())
    first = words.split("; ")[0].split(". ")[0]
    return (first if len(first) < 100 else first[:97] + "…").rstrip(".").replace("|", "\\|")


def _osm(path: Path) -> dict[str, int]:
    import pyogrio

    asked = {"buildings": ("multipolygons", "building IS NOT NULL"), "roads": ("lines", "highway IS NOT NULL")}
    return {
        name: len(pyogrio.read_arrow(path, layer=layer, where=where, columns=["osm_id"], read_geometry=False)[1])
        for name, (layer, where) in asked.items()
    }


def _cityjson(path: Path) -> dict[str, int]:
    with path.open(encoding="utf-8") as file:
        return {"city objects": len(cityjson().CityJSON(file=file).j["CityObjects"])}


def _is_cityjson(path: Path) -> bool:
    held = json.loads(path.read_text(encoding="utf-8"))
    return isinstance(held, dict) and held.get("type") == "CityJSON"


def _cityjson_lines(path: Path) -> dict[str, int]:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return {"city objects": sum(len(line.get("CityObjects", {})) for line in lines)}


def _epanet(path: Path) -> dict[str, int]:
    import wntr  # type: ignore[import-untyped]

    net = wntr.network.WaterNetworkModel(str(path))
    parts = ("junctions", "reservoirs", "tanks", "pipes", "pumps", "valves")
    found = {part: int(getattr(net, f"num_{part}")) for part in parts}
    return {part: number for part, number in found.items() if number}


def _points(path: Path) -> dict[str, int]:
    import laspy

    with laspy.open(path) as file:
        return {"points": int(file.header.point_count)}


def _raster(path: Path) -> dict[str, int]:
    import rasterio

    with rasterio.open(path) as file:
        file.read(1)
        return {"cells": int(file.width * file.height)}


def _ifc(path: Path) -> dict[str, int]:
    import ifcopenshell

    model: Any = ifcopenshell.open(str(path))
    return {"products": len([one for one in model.by_type("IfcProduct") if not one.is_a("IfcAnnotation")])}


def _tileset(path: Path) -> dict[str, int]:
    """Tiles that have something to show, those of the tilesets it leads to among them."""
    tiles = 0
    for name in _contents(json.loads(path.read_text(encoding="utf-8"))["root"]):
        tiles += sum(_tileset(path.parent / name).values()) if name.endswith(".json") else 1
    return {"tiles": tiles}


def _contents(tile: dict[str, Any]) -> list[str]:
    own = tile.get("content", {})
    named = [own[key] for key in ("uri", "url") if key in own]
    return named + [name for child in tile.get("children", []) for name in _contents(child)]


def _json(path: Path) -> dict[str, int]:
    """A pandapower net's tables, or the number of things that a document holds."""
    held = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(held, dict) and isinstance(held.get("_object"), dict):
        return {name: rows for name, part in held["_object"].items() if (rows := _rows(part))}
    if isinstance(held, dict):
        return {name: len(part) for name, part in held.items() if isinstance(part, list)} or {"keys": len(held)}
    return {"values": len(held) if isinstance(held, list) else 1}


def _rows(part: object) -> int:
    if not isinstance(part, dict) or part.get("_class") != "DataFrame":
        return 0
    table = part["_object"]
    return len((json.loads(table) if isinstance(table, str) else table)["index"])


def _gtfs(path: Path) -> dict[str, int]:
    with zipfile.ZipFile(path) as archive:
        found = {}
        for name in ("stops", "routes"):
            with archive.open(f"{name}.txt") as file:
                found[name] = sum(1 for _ in csv.DictReader(io.TextIOWrapper(file, "utf-8-sig")))
        return found


def _table(path: Path) -> dict[str, int]:
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            return {"rows": sum(1 for _ in csv.reader(file)) - 1}
    with path.open(encoding="utf-8", newline="") as file:
        return {"rows": sum(1 for _ in csv.reader(file)) - 1}


def _xml(path: Path) -> dict[str, int]:
    from defusedxml import ElementTree

    return {"elements": sum(1 for _ in ElementTree.parse(path).iter())}


_TOOLS: tuple[tuple[str, str, Callable[[Path], dict[str, int]]], ...] = (
    (".osm.pbf", "GDAL", _osm),
    (".osm", "GDAL", _osm),
    (".city.jsonl", "json", _cityjson_lines),
    ("tileset.json", "json", _tileset),
    (".inp", "wntr", _epanet),
    (".laz", "laspy", _points),
    (".las", "laspy", _points),
    (".tif", "rasterio", _raster),
    (".ifc", "ifcopenshell", _ifc),
    ("gtfs.zip", "csv", _gtfs),
    (".csv", "csv", _table),
    (".csv.gz", "csv", _table),
    (".xml", "defusedxml", _xml),
    (".json", "cjio", _cityjson),
    (".json", "json", _json),
)
