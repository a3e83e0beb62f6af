"""What was seen of services, kept on the disk: found again with no network, and bounded.

A file's change time is when it stops being fresh, its access time when it was last looked at: no index is needed,
and several processes may share the folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from twin.core import paths

FOLDER = "web"
MOST = 512 << 20
"""Bytes that all that is kept may take."""
_LEFT = 0.8
"""Of it, that is left after what was looked at least has gone."""
_LOOKED = 32 << 20
"""Bytes that are added before it is measured again."""
_SHORTEST, _LONGEST, _USUAL = 3600.0, 30 * 86_400.0, 7 * 86_400.0
"""Seconds that a tile is fresh, whatever its server says; and where it says nothing."""
_NOTHING = 86_400.0
"""Seconds for which a tile that isn't there is not asked for again."""


@dataclass(frozen=True)
class Kept:
    """Something that was fetched before."""

    data: bytes
    """Empty where the server had nothing."""
    fresh: bool


class Cache:
    """What is kept of services, by their addresses."""

    def __init__(self, folder: Path | None = None, most: int = MOST) -> None:
        self._folder, self._most = folder or paths.cache() / FOLDER, most
        self._added = _LOOKED

    def get(self, key: str) -> Kept | None:
        """What is kept under a key; None where nothing is."""
        file = self._file(key)
        try:
            data, found = file.read_bytes(), file.stat()
        except OSError:
            return None
        with contextlib.suppress(OSError):
            os.utime(file, (time.time(), found.st_mtime))
        return Kept(data, found.st_mtime > time.time())

    def put(self, key: str, data: bytes, caching: str = "") -> None:
        """Keep something, as long as its Cache-Control says within bounds; a full disk keeps nothing."""
        file = self._file(key)
        with contextlib.suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as draft:
                made = Path(draft.name)
                try:
                    draft.write(data)
                    draft.close()
                    until = time.time() + (_fresh(caching) if data else _NOTHING)
                    os.utime(made, (time.time(), until))
                    made.replace(file)
                finally:
                    made.unlink(missing_ok=True)
        self._added += len(data)
        if self._added >= min(_LOOKED, self._most // 8):
            self._added = 0
            self._shrink()

    def _file(self, key: str) -> Path:
        name = hashlib.sha256(key.encode()).hexdigest()
        return self._folder / name[:2] / name[2:]

    def _shrink(self) -> None:
        found = list(self._there())
        size = sum(one[1] for one in found)
        if size <= self._most:
            return
        for _, bytes_, name in sorted(found):
            with contextlib.suppress(OSError):
                Path(name).unlink()
            size -= bytes_
            if size <= self._most * _LEFT:
                return

    def _there(self) -> Iterator[tuple[float, int, str]]:
        """When each file was last asked for, its size and path; others may take some away meanwhile."""
        for path in self._folder.glob("*/*"):
            with contextlib.suppress(OSError):
                one = path.stat()
                yield one.st_atime, one.st_size, str(path)


def _fresh(caching: str) -> float:
    for part in caching.lower().split(","):
        name, _, value = part.strip().partition("=")
        if name == "max-age" and value.strip('"').isdigit():
            return min(_LONGEST, max(_SHORTEST, float(value.strip('"'))))
        if name in ("no-cache", "no-store"):
            return _SHORTEST
    return _USUAL
