"""A server on this machine for a test: what it answers, and what it was asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Asked:
    """A request."""

    path: str
    query: dict[str, str]
    """By names in small letters."""
    headers: dict[str, str]


@dataclass
class Reply:
    """What is sent back."""

    body: bytes | str = b""
    kind: str = "application/octet-stream"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    """Bytes after which it breaks off, though its head promises all."""
    pause: float = 0.0
    """Seconds before each byte."""
    head_pause: float = 0.0
    """Seconds before each byte of a line of the head, which is long."""


@dataclass
class Server:
    """A running server."""

    url: str
    answer: Callable[[Asked], Reply]
    asked: list[Asked] = field(default_factory=list)
    most: int = 0
    """Answers that were being made at once: whoever has one may have asked for the next."""
    under_way: int = 0
    stop: Callable[[], None] = lambda: None


@contextmanager
def serving(answer: Callable[[Asked], Reply], host: str = "127.0.0.1", port: int = 0) -> Iterator[Server]:
    """Serve until the block ends, or it is stopped."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name.lower(): value for name, value in parse_qsl(parts.query, keep_blank_values=True)}
            asked = Asked(parts.path, query, {name.lower(): value for name, value in self.headers.items()})
            with lock:
                made.asked.append(asked)
                made.under_way += 1
                made.most = max(made.most, made.under_way)
            try:
                reply = made.answer(asked)
            finally:
                with lock:
                    made.under_way -= 1
            with suppress(BrokenPipeError, ConnectionResetError):
                self._send(reply)

        def _send(self, reply: Reply) -> None:
            body = reply.body.encode() if isinstance(reply.body, str) else reply.body
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.head_pause:
                self.flush_headers()
                for byte in b"X-Long: " + b"x" * 1000:
                    time.sleep(reply.head_pause)
                    self.wfile.write(bytes([byte]))
                self.wfile.write(b"\r\n")
            self.end_headers()
            if reply.pause:
                for at in range(len(body)):
                    time.sleep(reply.pause)
                    self.wfile.write(body[at : at + 1])
                    self.wfile.flush()
            else:
                self.wfile.write(body if reply.cut is None else body[: reply.cut])
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    made = Server(f"http://{host}:{server.server_port}", answer)
    thread = threading.Thread(target=lambda: server.serve_forever(0.05), daemon=True)
    thread.start()
    stopped = threading.Event()

    def stop() -> None:
        if not stopped.is_set():
            stopped.set()
            server.shutdown()
            server.server_close()

    made.stop = stop
    try:
        yield made
    finally:
        stop()
        thread.join()
