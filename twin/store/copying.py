"""A copy to read of a city that another process has open."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from twin.core.errors import CannotOpen, TwinError
from twin.core.i18n import mark
from twin.store.city import City

_TRIES = 5


def readable_copy(path: Path, folder: Path) -> Path:
    """Copy the city and its log into a folder, whole enough to open; tried again where a checkpoint came between.

    Never of a city that this very process has open: closing a copy's source would drop DuckDB's lock on it.
    """
    copy = folder / path.name
    for _ in range(_TRIES):
        for ending in ("", ".wal"):
            source, target = path.with_name(path.name + ending), copy.with_name(copy.name + ending)
            target.unlink(missing_ok=True)
            if source.exists():
                shutil.copyfile(source, target)
        try:
            City.open(copy, read_only=True).close()
        except TwinError:
            time.sleep(0.2)
        else:
            return copy
    raise CannotOpen(mark("No copy could be made while the city is being written: try again in a moment."), path)
