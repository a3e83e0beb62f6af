"""The bytes of an OpenStreetMap PBF: blocks, messages, packed numbers (protocol buffers, as far as PBF uses them)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LARGEST_HEAD, LARGEST_BLOCK = 64 << 10, 32 << 20
"""Bytes, by the format's own rules."""
Ids = NDArray[np.int64]


def blocks(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """Each block's type and content; ValueError where the file is none, or passes the format's bounds."""
    with path.open("rb") as file:
        while size := file.read(4):
            if len(size) < 4 or (length := struct.unpack(">I", size)[0]) > LARGEST_HEAD:
                raise ValueError(size)
            head = dict(fields(file.read(length)))
            if not 0 <= head[3] <= LARGEST_BLOCK + LARGEST_HEAD:
                raise ValueError(head)
            blob = dict(fields(file.read(head[3])))
            if 3 in blob:
                unpacked = zlib.decompressobj()
                content = unpacked.decompress(blob[3], LARGEST_BLOCK)
                if unpacked.unconsumed_tail or not unpacked.eof:
                    raise ValueError(len(content))
                yield head[1], content
            else:
                yield head[1], blob[1]


def fields(raw: bytes) -> Iterator[tuple[int, Any]]:
    """The fields of a message: number and value, an int or bytes."""
    at, end = 0, len(raw)
    while at < end:
        tag, at = _varint(raw, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = _varint(raw, at)
            yield number, value
        elif wire in (1, 2, 5):
            length = 8 if wire == 1 else 4
            if wire == 2:
                length, at = _varint(raw, at)
            if at + length > end:
                raise ValueError(number)
            yield number, raw[at : at + length]
            at += length
        else:
            raise ValueError(wire)


def packed(raw: bytes) -> Ids:
    """Packed varints, as 64 bits."""
    octets = np.frombuffer(raw, np.uint8)
    ends = np.flatnonzero(octets < 128)
    if not len(ends):
        return np.empty(0, np.int64)
    starts = np.concatenate([[0], ends[:-1] + 1])
    made = np.zeros(len(ends), np.uint64)
    for place in range(min(10, int((ends - starts).max()) + 1)):
        at = starts + place
        within = at <= ends
        made[within] |= (octets[at[within]].astype(np.uint64) & np.uint64(127)) << np.uint64(7 * place)
    return made.view(np.int64)


def few(raw: bytes) -> list[int]:
    """Packed varints, where there are few."""
    found, value, shift = [], 0, 0
    for octet in raw:
        value |= (octet & 127) << shift
        shift += 7
        if octet < 128:
            found.append(value)
            value = shift = 0
    return found


def summed_each(raws: list[bytes]) -> tuple[Ids, list[int]]:
    """Packed signed differences of many fields, each summed up by itself, and how many each has."""
    joined = b"".join(raws)
    found = packed(joined).view(np.uint64)
    steps = (found >> np.uint64(1)).view(np.int64) ^ -(found & np.uint64(1)).view(np.int64)
    ends = np.cumsum([0, *map(len, raws)])
    at = np.searchsorted(np.flatnonzero(np.frombuffer(joined, np.uint8) < 128), ends)
    lengths = np.diff(at)
    whole = np.cumsum(steps)
    before = np.concatenate([[0], whole])[at[:-1]]
    return whole - np.repeat(before, lengths), lengths.tolist()


def summed(raw: bytes) -> Ids:
    """Packed signed differences, summed up."""
    found = packed(raw).view(np.uint64)
    return np.cumsum((found >> np.uint64(1)).view(np.int64) ^ -(found & np.uint64(1)).view(np.int64))


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        octet = raw[at]
        at += 1
        value |= (octet & 127) << shift
        if octet < 128:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError(at)
