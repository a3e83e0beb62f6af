"""XYZ tiles: by an address with holes, or by a TileJSON document that names one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twin.core.errors import CannotRead, TwinError
from twin.core.i18n import mark
from twin.formats import tile_grid, tile_set, web_fetch, web_template
from twin.formats.crs import Box
from twin.formats.web_offers import Offered
from twin.model.service import Service

_DEEPEST = 19
"""The finest level of a server that names none: that of OpenStreetMap and most others."""


@dataclass(frozen=True)
class Tiles:
    """What is known of a server's tiles."""

    template: str
    hosts: tuple[str, ...]
    title: str
    attribution: str = ""
    levels: tuple[int, int] = (0, _DEEPEST)
    box: Box | None = None
    """Degrees."""

    @property
    def offers(self) -> tuple[Offered, ...]:
        """The one layer that it is."""
        return (Offered(self.title, self.title),)


def of_template(url: str) -> Tiles:
    """By an address with ``{z}``, ``{x}`` and ``{y}``."""
    template, hosts = web_template.read(url)
    return Tiles(template, hosts, web_template.each_host(template, hosts)[0])


def of_document(found: Mapping[str, Any], url: str) -> Tiles:
    """By TileJSON 2 or 3; its tiles are on the host that a person named."""
    if found.get("vector_layers") or str(found.get("format", "")).lower() in ("pbf", "mvt"):
        raise CannotRead(tile_set.VECTOR, url)
    template, hosts = _own([one for one in found["tiles"] if isinstance(one, str)], url)
    if found.get("scheme") == "tms":
        template = template.replace("{y}", "{-y}")
    return Tiles(
        template,
        hosts,
        tile_set.plain(found.get("name")) or web_fetch.host(url),
        tile_set.plain(found.get("attribution")),
        tile_set.levels_of(found) or (0, _DEEPEST),
        tile_set.box_of(found.get("bounds")),
    )


def _own(templates: list[str], url: str) -> tuple[str, tuple[str, ...]]:
    """The first address of tiles that is on the host of a document, and what of its ``{s}`` is."""
    named, elsewhere = web_fetch.host(url), "–"
    for said in templates:
        try:
            template, hosts = web_template.read(web_fetch.joined(url, said))
        except TwinError:
            # Another that is named after it may be what can be asked.
            if said == templates[-1] and elsewhere == "–":
                raise
            continue
        each = web_template.each_host(template, hosts)
        if named in each:
            return template, tuple(one for one, its in zip(hosts, each, strict=False) if its == named)
        elsewhere = each[0] if elsewhere == "–" else elsewhere
    words = mark("Its tiles are on another server, {other}. Balad asks only the server that you name: name that one.")
    raise CannotRead(words, url, other=elsewhere)


def service(found: Tiles, side: int = 256) -> Service:
    """How its tiles are asked for; ``side`` pixels each."""
    return Service(
        kind="xyz",
        template=found.template,
        hosts=found.hosts,
        grid=tile_grid.mercator(found.levels[1], found.levels[0], side),
        bounds=tile_grid.from_degrees(found.box) if found.box else None,
    )
