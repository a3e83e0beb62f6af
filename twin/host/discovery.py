"""Finding plugins without importing them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

from twin.core import paths
from twin.host.manifest import Broken, Entry, Manifest
from twin.work.context import Kind

_GROUP = "balad.plugins"


def discover(*folders: Path) -> Iterator[Manifest | Broken]:
    """The plugins in these folders, each a folder with a ``plugin.toml``."""
    for folder in folders:
        for file in (folder / "plugin.toml", *sorted(folder.glob("*/plugin.toml"))):
            if not file.exists():
                continue
            try:
                yield Manifest.read(file)
            except Exception as why:  # noqa: BLE001  a plugin is a stranger: report it, go on
                yield Broken(id=file.parent.name, reason=str(why))


@cache
def plugins() -> tuple[Manifest | Broken, ...]:
    """All plugins: beside the program, the person's, those of installed packages, and ``BALAD_PLUGINS``."""
    beside = [paths.program() / name for name in ("layers", "plugins", "sample_data")]
    named = [Path(folder) for folder in os.environ.get("BALAD_PLUGINS", "").split(os.pathsep) if folder]
    found = tuple(discover(*beside, paths.data() / "plugins", *_installed(), *named))
    for plugin in found:
        if isinstance(plugin, Manifest) and str(plugin.folder.parent) not in sys.path:
            # Last of all, so that no plugin stands before what is there already.
            sys.path.append(str(plugin.folder.parent))
    return found


def entries(room: str) -> Iterator[Entry]:
    """All entries of one array (``layers``, ``readers``…) over all sound plugins."""
    for plugin in plugins():
        if isinstance(plugin, Manifest):
            yield from getattr(plugin, room)


class Kinds(Mapping[str, Kind]):
    """The layer kinds, each imported when it is first drawn."""

    def __init__(self) -> None:
        self._entries = {entry.id: entry for entry in entries("layers")}
        self._loaded: dict[str, Kind] = {}

    def __getitem__(self, name: str) -> Kind:
        if name not in self._loaded:
            # Most kinds import numba, which then comes without what it would take along.
            import_module("twin.core.kernels")
            self._loaded[name] = self._entries[name].load()
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def _installed() -> Iterator[Path]:
    for point in entry_points(group=_GROUP):
        spec = point.module.split(".", maxsplit=1)[0]
        for distribution_file in (point.dist.files or ()) if point.dist else ():
            if distribution_file.name == "plugin.toml" and distribution_file.parts[0] == spec:
                yield Path(str(distribution_file.locate())).parent
