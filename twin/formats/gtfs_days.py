"""Which of a feed's trips run on its busiest day, and how often; past midnight a time is still of the day it began."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from twin.formats.gtfs_feed import Feed

_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LONGEST = 3660
"""Days of a calendar that are looked at."""


@dataclass(frozen=True)
class Day:
    """The day on which most trips run, the first of several."""

    date: date | None
    """None where the feed has no calendar."""
    runs: NDArray[np.int64]
    """(trips,) how often each trip runs on it; one that is repeated at an interval runs many times."""
    shifts: NDArray[np.int64]
    """(trips, 2) seconds from a trip's own times to those of its first and its last run."""


def busiest(feed: Feed) -> Day:
    """The day with most runs."""
    runs, shifts = _repeated(feed)
    services = feed.column("trips", "service_id")
    known = pc.unique(services.drop_null())
    row = pc.fill_null(pc.index_in(services, value_set=known), -1).to_numpy()
    active, first = _active(feed, known)
    if not active.size:
        return Day(None, np.zeros(len(services), np.int64), shifts)
    by_service = np.bincount(row[row >= 0], weights=runs[row >= 0], minlength=len(known))
    best = int(np.argmax(by_service @ active))
    on = np.append(active[:, best], False)
    return Day(first + timedelta(days=best), np.where(on[row], runs, 0), shifts)


def seconds(times: pa.Array) -> pa.Array:
    """``29:39:00`` as seconds after the noon minus 12 h of its day; null where it is no time."""
    parts = pc.extract_regex(times, r"^(?P<h>\d{1,3}):(?P<m>[0-5]?\d):(?P<s>[0-5]?\d)$")
    hours, minutes, rest = (pc.struct_field(parts, name).cast(pa.int64()) for name in "hms")
    return pc.add(pc.add(pc.multiply(hours, 3600), pc.multiply(minutes, 60)), rest)


def clock(count: int | None) -> str | None:
    """Seconds as GTFS writes them: past 24 hours where the trip began the day before."""
    return None if count is None else f"{count // 3600:02d}:{count // 60 % 60:02d}:{count % 60:02d}"


def _repeated(feed: Feed) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How often each trip runs on a day of its service, and how far its first and last run are from its own times."""
    trips = feed.column("trips", "trip_id")
    runs, shifts = np.zeros(len(trips), np.int64), np.zeros((len(trips), 2), np.int64)
    repeated = pc.index_in(feed.column("frequencies", "trip_id"), value_set=trips)
    start, end = (seconds(feed.column("frequencies", name)) for name in ("start_time", "end_time"))
    every = [int(one) if one and one.isdigit() else 0 for one in feed.column("frequencies", "headway_secs").to_pylist()]
    own = _begins(feed, trips) if len(repeated) else runs
    for row, begin, until, gap in zip(repeated.to_pylist(), start.to_pylist(), end.to_pylist(), every, strict=True):
        count = 0 if None in (row, begin, until) or gap <= 0 else -((begin - until) // gap)
        if count > 0:
            first, last = begin - own[row], begin + (count - 1) * gap - own[row]
            before = shifts[row] if runs[row] else (first, last)
            shifts[row] = min(before[0], first), max(before[1], last)
            runs[row] += count
    return np.maximum(runs, 1), shifts


def _begins(feed: Feed, trips: pa.Array) -> NDArray[np.int64]:
    """(trips,) seconds of each one's first departure; 0 where it has none."""
    trip = pc.fill_null(pc.index_in(feed.column("stop_times", "trip_id"), value_set=trips), -1).to_numpy()
    times = seconds(feed.column("stop_times", "departure_time"))
    told = (trip >= 0) & times.is_valid().to_numpy(zero_copy_only=False)
    found = np.full(len(trips), np.iinfo(np.int64).max)
    np.minimum.at(found, trip[told], pc.fill_null(times, 0).to_numpy()[told])
    return np.where(found == np.iinfo(np.int64).max, 0, found)


def _active(feed: Feed, services: pa.Array) -> tuple[NDArray[np.bool_], date]:
    """(services, days) whether each runs, and the first day; no days where no calendar can be read."""
    calendar = feed.table("calendar").to_pylist()
    changes = feed.table("calendar_dates").to_pylist()
    spans = [(one, _day(one.get("start_date")), _day(one.get("end_date"))) for one in calendar]
    told = [(one, _day(one.get("date"))) for one in changes]
    days = [day for _, start, end in spans for day in (start, end) if day] + [day for _, day in told if day]
    if not days:
        return np.zeros((0, 0), bool), date.min
    first = min(days)
    count = min((max(days) - first).days + 1, _LONGEST)
    active = np.zeros((len(services), count), bool)
    row = {uid: number for number, uid in enumerate(services.to_pylist())}
    weekdays = (np.arange(count) + first.weekday()) % 7
    for one, start, end in spans:
        if one.get("service_id") in row and start and end:
            week = np.array([one.get(name) == "1" for name in _WEEK])
            inside = np.arange(count)
            there = (inside >= (start - first).days) & (inside <= (end - first).days)
            active[row[one["service_id"]]] |= week[weekdays] & there
    for one, day in told:
        if one.get("service_id") in row and day and (day - first).days < count:
            active[row[one["service_id"]], (day - first).days] = one.get("exception_type") == "1"
    return active, first


def _day(word: str | None) -> date | None:
    try:
        return date(int(word[:4]), int(word[4:6]), int(word[6:])) if word and len(word) == 8 else None
    except ValueError:
        return None
