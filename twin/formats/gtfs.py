"""GTFS schedules: stops as points, routes as lines, and how many trips run on the busiest day (gtfs.org)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from twin.core.i18n import tr
from twin.formats import gtfs_terms, vector
from twin.formats.gtfs_courses import courses, ordered, places
from twin.formats.gtfs_days import Day, busiest, clock, seconds
from twin.formats.gtfs_feed import Feed, feed, holds
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch, Survey
from twin.formats.tabular_places import WGS84
from twin.formats.tabular_values import typed
from twin.formats.vector import Raw
from twin.model.feature import TIMETABLE, UID

NAME = "GTFS"
SUFFIXES = (".zip",)
KEPT = "gtfs"
"""The name under which the feed's calendar and publisher are kept beside its stops."""
TIMES = 2_000_000
"""Stop times that are kept; more are counted only."""
DAYS = 20_000
"""Rows of a calendar that are kept."""
_GEOMETRY, _WHY = "\0geometry", "\0why"


def folder(path: Path) -> bool:
    """Whether a folder is a feed that was unpacked."""
    return holds({one.name.lower() for one in path.iterdir() if one.is_file()})


def survey(path: Path) -> Survey:
    """Where its stops lie: in degrees of WGS 84, as the reference has it."""
    found = _opened(path)
    there = places(found, "stops", "stop_lon", "stop_lat")
    there = there[~np.isnan(there[:, 0])]
    bounds = None
    if len(there):
        (west, south), (east, north) = there.min(axis=0).tolist(), there.max(axis=0).tolist()
        bounds = (west, south, east, north)
    return Survey(WGS84, bounds, count=found.table("stops").num_rows + found.table("routes").num_rows)


def read(path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
    """Its stops, then its routes."""
    found = _opened(path)
    for table, count in sorted(found.broken.items()):
        notes.say(
            "Rows of {table}.txt that are not built as its names say were left out: {count}.", table=table, count=count
        )
    day = busiest(found)
    if day.date is None:
        notes.say("The feed has no calendar: how many trips run on a day is not known.")
    else:
        notes.say("Trips are counted on {date}, the day with most of them.", date=day.date.isoformat())
    stops = places(found, "stops", "stop_lon", "stop_lat")
    kept = {KEPT: _kept(found, day, notes)}
    for batch in vector.read(_stops(found, day, stops, notes), place, notes):
        table = batch.table.replace_schema_metadata(kept)
        yield replace(batch, table=table, title="Stops", title_ar="المحطات", columns=gtfs_terms.columns(table))
    lines, through = courses(found, stops)
    if through:
        notes.say("The feed has no shapes of {count} routes: they are drawn from stop to stop.", count=len(through))
    for batch in vector.read(_routes(found, day, lines, through), place, notes):
        told = gtfs_terms.columns(batch.table)
        yield replace(batch, kind="lines", title="Routes", title_ar="خطوط النقل", columns=told)


def _opened(path: Path) -> Feed:
    looked = path.stat()
    return _read(path, looked.st_mtime_ns, looked.st_size)


@lru_cache(maxsize=1)
def _read(path: Path, _time: int, _size: int) -> Feed:
    return feed(path)


def _stops(found: Feed, day: Day, at: Any, notes: Notes) -> Raw:
    table = found.table("stops")
    values = _attributes(table, "stop_id", {"stop_name": "name"}, ("stop_lon", "stop_lat"))
    visits, first, last = _visits(found, day)
    if day.date is not None:
        values |= {"departures_per_day": visits, "first_departure": first, "last_departure": last}
    if found.table("stop_times").num_rows <= TIMES:
        values[TIMETABLE] = _timetable(found)
    else:
        notes.say(
            "The feed has {count} stop times: they were counted, but not kept.",
            count=found.table("stop_times").num_rows,
        )
    lost = np.isnan(at[:, 0])
    shapes = np.full(len(at), None, dtype=object)
    shapes[~lost] = shapely.points(at[~lost])
    why = [tr("It has no longitude and latitude that could be.") if one else None for one in lost]
    return _raw("stops", values, shapes, why)


def _routes(found: Feed, day: Day, lines: dict[str, Any], through: set[str]) -> Raw:
    table = found.table("routes")
    ids = found.column("routes", "route_id").to_pylist()
    values = _attributes(table, "route_id", {}, ())
    short, long = (found.column("routes", f"route_{one}_name").to_pylist() for one in ("short", "long"))
    values["name"] = pa.array(
        [" ".join(filter(None, one)) or None for one in zip(short, long, strict=True)], pa.string()
    )
    values["agency"] = _agencies(found)
    if day.date is not None:
        trips = pc.fill_null(pc.index_in(found.column("trips", "route_id"), value_set=pa.array(ids, pa.string())), -1)
        row = trips.to_numpy()
        counts = np.bincount(row[row >= 0], weights=day.runs[row >= 0], minlength=len(ids))
        values["trips_per_day"] = pa.array(counts[: len(ids)].astype(np.int64))
    if found.table("trips").num_rows <= TIMES:
        values[TIMETABLE] = _trips(found)
    values["drawn_by"] = pa.array(
        [None if one not in lines else "stops" if one in through else "shapes" for one in ids], pa.string()
    )
    why = [None if one in lines else tr("No trip of it has a course: it runs nowhere.") for one in ids]
    return _raw("routes", values, np.array([lines.get(one) for one in ids], dtype=object), why)


def _attributes(table: pa.Table, uid: str, names: dict[str, str], without: Sequence[str]) -> dict[str, Any]:
    """The feed's own columns, ids and colours as text."""
    values: dict[str, Any] = {UID: table.column(uid)} if uid in table.column_names else {}
    for name in table.column_names:
        if name not in (uid, *without):
            text = name.endswith(("_id", "_color", "_name", "_code"))
            values[names.get(name, name)] = table.column(name) if text else typed(table.column(name))
    return values


def _visits(found: Feed, day: Day) -> tuple[pa.Array, pa.Array, pa.Array]:
    """By stop, on the busiest day: departures, the first of them and the last."""
    stops = found.column("stops", "stop_id")
    trip = pc.fill_null(
        pc.index_in(found.column("stop_times", "trip_id"), value_set=found.column("trips", "trip_id")), -1
    )
    stop = pc.fill_null(pc.index_in(found.column("stop_times", "stop_id"), value_set=stops), -1).to_numpy()
    runs = np.append(day.runs, 0)[trip.to_numpy()]
    shifts = np.append(day.shifts, [[0, 0]], axis=0)[trip.to_numpy()]
    there = (stop >= 0) & (runs > 0)
    counts = np.bincount(stop[there], weights=runs[there], minlength=len(stops))[: len(stops)].astype(np.int64)
    times = seconds(found.column("stop_times", "departure_time"))
    told = there & times.is_valid().to_numpy(zero_copy_only=False)
    when = pc.fill_null(times, 0).to_numpy()[told]
    first, last = np.full(len(stops), np.iinfo(np.int64).max), np.full(len(stops), -1)
    np.minimum.at(first, stop[told], when + shifts[told, 0])
    np.maximum.at(last, stop[told], when + shifts[told, 1])
    words = [[clock(int(one)) if last[row] >= 0 else None for row, one in enumerate(some)] for some in (first, last)]
    return pa.array(counts), pa.array(words[0], pa.string()), pa.array(words[1], pa.string())


def _timetable(found: Feed) -> pa.Array:
    """By stop, as JSON: trip, sequence, arrival and departure of each of its stop times."""
    order, _ = ordered(found)
    names = ("stop_id", "trip_id", "stop_sequence", "arrival_time", "departure_time")
    some = [found.column("stop_times", name).take(order).to_pylist() for name in names]
    by_stop: dict[str, list[Any]] = {}
    for stop, *rest in zip(*some, strict=True):
        by_stop.setdefault(stop, []).append(rest)
    told = (by_stop.get(one) for one in found.column("stops", "stop_id").to_pylist())
    return pa.array([json.dumps(one, ensure_ascii=False) if one else None for one in told], pa.string())


def _agencies(found: Feed) -> pa.Array:
    """The name of each route's agency; a feed of one agency need not name it on each route."""
    names = found.column("agency", "agency_name")
    by_id = dict(zip(found.column("agency", "agency_id").to_pylist(), names.to_pylist(), strict=True))
    only = names[0].as_py() if len(names) == 1 else None
    return pa.array([by_id.get(one, only) for one in found.column("routes", "agency_id").to_pylist()], pa.string())


def _trips(found: Feed) -> pa.Array:
    """By route, as JSON: each of its trips, with its service, shape, direction and headsign."""
    names = ("route_id", "trip_id", "service_id", "shape_id", "direction_id", "trip_headsign")
    by_route: dict[str, list[Any]] = {}
    for route, *rest in zip(*(found.column("trips", name).to_pylist() for name in names), strict=True):
        by_route.setdefault(route, []).append(rest)
    told = (by_route.get(one) for one in found.column("routes", "route_id").to_pylist())
    return pa.array([json.dumps(one, ensure_ascii=False) if one else None for one in told], pa.string())


def _kept(found: Feed, day: Day, notes: Notes) -> str:
    """On which days its services run, and who publishes it, as JSON."""
    told: dict[str, Any] = {"busiest": day.date.isoformat() if day.date else None}
    for name in ("agency", "calendar", "calendar_dates", "frequencies", "feed_info"):
        if found.table(name).num_rows <= DAYS:
            told[name] = found.table(name).to_pylist()
        else:
            notes.say("{name}.txt has {count} rows: they were not kept.", name=name, count=found.table(name).num_rows)
    return json.dumps(told, ensure_ascii=False)


def _raw(name: str, values: dict[str, Any], shapes: Any, why: list[str | None]) -> Raw:
    wkb = pa.array(shapely.to_wkb(shapes), pa.binary())
    table = pa.table({**values, _GEOMETRY: wkb, _WHY: pa.array(why, pa.string())})

    def batches(wanted: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
        some = table if wanted is None else table.select(list(wanted))
        yield from some.combine_chunks().to_batches(max_chunksize=vector.ROWS)

    return Raw(name, table.schema, _GEOMETRY, batches, count=table.num_rows, reasons=_WHY)
