"""Where the elements of a net lie: nodes by their own coordinates, links between their nodes, all else at its node."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import shapely

from twin.core.i18n import tr
from twin.formats.netjson import Frame, Net, as_id

_NODES = ("bus", "junction", "bus_dc")
_ENDS = tuple((f"from_{node}", f"to_{node}", node) for node in _NODES)
_AT = (("hv_bus", "bus"), *((node, node) for node in _NODES))
"""A column that says at which node an element is; a transformer stands at its high-voltage bus."""
_NOWHERE = frozenset({"measurement", "controller", "group", "pwl_cost", "poly_cost"})
Place = tuple[float, float]


@dataclass
class Places:
    """A net's nodes with their coordinates, as the file has them."""

    net: Net
    nodes: dict[str, dict[str, Place | None]] = field(default_factory=dict)
    """By table and id; None where a node has no place."""

    @classmethod
    def of(cls, net: Net) -> Places:
        """Of all node tables: from ``geo`` (GeoJSON), or a table ``…_geodata`` of x and y as it was before."""
        made = cls(net)
        for table in _NODES:
            frame = net.frames.get(table)
            if frame is not None:
                told = frame.by_id("geo") | _geodata(net.frames.get(f"{table}_geodata"))
                made.nodes[table] = {uid: _point(told.get(uid)) for uid in frame.index}
        return made

    def known(self) -> Iterator[Place]:
        """The places of all nodes that have one."""
        for places in self.nodes.values():
            yield from (place for place in places.values() if place is not None)

    def tables(self) -> Iterator[tuple[str, Frame, bool]]:
        """The tables of elements that lie somewhere, each with whether it holds links; nodes first."""
        for table in sorted(self.net.frames, key=lambda name: name not in _NODES):
            frame = self.net.frames[table]
            aside = table.startswith(("res_", "_")) or table.endswith("_geodata") or table in _NOWHERE
            if aside or not frame.index:
                continue
            if table in self.nodes or self._at(frame) or self._ends(frame):
                yield table, frame, table not in self.nodes and self._ends(frame) is not None

    def shapes(self, table: str, frame: Frame) -> Iterator[tuple[Any, str, bool]]:
        """Each row's geometry, or why it has none and whether that is because a node of it is missing."""
        drawn = frame.by_id("geo") | _coords(self.net.frames.get(f"{table}_geodata"))
        ends, at = self._ends(frame), self._at(frame)
        for row, uid in enumerate(frame.index):
            if table in self.nodes:
                place = self.nodes[table][uid]
                yield (
                    (None, tr("It has no coordinates in the file: it is in the table, not on the map."), False)
                    if (place is None)
                    else (shapely.Point(place), "", False)
                )
            elif ends is not None:
                names = [as_id(frame.columns[end][row]) for end in ends[:2]]
                yield self._link(names, ends[2], drawn.get(uid))
            elif at is not None:
                yield self._link([as_id(frame.columns[at[0]][row])], at[1], None)

    def heights(self, table: str, frame: Frame) -> tuple[list[float], list[float]]:
        """Metres of each row's first and last node, NaN where none is said: pandapipes writes 0 for that everywhere."""
        ends, at = self._ends(frame), self._at(frame)
        node = table if table in self.nodes else ends[2] if ends else at[1] if at else ""
        nodes = self.net.frames.get(node)
        told = nodes.by_id("height_m") if nodes is not None else {}
        if not any(told.values()):
            return [math.nan] * len(frame.index), [math.nan] * len(frame.index)
        columns = (ends[0], ends[1]) if ends else (at[0], at[0]) if at else ("", "")
        rows = [frame.index if node == table else [as_id(one) for one in frame.columns[name]] for name in columns]
        first, last = ([_metres(told.get(uid)) for uid in some] for some in rows)
        return first, last

    def _link(self, names: list[str], node: str, drawn: Any) -> tuple[Any, str, bool]:
        for name in names:
            if name not in self.nodes[node]:
                return None, tr("Its {node} “{id}” is not in the net.", node=node, id=name[:40]), True
        places = [place for name in names if (place := self.nodes[node][name]) is not None]
        line = _line(drawn)
        if line is not None:
            return line, "", False
        if len(places) < len(names):
            return None, tr("Its nodes have no coordinates: it is in the table, not on the map."), False
        return (shapely.Point(places[0]) if len(places) == 1 else shapely.LineString(places)), "", False

    def _ends(self, frame: Frame) -> tuple[str, str, str] | None:
        return next((one for one in _ENDS if {*one[:2]} <= frame.columns.keys() and one[2] in self.nodes), None)

    def _at(self, frame: Frame) -> tuple[str, str] | None:
        return next((one for one in _AT if one[0] in frame.columns and one[1] in self.nodes), None)


def _metres(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


def _geodata(frame: Frame | None) -> dict[str, Any]:
    if frame is None or not {"x", "y"} <= frame.columns.keys():
        return {}
    return dict(zip(frame.index, zip(frame.columns["x"], frame.columns["y"], strict=True), strict=True))


def _coords(frame: Frame | None) -> dict[str, Any]:
    return {} if frame is None else frame.by_id("coords")


def _point(said: Any) -> Place | None:
    found = _coordinates(said)
    return found[0] if len(found) == 1 else None


def _line(said: Any) -> Any:
    found = _coordinates(said)
    return shapely.LineString(found) if len(found) > 1 else None


def _coordinates(said: Any) -> list[Place]:
    """Of GeoJSON, as text or an object, or a list of places; none where it can't be read."""
    try:
        if isinstance(said, str):
            said = json.loads(said)
        if isinstance(said, dict):
            said = said["coordinates"]
        if said is None:
            return []
        if not isinstance(said[0], list | tuple):
            said = [said]
        return [(float(one[0]), float(one[1])) for one in said]
    except (ValueError, TypeError, LookupError, RecursionError):
        return []
