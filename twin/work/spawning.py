"""Children that don't run the program's main module again: it may import Qt, or have no guard."""

from __future__ import annotations

import multiprocessing.spawn
import threading
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.process import BaseProcess
from typing import Any, cast

_lock = threading.Lock()


class _Process(SpawnProcess):
    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Any:
        spawn = cast(Any, multiprocessing.spawn)
        prepare = spawn.get_preparation_data

        def without_main(name: str) -> dict[str, Any]:
            data: dict[str, Any] = prepare(name)
            return {key: value for key, value in data.items() if not key.startswith("init_main")}

        # Only the time of one start: other users of multiprocessing find it as it was.
        with _lock:
            spawn.get_preparation_data = without_main
            try:
                return cast(Any, SpawnProcess)._Popen(process_obj)
            finally:
                spawn.get_preparation_data = prepare


class Spawning(SpawnContext):
    """multiprocessing's spawn, less the main module."""

    Process = _Process
