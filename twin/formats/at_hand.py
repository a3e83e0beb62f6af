"""A file as it can be read: itself, or the folder that its zip was unpacked to for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from twin.formats import archives, linking, registry, spooling, text
from twin.formats.request import Request


@contextmanager
def opened(request: Request) -> Iterator[Path]:
    """Where what a person brought lies meanwhile, its text in the encoding that they say."""
    path = Path(request.path)
    if not archives.is_archive(path) or linking.in_zip(path, registry.formats()):
        with archives.called(path, path), spooling.within(Path(request.scratch)), text.said(request.encoding):
            yield path
        return
    with TemporaryDirectory(dir=request.scratch, prefix="unpacked") as room, spooling.within(Path(room)):
        unpacked = archives.unpack(path, Path(room))
        with archives.called(path, unpacked), text.said(request.encoding):
            yield unpacked
