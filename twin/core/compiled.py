"""Where a bundle keeps its compiled kernels: numba's own ways go by files that a bundle doesn't have."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from numba.core import caching

from twin.core import paths

BROUGHT = "kernels"
"""The folder in a bundle with what was compiled when it was made."""


class InBundle(caching.UserWideCacheLocator):
    """Among the person's files, the same from whatever folder the program is started."""

    def __init__(self, function: Callable[..., Any], file: str) -> None:
        super().__init__(function, file)  # type: ignore[no-untyped-call]
        self._source = Path(file)
        kept = paths.cache() / "numba"
        if self._source.is_absolute():
            # A plugin's.
            self._cache_path = str(kept / self.get_suitable_cache_subpath(file))  # type: ignore[no-untyped-call]
        else:
            # A module of the bundle says its file relative to the bundle. Another bundle has kernels of its own.
            below = _hashed(Path(sys.executable))[:12]
            _bring(kept / below)
            self._cache_path = str(kept / below / self._source.parent)

    def get_source_stamp(self) -> str:
        """What a kernel's source is known by: a plugin's own text, else the program's."""
        return _hashed(self._source if self._source.is_absolute() else Path(sys.executable))


@cache
def _hashed(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _bring(place: Path) -> None:
    """Put what the bundle brings where it can grow; whole or not at all, since another process may do the same."""
    brought = paths.program() / BROUGHT
    if place.exists() or not brought.exists():
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, ignore_cleanup_errors=True) as draft, suppress(OSError):
        shutil.copytree(brought, Path(draft) / "whole")
        (Path(draft) / "whole").rename(place)
