"""Schedules: the stops and routes that pandas counts in the feed's own files, and what runs on its busiest day."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shapely
from pyproj import Transformer

from tests.formats.taking import table, take
from tests.real import data
from twin.core.errors import CannotRead, NotThisFormat, TooLarge
from twin.formats import gtfs
from twin.formats.intake import Answer

CAIRNS, SAMPLE = "mobility/cairns_gtfs.zip", "mobility/sample_gtfs.zip"
SMALL = {
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\ns1,البلد,21.48,39.18\ns2,b,21.49,39.19\ns3,c,,\ns4,d,21.5,399\n",
    "routes.txt": "route_id,route_short_name,route_type,route_color\nr1,007,3,00FF00\nr2,8,0,\n",
    "trips.txt": "route_id,service_id,trip_id\nr1,week,t1\nr1,night,t2\n",
    "stop_times.txt": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "t1,8:00:00,8:00:00,s1,1\nt1,8:10:00,8:10:00,s2,10\nt1,8:05:00,8:05:00,s3,9\n"
        "t2,25:30:00,25:30:00,s1,1\nt2,26:00:00,26:00:00,s2,2\n"
    ),
    "calendar.txt": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "week,1,1,1,1,1,0,0,20240101,20240131\nnight,0,0,0,0,0,1,1,20240101,20240131\n"
    ),
    "calendar_dates.txt": "service_id,date,exception_type\nnight,20240110,1\nweek,20240111,2\n",
}


def feed(path: Path, **files: str | None) -> Path:
    told = {**SMALL, **{f"{name}.txt": text for name, text in files.items()}}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in told.items():
            if text is not None:
                out.writestr(name, text)
    return path


def layers(taken: Answer) -> dict[str, Any]:
    return {layer.report.id: table(layer) for layer in taken.layers}


def frames(path: Path) -> dict[str, pd.DataFrame]:
    with zipfile.ZipFile(path) as archive:
        return {
            name.removesuffix(".txt"): pd.read_csv(io.BytesIO(archive.read(name)), dtype=str)
            for name in archive.namelist()
        }


@pytest.mark.parametrize("name", [CAIRNS, SAMPLE])
def test_each_stop_and_route_is_in_its_layer(name: str) -> None:
    path = data(name)
    known = frames(path)
    taken = take(path)
    found = layers(taken)
    assert {one: len(rows) for one, rows in found.items()} == {
        "stops": len(known["stops"]),
        "routes": len(known["routes"]),
    }
    assert [layer.report.kind for layer in taken.layers] == ["points", "lines"]
    turn = Transformer.from_crs(taken.crs, "EPSG:4326", always_xy=True)
    by_id = known["stops"].set_index("stop_id")
    for row in found["stops"].to_pylist():
        point = shapely.from_wkb(row["geometry"])
        lon, lat = turn.transform(point.x, point.y)
        assert (lon, lat) == pytest.approx(tuple(by_id.loc[row["uid"], ["stop_lon", "stop_lat"]].astype(float)))
    times = [json.loads(one) for one in found["stops"].column("timetable").to_pylist() if one]
    assert sum(map(len, times)) == len(known["stop_times"])


def test_cairns_runs_as_its_calendar_says() -> None:
    path = data(CAIRNS)
    known = frames(path)
    found = layers(take(path))
    kept = json.loads(found["stops"].schema.metadata[b"gtfs"])
    day = date.fromisoformat(kept["busiest"])
    counts = {}
    for number in range(250):
        when = date(2014, 5, 26) + timedelta(days=number)
        counts[when] = known["trips"]["service_id"].isin(services(known, when)).sum()
    assert counts[day] == max(counts.values())
    trips = known["trips"][known["trips"]["service_id"].isin(services(known, day))]
    expected = trips.groupby("route_id").size()
    for row in found["routes"].to_pylist():
        assert row["trips_per_day"] == expected.get(row["uid"], 0)
    visits = known["stop_times"][known["stop_times"]["trip_id"].isin(trips["trip_id"])]
    by_stop = visits.groupby("stop_id")
    latest = visits["departure_time"].max()
    assert latest > "24:00:00"
    for row in found["stops"].to_pylist():
        there = by_stop.get_group(row["uid"]) if row["uid"] in by_stop.groups else visits[:0]
        assert row["departures_per_day"] == len(there)
        assert row["last_departure"] == (there["departure_time"].max() if len(there) else None)
    assert max(filter(None, found["stops"].column("last_departure").to_pylist())) == latest


def services(known: dict[str, pd.DataFrame], when: date) -> set[str]:
    calendar, dates, word = known["calendar"], known["calendar_dates"], when.strftime("%Y%m%d")
    on = calendar[
        (calendar["start_date"] <= word)
        & (calendar["end_date"] >= word)
        & (calendar[when.strftime("%A").lower()] == "1")
    ]
    changed = dates[dates["date"] == word]
    added = set(changed[changed["exception_type"] == "1"]["service_id"])
    return (set(on["service_id"]) | added) - set(changed[changed["exception_type"] == "2"]["service_id"])


def test_a_route_follows_its_shapes() -> None:
    path = data(CAIRNS)
    known = frames(path)
    found = layers(take(path))
    assert set(found["routes"].column("drawn_by").to_pylist()) == {"shapes"}
    sizes = known["shapes"].groupby("shape_id").size()
    used = known["trips"].groupby("route_id")["shape_id"].unique()
    for row in found["routes"].to_pylist():
        points = shapely.get_num_coordinates(shapely.from_wkb(row["geometry"]))
        assert points == sizes[used[row["uid"]]].sum()


def test_a_trip_that_is_repeated_counts_as_often_as_it_runs() -> None:
    found = layers(take(data(SAMPLE)))
    by_id = {row["uid"]: row for row in found["routes"].to_pylist()}
    # Every half hour from 6 to 22: 32 runs.
    assert by_id["STBA"]["trips_per_day"] == 32 and by_id["STBA"]["drawn_by"] == "stops"
    stops = {row["uid"]: row for row in found["stops"].to_pylist()}
    assert stops["STAGECOACH"]["first_departure"] == "06:00:00" and stops["STAGECOACH"]["last_departure"] > "21:00:00"


def test_a_small_feed_is_accounted_for(tmp_path: Path) -> None:
    taken = take(feed(tmp_path / "a.zip"))
    report = {layer.report.id: layer.report for layer in taken.layers}
    assert [one.id for one in report["stops"].refused] == ["s3", "s4"]
    assert [one.id for one in report["routes"].refused] == ["r2"]
    found = layers(taken)
    (route,) = found["routes"].to_pylist()
    # The one day on which both run; the stop without a place is passed by.
    assert (route["trips_per_day"], route["route_short_name"], route["route_color"]) == (2, "007", "00FF00")
    assert shapely.from_wkb(route["geometry"]).geom_type == "LineString"
    first = found["stops"].to_pylist()[0]
    assert (first["name"], first["departures_per_day"]) == ("البلد", 2)
    assert (first["first_departure"], first["last_departure"]) == ("08:00:00", "25:30:00")
    columns = {layer.report.id: layer.columns for layer in taken.layers}
    assert columns["routes"]["route_type"].values_ar["3"] == "حافلة"


def test_a_feed_without_a_calendar_knows_no_days(tmp_path: Path) -> None:
    taken = take(feed(tmp_path / "a.zip", calendar=None, calendar_dates=None))
    assert "trips_per_day" not in layers(taken)["routes"].column_names
    assert any("no calendar" in note for note in taken.notes)


def test_a_folder_that_was_unpacked_is_a_feed_too(tmp_path: Path) -> None:
    folder = tmp_path / "feed"
    with zipfile.ZipFile(feed(tmp_path / "a.zip")) as archive:
        archive.extractall(folder)
    assert gtfs.folder(folder) and not gtfs.folder(tmp_path)
    assert gtfs.survey(folder).count == 6


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"stops": None}, r"stops\.txt is missing"),
        ({"stop_times": None}, r"stop_times\.txt is missing"),
        ({"stops": "stop_id,stop_id\n1,2\n"}, "no names, or one twice"),
        ({"stops": "stop_id,stop_name\ns1,a\n"}, "no feature"),
    ],
)
def test_what_is_no_feed_is_words(tmp_path: Path, files: dict[str, str | None], said: str) -> None:
    path = feed(tmp_path / "a.zip", **files)
    with pytest.raises(CannotRead, match=said) as why:
        take(path)
    assert str(why.value).endswith(str(path))


def test_rows_that_are_not_built_as_their_names_say_are_counted(tmp_path: Path) -> None:
    taken = take(feed(tmp_path / "a.zip", stops=SMALL["stops.txt"] + "s5,e,21.5,39.2,too,many\n"))
    assert any("stops.txt" in note and "1" in note for note in taken.notes)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in SMALL.items():
            out.writestr(name, text)
        with out.open("shapes.txt", "w", force_zip64=True) as member:
            for _ in range(300):
                member.write(bytes(1 << 20))
    with pytest.raises(TooLarge, match="times its size"):
        take(path)


def test_no_zip_is_words(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"hello")
    with pytest.raises(NotThisFormat, match="no zip"):
        take(path)


def frames_text(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
