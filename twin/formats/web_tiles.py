"""Tiles of a service: from what was seen before, else from its server, a few at a time; whether it answers is told."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from twin.core.errors import CannotRead, Refused, TwinError, Unreachable
from twin.core.i18n import mark
from twin.formats import tile_grid, tile_picture, web_fetch, web_template, web_xml
from twin.formats.tile_window import At, Got
from twin.formats.web_cache import Cache
from twin.formats.web_faults import Faults
from twin.model.service import Box, Grid, Service

BOUNDS = web_fetch.Bounds(seconds=15.0, size=tile_picture.BYTES, wait=6.0)
_TOGETHER = 20.0
"""Seconds that all tiles of a square may take: what hasn't come by then is asked for again later."""
_QUIET = 10.0
"""Seconds for which a server that didn't answer isn't asked."""
_STUMBLES = 3
"""Tiles in a row that a server fails over before it counts as silent."""
_KEPT, _BARE = 32 << 20, 1 << 10
"""Bytes of decoded tiles that are kept for the squares beside, and what each counts for beyond its picture."""
_GONE = (204, 404, 410)
_PASSING = (408, 425)
"""Besides all from 500 on: the same question may be answered later."""
_ACCEPT = "image/png,image/jpeg,image/webp,*/*;q=0.1"


@dataclass(frozen=True)
class News:
    """How it stands with a server."""

    offline: bool = False
    words: str = ""
    """Why, or what the server refuses."""


class ServiceTiles:
    """The tiles of one service."""

    def __init__(self, service: Service, cache: Cache | None = None) -> None:
        self.service = service
        self._cache = cache or Cache()
        self._hosts = web_template.hosts(service)
        self._pool = ThreadPoolExecutor(web_fetch.AT_ONCE, thread_name_prefix="tiles")
        self._pictures: OrderedDict[At, Any] = OrderedDict()
        self._until = 0.0
        """When a server that was silent is asked again."""
        self._stumbled = 0
        """Tiles in a row that it failed over."""
        self._missed: str | None = None
        """The address that it did not answer."""
        self._faults = Faults()
        self._lock = threading.Lock()
        self.news = News()

    @property
    def grid(self) -> Grid:
        """What they lie on."""
        return self.service.grid

    @property
    def bounds(self) -> Box | None:
        """Where there are any."""
        return self.service.bounds

    def get(self, wanted: Collection[At]) -> Got:
        """Some tiles; those are lacking that the server can't be asked for now, and were never seen."""
        end = time.monotonic() + _TOGETHER
        under_way = {at: self._pool.submit(self._tile, at, end) for at in wanted if at not in self._pictures}
        come = {at: future.result() for at, future in under_way.items()}
        for at, (sure, picture) in come.items():
            if sure:
                self._pictures[at] = picture
        found = {at: come[at][1] if at in come else self._pictures[at] for at in wanted}
        for at in wanted:
            if at in self._pictures:
                self._pictures.move_to_end(at)
        self._forget()
        # What is old is shown, and asked for again.
        lacking = frozenset(at for at, (sure, _) in come.items() if not sure)
        return Got({at: picture for at, picture in found.items() if picture is not None}, lacking)

    def _forget(self) -> None:
        """Keep what was asked for last: a service's tiles may be of 256 pixels a side or of 4096."""
        sizes = {at: _BARE + (0 if one is None else one.nbytes) for at, one in self._pictures.items()}
        left = sum(sizes.values())
        for at, size in sizes.items():
            if left <= _KEPT:
                return
            del self._pictures[at]
            left -= size

    def first(self, box: Box | None) -> bytes | None:
        """A tile of a middling level in the middle of a box, to see what comes; None where there is none just there.

        Each host is asked for it. Raises what is wrong with a server or the question.
        """
        middle = len(self.grid.levels) * 3 // 5
        for place in (middle, middle // 2):
            level = self.grid.levels[place]
            left, top = 0, 0
            if box:
                x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
                left, top, *_ = tile_grid.span(level, (x, y, x, y))
            came = [self._come(place, left, top, one) for one in self.service.hosts or (None,)]
            data = next((one for one in came if one), None)
            if data:
                return data
        return None

    def reach(self) -> bool:
        """Whether more may come: the server, asked for what it did not answer last, answers, or a tile is due."""
        if self._missed is None:
            return self._faults.due
        try:
            web_fetch.get(self._missed, self._hosts, BOUNDS)
        except Unreachable as why:
            if not why.values.get("answered"):
                return False
        except TwinError:
            pass
        self._answered()
        return True

    def _come(self, place: int, x: int, y: int, named: str | None) -> bytes:
        """A tile by one of the hosts; empty where there is none."""
        url = web_template.filled(self.service, place, x, y, named)
        answer = web_fetch.get(url, self._hosts, BOUNDS, _ACCEPT)
        data = self._data(answer)
        if data:
            self._cache.put(url, data, answer.headers.get("cache-control", ""))
        return data

    def _tile(self, at: At, end: float) -> tuple[bool, Any]:
        """Whether it is known what there is, and the picture, if there is one."""
        url = web_template.filled(self.service, *at)
        kept = self._cache.get(url)
        if kept and kept.fresh:
            return True, tile_picture.rgba(kept.data) if kept.data else None
        old = tile_picture.rgba(kept.data) if kept and kept.data else None
        now = time.monotonic()
        if now < self._until or now > end or self._faults.waits(at):
            return False, old
        try:
            answer = web_fetch.get(url, self._hosts, BOUNDS, _ACCEPT)
            data = self._data(answer)
        except Unreachable as why:
            self._unanswered(at, url, why)
            return False, old
        except TwinError as why:
            self.news = News(words=why.shown())
            self._faults.over(at)
            return True, old
        self._answered()
        self._faults.over(at)
        self._cache.put(url, data, answer.headers.get("cache-control", ""))
        return True, tile_picture.rgba(data) if data else None

    def _data(self, answer: web_fetch.Answer) -> bytes:
        """A tile's bytes, empty where there is none; raises what the server says otherwise."""
        if answer.status in _GONE:
            return b""
        if answer.status >= 500 or answer.status in _PASSING:
            words = mark("{host} has trouble of its own (HTTP {status}).")
            named = web_fetch.host(answer.url)
            raise Unreachable(words, answer.url, host=named, status=str(answer.status), answered=True)
        if answer.status != 200:
            raise Refused(REFUSES, answer.url, host=web_fetch.host(answer.url), status=str(answer.status))
        if tile_picture.rgba(answer.body) is None:
            raise no_picture(answer)
        return answer.body

    def _unanswered(self, at: At, url: str, why: Unreachable) -> None:
        """A server that is silent is left alone; one that stumbles over a tile only when it does so again and again."""
        answered = bool(why.values.get("answered"))
        if answered:
            self._faults.add(at)
        with self._lock:
            self._stumbled += 1
            if answered and self._stumbled < _STUMBLES:
                return
            self._until = time.monotonic() + float(why.values.get("quiet", _QUIET))
            self._missed = url
            self.news = News(offline=True, words=why.shown())

    def _answered(self) -> None:
        with self._lock:
            self._until, self._missed, self._stumbled, self.news = 0.0, None, 0, News()


REFUSES = mark("{host} refuses it (HTTP {status}). Check the address, and whether it needs a key.")


def no_picture(answer: web_fetch.Answer) -> TwinError:
    """What a server said where a picture was expected."""
    named = web_fetch.host(answer.url)
    if tile_picture.kind(answer.body) == "vector":
        words = mark(
            "{host} gives vector tiles, which are cut up for drawing: name a service of pictures, or of features."
        )
        return CannotRead(words, answer.url, host=named)
    said = web_xml.complaint(answer.body)
    if said:
        return Refused(mark("{host} refuses it and says: {said}"), answer.url, host=named, said=said)
    words = mark("{host} sends no picture but {kind}. Check the address.")
    return CannotRead(words, answer.url, host=named, kind=answer.kind or "–")


@lru_cache(maxsize=16)
def of(service: Service) -> ServiceTiles:
    """The tiles of a service; kept, with what is known of its server."""
    return ServiceTiles(service)
