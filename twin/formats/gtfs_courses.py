"""The courses of a feed's routes: by its shapes, else from stop to stop."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from twin.formats.gtfs_feed import Feed


def places(feed: Feed, table: str, lon: str, lat: str) -> NDArray[np.float64]:
    """(n, 2) longitudes and latitudes; NaN where one is none, or no place on earth."""
    found = np.column_stack([_numbers(feed.column(table, name)) for name in (lon, lat)])
    with np.errstate(invalid="ignore"):
        found[(np.abs(found[:, 0]) > 180) | (np.abs(found[:, 1]) > 90)] = np.nan
    found[np.isnan(found).any(axis=1)] = np.nan
    return found


def courses(feed: Feed, stops: NDArray[np.float64]) -> tuple[dict[str, Any], set[str]]:
    """By route its line or lines, and the routes that are drawn from stop to stop; ``stops`` are their places."""
    shapes = _shapes(feed)
    lines: dict[str, dict[Any, Any]] = defaultdict(dict)
    rest = []
    trips = zip(*(feed.column("trips", name).to_pylist() for name in ("route_id", "shape_id")), strict=True)
    for row, (route, shape) in enumerate(trips):
        if shape in shapes:
            lines[route].setdefault(shape, shapes[shape])
        else:
            rest.append(row)
    through = set[str]()
    for route, pattern, line in _patterns(feed, stops, rest):
        lines[route].setdefault(pattern, line)
        through.add(route)
    return {route: _one(list(found.values())) for route, found in lines.items()}, through


def ordered(feed: Feed) -> tuple[pa.Array, pa.Array]:
    """The rows of stop_times by trip and sequence, and each one's trip as a row of trips (null where it is none)."""
    trip = pc.index_in(feed.column("stop_times", "trip_id"), value_set=feed.column("trips", "trip_id"))
    sequence = pa.array(_numbers(feed.column("stop_times", "stop_sequence")))
    order = pc.sort_indices(pa.table({"t": trip, "s": sequence}), sort_keys=[("t", "ascending"), ("s", "ascending")])
    return order, trip


def _shapes(feed: Feed) -> dict[str, Any]:
    """By id, of those that have two places."""
    ids = feed.column("shapes", "shape_id").dictionary_encode()
    points = places(feed, "shapes", "shape_pt_lon", "shape_pt_lat")
    code = np.asarray(pc.fill_null(ids.indices, -1).to_numpy(zero_copy_only=False))
    order = np.lexsort((_numbers(feed.column("shapes", "shape_pt_sequence")), code))
    order = order[(code[order] >= 0) & ~np.isnan(points[order, 0])]
    found = {}
    names = ids.dictionary.to_pylist()
    starts = np.flatnonzero(np.diff(code[order], prepend=-1))
    for rows in np.split(order, starts[1:]) if len(order) else ():
        if len(rows) > 1:
            found[names[code[rows[0]]]] = shapely.LineString(points[rows])
    return found


def _patterns(feed: Feed, stops: NDArray[np.float64], trips: list[int]) -> list[tuple[str, Any, Any]]:
    """The different ways from stop to stop of some trips, each with its route and line."""
    if not trips:
        return []
    order, trip = ordered(feed)
    stop = pc.index_in(feed.column("stop_times", "stop_id"), value_set=feed.column("stops", "stop_id"))
    rows = np.asarray(pc.fill_null(trip.take(order), -1).to_numpy())
    visited = np.asarray(pc.fill_null(stop.take(order), -1).to_numpy())
    keep = np.isin(rows, trips) & (visited >= 0) & ~np.isnan(np.append(stops, [[np.nan, np.nan]], axis=0)[visited, 0])
    rows, visited = rows[keep], visited[keep]
    routes = feed.column("trips", "route_id").to_pylist()
    found, seen = [], set[tuple[str, tuple[int, ...]]]()
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    for some in np.split(np.arange(len(rows)), starts[1:]) if len(rows) else ():
        pattern = tuple(visited[some].tolist())
        route = routes[rows[some[0]]]
        if len(pattern) > 1 and (route, pattern) not in seen:
            seen.add((route, pattern))
            found.append((route, pattern, shapely.LineString(stops[list(pattern)])))
    return found


def _one(lines: list[Any]) -> Any:
    return lines[0] if len(lines) == 1 else shapely.multilinestrings(lines)


def _numbers(column: pa.Array) -> NDArray[np.float64]:
    """Numbers as GTFS writes them; NaN where one is none."""
    good = pc.match_substring_regex(column, r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$")
    clear = pc.if_else(good, pc.replace_substring_regex(column, r"^\+", ""), pa.scalar(None, pa.string()))
    return np.array(pc.fill_null(clear.cast(pa.float64()), np.nan).to_numpy(zero_copy_only=False))
