"""Services of features: every page comes, each feature once, where it lies; and a report that adds up."""

from __future__ import annotations

import json
import tempfile

import pytest
import shapely
from pyproj import Transformer

from tests import tiles
from tests.formats.taking import table
from tests.serving import Reply, serving
from twin.core.errors import CannotRead, Refused, TooLarge, Unreachable
from twin.formats import web_pages
from twin.formats.web_look import offers
from twin.formats.web_offers import ServiceRequest
from twin.formats.web_take import take

CITY = (tiles.EAST - 1500, tiles.NORTH - 1500, tiles.EAST + 1500, tiles.NORTH + 1500)
COUNT = 2345
PLACES = [(tiles.EAST - 1000 + n % 50 * 40.0, tiles.NORTH - 900 + n // 50 * 40.0) for n in range(COUNT)]
TO_DEGREES = Transformer.from_crs(tiles.CRS, "OGC:CRS84", always_xy=True)
ITEMS = "/api/collections/trees/items"
URI = "http://www.opengis.net/def/crs/"


def added(url, **said):
    ask = {"city_crs": tiles.CRS, "extent": CITY, "scratch": tempfile.mkdtemp(), **said}
    return take(ServiceRequest(url=url, **ask))


def feature(n, place):
    properties = {"kind": "نخلة" if n % 2 else "palm", "height": n / 10}
    return {"type": "Feature", "id": f"tree.{n}", "geometry": {"type": "Point", "coordinates": place},
            "properties": properties}  # fmt: skip


def whole(answer, within=0.01):
    """All of them are there once, each in its place."""
    (taken,) = answer.layers
    assert (taken.report.read, taken.report.kept, taken.report.adds_up()) == (COUNT, COUNT, True)
    rows = {row["uid"]: row for row in table(taken).to_pylist()}
    assert len(rows) == COUNT
    for n in (0, 1, 999, 1000, COUNT - 1):
        found = shapely.from_wkb(rows[f"tree.{n}"]["geometry"])
        assert (found.x, found.y) == pytest.approx(PLACES[n], abs=within)
        assert rows[f"tree.{n}"]["height"] == pytest.approx(n / 10)
        assert rows[f"tree.{n}"]["kind"] == ("نخلة" if n % 2 else "palm")


def api(crs=(), most=1000, content=True):
    """OGC API Features with two collections."""

    def answer(asked):
        here = f"http://{asked.headers['host']}"
        geo = {"type": "application/geo+json"}
        if asked.path == "/api":
            links = [{"rel": "data", "href": "/api/collections?f=json", "type": "application/json"}]
            return Reply(json.dumps({"title": "Town data", "links": links}), "application/json")
        if asked.path == "/api/collections":
            one = {"id": "trees", "title": "Trees", "attribution": "© Parks", "crs": ["#/crs"],
                   "links": [{"rel": "items", "href": f"{here}{ITEMS}?f=html", "type": "text/html"},
                             {"rel": "items", "href": f"{here}{ITEMS}", **geo}]}  # fmt: skip
            two = {"id": "lamps", "title": "Lamps", "links": []}
            found = {"crs": [f"{URI}OGC/1.3/CRS84", *crs], "collections": [one, two], "links": []}
            return Reply(json.dumps(found), "application/json")
        if asked.path == "/api/collections/trees":
            return Reply(json.dumps({"id": "trees", "title": "Trees", "links": []}), "application/json")
        if asked.path != ITEMS:
            return Reply(json.dumps({"code": "NotFound", "description": "There is no such thing"}), status=404)
        start, limit = int(asked.query.get("offset", 0)), min(most, int(asked.query.get("limit", 10)))
        if "bbox" not in asked.query:
            return Reply('{"type": "FeatureCollection", "features": []}', "application/geo+json")
        west, south, east, north = (float(side) for side in asked.query["bbox"].split(","))
        middle = TO_DEGREES.transform(tiles.EAST, tiles.NORTH)
        assert west < middle[0] < east and south < middle[1] < north
        named = asked.query.get("crs", f"{URI}OGC/1.3/CRS84")
        places = PLACES if named.endswith("/32637") else [TO_DEGREES.transform(*place) for place in PLACES]
        page = [feature(n, places[n]) for n in range(start, min(COUNT, start + limit))]
        links = [{"rel": "self", "href": "x"}]
        if start + limit < COUNT:
            kept = "&".join(f"{name}={value}" for name, value in asked.query.items() if name != "offset")
            links.append({"rel": "next", "href": f"?{kept}&offset={start + limit}", **geo})
        found = {"type": "FeatureCollection", "features": page, "links": links, "numberMatched": COUNT}
        return Reply(json.dumps(found), "application/geo+json", 200, {"Content-Crs": f"<{named}>"} if content else {})

    return answer


@pytest.mark.parametrize("way", ["/api", "/api/collections", "/api/collections/trees", "/api/collections/trees/items"])
def test_items_come_page_by_page_along_the_links(way):
    with serving(api()) as one:
        answer = added(f"{one.url}{way}", layer="trees")
        whole(answer, within=0.03)
    pages = [asked for asked in one.asked if asked.path.endswith("items") and "bbox" in asked.query]
    assert len(pages) == 3 and all("geo+json" in asked.headers["accept"] for asked in pages)
    assert answer.format == "OGC API Features" and answer.link is None
    assert answer.layers[0].title == ("trees" if way.endswith("items") else "Trees")
    assert any("2,345 features came" in note for note in answer.notes)


def test_the_citys_own_coordinates_are_asked_for_where_there_are_such():
    with serving(api((f"{URI}EPSG/0/32637",))) as one:
        answer = added(f"{one.url}/api", layer="trees")
        whole(answer, within=1e-6)
    assert one.asked[-1].query["crs"] == f"{URI}EPSG/0/32637" and answer.attribution == "© Parks"
    with serving(api((f"{URI}EPSG/0/32637",), content=False)) as one, pytest.raises(CannotRead, match="doesn’t say"):
        added(f"{one.url}/api", layer="trees")


def test_collections_are_listed_and_what_is_refused_is_told():
    with serving(api()) as one:
        found = offers(f"{one.url}/api", None, lambda *_: None)
        assert (found.kind, found.title, [layer.name for layer in found.layers]) == (
            "features", "Town data", ["trees", "lamps"],
        )  # fmt: skip
        with pytest.raises(Refused, match="trees"):
            added(f"{one.url}/api")
        with pytest.raises(Refused, match="There is no such thing"):
            added(f"{one.url}/api", layer="lamps")


def test_a_link_to_another_host_and_a_circle_of_links_are_refused():
    def sent(href):
        def answer(asked):
            found = api()(asked)
            if asked.path.endswith("items"):
                document = json.loads(found.body)
                document["links"] = [{"rel": "next", "href": href}]
                found.body = json.dumps(document)
            return found

        return answer

    for href, words in {"http://localhost:9/x": "only the server", "file:///etc/passwd": "http://"}.items():
        with serving(sent(href)) as one, pytest.raises(Refused, match=words):
            added(f"{one.url}/api", layer="trees")
    with serving(sent("?limit=1000&bbox=39,21,40,22")) as one:
        # It gives the first page for ever: it is taken once, and that some are missing is told.
        answer = added(f"{one.url}/api", layer="trees")
        assert answer.layers[0].report.read == 1000 and any("2,345" in note for note in answer.notes)


def test_a_page_that_breaks_off_leaves_nothing():
    def cut(asked):
        found = api()(asked)
        if asked.query.get("offset") == "1000":
            found.cut = 5000
        return found

    def short(asked):
        found = api()(asked)
        if asked.query.get("offset") == "1000":
            found.body = found.body[:5000]
        return found

    with serving(cut) as one, pytest.raises(Unreachable, match="broke off"):
        added(f"{one.url}/api", layer="trees")
    with serving(short) as one, pytest.raises(CannotRead, match="Nothing was taken in"):
        added(f"{one.url}/api", layer="trees")


def test_more_than_can_be_taken_in_is_refused(monkeypatch):
    monkeypatch.setattr(web_pages, "MOST", 1500)
    with serving(api()) as one, pytest.raises(TooLarge, match="GeoPackage"):
        added(f"{one.url}/api", layer="trees")


URN = "urn:ogc:def:crs:EPSG::"


def wfs(version="2.0.0", crs=("4326",), json_too=True, pages=True, most=10_000, exchanged=False):
    """A WFS with one type; places in its GML are in the order that their CRS has."""

    def answer(asked):
        query = asked.query
        if query.get("request") == "GetCapabilities":
            return Reply(_wfs_document(version, crs, json_too, f"http://{asked.headers['host']}/wfs?"), "text/xml")
        newer = version.startswith("2")
        assert (query["request"], query["version"]) == ("GetFeature", version)
        assert query["typenames" if newer else "typename"] == "town:trees"
        code = query["srsname"].rpartition(":")[2]
        _inside(query["bbox"].split(","), code, long=query["srsname"].startswith("urn"))
        if not pages and "startindex" in query:
            return Reply(
                '<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1"><ows:Exception exceptionCode="No">'
                "<ows:ExceptionText>Cannot do natural order without a primary key</ows:ExceptionText></ows:Exception>"
                "</ows:ExceptionReport>",
                "text/xml",
            )
        start = int(query.get("startindex", 0))
        count = min(most, int(query.get("count" if newer else "maxfeatures", COUNT)))
        places = PLACES if code == "32637" else [TO_DEGREES.transform(*place) for place in PLACES]
        chosen = range(start, min(COUNT, start + count))
        if "json" in query.get("outputformat", ""):
            turned = [place[::-1] if exchanged else place for place in places]
            found = {
                "type": "FeatureCollection",
                "features": [feature(n, turned[n]) for n in chosen],
                "totalFeatures": COUNT,
            }
            return Reply(json.dumps(found), "application/json")
        long = query["srsname"].startswith("urn") and code == "4326"
        members = "".join(_member(n, places[n][::-1] if long else places[n], query["srsname"], newer) for n in chosen)
        # What older documents count is what they hold.
        count = COUNT if newer else len(chosen)
        return Reply(_collection(members, newer, count=count), "application/gml+xml")

    return answer


def _inside(sides, code, long):
    west, south, east, north = (float(side) for side in sides[:4])
    if code == "4326" and long:
        west, south, east, north = south, west, north, east
    middle = (tiles.EAST, tiles.NORTH) if code == "32637" else TO_DEGREES.transform(tiles.EAST, tiles.NORTH)
    assert west < middle[0] < east and south < middle[1] < north, sides


def _wfs_document(version, crs, json_too, here):
    names = [f"{URN}{code}" for code in crs]
    way = "CRS" if version.startswith("2") else "SRS"
    systems = f"<Default{way}>{names[0]}</Default{way}>" + "".join(
        f"<Other{way}>{one}</Other{way}>" for one in names[1:]
    )
    formats = ["text/xml; subtype=gml/3.1.1", *(["application/json"] if json_too else [])]
    values = "".join(f"<ows:Value>{one}</ows:Value>" for one in formats)
    return (
        f'<wfs:WFS_Capabilities version="{version}" xmlns:wfs="http://www.opengis.net/wfs" xmlns="http://www.opengis.net/wfs"'
        ' xmlns:ows="http://www.opengis.net/ows/1.1" xmlns:xlink="http://www.w3.org/1999/xlink"><ows:ServiceIdentification>'
        "<ows:Title>Town features</ows:Title></ows:ServiceIdentification><ows:OperationsMetadata>"
        f'<ows:Operation name="GetFeature"><ows:DCP><ows:HTTP><ows:Get xlink:href="{here}"/></ows:HTTP></ows:DCP>'
        f'<ows:Parameter name="outputFormat"><ows:AllowedValues>{values}</ows:AllowedValues></ows:Parameter>'
        "</ows:Operation></ows:OperationsMetadata><FeatureTypeList><FeatureType><Name>town:trees</Name><Title>Trees</Title>"
        f"{systems}</FeatureType></FeatureTypeList></wfs:WFS_Capabilities>"
    )


def _member(n, place, srs, newer):
    kind = "نخلة" if n % 2 else "palm"
    way = "wfs:member" if newer else "gml:featureMember"
    return (
        f'<{way}><town:trees gml:id="tree.{n}"><town:kind>{kind}</town:kind><town:height>{n / 10}</town:height>'
        f'<town:geom><gml:Point srsName="{srs}"><gml:pos>{place[0]!r} {place[1]!r}</gml:pos></gml:Point></town:geom>'
        f"</town:trees></{way}>"
    )


def _collection(members, newer, schema="http://127.0.0.1:9/schema.xsd", count=COUNT):
    wfs_, gml = ("wfs/2.0", "gml/3.2") if newer else ("wfs", "gml")
    counted = f'numberMatched="{count}"' if newer else f'numberOfFeatures="{count}"'
    return (
        f'<?xml version="1.0"?><wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/{wfs_}" {counted} '
        f'xmlns:gml="http://www.opengis.net/{gml}" xmlns:town="http://town.example/" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://town.example/ {schema}">'
        f"{members}</wfs:FeatureCollection>"
    )


@pytest.mark.parametrize("version", ["2.0.0", "1.1.0"])
@pytest.mark.parametrize("json_too", [True, False], ids=["GeoJSON", "GML"])
@pytest.mark.parametrize("crs", [("4326",), ("4326", "32637")], ids=["degrees", "the city's"])
def test_a_wfs_gives_all_of_its_features_page_by_page(version, json_too, crs):
    with serving(wfs(version, crs, json_too)) as one:
        answer = added(f"{one.url}/wfs", kind="wfs")
        whole(answer, within=0.03 if len(crs) == 1 else 1e-3)
    asked = [asked.query for asked in one.asked if asked.query["request"] == "GetFeature"]
    told = json_too or version == "2.0.0"
    assert [query["startindex"] for query in asked] == ["0", "1000", "2000", *([] if told else ["2345"])]
    assert answer.format == "WFS" and answer.layers[0].title == "Trees"


@pytest.mark.parametrize("json_too", [True, False], ids=["GeoJSON", "GML"])
def test_a_server_with_a_smaller_bound_of_its_own_is_asked_on(json_too):
    with serving(wfs(json_too=json_too, most=700)) as one:
        whole(added(f"{one.url}/wfs?service=wfs"), within=0.03)


def test_a_server_that_cannot_page_is_asked_for_all_at_once():
    with serving(wfs(pages=False)) as one:
        whole(added(f"{one.url}/wfs?service=wfs"), within=0.03)
    with serving(wfs(pages=False, most=500)) as one:
        answer = added(f"{one.url}/wfs?service=wfs")
    assert answer.layers[0].report.read == 500 and any("2,345" in note and "500" in note for note in answer.notes)


def unnamed(most=10_000, deaf=False):
    """A WFS that neither counts its features nor names them; a deaf one always begins with the first."""

    def answer(asked):
        found = wfs(most=most)(asked)
        if asked.query.get("request") == "GetFeature":
            start, count = (int(asked.query[name]) for name in ("startindex", "count"))
            chosen = range(COUNT) if deaf else range(start, min(COUNT, start + min(most, count)))
            features = [{**feature(n, TO_DEGREES.transform(*PLACES[n])), "id": None} for n in chosen]
            found.body = json.dumps({"type": "FeatureCollection", "features": features})
        return found

    return answer


@pytest.mark.parametrize("server", [{"most": 500}, {"most": 1000}, {"deaf": True}], ids=str)
def test_features_that_nobody_counts_or_names_all_come_once(server):
    with serving(unnamed(**server)) as one:
        (taken,) = added(f"{one.url}/wfs?service=wfs").layers
    heights = sorted(round(height * 10) for height in table(taken).column("height").to_pylist())
    assert heights == list(range(COUNT))


def test_a_server_with_very_many_small_pages_is_refused_and_nothing_is_left_out_in_silence(monkeypatch):
    monkeypatch.setattr(web_pages, "PAGES", 3)
    with serving(unnamed(most=500)) as one, pytest.raises(TooLarge, match="GeoPackage"):
        added(f"{one.url}/wfs?service=wfs")
    with serving(api(most=500)) as one, pytest.raises(TooLarge, match="GeoPackage"):
        added(f"{one.url}/api", layer="trees")


def test_heights_stay_where_a_server_answers_in_another_crs():
    def answer(asked):
        if asked.query.get("request") != "GetFeature":
            return wfs(crs=("32637",), json_too=False)(asked)
        lon, lat = TO_DEGREES.transform(*PLACES[0])
        body = _collection(_member(0, (lat, lon), f"{URN}4326", True), True, count=1)
        return Reply(body.replace("</gml:pos>", " 12.5</gml:pos>").replace("<gml:pos>", '<gml:pos srsDimension="3">'))

    with serving(answer) as one:
        (taken,) = added(f"{one.url}/wfs?service=wfs").layers
    found = shapely.from_wkb(table(taken).column("geometry")[0].as_py())
    assert (found.x, found.y, found.z) == pytest.approx((*PLACES[0], 12.5), abs=0.01)


def test_geojson_with_its_axes_exchanged_is_turned_by_the_box_that_was_asked():
    with serving(wfs(exchanged=True)) as one:
        whole(added(f"{one.url}/wfs?service=wfs"), within=0.03)


def test_a_schema_on_another_server_is_never_fetched():
    with serving(lambda asked: Reply("<schema/>", "text/xml")) as other:
        members = "".join(_member(n, TO_DEGREES.transform(*PLACES[n])[::-1], f"{URN}4326", True) for n in range(5))

        def answer(asked):
            if asked.query.get("request") == "GetFeature":
                return Reply(_collection(members, True, f"{other.url}/x.xsd", 5), "text/xml")
            return wfs(json_too=False)(asked)

        with serving(answer) as one:
            taken = added(f"{one.url}/wfs?service=wfs")
        assert taken.layers[0].report.read == 5 and other.asked == []


def test_gml_that_is_a_trap_or_broken_is_not_read():
    trap = '<!DOCTYPE a [<!ENTITY b "bb">]><wfs:FeatureCollection xmlns:wfs="x">&b;</wfs:FeatureCollection>'
    for body in (trap, _collection("", True)[:-40], "<other/>"):

        def answer(asked, body=body):
            return Reply(body, "text/xml") if asked.query.get("request") == "GetFeature" else wfs(json_too=False)(asked)

        with serving(answer) as one, pytest.raises(CannotRead, match=r"Nothing was taken in|trap"):
            added(f"{one.url}/wfs?service=wfs")


def test_an_area_without_features_is_said():
    def answer(asked):
        if asked.query.get("request") == "GetFeature":
            return Reply(json.dumps({"type": "FeatureCollection", "features": []}), "application/json")
        return wfs()(asked)

    with serving(answer) as one, pytest.raises(CannotRead, match="where the city is"):
        added(f"{one.url}/wfs?service=wfs")


def test_features_that_are_broken_are_refused_one_by_one():
    def answer(asked):
        found = api()(asked)
        if asked.path.endswith("items"):
            document = json.loads(found.body)
            document["features"][3]["geometry"] = {"type": "Polygon", "coordinates": [[[39, 21], [39, 21]]]}
            document["features"][4]["geometry"] = None
            found.body = json.dumps(document)
        return found

    with serving(answer) as one:
        answer = added(f"{one.url}/api", layer="trees")
    reports = [taken.report for taken in answer.layers]
    assert sum(report.read for report in reports) == COUNT and all(report.adds_up() for report in reports)
    assert sum(report.kept + len(report.repaired) for report in reports) < COUNT
