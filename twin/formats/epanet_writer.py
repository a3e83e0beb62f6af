"""Writing the layers of a water network as one EPANET file: nodes before links, then all that was kept beside them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import shapely

from twin.core.errors import CannotWrite, Refused
from twin.core.i18n import mark
from twin.formats.epanet_kept import DRAWN, KEY, head, written
from twin.formats.epanet_parts import AMERICAN, FOOT, PARTS, PIPES, PUMPS, VALVES, Part
from twin.formats.stamp import Stamp
from twin.formats.together import Out
from twin.formats.writing import whole
from twin.model.feature import GEOMETRY, UID

_PUMP_WORDS = (("head_curve", "HEAD"), ("power", "POWER"), ("speed", "SPEED"), ("pattern", "PATTERN"))
_FORBIDDEN = frozenset(' \t"; ')
_LONGEST = 31
"""Letters of an id (EPANET 2.2)."""


def write(out: Path, parts: Sequence[Out], crs: str) -> None:
    """Write a network; CannotWrite names what EPANET would miss."""
    document = _document(parts, out)
    rows = {part.name: _rows(parts, part) for part in PARTS}
    nodes = _ids(rows, out, node=True)
    links = _ids(rows, out, node=False)
    drawn = {part.section: list(_lines(part, rows[part.name], document["flow"], nodes, out)) for part in PARTS}
    drawn |= {"COORDINATES": list(_places(rows)), "VERTICES": list(_vertices(rows))}
    kept = dict(document["sections"])
    lines = [head(crs, Stamp.of("", parts[0].meta, {}))]
    for name in _sections(list(kept), rows):
        texts = drawn[name] if name in DRAWN else written(name, kept[name], nodes, links)
        lines += [f"[{name}]", *texts, ""]
    with whole(out) as draft:
        draft.write_text("\n".join([*lines, "[END]", ""]).lstrip("\n"), encoding="utf-8", newline="\r\n")


def _sections(names: list[str], rows: dict[str, list[dict[str, Any]]]) -> list[str]:
    """As the file had them; a part that it lacked stands after those that it builds on."""
    before = ["TITLE"]
    for part in PARTS:
        if part.section not in names and rows[part.name]:
            place = max((names.index(one) + 1 for one in before if one in names), default=0)
            names.insert(place, part.section)
        before.append(part.section)
    return [*names, *(one for one in ("COORDINATES", "VERTICES") if one not in names)]


def _document(parts: Sequence[Out], out: Path) -> dict[str, Any]:
    for part in parts:
        told = json.loads(part.meta.get(KEY) or "{}")
        if "sections" in told:
            return dict(told)
    words = mark(
        "Only the layers of a network that came from an EPANET file can be written as one, its junctions among them. "
        "Export to GeoPackage instead."
    )
    raise Refused(words, out)


def _rows(parts: Sequence[Out], part: Part) -> list[dict[str, Any]]:
    """The features of the layer that holds a part, in the file's order; new ones last."""
    for one in parts:
        told = json.loads(one.meta.get(KEY) or "{}")
        if told.get("part") == part.name:
            place = {uid: number for number, uid in enumerate(told.get("order", []))}
            return sorted(one.table.to_pylist(), key=lambda row: place.get(row[UID], len(place)))
    return []


def _ids(rows: dict[str, list[dict[str, Any]]], out: Path, *, node: bool) -> set[str]:
    found: set[str] = set()
    for part in PARTS:
        for row in rows[part.name] if part.node == node else ():
            uid = str(row[UID])
            if not uid or len(uid.encode()) > _LONGEST or _FORBIDDEN & set(uid) or uid in found:
                words = mark(
                    "EPANET can’t have “{id}” as an id: it takes up to 31 letters without spaces, each once. Change it."
                )
                raise CannotWrite(words, out, id=uid)
            found.add(uid)
    return found


def _lines(part: Part, rows: list[dict[str, Any]], flow: str, nodes: set[str], out: Path) -> Iterator[str]:
    ends = () if part.node else ("node1", "node2")
    yield ";" + "\t".join(["ID", *ends, *(one.name for one in part.fields)])
    for row in rows:
        for end in ends:
            if row.get(end) not in nodes:
                words = mark("“{id}” ends at the node “{node}”, which is not in the city: EPANET can’t run it so.")
                raise CannotWrite(words, out, id=row[UID], node=str(row.get(end)))
        if part is PIPES and row.get("length") is None:
            row["length"] = _length(row[GEOMETRY], flow)
        values = [_text(row.get(end)) for end in ends] + _values(part, row, out)
        described = f";{row['description']}" if row.get("description") else ";"
        yield "\t".join([f" {row[UID]}", *values, " ".join(described.split())])


def _values(part: Part, row: dict[str, Any], out: Path) -> list[str]:
    if part is PUMPS:
        if row.get("parameters"):
            return [str(row["parameters"])]
        said = [f"{word} {_text(row[name])}" for name, word in _PUMP_WORDS if row.get(name) is not None]
        if not any(row.get(name) is not None for name in ("head_curve", "power")):
            words = mark("The pump “{id}” has neither a curve nor a power: EPANET needs one of them.")
            raise CannotWrite(words, out, id=row[UID])
        return [" ".join(said)]
    names = [one.name for one in part.fields]
    given = [row.get(name) for name in names]
    for one, value in zip(part.fields, given, strict=True):
        if one.needed and value is None:
            words = mark("“{id}” has no “{column}”, which EPANET needs. Fill it in, and export again.")
            raise CannotWrite(words, out, id=row[UID], column=one.name)
    if part is VALVES and str(row["valve_type"]).upper() == "GPV":
        given = [row["diameter"], row["valve_type"], row.get("curve"), row.get("minor_loss")]
        names = names[:4]
    if part is PIPES and row.get("minor_loss") is None and row.get("status"):
        given, names = [*given[:3], row["status"]], [*names[:3], "status"]
    while given and given[-1] is None:
        given.pop()
    blank = {"volume_curve": "*"}
    return ["0" if value is None and name not in blank else blank[name] if value is None else _text(value)
            for name, value in zip(names, given, strict=False)]  # fmt: skip


def _text(value: Any) -> str:
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return str(value)


def _length(wkb: bytes | None, flow: str) -> float | None:
    """Of its line in the city, in the network's unit."""
    if wkb is None:
        return None
    metres = float(shapely.length(shapely.from_wkb(wkb)))
    return metres / FOOT if flow in AMERICAN else metres


def _coordinates(row: dict[str, Any]) -> list[list[float]]:
    found: list[list[float]] = (
        shapely.get_coordinates(shapely.from_wkb(row[GEOMETRY])).tolist() if row[GEOMETRY] else []
    )
    return [place for place in found if all(map(math.isfinite, place))]


def _places(rows: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    for part in PARTS:
        for row in rows[part.name] if part.node else ():
            for place in _coordinates(row)[:1]:
                yield "\t".join([f" {row[UID]}", *map(_text, place)])


def _vertices(rows: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    for part in PARTS:
        for row in rows[part.name] if not part.node else ():
            for place in _coordinates(row)[1:-1]:
                yield "\t".join([f" {row[UID]}", *map(_text, place)])
