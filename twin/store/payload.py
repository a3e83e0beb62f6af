"""A tile's payload as the city keeps it: by LZ4, which makes tiles on the disk and in memory half as large."""

from __future__ import annotations

import struct

import pyarrow as pa

_MARK = b"\x89LZ4BALD"
_CODEC = "lz4"


def kept(payload: bytes) -> bytes:
    """The payload as it is kept: a mark, its length, and what LZ4 makes of it."""
    return b"".join([_MARK, struct.pack("<Q", len(payload)), pa.compress(payload, codec=_CODEC, asbytes=True)])


def given(found: bytes) -> bytes:
    """The payload that was kept; one without the mark was kept as it is, before there was one."""
    if not found.startswith(_MARK):
        return found
    (size,) = struct.unpack_from("<Q", found, len(_MARK))
    body = memoryview(found)[len(_MARK) + 8 :]
    return bytes(pa.decompress(body, decompressed_size=size, codec=_CODEC, asbytes=True))
