"""HTTP whose answer ends by a moment, its head too: a socket alone bounds only how long each byte may take."""

from __future__ import annotations

import http.client
import io
import socket
import time
import urllib.request
from functools import partial
from typing import Any


class TooSlow(TimeoutError):
    """Bytes came, but not all of them by the moment that was given."""


class Timed(urllib.request.Request):
    """A question and the moment, by the monotonic clock, by which it must be answered."""

    def __init__(self, url: str, headers: dict[str, str], end: float) -> None:
        super().__init__(url, headers=headers)
        self.end = end


class HTTPHandler(urllib.request.HTTPHandler):
    """Asks over http for Timed questions."""

    def http_open(self, req: Any) -> Any:
        """The answer to a question."""
        return self.do_open(partial(_made, http.client.HTTPConnection, req.end), req)


class HTTPSHandler(urllib.request.HTTPSHandler):
    """Asks over https for Timed questions."""

    def https_open(self, req: Any) -> Any:
        """The answer to a question."""
        context = self._context  # type: ignore[attr-defined]
        return self.do_open(partial(_made, http.client.HTTPSConnection, req.end), req, context=context)


def _made(kind: type[http.client.HTTPConnection], end: float, host: str, **values: Any) -> http.client.HTTPConnection:
    made = kind(host, **values)
    made.response_class = partial(_Response, end)  # type: ignore[assignment]
    return made


class _Response(http.client.HTTPResponse):
    def __init__(self, end: float, sock: socket.socket, *said: Any, **values: Any) -> None:
        super().__init__(sock, *said, **values)
        self.fp = io.BufferedReader(_Bytes(self.fp.detach(), sock, end))


class _Bytes(io.RawIOBase):
    """A socket's bytes until a moment, each within the socket's own patience."""

    def __init__(self, raw: Any, sock: socket.socket, end: float) -> None:
        self._raw, self._sock, self._end, self._wait = raw, sock, end, sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TooSlow
        last = self._wait is None or left < self._wait
        self._sock.settimeout(left if last else self._wait)
        try:
            return int(self._raw.readinto(buffer))
        except TimeoutError as why:
            if last:
                raise TooSlow from why
            raise

    def close(self) -> None:
        self._raw.close()
        super().close()
