"""Rows laid aside on disk while the city grows, and read again batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa


class Shelf:
    """One record batch for each superblock, in an Arrow file."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / f"{name}.arrow"
        self._writer: pa.ipc.RecordBatchFileWriter | None = None

    def put(self, batch: pa.RecordBatch) -> None:
        """The next superblock's."""
        if self._writer is None:
            self._writer = pa.ipc.new_file(str(self._path), batch.schema)
        self._writer.write_batch(batch)

    def read(self) -> Iterator[pa.RecordBatch]:
        """All of them, one in memory at a time; the last was put."""
        reader = self.opened()
        return (reader.get_batch(n) for n in range(reader.num_record_batches))

    def opened(self) -> pa.ipc.RecordBatchFileReader:
        """For any of them by number."""
        if self._writer is not None:
            self._writer.close()
        # Read rather than mapped: pages of a map stay with the process.
        return pa.ipc.open_file(pa.OSFile(str(self._path)))
