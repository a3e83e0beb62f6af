"""Features that a service gives page by page, gathered into one GeoJSON file within bounds, each once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from twin.core.errors import CannotRead, TooLarge
from twin.core.i18n import mark
from twin.formats import web_fetch
from twin.formats.vector_geojson import member

PAGE = 1000
"""Features that are asked for at a time."""
MOST, BYTES = 1_000_000, 1 << 30
"""Features and bytes of a layer."""
PAGES = 10_000
"""Of a layer."""
BOUNDS = web_fetch.Bounds(seconds=180.0, size=256 << 20, wait=60.0)
"""Of one page: a server may count for long before it sends."""
_BROKEN = mark("What {host} sent is no GeoJSON that can be read, or it broke off. Nothing was taken in: try again.")

Feature = Mapping[str, Any]


class Gathered:
    """The file under way."""

    def __init__(self, path: Path, name: str, crs: str | None, url: str) -> None:
        """``crs`` is the features', None for longitude and latitude of WGS 84."""
        self.path, self._url = path, url
        self.count = self.pages = self.again = 0
        self._known: set[str] = set()
        self._size = 0
        self._file = path.open("wb")
        said = {"name": name, **({"crs": member(crs)} if crs else {})}
        self._write(
            json.dumps({"type": "FeatureCollection", **said}, ensure_ascii=False)[:-1].encode() + b',"features":['
        )

    def add(self, features: list[Feature]) -> int:
        """Take a page in; how many of it were new. Features without an id are new, whatever they are."""
        self.pages += 1
        new = 0
        for feature in features:
            named = feature.get("id")
            if named is not None:
                if str(named) in self._known:
                    self.again += 1
                    continue
                self._known.add(str(named))
            self._write((b",\n" if self.count else b"\n") + json.dumps(feature, ensure_ascii=False).encode())
            self.count += 1
            new += 1
            if self.count > MOST or self._size > BYTES:
                words = mark(
                    "It gives more than {most} features or {size} MB here, which is more than can be taken in at once. "
                    "Bring the data as a file (GeoPackage)."
                )
                raise TooLarge(words, self._url, most=MOST, size=BYTES >> 20)
        return new

    def close(self) -> None:
        """Write the end of it."""
        self._write(b"\n]}\n")
        self._file.close()

    def _write(self, data: bytes) -> None:
        self._size += len(data)
        self._file.write(data)


def document(answer: web_fetch.Answer) -> dict[str, Any]:
    """An answer's JSON object; CannotRead where it is none."""
    try:
        found = json.loads(answer.body.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as why:
        raise CannotRead(_BROKEN, answer.url, host=web_fetch.host(answer.url)) from why
    if not isinstance(found, dict):
        raise CannotRead(_BROKEN, answer.url, host=web_fetch.host(answer.url))
    return found


def features(answer: web_fetch.Answer) -> tuple[list[Feature], dict[str, Any]]:
    """A page's features, and the whole of what was sent with them."""
    found = document(answer)
    there = found.get("features")
    if not isinstance(there, list) or not all(isinstance(one, dict) for one in there):
        raise CannotRead(_BROKEN, answer.url, host=web_fetch.host(answer.url))
    return there, found


def endless(url: str) -> TooLarge:
    """What is said where there are more pages than are asked for."""
    words = mark(
        "{host} gives so few features at a time that there are more than {most} pages of them. Nothing was taken in: "
        "bring the data as a file (GeoPackage)."
    )
    return TooLarge(words, url, host=web_fetch.host(url), most=PAGES)


def total(said: Mapping[str, Any]) -> int | None:
    """How many features there are in all, where the server says so."""
    for name in ("numberMatched", "totalFeatures"):
        if isinstance(said.get(name), int) and not isinstance(said.get(name), bool):
            return int(said[name])
    return None


Tell = Callable[[int, int | None], None]
"""Says how many have come, of how many."""


def _no_number(said: str) -> Any:
    raise ValueError(said)
