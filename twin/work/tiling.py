"""Tiles are derived from features by the layer's kind, and can be made again at will."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from twin.core.errors import Cancelled, Refused, TwinError
from twin.core.i18n import mark, tr
from twin.model.layer import Layer
from twin.store.city import City
from twin.store.filling import Watch, unwatched
from twin.store.tiles import Encoder
from twin.work.context import Kind, Progress

_log = logging.getLogger("balad")
PREPARING = mark("Preparing “{title}” to be drawn…")


def tile(city: City, kinds: Mapping[str, Kind], layer: str, kind: str, watch: Watch = unwatched) -> None:
    """Make a layer's tiles; a kind that nobody brings leaves none, and the layer is listed without a picture.

    ``watch`` is told how many of its features are done, and may raise to stop it.
    """
    if kind not in kinds:
        return
    encoder = kinds[kind]
    optional = {name: getattr(encoder, name, None) for name in ("coarsen", "encode_tiles", "heights")}
    try:
        city.write_tiles(layer, Encoder(kind, encoder.VERSION, encoder.encode, encoder.COLUMNS, **optional), watch)
    except (TwinError, MemoryError):
        raise
    except Exception as why:  # a stranger
        words = mark("The layer kind “{kind}” can’t draw it: {why}. Choose another kind, or mend its plugin.")
        raise Refused(words, kind=kind, why=str(why)[:200].rstrip(".") or type(why).__name__) from why


def telling(progress: Progress, words: str, start: float, before: int, whole: int) -> Watch:
    """Tells how far the tiles are from ``start`` on, with those of so many features ``before`` this layer's."""

    def watch(done: int) -> None:
        progress(start + (1 - start) * (before + done) / max(whole, 1), words)

    return watch


def freshen(city: City, kinds: Mapping[str, Kind], progress: Progress) -> None:
    """Make the tiles that are missing or of another version of their kind.

    A kind is a stranger: where it fails, its layer keeps the tiles it has, and the city opens all the same.
    """
    old = [
        layer for layer in city.layers() if layer.link is None and layer.kind in kinds and _is_old(city, kinds, layer)
    ]
    counts = [layer.count for layer in old]
    for number, layer in enumerate(old):
        words = tr(PREPARING, title=layer.title)
        watch = telling(progress, words, 0.0, sum(counts[:number]), sum(counts))
        watch(0)
        try:
            tile(city, kinds, layer.id, layer.kind, watch)
        except Cancelled:
            raise
        except TwinError:
            _log.exception("kind %s can't encode layer %s", layer.kind, layer.id)


def _is_old(city: City, kinds: Mapping[str, Kind], layer: Layer) -> bool:
    try:
        return city.tile_version(layer.id) != kinds[layer.kind].VERSION
    except Refused:
        _log.exception("kind %s can't be loaded", layer.kind)
        return False
