"""``balad pack``: one folder with the city and all its linked files, to be carried elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from twin.core.errors import CannotWrite, Refused
from twin.core.i18n import mark, tr, trn
from twin.model.link import Link
from twin.store import lastgood
from twin.store.city import City
from twin.store.copying import readable_copy
from twin.work.commands import Help
from twin.work.context import Context
from twin.work.gathering import gathered
from twin.work.links import linked

_SECONDS, _MEMORY = 600.0, 4 << 30


@dataclass(frozen=True)
class Packed:
    """A folder that was made."""

    folder: Path
    city: Path
    files: int
    missing: tuple[str, ...]
    changed: tuple[str, ...]

    def lines(self) -> Iterable[str]:
        """Where it is, and what is not in it."""
        counted = trn("{n} linked file", "{n} linked files", self.files)
        yield tr("Packed: the city and {counted}\n{folder}", counted=counted, folder=str(self.folder))
        for layer in self.missing:
            yield tr("The file of “{layer}” is missing and was left out.", layer=layer)
        for layer in self.changed:
            yield tr("The file of “{layer}” is not what it was when it was linked.", layer=layer)

    def printed(self) -> object:
        """The folder, the city in it, how many files, and whose are missing or changed."""
        return {
            "folder": str(self.folder), "city": str(self.city), "files": self.files,
            "missing": list(self.missing), "changed": list(self.changed),
        }  # fmt: skip


def pack(context: Context, folder: Annotated[Path, Help("a new folder")]) -> Packed:
    """Make a folder with a copy of the city and of all its linked files; nothing of the city is changed."""
    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(mark("There is something of this name already: name a new folder, or an empty one."), folder)
    if not folder.parent.is_dir():
        raise Refused(mark("There is no such folder: make it first, or choose another."), folder.parent)
    there = linked(context.city.layers(), context.path)
    draft = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir()
        links, changed = gathered(there, draft, context)
        job = context.city.still(
            lambda: context.jobs.run(
                _copied, context.path, draft, links, title=folder.name, timeout=_SECONDS, memory=_MEMORY
            ).result()
        )
        if folder.exists():
            folder.rmdir()
        draft.replace(folder)
    except OSError as why:
        words = mark("The folder can’t be written: {why}.")
        raise CannotWrite(words, folder, why=why.strerror or str(why)) from why
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    missing = tuple(one.layer.title for one in there if one.state == "missing")
    return Packed(folder, folder / str(job), len({link.path for link in links.values()}), missing, changed)


def _copied(city: Path, draft: Path, links: dict[str, Link], _progress: Callable[[float, str], None]) -> str:
    """In a child, which holds no lock on the city: its copy, with the links as they are there."""
    copy = readable_copy(city, draft)
    with City.open(copy) as packed:
        for layer in packed.layers():
            if layer.id in links:
                packed.change_layer(layer.model_copy(update={"link": links[layer.id]}))
    lastgood.beside(copy).unlink(missing_ok=True)
    return copy.name
