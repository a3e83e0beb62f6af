"""Addresses of services: questions put into them, whatever stood in them before."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

OURS = frozenset(
    """service request version layers layer styles style crs srs bbox width height format transparent typename typenames
    outputformat srsname count maxfeatures startindex acceptversions sections tilematrixset tilematrix tilerow tilecol
    exceptions""".split()
)
"""What we ask for ourselves: all else that stands in an address is the server's own and stays."""


def asking(url: str, questions: Mapping[str, str]) -> str:
    """The address with questions; of what stood in it only the server's own is left."""
    parts = urlsplit(url)
    own = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key.lower() not in OURS]
    return _joined(url, [*own, *questions.items()])


def with_(url: str, questions: Mapping[str, str]) -> str:
    """The address with questions in the place of those of the same name."""
    named = {key.lower() for key in questions}
    kept = [(key, value) for key, value in parse_qsl(urlsplit(url).query, keep_blank_values=True)
            if key.lower() not in named]  # fmt: skip
    return _joined(url, [*kept, *questions.items()])


def said(url: str, key: str) -> str:
    """What an address says for a key; empty where nothing."""
    found = [value for name, value in parse_qsl(urlsplit(url).query) if name.lower() == key]
    return found[0] if found else ""


def bare(url: str) -> str:
    """The address without what is asked and without a slash at the end."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))


def below(url: str, way: str) -> str:
    """An address one step further, its questions kept."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, f"{parts.path.rstrip('/')}/{quote(way)}", parts.query, ""))


def _joined(url: str, questions: list[tuple[str, str]]) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(questions, safe=",:/", quote_via=quote), ""))
