"""Fingerprints of linked files, computed by a child beside whatever a person does; no window waits for them."""

from __future__ import annotations

import contextlib
import threading

from twin.core.errors import TwinError
from twin.core.priority import give_way
from twin.store.city import City
from twin.work.jobs import Jobs
from twin.work.links import fresh, linked

_SECONDS, _MEMORY = 6 * 3600.0, 1 << 30
_LATER = 5.0
"""Seconds: who has just opened a city looks at it first."""


class Hashing:
    """Looks once at each file that has no fingerprint yet, or was touched since it was linked."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._jobs = Jobs()
        self._looked: set[tuple[str, int, int]] = set()
        self._wake, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="hashing", daemon=True)
        self._thread.start()
        city.changed.connect(self._changed)
        self._wake.set()

    def close(self) -> None:
        """Stop."""
        self._stop.set()
        self._city.changed.disconnect(self._changed, missing_ok=True)
        self._jobs.close()
        self._wake.set()
        self._thread.join()

    def _changed(self, _change: object) -> None:
        self._wake.set()

    def _run(self) -> None:
        give_way()
        self._stop.wait(_LATER)
        while not self._stop.is_set():
            self._wake.wait()
            self._wake.clear()
            # Its child is for what is to be read now: none waits for the next file.
            with contextlib.suppress(TwinError), Jobs() as self._jobs:
                self._look()

    def _look(self) -> None:
        from twin.formats.digest import digest

        for one in linked(self._city.layers(), self._city.path):
            link = one.layer.link
            if (
                self._stop.is_set()
                or link is None
                or one.state == "missing"
                or one.file.is_dir()
                or (link.sha256 and one.state == "present")
            ):
                continue
            with contextlib.suppress(OSError):
                found = one.file.stat()
                key = (str(one.file), found.st_size, found.st_mtime_ns)
                if key in self._looked or (link.sha256 and found.st_size != link.size):
                    continue
                self._looked.add(key)
                job = self._jobs.run(digest, str(one.file), title=one.file.name, timeout=_SECONDS, memory=_MEMORY)
                sha256 = job.result()
                after = fresh(self._city.path, self._city.layer(one.layer.id), sha256)
                if after is not None and not self._stop.is_set():
                    self._city.change_layer(after)
