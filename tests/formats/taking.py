"""Taking a file in, as the tests need it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa

from twin.formats.intake import Answer, Request, TakenLayer, take_in


def take(path: Path, **said: Any) -> Answer:
    """Take a file in, in this process."""
    return take_in(Request(path=str(path), scratch=tempfile.mkdtemp(), **said))


def table(taken: TakenLayer) -> pa.Table:
    """A layer's features."""
    return pa.ipc.open_stream(taken.ipc).read_all()
