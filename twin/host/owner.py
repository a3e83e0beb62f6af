"""A city open in one process answers the commands of others over a local socket, for the same user only."""

from __future__ import annotations

import io
import json
import logging
import os
import secrets
import threading
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from twin.core import scratch
from twin.store import lock

if TYPE_CHECKING:
    from twin.host.session import Session

log = logging.getLogger("balad")

_PATIENCE = 8.0
"""Seconds within which an owner that is alive hears a command."""
_BOUND = 16 << 20
"""The largest message taken, in bytes."""


class Owner:
    """Listens while a city is open; words are JSON, never pickles."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._key = secrets.token_bytes(32)
        self._folder = scratch.folder("owner-") if os.name != "nt" else None
        address = str(self._folder / "owner") if self._folder else rf"\\.\pipe\balad-{secrets.token_hex(8)}"
        self._listener = Listener(address, authkey=self._key)
        lock.announce(session.path, address, self._key.hex())
        self._closing = False
        self._thread = threading.Thread(target=self._listen, name="owner", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        self._closing = True
        self._listener.close()
        if self._folder:
            (self._folder / "owner").unlink(missing_ok=True)
            self._folder.rmdir()

    def _listen(self) -> None:
        while not self._closing:
            try:
                connection = self._listener.accept()
            except Exception as why:  # noqa: BLE001  a stranger's bad handshake must not end the listening
                log.info("a call that could not be taken: %s", why)
                continue
            threading.Thread(target=self._reply, args=(connection,), name="owner-reply", daemon=True).start()

    def _reply(self, connection: Connection) -> None:
        from twin.host import terminal

        with connection:
            try:
                words = json.loads(connection.recv_bytes(_BOUND))
                # Heard: from here on, whoever asks waits as long as the command takes.
                connection.send_bytes(b"{}")
                out, err = io.StringIO(), io.StringIO()
                try:
                    code = terminal.run(words, self._session, out, err)
                except SystemExit as usage:
                    code = int(usage.code or 0)
                answer = {"exit": code, "out": out.getvalue(), "err": err.getvalue()}
                connection.send_bytes(json.dumps(answer).encode())
            except (OSError, EOFError, ValueError):
                return


def ask_owner(city: Path, words: list[str], out: TextIO, err: TextIO) -> int | None:
    """Have the owner of an open city run a command line; None where nobody answers."""
    found = lock.announced(city)
    if not found:
        return None
    answer = _answered(*found, _absolute(words))
    if answer is None:
        return None
    out.write(answer["out"])
    err.write(answer["err"])
    return int(answer["exit"])


def _answered(address: str, key: str, words: list[str]) -> dict[str, Any] | None:
    """What it answers; None where it doesn't even hear within a few seconds, as a program that hangs does not."""
    heard, told = threading.Event(), list[dict[str, Any]]()

    def ask() -> None:
        try:
            with Client(address, authkey=bytes.fromhex(key)) as connection:
                connection.send_bytes(json.dumps(words).encode())
                connection.recv_bytes(_BOUND)
                heard.set()
                told.append(json.loads(connection.recv_bytes(_BOUND)))
        except (OSError, EOFError, ValueError, AuthenticationError) as why:
            log.info("the owner did not answer: %s", why)
        heard.set()

    asking = threading.Thread(target=ask, name="owner-ask", daemon=True)
    asking.start()
    if not heard.wait(_PATIENCE):
        return None
    asking.join()
    return told[0] if told else None


def _absolute(words: list[str]) -> list[str]:
    """The owner stands in another folder: words that name files here are made absolute."""
    return [str(Path(word).absolute()) if _is_file(word) else word for word in words]


def _is_file(word: str) -> bool:
    try:
        return not word.startswith("-") and Path(word).exists()
    except (OSError, ValueError):
        return False
