"""A layer of a service for a city: features are gathered and taken in as a file is, pictures are linked."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from twin.core.errors import CannotRead, Refused
from twin.core.i18n import mark, tr, trn
from twin.formats import (
    intake,
    linking,
    placing,
    tile_grid,
    tile_outline,
    tile_picture,
    web_fetch,
    web_items,
    web_look,
    web_offers,
    web_template,
    web_tiles,
    web_wfs,
    web_wms,
    web_wmts,
    web_xyz,
)
from twin.formats.crs import Box
from twin.formats.notes import Notes
from twin.formats.reader import Report
from twin.formats.request import Answer, Request
from twin.formats.streams import Streams
from twin.formats.web_offers import NAMES, ServiceRequest
from twin.formats.web_pages import Gathered
from twin.model.link import Link
from twin.model.service import Service

_NOWHERE = mark(
    "The city is empty, so that nobody knows which part of the earth it needs: first bring a layer that says where "
    "the city is, then this as its base map."
)
_FEWER = mark("The server says that there are {matched}, and gave {count}: it may have a bound of its own.")
_AROUND = 500.0
"""Metres around a city in which features are asked for."""


def take(ask: ServiceRequest, progress: Report = lambda *_: None) -> Answer:
    """Take a layer; a TwinError says why not."""
    progress(0.0, tr("Asking the server…"))
    found = web_look.look(ask.url, ask.kind)
    name = web_offers.chosen(found.layers, ask.layer, ask.url)
    if isinstance(found.document, web_wfs.Capabilities | web_items.Catalogue):
        return _features(ask, found, name, progress)
    return _pictures(ask, found, name)


def _features(ask: ServiceRequest, found: web_look.Found, name: str, progress: Report) -> Answer:
    box, document = _degrees(ask), found.document
    hosts, titles = {web_fetch.host(ask.url)}, {one.name: one.title for one in found.layers}
    stem = ask.id or _id(name.rpartition(":")[2])
    path = Path(ask.scratch) / f"{stem}.geojson"

    def tell(count: int, matched: int | None) -> None:
        share = count / matched if matched else 1 - 1 / (1 + count / 5000)
        progress(0.5 * min(1.0, share), trn("{n} feature has come", "{n} features have come", count))

    if isinstance(document, web_wfs.Capabilities):
        kind = next(one for one in document.types if one.name == name)
        asked = web_wfs.Asked(document, kind, ask.city_crs, box)
        made, attribution = Gathered(path, stem, asked.crs, ask.url), ""
        matched = web_wfs.gather(asked, made, hosts, tell)
    else:
        assert isinstance(document, web_items.Catalogue)
        collection = next(one for one in document.collections if one.name == name)
        made = Gathered(path, stem, web_items.asked_crs(collection, ask.city_crs), ask.url)
        matched = web_items.gather(collection, ask.city_crs, box, made, hosts, tell)
        attribution = collection.attribution
    made.close()
    if not made.count:
        words = mark("“{layer}” has no features where the city is.") if box else mark("“{layer}” has no features.")
        raise CannotRead(words, ask.url, layer=titles[name] or name)
    request = Request(
        path=str(path), scratch=ask.scratch, city_crs=ask.city_crs, layer=ask.id, taken=ask.taken, extent=ask.extent
    )
    answer = intake.take_in(request, lambda fraction, words: progress(0.5 + fraction / 2, words))
    notes = _notes(made, matched, about=box is not None)
    layers = [part.model_copy(update={"title": part.title if part.title != stem else titles[name] or stem})
              for part in answer.layers]  # fmt: skip
    return answer.model_copy(
        update={
            "format": NAMES[found.kind],
            "attribution": ask.attribution or attribution,
            "notes": [*notes, *answer.notes],
            "layers": layers,
        }
    )


def _notes(made: Gathered, matched: int | None, *, about: bool) -> list[str]:
    """What a person should know of how they came; ``about`` the city alone or from everywhere."""
    notes = [trn("{n} feature came from the server.", "{n} features came from the server.", made.count)]
    if matched is not None and made.count < matched:
        notes.append(tr(_FEWER, matched=matched, count=made.count))
    if (n := made.again) > 0:
        notes.append(trn("{n} feature came twice, taken once.", "{n} features came twice, taken once.", n))
    if about:
        notes.append(tr("Only features in and around the city were asked for."))
    return notes


def _pictures(ask: ServiceRequest, found: web_look.Found, name: str) -> Answer:
    service, title, attribution = _service(ask, found, name)
    web_template.check(service.template, ask.url)
    plan = placing.decide(ask.url, service.grid.crs, service.bounds, city=ask.city_crs)
    about = linking.surroundings(plan.source, plan.crs, ask.extent)
    if about is None and service.bounds is None:
        raise Refused(_NOWHERE, ask.url)
    service, kind = _tried(service, about)
    box = tile_outline.part(_Spread(service), plan.place, about)
    notes, layer = Notes(), ask.id or _id(title or name)
    said = {"service": NAMES[found.kind], "tile_format": kind, "attribution": ask.attribution or attribution or None}
    batch = tile_outline.batch(ask.url, _Spread(service), box, plan.place, notes, said, (layer, title or layer))
    request = Request(path=ask.url, scratch=ask.scratch, layer=ask.id, taken=ask.taken, extent=ask.extent)
    streams = Streams(request)
    streams.write(replace(batch, kind="imagery"))
    notes.settle()
    assert box is not None
    return Answer(
        crs=plan.crs,
        source_crs=plan.source,
        format=NAMES[found.kind],
        sha256="",
        layers=streams.finish(notes, plan.crs),
        notes=[*plan.notes, *notes.said],
        attribution=ask.attribution or attribution,
        link=Link(
            path=ask.url, holds="raster", size=0, time=0, cell=tile_outline.cell(_Spread(service), box, plan.place),
            service=service,
        ),
    )  # fmt: skip


class _Spread:
    """A service as something that lies somewhere."""

    def __init__(self, service: Service) -> None:
        self.grid, self.bounds = service.grid, service.bounds


def _service(ask: ServiceRequest, found: web_look.Found, name: str) -> tuple[Service, str, str]:
    """How a layer is asked for, its title, and whom it is to be credited to."""
    document = found.document
    if isinstance(document, web_wms.Capabilities):
        wms = next(one for one in document.layers if one.name == name)
        return web_wms.service(document, wms, ask.city_crs, ask.url), wms.title or name, wms.attribution
    if isinstance(document, web_wmts.Capabilities):
        wmts = next(one for one in document.layers if one.name == name)
        made = web_wmts.service(document, wmts, ask.city_crs, ask.url)
        return made, wmts.title or name, document.attribution
    assert isinstance(document, web_xyz.Tiles)
    return web_xyz.service(document), document.title, document.attribution


def _tried(service: Service, about: Box | None) -> tuple[Service, str]:
    """One tile is fetched where the city is: what is refused is told before anything is in the city.

    What comes back also tells how large an XYZ server's tiles are.
    """
    tiles = web_tiles.ServiceTiles(service)
    shared = tile_grid.meet(about, service.bounds) if about and service.bounds else None
    data = tiles.first(shared or service.bounds or about)
    if data is None:
        return service, ""
    picture = tile_picture.rgba(data)
    if service.kind == "xyz" and picture is not None and picture.shape[1] != 256:
        side, levels = picture.shape[1], service.grid.levels
        grown = tuple(one.model_copy(update={"across": side, "down": side, "cell": one.cell * 256 / side})
                      for one in levels)  # fmt: skip
        service = service.model_copy(update={"grid": service.grid.model_copy(update={"levels": grown})})
    return service, tile_picture.kind(data)


def _degrees(ask: ServiceRequest) -> Box | None:
    """The city and a little more, in degrees; None where it has no extent yet."""
    if ask.extent is None or not ask.city_crs:
        return None
    west, south, east, north = ask.extent
    turn = Transformer.from_crs(CRS.from_user_input(ask.city_crs), "OGC:CRS84", always_xy=True)
    try:
        found = turn.transform_bounds(west - _AROUND, south - _AROUND, east + _AROUND, north + _AROUND)
    except ProjError:
        return None
    return (found[0], found[1], found[2], found[3])


def _id(name: str) -> str:
    """A layer's id out of a service's name of it."""
    return re.sub(r"[^\w-]+", "_", name).strip("_")[:60] or "layer"
