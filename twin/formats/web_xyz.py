"""XYZ tiles: by an address with holes, or by a TileJSON document that names one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twin.core.errors import CannotRead
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
    return Tiles(template, hosts, web_fetch.host(template.replace("{s}", hosts[0] if hosts else "")))


def of_document(found: Mapping[str, Any], url: str) -> Tiles:
    """By TileJSON 2 or 3; its tiles are on the host that a person named."""
    if found.get("vector_layers") or str(found.get("format", "")).lower() in ("pbf", "mvt"):
        raise CannotRead(tile_set.VECTOR, url)
    templates = [web_fetch.joined(url, one) for one in found["tiles"] if isinstance(one, str)]
    own = [one for one in templates if web_fetch.host(one.replace("{s}", "a")) == web_fetch.host(url)]
    if not own:
        words = mark(
            "Its tiles are on another server, {other}. Balad asks only the server that you name: name that one."
        )
        raise CannotRead(words, url, other=web_fetch.host(templates[0]) if templates else "–")
    template, hosts = web_template.read(own[0])
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


def service(found: Tiles, side: int = 256) -> Service:
    """How its tiles are asked for; ``side`` pixels each."""
    return Service(
        kind="xyz",
        template=found.template,
        hosts=found.hosts,
        grid=tile_grid.mercator(found.levels[1], found.levels[0], side),
        bounds=tile_grid.from_degrees(found.box) if found.box else None,
    )
