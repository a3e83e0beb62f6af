"""Arrow's arrays from numpy's and back over the same memory.

Arrow's own converters import pandas where it is installed, at the first array that they are given: a third of a second
and 30 MB, in each process that takes a file in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def integers(values: Any) -> pa.Array:
    """Of (n,) whole numbers."""
    return _over(pa.int64(), np.ascontiguousarray(values, np.int64), None)


def floats(values: Any) -> pa.Array:
    """Of (n,) numbers; NaN is null."""
    there = ~np.isnan(values)
    return _over(pa.float64(), np.ascontiguousarray(values, np.float64), None if there.all() else there)


def words(values: Sequence[str]) -> pa.Array:
    """Of strings."""
    return _joined(pa.string(), [one.encode() for one in values])


def blobs(values: Sequence[bytes]) -> pa.Array:
    """Of bytes."""
    return _joined(pa.binary(), values)


def numbers(column: pa.ChunkedArray) -> Any:
    """(n,) float64 of a column of numbers; null is NaN."""
    made = np.full(len(column), np.nan)
    start = 0
    for chunk in column.chunks:
        part = made[start : start + len(chunk)]
        start += len(chunk)
        plain = chunk.cast(pa.float64())
        if not plain.null_count:
            part[:] = np.from_dlpack(plain)
        elif plain.null_count < len(plain):
            part[_bits(plain.is_valid())] = np.from_dlpack(pc.drop_null(plain))
    return made


def _over(kind: pa.DataType, values: Any, there: Any) -> pa.Array:
    known = None if there is None else pa.py_buffer(np.packbits(there, bitorder="little"))
    return pa.Array.from_buffers(kind, len(values), [known, pa.py_buffer(values)])


def _joined(kind: pa.DataType, values: Sequence[bytes]) -> pa.Array:
    ends = np.concatenate([[0], np.cumsum([len(one) for one in values])]).astype(np.int32)
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(values))])


def _bits(flags: pa.Array) -> Any:
    """(n,) bool."""
    return np.from_dlpack(flags.cast(pa.uint8())).astype(bool)
