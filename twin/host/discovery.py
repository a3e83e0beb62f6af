"""Finding plugins without importing them."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from twin.core import paths
from twin.core.errors import Refused
from twin.core.i18n import mark, tongue, tr
from twin.host.manifest import Broken, Entry, Manifest
from twin.work.context import Kind

if TYPE_CHECKING:
    from twin.formats.request import Reader

_GROUP = "balad.plugins"
_log = logging.getLogger("balad")


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
    installed = list(_installed())
    folders = [one for one in installed if isinstance(one, Path)]
    broken = [one for one in installed if isinstance(one, Broken)]
    found = (*discover(*beside, paths.data() / "plugins", *folders, *named), *broken)
    for plugin in found:
        if isinstance(plugin, Broken):
            _log.error("plugin %s is left out: %s", plugin.id, plugin.reason)
    for plugin in found:
        if isinstance(plugin, Manifest) and str(plugin.folder.parent) not in sys.path:
            # Last of all, so that no plugin stands before what is there already.
            sys.path.append(str(plugin.folder.parent))
        if isinstance(plugin, Manifest) and (plugin.folder / "locale").is_dir():
            tongue.add_folder(plugin.folder / "locale")
    return found


def entries(room: str) -> Iterator[Entry]:
    """All entries of one array (``layers``, ``readers``…) over all sound plugins."""
    for plugin in plugins():
        if isinstance(plugin, Manifest):
            yield from getattr(plugin, room)


def readers() -> tuple[Reader, ...]:
    """The readers that files are read by: those that say ``when``, by the ends of the files' names."""
    from twin.formats.request import Reader  # no part of a start

    return tuple(
        Reader(plugin=plugin.id, title=tr(entry.id), run=entry.run, suffixes=tuple(entry.when.lower().split()))
        for plugin in plugins()
        if isinstance(plugin, Manifest)
        for entry in plugin.readers
        if entry.when
    )


class Kinds(Mapping[str, Kind]):
    """The layer kinds, each imported when it is first drawn."""

    def __init__(self) -> None:
        self._entries = {entry.id: entry for entry in entries("layers")}
        self._loaded: dict[str, Kind] = {}

    def __getitem__(self, name: str) -> Kind:
        if name not in self._loaded:
            self._loaded[name] = self._load(name)
        return self._loaded[name]

    def _load(self, name: str) -> Kind:
        # Kinds are compiled; what compiles them comes without what it would take along.
        import twin.core.kernels  # noqa: F401

        entry = self._entries[name]
        try:
            found: Kind = entry.load()
        except Exception as why:  # a plugin is a stranger: what it is needed for is refused, and the rest runs
            words = mark("The layer kind “{kind}” can’t be loaded from {module}: {why}. Mend or remove its plugin.")
            raise Refused(words, kind=name, module=entry.run, why=str(why)[:200].rstrip(".")) from why
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def _installed() -> Iterator[Path | Broken]:
    """The folders of installed packages that say they are plugins: found, not imported."""
    for point in sorted(entry_points(group=_GROUP), key=lambda one: one.name):
        try:
            spec = find_spec(point.module.split(".", maxsplit=1)[0])
        except (AttributeError, ImportError, ValueError):  # what it says it names is no module
            spec = None
        places = map(Path, (spec.submodule_search_locations or ()) if spec else ())
        folder = next((one for one in places if (one / "plugin.toml").exists()), None)
        if folder is None:
            yield Broken(id=point.name, reason=tr("its package {package} has no plugin.toml", package=point.value))
        else:
            yield folder
