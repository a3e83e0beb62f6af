"""One server over HTTP, and no other: bounded in time, bytes, redirects and what is asked at once.

Only http and https are spoken, and only with the host that a person named: a redirect elsewhere, or to a file, is
refused in words. What is packed is unpacked within bounds. A server that asks to be left alone for a while is.
"""

from __future__ import annotations

import email.utils
import http.client
import ipaddress
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from twin import __version__
from twin.core.errors import CannotRead, Refused, TooLarge, Unreachable
from twin.core.i18n import mark
from twin.formats import web_deadline

AGENT = f"Balad/{__version__}"
AT_ONCE = 4
"""Requests to a server at a time."""
_REDIRECTS = 5
_CHUNK = 1 << 16
_BUSY = (429, 503)
_PATIENCE = 5.0
"""Seconds that a server may ask for and get at once; it isn't asked again before what is longer has gone by."""
_TRIES = 3
_SILENCE = 15.0
"""Seconds for which a busy server that says no time is left alone."""
NO_ADDRESS = mark("This is no address of a server: it begins with http:// or https:// and names a host.")
_PASSWORD = mark(
    "The address has a name or a password in it, which would be kept in the city’s file: leave it out, or ask for an "
    "address that needs none."
)
_SILENT = mark("{host} doesn’t answer: {why}. Check the address and the network.")
_ELSEWHERE = mark(
    "{host} sends on to {other}. Balad asks only the server that you name: if you trust the other, name its address."
)


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    url: str
    """Where it came from at last."""
    status: int
    kind: str
    """Its media type, in small letters, without parameters."""
    headers: Mapping[str, str]
    """By their names in small letters."""
    body: bytes

    @property
    def charset(self) -> str:
        """The encoding that its head names; UTF-8 where it names none."""
        return _parameter(self.headers.get("content-type", ""), "charset") or "utf-8"


@dataclass(frozen=True)
class Bounds:
    """What one answer may cost."""

    seconds: float = 30.0
    """From the request to the last byte."""
    size: int = 64 << 20
    """Bytes, unpacked."""
    wait: float = 8.0
    """Seconds of silence."""


def host(url: str) -> str:
    """The host that an address names, in small letters; Refused where it is no address that is spoken with."""
    try:
        parts = urlsplit(url)
        named, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise Refused(NO_ADDRESS, url) from None
    sane = all(" " < one < "\x7f" or one > "\xa0" for one in url) and port != 0
    if parts.scheme.lower() not in ("http", "https") or not named or not sane:
        raise Refused(NO_ADDRESS, url)
    if parts.username or parts.password:
        raise Refused(_PASSWORD, f"{parts.scheme}://{named}{parts.path}")
    return named


def joined(url: str, said: str) -> str:
    """The address that a document or an answer at an address names; Refused where that is none."""
    try:
        return urljoin(url, said)
    except ValueError:
        raise Refused(NO_ADDRESS, said[:120]) from None


def get(url: str, hosts: Collection[str], bounds: Bounds | None = None, accept: str = "*/*") -> Answer:
    """Ask for an address; whatever its status is comes back.

    Raises Unreachable where nobody answers in time or the server wants to be left alone, Refused where it leads to
    another host than ``hosts``, TooLarge beyond the bounds.
    """
    bounds = bounds or Bounds()
    end = time.monotonic() + bounds.seconds
    for tried in range(_TRIES):
        found = _followed(url, hosts, bounds, end, accept)
        if found.status not in _BUSY:
            return found
        pause = _asked_for(found.headers.get("retry-after", ""))
        short = pause is not None and pause <= min(_PATIENCE, end - time.monotonic())
        if pause is None or not short or tried == _TRIES - 1:
            quiet = _SILENCE if pause is None else pause
            words = mark("{host} is busy and asks to be left alone for {seconds} s.")
            raise Unreachable(words, url, quiet=quiet, host=host(url), seconds=max(1, round(quiet)))
        time.sleep(pause)
    raise AssertionError


def _followed(url: str, hosts: Collection[str], bounds: Bounds, end: float, accept: str) -> Answer:
    first = host(url)
    for _ in range(_REDIRECTS + 1):
        if host(url) not in hosts:
            raise Refused(_ELSEWHERE, url, host=first, other=host(url))
        with _slots(host(url)):
            found = _once(url, bounds, end, accept)
        if found.status not in (301, 302, 303, 307, 308) or "location" not in found.headers:
            return found
        before, url = url, joined(url, found.headers["location"]).split("#")[0]
        if urlsplit(url).scheme.lower() not in ("http", "https"):
            raise Refused(_ELSEWHERE, before, host=first, other=url[:120])
        if urlsplit(before).scheme == "https" and urlsplit(url).scheme == "http":
            words = mark("{host} sends on from https to http, where everybody could read along: it was not followed.")
            raise Refused(words, before, host=first)
    raise CannotRead(mark("{host} sends on in a circle."), url, host=first)


def _once(url: str, bounds: Bounds, end: float, accept: str) -> Answer:
    named = host(url)
    asked = web_deadline.Timed(_plain(url), {"User-Agent": AGENT, "Accept": accept, "Accept-Encoding": "gzip"}, end)
    try:
        answer = _opener(_is_here(named)).open(asked, timeout=max(0.1, min(bounds.wait, end - time.monotonic())))
        with answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            body = _read(answer, headers, bounds, end, url)
    except web_deadline.TooSlow as why:
        raise _slow(url, bounds) from why
    except (urllib.error.URLError, OSError, http.client.HTTPException, UnicodeError) as why:
        raise _unanswered(getattr(why, "reason", why), url) from why
    return Answer(url, int(answer.status), _media(headers), headers, body)


def _plain(url: str) -> str:
    """An address in the letters that HTTP knows: people and servers write Arabic ones as they are (RFC 3987)."""
    if url.isascii():
        return url
    parts = urlsplit(url)
    path, query = (quote(one, safe="%/:=&?~+!$,;'@()*[]{}|") for one in (parts.path, parts.query))
    return urlunsplit((parts.scheme, parts.netloc.encode("idna").decode("ascii"), path, query, ""))


def _read(answer: Any, headers: Mapping[str, str], bounds: Bounds, end: float, url: str) -> bytes:
    packing = headers.get("content-encoding", "").strip().lower()
    unpack = _unpacking(packing, url)
    parts, size = [], 0
    while True:
        if time.monotonic() > end:
            raise _slow(url, bounds)
        # One call of recv: whoever sends a byte a second is not waited for until a block is full.
        raw = answer.read1(_CHUNK)
        if not raw:
            break
        try:
            part = unpack(raw, bounds.size - size + 1)
        except zlib.error as why:
            raise CannotRead(mark("What {host} sent is damaged."), url, host=host(url)) from why
        size += len(part)
        if size > bounds.size:
            words = mark("{host} sends more than the {most} MB that an answer may have.")
            raise TooLarge(words, url, host=host(url), most=max(1, bounds.size >> 20))
        parts.append(part)
    if answer.length:
        raise http.client.IncompleteRead(b"", int(answer.length or 0))
    return b"".join(parts)


def _unpacking(packing: str, url: str) -> Callable[[bytes, int], bytes]:
    if packing in ("", "identity"):
        return lambda raw, _most: raw
    if packing not in ("gzip", "x-gzip", "deflate"):
        raise CannotRead(mark("{host} packs by {way}, which it was not asked for."), url, host=host(url), way=packing)
    made = zlib.decompressobj(47)
    return lambda raw, most: made.decompress(raw, max(1, most))


class _AnyStatus(urllib.request.HTTPErrorProcessor):
    """An answer is an answer, whatever its status: redirects are looked at and followed by hand."""

    def http_response(self, _request: Any, response: Any) -> Any:
        """As it came."""
        return response

    https_response = http_response  # type: ignore[assignment]


@cache
def _opener(here: bool) -> urllib.request.OpenerDirector:
    """HTTP and HTTPS alone: no files, no FTP; by the system's proxy but on this very machine."""
    made = urllib.request.OpenerDirector()
    handlers: list[Any] = [
        urllib.request.ProxyHandler({} if here else None),
        web_deadline.HTTPHandler(),
        web_deadline.HTTPSHandler(context=_trusted()),
        _AnyStatus(),
    ]
    for one in handlers:
        made.add_handler(one)
    return made


def _trusted() -> ssl.SSLContext:
    """The system's authorities, and those of the environment where the system has none."""
    made = ssl.create_default_context()
    if not made.get_ca_certs():
        try:
            import certifi

            made.load_verify_locations(certifi.where())
        except (ImportError, OSError):
            pass
    return made


def _is_here(named: str) -> bool:
    if named == "localhost":
        return True
    try:
        return ipaddress.ip_address(named).is_loopback
    except ValueError:
        return False


_locks = threading.Lock()
_asking: dict[str, threading.BoundedSemaphore] = {}


def _slots(named: str) -> threading.BoundedSemaphore:
    with _locks:
        return _asking.setdefault(named, threading.BoundedSemaphore(AT_ONCE))


def _asked_for(said: str) -> float | None:
    """Seconds that Retry-After asks for, as a number or as a time; None where it asks for none."""
    if said.strip().isdigit():
        return float(min(int(said), 86_400))
    try:
        return max(0.0, min(86_400.0, email.utils.parsedate_to_datetime(said).timestamp() - time.time()))
    except (TypeError, ValueError, OverflowError):
        return None


def _media(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").split(";")[0].strip().lower()


def _parameter(said: str, name: str) -> str:
    for part in said.split(";")[1:]:
        key, _, value = part.partition("=")
        if key.strip().lower() == name:
            return value.strip().strip('"')
    return ""


def _slow(url: str, bounds: Bounds) -> Unreachable:
    words = mark("{host} is too slow: it has taken more than {seconds} s.")
    return Unreachable(words, url, host=host(url), seconds=round(bounds.seconds))


def _unanswered(reason: object, url: str) -> Unreachable:
    """What became of an unanswered question, in words."""
    words = _SILENT
    if isinstance(reason, ssl.SSLCertVerificationError):
        words = mark("The certificate of {host} isn’t trusted: {why}.")
    elif isinstance(reason, ConnectionRefusedError):
        words = mark("{host} doesn’t answer there. Check the address and its port.")
    elif isinstance(reason, TimeoutError):
        words = mark("{host} doesn’t answer in time. Check the address and the network.")
    elif isinstance(reason, socket.gaierror):
        words = mark("No server named {host} can be found. Check the address and the network.")
    elif isinstance(reason, http.client.IncompleteRead):
        words = mark("The answer of {host} broke off. Try again.")
    answered = isinstance(reason, http.client.IncompleteRead)
    said = getattr(reason, "verify_message", None) or getattr(reason, "strerror", None) or str(reason)
    told = str(said)[:160] or type(reason).__name__
    return Unreachable(words, url, host=host(url), why=told, answered=answered)
