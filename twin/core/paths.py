"""Where things lie: the program's resources, and the person's own folders."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from platformdirs import user_cache_path, user_config_path, user_data_path, user_log_path

_NAME = "balad"
_OF_A_GEODATABASE = (".gdbtable", ".gdbtablx", ".gdbindexes")
_OF_TILES = "tilemapresource.xml"


def program() -> Path:
    """The folder that holds ``twin``, ``layers``, ``plugins`` and ``resources``; it may be read-only."""
    frozen = getattr(sys, "_MEIPASS", None)
    return Path(frozen) if frozen else Path(__file__).resolve().parents[2]


def resources() -> Path:
    """Icons, fonts, themes, ramps and catalogues."""
    return program() / "resources"


def config() -> Path:
    """The person's settings; ``BALAD_HOME`` puts all the person's folders in one place."""
    return _made(_home("config") or user_config_path(_NAME, appauthor=False))


def data() -> Path:
    """The person's cities and plugins."""
    return _made(_home("data") or user_data_path(_NAME, appauthor=False))


def cache() -> Path:
    """What can be made again at any time."""
    return _made(_home("cache") or user_cache_path(_NAME, appauthor=False))


def logs() -> Path:
    """What the program noted about itself."""
    return _made(_home("log") or user_log_path(_NAME, appauthor=False))


def scratch() -> Path:
    """A new, empty folder for one job's files; whoever asks for it removes it."""
    from twin.core import scratch as rooms

    return rooms.folder()


def dataset(path: Path) -> Path:
    """The folder where one of its files was chosen, since a file dialog chooses no folders; else the path itself."""
    inside = path.suffix.lower() in _OF_A_GEODATABASE or path.name.lower() == _OF_TILES
    return path.parent if inside else path


def _home(part: str) -> Path | None:
    home = os.environ.get("BALAD_HOME")
    return Path(home) / part if home else None


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def sample() -> Path:
    """The person's own sample city."""
    return data() / "jeddah.balad"
