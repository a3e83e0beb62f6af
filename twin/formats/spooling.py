"""A layer that is costly to read, kept as an Arrow file while its file is taken in: what asks again reads that."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

import pyarrow as pa

_ROOM: ContextVar[Path | None] = ContextVar("room", default=None)


@contextmanager
def within(folder: Path) -> Iterator[None]:
    """What is kept while a file is taken in goes to a folder that whoever asked for the file removes."""
    token = _ROOM.set(folder)
    try:
        yield
    finally:
        _ROOM.reset(token)


def room() -> Path:
    """The folder for what is kept for a while."""
    return _ROOM.get() or Path(tempfile.gettempdir())


def kept(batches: Iterator[pa.RecordBatch]) -> Path | None:
    """Batches as a file; None where there are none."""
    first = next(batches, None)
    if first is None:
        return None
    with tempfile.NamedTemporaryFile(dir=room(), prefix="spool", suffix=".arrows", delete=False) as file:
        path = Path(file.name)
    with pa.ipc.new_stream(str(path), first.schema) as writer:
        writer.write_batch(first)
        for batch in batches:
            writer.write_batch(batch)
    return path


def read(path: Path) -> Iterator[pa.RecordBatch]:
    """The batches again."""
    with pa.OSFile(str(path)) as source, pa.ipc.open_stream(source) as stream:
        yield from stream
