"""Services of pictures: asked as their standards say, seen where they lie, and offline a state of theirs."""

from __future__ import annotations

import json
import tempfile
import time
from functools import partial

import numpy as np
import pytest

from tests import services, tiles
from tests.formats.taking import table
from tests.serving import Reply, serving
from twin.core.errors import CannotRead, Refused, Unreachable
from twin.formats import web_faults, web_tiles, windows
from twin.formats.web_look import offers
from twin.formats.web_offers import ServiceRequest
from twin.formats.web_take import take
from twin.model.patches import SIDE, Square

CITY = (tiles.EAST - 1500, tiles.NORTH - 1500, tiles.EAST + 1500, tiles.NORTH + 1500)
SQUARE = Square(tiles.EAST - 150, tiles.NORTH - 150, 300.0)


def added(url, **said):
    ask = {"city_crs": tiles.CRS, "extent": CITY, "scratch": tempfile.mkdtemp(), **said}
    return take(ServiceRequest(url=url, **ask))


def seen(answer, square=SQUARE):
    return windows.seen(answer.link.service, answer.crs, square, lambda *_: None)


def lies(found, square=SQUARE, level=None):
    assert found.patch is not None and found.patch.whole and not found.words, found.words
    along = np.linspace(0, square.side, SIDE)
    x, y = np.meshgrid(square.west + along, square.south + along)
    wanted = tiles.colour(*tiles.TO_MERCATOR.transform(x, y), level or 0).astype(int)
    assert (found.patch.picture[..., 3] == 255).all()
    bands = slice(0, 3 if level else 2)
    assert np.abs(found.patch.picture.astype(int) - wanted)[..., bands].max() <= 3


@pytest.mark.parametrize("version", ["1.1.1", "1.3.0"])
@pytest.mark.parametrize("crs", [("EPSG:32637", "EPSG:3857"), ("EPSG:3857",), ("EPSG:4326",), ("CRS:84",)])
def test_a_wms_of_either_version_lies_right_in_each_order_of_axes(version, crs):
    with serving(services.wms(version, crs)) as one:
        answer = added(f"{one.url}/ows?map=town", layer="air:photo")
        lies(seen(answer))
    said = next(asked.query for asked in one.asked if asked.query.get("request") == "GetMap")
    assert said["crs" if version == "1.3.0" else "srs"] == crs[0] and said["transparent"] == "TRUE"
    first = float(said["bbox"].split(",")[0])
    assert (20 < first < 22) == (crs[0] == "EPSG:4326" and version == "1.3.0")
    assert answer.attribution == "© Survey of Jeddah" and answer.layers[0].title == "Air photo {2026} & more"
    assert table(answer.layers[0]).to_pylist()[0]["service"] == "WMS" and answer.format == "WMS"


def test_layers_are_listed_where_none_is_said():
    with serving(services.wms()) as one:
        url = f"{one.url}/ows?map=town&SERVICE=WMS"
        found = offers(url, None, lambda *_: None)
        assert [(layer.name, layer.title) for layer in found.layers] == [
            ("air:photo", "Air photo {2026} & more"), ("plans", "Plans"),
        ]  # fmt: skip
        assert (found.kind, found.title) == ("wms", "Maps of the town")
        with pytest.raises(Refused, match=r"--layer NAME(.|\n)*air:photo(.|\n)*plans"):
            added(url)
        with pytest.raises(Refused, match="no layer “other”"):
            added(url, layer="other")
        assert added(url, layer="photo").layers[0].report.id == "Air_photo_2026_more"


def test_a_document_that_names_another_host_is_asked_where_a_person_said():
    with serving(services.wms(other="http://inside.invalid/ows?map=town")) as one:
        lies(seen(added(f"{one.url}/ows?map=town", layer="plans")))
    assert all(asked.headers["host"].startswith("127.0.0.1") for asked in one.asked)


def test_what_a_wms_refuses_is_told_in_its_own_words_and_nothing_is_added():
    def answer(asked):
        if asked.query.get("request") == "GetMap":
            return services.exception("StyleNotDefined", "Ask the office")
        return services.wms()(asked)

    with serving(answer) as one, pytest.raises(Refused, match="StyleNotDefined: Ask the office") as why:
        added(f"{one.url}/ows?map=town", layer="plans")
    assert one.url in str(why.value).splitlines()[-1]


@pytest.mark.parametrize("rest", [True, False])
@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:4326"])
def test_a_wmts_lies_where_its_matrices_say(rest, crs):
    with serving(services.wmts(rest, crs)) as one:
        answer = added(
            f"{one.url}/1.0.0/WMTSCapabilities.xml" if rest else f"{one.url}/wmts", kind=None if rest else "wmts"
        )
        lies(seen(answer), level=17 if crs == "EPSG:3857" else 16)
    assert answer.attribution == "© Surveyors" and answer.link.service.grid.levels[0].name == "L14"


@pytest.mark.parametrize("side", [256, 512])
def test_xyz_tiles_are_asked_for_at_the_scale_that_is_seen(side):
    with serving(lambda asked: services.xyz(asked, side)) as one:
        answer = added(f"{one.url}/{{z}}/{{x}}/{{y}}.png", attribution="© Flyers")
        lies(seen(answer), level=17 if side == 256 else 16)
    assert answer.attribution == "© Flyers"
    west, south, _, east, _, _ = answer.layers[0].report.extent
    assert 6_000 < east - west < 12_000 and west < CITY[0] and south < CITY[1]


def test_rows_from_the_south_and_hosts_in_turn():
    with serving(lambda asked: services.xyz(asked, south=True), host="localhost") as one:
        url = one.url.replace("localhost", "{switch:localhost,127.0.0.1}") + "/{z}/{x}/{-y}.png"
        lies(seen(added(url)), level=17)
    assert {asked.headers["host"].split(":")[0] for asked in one.asked} == {"localhost", "127.0.0.1"}


def test_a_tilejson_document_names_its_tiles():
    document = (
        '{"tilejson": "3.0.0", "name": "Town", "attribution": "<b>© Town</b>", "minzoom": 13, "maxzoom": 16, '
        f'"bounds": {list(tiles.degrees())}, "scheme": "tms", "tiles": ["t/{{z}}/{{x}}/{{y}}.png"]}}'
    )

    def answer(asked):
        return Reply(document, "application/json") if asked.path == "/a/t.json" else services.xyz(asked, south=True)

    with serving(answer) as one:
        answer = added(f"{one.url}/a/t.json")
        lies(seen(answer), level=16)
    assert answer.attribution == "© Town" and answer.layers[0].title == "Town"
    assert one.asked[-1].path.startswith("/a/t/16/")


def test_a_document_has_only_the_server_that_was_named_asked_whatever_stands_for_its_hosts():
    said = []

    def answer(asked):
        document = json.dumps({"tilejson": "3.0.0", "minzoom": 13, "maxzoom": 17, "tiles": said})
        return Reply(document, "application/json") if asked.path == "/t.json" else services.xyz(asked)

    with serving(answer, host="localhost") as one:
        here = one.url.replace("localhost", "{switch:127.0.0.1,localhost}") + "/{z}/{x}/{y}.png"
        said[:] = ["http://elsewhere.invalid/{z}/{x}/{y}.png", here]
        lies(seen(added(f"{one.url}/t.json")), level=17)
        assert {asked.headers["host"].split(":")[0] for asked in one.asked} == {"localhost"}
        said[:] = [here.replace("localhost", "inside.invalid")]
        with pytest.raises(CannotRead, match=r"on another server, 127\.0\.0\.1"):
            added(f"{one.url}/t.json")
        said[:] = ["http://{s}.elsewhere.invalid/{z}/{x}/{y}.png"]
        with pytest.raises(CannotRead, match=r"on another server, a\.elsewhere\.invalid"):
            added(f"{one.url}/t.json")


def test_each_host_of_an_address_must_answer_before_its_layer_is_added():
    with serving(services.xyz) as one:
        for hosts in ("127.0.0.1,nobody.invalid", "nobody.invalid,127.0.0.1"):
            url = one.url.replace("127.0.0.1", f"{{switch:{hosts}}}") + "/{z}/{x}/{y}.png"
            with pytest.raises(Unreachable, match=r"No server named nobody\.invalid"):
                added(url)


def test_addresses_that_cannot_be_filled_in_are_refused():
    for url, words in {
        "http://127.0.0.1/{z}/{x}/{y}.png?key={apikey}": "{apikey}",
        "http://127.0.0.1/{z}/{x}.png": "{y}",
        "file:///tiles/{z}/{x}/{y}.png": "http://",
    }.items():
        with pytest.raises(Refused, match=words):
            added(url)


def test_what_comes_may_be_no_picture():
    url = "{}/{{z}}/{{x}}/{{y}}"
    vector, page = Reply(tiles.vector_tile(), "application/x-protobuf"), Reply("<html>Log in</html>", "text/html")
    with serving(lambda asked: vector) as one, pytest.raises(CannotRead, match="vector tiles"):
        added(url.format(one.url))
    with serving(lambda asked: page) as one, pytest.raises(CannotRead, match="no picture but text/html"):
        added(url.format(one.url))
    with serving(lambda asked: Reply(b"no", status=403)) as one, pytest.raises(Refused, match="HTTP 403"):
        added(url.format(one.url))
    with pytest.raises(Unreachable, match="doesn’t answer"):
        added(url.format(one.url))


def test_an_address_of_nothing_known_says_so():
    with serving(services.everything) as one, pytest.raises(CannotRead, match="WMTS, WFS"):
        added(one.url)
    with serving(services.everything) as one, pytest.raises(CannotRead, match="No WMS answers"):
        added(one.url, kind="wms")


def test_documents_that_are_traps_are_not_read():
    trap = '<?xml version="1.0"?><!DOCTYPE l [{}]><WMS_Capabilities>&a;</WMS_Capabilities>'
    for said in ('<!ENTITY b "bb"><!ENTITY a "&b;&b;">', '<!ENTITY a SYSTEM "file:///etc/passwd">'):
        body = trap.format(said)
        with serving(lambda asked, body=body: Reply(body, "text/xml")) as one, pytest.raises(CannotRead, match="trap"):
            added(f"{one.url}/?service=WMS")
    cut = Reply("<WMS_Capabilities><Capabil", "text/xml")
    with serving(lambda asked: cut) as one, pytest.raises(CannotRead, match="broke off"):
        added(f"{one.url}/?service=WMS")


def test_tiles_of_a_thousand_pixels_take_no_more_memory_than_small_ones():
    with serving(lambda asked: services.xyz(asked, 1024)) as one:
        answer = added(f"{one.url}/{{z}}/{{x}}/{{y}}.png")
        for east in range(0, 2400, 200):
            found = seen(answer, Square(SQUARE.west + east, SQUARE.south, 200.0))
            assert found.patch is not None and found.patch.whole
        kept = web_tiles.of(answer.link.service)._pictures
        assert len(kept) > 1 and sum(picture.nbytes for picture in kept.values() if picture is not None) <= 32 << 20
        asked = len(one.asked)
        seen(answer, Square(SQUARE.west + 2200, SQUARE.south, 200.0))
        assert len(one.asked) == asked


def test_an_empty_city_is_told_to_say_first_where_it_is():
    with serving(services.xyz) as one, pytest.raises(Refused, match="where the city is"):
        added(f"{one.url}/{{z}}/{{x}}/{{y}}.png", extent=None, city_crs=None)


def test_offline_is_a_state_in_which_what_was_seen_is_there_and_nothing_is_asked_in_vain():
    with serving(services.xyz) as one:
        answer = added(f"{one.url}/{{z}}/{{x}}/{{y}}.png")
        lies(seen(answer), level=17)
        port = int(one.url.rpartition(":")[2])
        one.stop()
        web_tiles.of.cache_clear()
        assert not seen(answer).offline, "what was seen is on the disk: nobody is asked"
        beside = Square(SQUARE.west + 900, SQUARE.south, 300.0)
        began = time.monotonic()
        found = seen(answer, beside)
        assert found.offline and "doesn’t answer" in found.words and not found.patch.whole
        for _ in range(20):
            assert seen(answer, beside).offline
        assert time.monotonic() - began < 10
        lies(seen(answer) if not seen(answer).offline else windows.Seen(seen(answer).patch), level=17)
        assert not windows.reach(answer.link.service, lambda *_: None)
    with serving(services.xyz, port=port):
        assert windows.reach(answer.link.service, lambda *_: None)
        lies(seen(answer, beside), beside, level=17)


@pytest.mark.parametrize("fault", [Reply(status=500), Reply(status=502), Reply(status=504), Reply(b"x" * 99, cut=9)])
def test_one_tile_that_fails_makes_no_server_offline_and_is_asked_for_again_later(fault, monkeypatch):
    monkeypatch.setattr(web_faults, "SOONEST", 0.3)
    failed = []

    def answer(asked):
        found = services.xyz(asked)
        if asked.path.startswith("/17/") and len(failed) < 2 and set(failed) <= {asked.path}:
            failed.append(asked.path)
            return fault
        return found

    with serving(answer) as one:
        added_ = added(f"{one.url}/{{z}}/{{x}}/{{y}}.png")
        found = seen(added_)
        assert not found.offline and (found.patch.picture[..., 3] == 255).all(), "what is above stands for it"
        assert not found.patch.whole
        reach = partial(windows.reach, added_.link.service, lambda *_: None)
        before = len(one.asked)
        assert not reach() and not seen(added_).patch.whole and len(one.asked) == before, "not at once"
        time.sleep(0.35)
        assert reach() and not seen(added_).patch.whole and len(one.asked) == before + 1
        time.sleep(0.35)
        assert not reach() and not seen(added_).patch.whole and len(one.asked) == before + 1, "later each time"
        time.sleep(0.3)
        assert reach()
        lies(seen(added_), level=17)


def test_a_tile_that_is_not_there_is_not_asked_for_again(monkeypatch):
    monkeypatch.setattr(web_faults, "SOONEST", 0.0)
    gone = {}

    def answer(asked):
        if (asked.path.startswith("/17/") and len(gone) < 2) or asked.path in gone:
            return Reply(status=gone.setdefault(asked.path, 404 if gone else 204))
        return services.xyz(asked)

    with serving(answer) as one:
        added_ = added(f"{one.url}/{{z}}/{{x}}/{{y}}.png")
        assert seen(added_).patch.whole and set(gone.values()) == {204, 404}
        before = len(one.asked)
        assert seen(added_).patch.whole and len(one.asked) == before


def test_a_server_that_wants_to_be_left_alone_is():
    def answer(asked):
        if asked.path.startswith("/17/"):
            return Reply(b"", status=429, headers={"Retry-After": "600"})
        return services.xyz(asked)

    with serving(answer) as one:
        added_ = added(f"{one.url}/{{z}}/{{x}}/{{y}}.png")
        before = len(one.asked)
        for _ in range(5):
            assert seen(added_).offline
        assert len(one.asked) - before <= 8
