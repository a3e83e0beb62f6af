"""``balad pack``: one folder with the city and all its linked files, to be carried elsewhere."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from twin.core.errors import CannotWrite, Refused
from twin.core.i18n import mark, tr, trn
from twin.model.link import Link, of
from twin.store import lastgood
from twin.store.city import City
from twin.store.copying import readable_copy
from twin.work.commands import Help
from twin.work.context import Context
from twin.work.links import Linked, linked

FILES = "files"
"""The folder of linked files beside the packed city."""
_BESIDE = (".ovr", ".aux.xml", ".msk")
"""What may belong to a raster, after its whole name; a world file stands in its suffix's place."""
_WORLD = (".tfw", ".tifw", ".wld")
_BLOCK = 4 << 20
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
        links, changed = _gathered(there, draft, context.path, context.progress)
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


def _gathered(
    there: list[Linked], draft: Path, city: Path, progress: Callable[[float, str], None]
) -> tuple[dict[str, Link], tuple[str, ...]]:
    """Copy each file once: the links as the packed city has them, and the titles of those that were changed."""
    present = [one for one in there if one.state != "missing"]
    whole, done = max(1, sum(file.stat().st_size for file in {one.file for one in present})), 0
    copies: dict[Path, tuple[Path, str]] = {}
    links: dict[str, Link] = {}
    changed = []
    for one in present:
        if one.file not in copies:
            (draft / FILES).mkdir(exist_ok=True)
            target = _free(draft / FILES, one.file.name)
            words = tr("Copying {name}…", name=one.file.name)
            before = done

            def tell(count: int, words: str = words, before: int = before) -> None:
                progress(0.9 * (before + count) / whole, words)

            copies[one.file] = target, _copy(one.file, target, tell)
            done += one.file.stat().st_size
            for beside, name in _beside(one.file, target):
                shutil.copy2(beside, name)
        target, sha256 = copies[one.file]
        assert one.layer.link is not None
        if one.layer.link.sha256 not in ("", sha256):
            changed.append(one.layer.title)
        link = of(target, one.layer.link, draft / city.name)
        links[one.layer.id] = link.model_copy(update={"path": f"{FILES}/{target.name}", "sha256": sha256})
    return links, tuple(changed)


def _copied(city: Path, draft: Path, links: dict[str, Link], _progress: Callable[[float, str], None]) -> str:
    """In a child, which holds no lock on the city: its copy, with the links as they are there."""
    copy = readable_copy(city, draft)
    with City.open(copy) as packed:
        for layer in packed.layers():
            if layer.id in links:
                packed.change_layer(layer.model_copy(update={"link": links[layer.id]}))
    lastgood.beside(copy).unlink(missing_ok=True)
    return copy.name


def _copy(source: Path, target: Path, tell: Callable[[int], None]) -> str:
    """Copy a file with its time, or a folder; its SHA-256, empty of a folder."""
    if source.is_dir():
        # A folder of tiles: too many files for a fingerprint.
        shutil.copytree(source, target, ignore=_astray)
        return ""
    made, done = hashlib.sha256(), 0
    with source.open("rb") as read, target.open("xb") as write:
        while block := read.read(_BLOCK):
            made.update(block)
            write.write(block)
            done += len(block)
            tell(done)
    shutil.copystat(source, target)
    target.chmod(target.stat().st_mode | 0o200)
    return made.hexdigest()


def _astray(folder: str, names: list[str]) -> set[str]:
    """Links in a folder, which may lead anywhere."""
    return {name for name in names if (Path(folder) / name).is_symlink()}


def _beside(source: Path, target: Path) -> list[tuple[Path, Path]]:
    found = [(source.with_name(source.name + end), target.with_name(target.name + end)) for end in _BESIDE]
    found += [(source.with_suffix(end), target.with_suffix(end)) for end in _WORLD]
    return [(one, other) for one, other in found if one.is_file()]


def _free(folder: Path, name: str) -> Path:
    """A name in a folder that no other file has, on systems too that know no large letters."""
    taken, stem, number = {one.name.lower() for one in folder.iterdir()}, name, 2
    first, dot, end = name.partition(".")
    while stem.lower() in taken:
        stem, number = f"{first}-{number}{dot}{end}", number + 1
    return folder / os.path.basename(stem)  # noqa: PTH119
