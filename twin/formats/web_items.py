"""OGC API Features: collections, and their items page by page along the links that the server gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyproj import CRS
from pyproj.exceptions import CRSError

from twin.core.errors import CannotRead, Refused
from twin.core.i18n import mark
from twin.formats import crs as systems
from twin.formats import web_address, web_fetch, web_pages
from twin.formats.crs import Box
from twin.formats.tile_set import plain
from twin.formats.web_offers import Offered
from twin.formats.web_pages import Gathered, Tell

ACCEPT = "application/geo+json, application/json;q=0.9, */*;q=0.1"
_DATA = ("data", "http://www.opengis.net/def/rel/ogc/1.0/data")
_JSON = ("application/geo+json", "application/json", "application/vnd.ogc.fg+json", "")
_URI = "http://www.opengis.net/def/crs/EPSG/0/"
_BOUNDS = web_fetch.Bounds(seconds=30.0, size=16 << 20)


@dataclass(frozen=True)
class Collection:
    """A collection of features."""

    name: str
    title: str
    items: str
    """The address of its items."""
    crs: tuple[str, ...]
    attribution: str


@dataclass(frozen=True)
class Catalogue:
    """What a server offers."""

    title: str
    collections: tuple[Collection, ...]

    @property
    def offers(self) -> tuple[Offered, ...]:
        """Its collections by id."""
        return tuple(Offered(one.name, one.title) for one in self.collections)


def read(found: Mapping[str, Any], url: str, hosts: set[str]) -> Catalogue | None:
    """What lies behind a landing page, a list of collections or one of them; None where it is none of these."""
    title = plain(found.get("title"))
    listed = found.get("collections")
    if listed is None and isinstance(found.get("id"), str) and "/collections/" in url:
        listed = [found]
    if found.get("type") == "FeatureCollection" and web_address.bare(url).endswith("/items"):
        name = web_address.bare(url).split("/")[-2]
        return Catalogue(title or name, (Collection(name, title, url, (), ""),))
    if listed is None:
        data = _link(found, _DATA, url)
        if data is None:
            return None
        answer = web_fetch.get(data, hosts, _BOUNDS, "application/json, */*;q=0.1")
        found = web_pages.document(checked(answer))
        url, listed = data, found.get("collections")
    if not isinstance(listed, list):
        return None
    shared = _texts(found.get("crs"))
    made = (_collection(one, url, shared) for one in listed if isinstance(one, dict))
    return Catalogue(title, tuple(one for one in made if one))


def gather(
    collection: Collection, city: str | None, box: Box | None, made: Gathered, hosts: set[str], tell: Tell
) -> int | None:
    """All items in a box of degrees, following the links to the next page; how many there are, where it says so."""
    url: str | None = web_address.with_(
        collection.items, {"limit": str(web_pages.PAGE), **_asked(collection, city, box)}
    )
    wanted, matched = asked_crs(collection, city), None
    seen: set[str] = set()
    while url:
        if len(seen) >= web_pages.PAGES:
            raise web_pages.endless(url)
        if url in seen:
            raise CannotRead(mark("{host} sends on in a circle."), url, host=web_fetch.host(url))
        seen.add(url)
        answer = checked(web_fetch.get(url, hosts, web_pages.BOUNDS, ACCEPT))
        _same_crs(answer, wanted)
        page, said = web_pages.features(answer)
        matched = web_pages.total(said) if matched is None else matched
        new = made.add(page)
        tell(made.count, matched)
        following = _link(said, ("next",), answer.url)
        url = following if page and new else None
    return matched


def asked_crs(collection: Collection, city: str | None) -> str | None:
    """The city's CRS, where the collection is given in it and counts east before north; None for degrees."""
    if not city or not city.upper().startswith("EPSG:"):
        return None
    offered = f"{_URI}{city.rpartition(':')[2]}" in collection.crs
    return city if offered and systems.metric(systems.known(city, None)) and _east_first(city) else None


def checked(answer: web_fetch.Answer) -> web_fetch.Answer:
    """An answer that went well; Refused with what the server says otherwise."""
    if answer.status == 200:
        return answer
    try:
        said = web_pages.document(answer)
    except CannotRead:
        said = {}
    why = plain(said.get("detail") or said.get("description") or said.get("title"))
    named = web_fetch.host(answer.url)
    if why:
        raise Refused(mark("{host} refuses it and says: {said}"), answer.url, host=named, said=why)
    words = mark("{host} refuses it (HTTP {status}). Check the address, and whether it needs a key.")
    raise Refused(words, answer.url, host=named, status=str(answer.status))


def _asked(collection: Collection, city: str | None, box: Box | None) -> dict[str, str]:
    asked = {"bbox": ",".join(f"{side:.7f}" for side in box)} if box else {}
    crs = asked_crs(collection, city)
    return {**asked, "crs": f"{_URI}{crs.rpartition(':')[2]}"} if crs else asked


def _same_crs(answer: web_fetch.Answer, wanted: str | None) -> None:
    """Refuse what comes in another CRS than was asked for: its numbers would be taken for others."""
    told = answer.headers.get("content-crs", "").strip("<> ")
    given = told.rpartition("/")[2]
    if told and (
        (wanted and given != wanted.rpartition(":")[2]) or (not wanted and given.upper() not in ("CRS84", "CRS84H"))
    ):
        words = mark("{host} sends another coordinate system than it was asked for: {crs}.")
        raise CannotRead(words, answer.url, host=web_fetch.host(answer.url), crs=told[:120])
    if wanted and not told:
        words = mark("{host} doesn’t say which coordinate system it sends, though it was asked for {crs}.")
        raise CannotRead(words, answer.url, host=web_fetch.host(answer.url), crs=wanted)


def _collection(found: Mapping[str, Any], url: str, shared: tuple[str, ...]) -> Collection | None:
    named = found.get("id") or found.get("name")
    if not isinstance(named, str) or found.get("itemType", "feature") != "feature":
        return None
    crs = tuple(one for said in _texts(found.get("crs")) for one in (shared if said == "#/crs" else (said,)))
    base = web_address.below(url, named) if web_address.bare(url).endswith("/collections") else url
    items = _link(found, ("items",), url) or web_address.below(base, "items")
    return Collection(named, plain(found.get("title")), items, crs, plain(found.get("attribution")))


def _link(found: Mapping[str, Any], ways: tuple[str, ...], url: str) -> str | None:
    """Where a link of a document leads, JSON before all else."""
    links = [one for one in _list(found.get("links")) if isinstance(one, dict) and one.get("rel") in ways]
    there = [one for one in links if isinstance(one.get("href"), str)]
    for kind in _JSON:
        for one in there:
            if str(one.get("type") or "").split(";")[0].strip().lower() == kind:
                return web_fetch.joined(url, one["href"])
    return None


def _list(said: Any) -> list[Any]:
    return said if isinstance(said, list) else []


def _texts(said: Any) -> tuple[str, ...]:
    return tuple(one for one in _list(said) if isinstance(one, str))


def _east_first(city: str) -> bool:
    try:
        return CRS.from_user_input(city).axis_info[0].direction == "east"
    except CRSError:
        return False
