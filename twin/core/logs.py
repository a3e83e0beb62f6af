"""The log file: what was run, and the whole of what went wrong, for whoever has to find out."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from twin.core import paths

_BYTES, _OLDER = 1_000_000, 3


class _Quiet(RotatingFileHandler):
    """A full disk or a locked file must not end in a traceback on somebody's terminal."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Let the line go."""


def file() -> Path:
    """Where the log is kept."""
    return paths.logs() / "balad.log"


def keep() -> None:
    """Write what the logger ``balad`` says to the file, from now on; without a folder to write to, do without."""
    log = logging.getLogger("balad")
    if any(isinstance(handler, _Quiet) for handler in log.handlers):
        return
    try:
        handler = _Quiet(file(), maxBytes=_BYTES, backupCount=_OLDER, encoding="utf-8", delay=True)
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
