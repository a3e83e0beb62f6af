"""Where a bundle keeps its compiled kernels: numba's own ways go by files that a bundle doesn't have."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from numba.core import caching

from twin.core import paths


class InBundle(caching.UserWideCacheLocator):
    """Among the person's files, the same from whatever folder the program is started."""

    def __init__(self, function: Callable[..., Any], file: str) -> None:
        super().__init__(function, file)  # type: ignore[no-untyped-call]
        # A module of the bundle says its file relative to the bundle; a plugin's says a whole path.
        self._source = paths.program() / file
        below = self.get_suitable_cache_subpath(str(self._source))  # type: ignore[no-untyped-call]
        self._cache_path = str(paths.cache() / "numba" / below)

    def get_source_stamp(self) -> str:
        """What a kernel's source is known by: a plugin's own text, else the program's."""
        return _hashed(self._source if self._source.exists() else Path(sys.executable))


@cache
def _hashed(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
