"""The files of linked layers, copied to one folder with all that belongs to them."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from twin.core.i18n import tr
from twin.model.link import Link, of
from twin.work.context import Context
from twin.work.links import Linked

FILES = "files"
"""The folder of linked files beside the packed city."""
_BESIDE = (".ovr", ".aux.xml", ".msk")
"""What may belong to a raster, after its whole name; a world file stands in its suffix's place."""
_WORLD = (".tfw", ".tifw", ".wld")
_BLOCK = 4 << 20
_SECONDS, _MEMORY = 1800.0, 4 << 30


@dataclass
class _Copying:
    """A linked file on its way: itself first, then what else goes with it, each with its place below the target's."""

    source: Path
    parts: list[tuple[Path, str]] = field(default_factory=list)
    folder: str = ""
    """The name of a folder of its own; empty where it needs none."""

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(one.stat().st_size for one, _ in self.parts)


def gathered(there: list[Linked], draft: Path, context: Context) -> tuple[dict[str, Link], tuple[str, ...]]:
    """Copy each file once: the links as the packed city has them, and the titles of those that were changed."""
    present = [one for one in there if one.state != "missing"]
    wanted: dict[Path, _Copying] = {}
    for one in present:
        if one.file not in wanted:
            wanted[one.file] = _wanted(one, context)
    whole, done = max(1, sum(one.size for one in wanted.values())), 0
    copies: dict[Path, tuple[Path, str]] = {}
    for file, copying in wanted.items():
        words = tr("Copying {name}…", name=file.name)

        def tell(count: int, words: str = words) -> None:
            context.progress(0.9 * count / whole, words)

        copies[file] = _copied(copying, draft / FILES, tell, done)
        done += copying.size
    links: dict[str, Link] = {}
    changed = []
    for one in present:
        target, sha256 = copies[one.file]
        assert one.layer.link is not None
        if one.layer.link.sha256 not in ("", sha256):
            changed.append(one.layer.title)
        link = of(target, one.layer.link, draft / context.path.name)
        path = target.relative_to(draft).as_posix()
        links[one.layer.id] = link.model_copy(update={"path": path, "sha256": sha256})
    return links, tuple(changed)


def _wanted(one: Linked, context: Context) -> _Copying:
    from twin.formats import windows
    from twin.formats.tiles3d_files import PACKED

    file, link = one.file, one.layer.link
    if file.is_dir():
        # A folder of tiles, without links in it: they may lead anywhere.
        inside = [part for part in sorted(file.rglob("*")) if part.is_file() and not part.is_symlink()]
        return _Copying(file, [(part, part.relative_to(file).as_posix()) for part in inside], file.name)
    if link is None or link.holds != "tileset" or file.name.lower().endswith(PACKED):
        return _Copying(file, [(file, file.name), *_beside(file)])
    # What a tileset names is read where hostile files are read.
    job = context.jobs.run(
        windows.members, str(file), title=one.layer.title, timeout=_SECONDS, memory=_MEMORY, path=file
    )
    names = [name for name in job.result() if name != file.name]
    folder = file.parent.name or file.stem
    return _Copying(
        file, [(file, file.name), *((file.parent.joinpath(*PurePosixPath(name).parts), name) for name in names)], folder
    )


def _copied(copying: _Copying, into: Path, tell: Callable[[int], None], done: int) -> tuple[Path, str]:
    """Where the file itself is now, and its SHA-256."""
    into.mkdir(exist_ok=True)
    if copying.folder:
        into = _free(into, copying.folder)
        into.mkdir()
    first, named = copying.parts[0][1] if copying.parts else "", ""
    sha256 = ""
    for source, name in copying.parts:
        if copying.folder:
            target = into.joinpath(*PurePosixPath(name).parts)
            target.parent.mkdir(parents=True, exist_ok=True)
        else:
            named = named or _free(into, first).name
            target = into / _renamed(name, first, named)
        made = _copy(source, target, _after(done, tell))
        done += source.stat().st_size
        sha256 = sha256 or made
    # A folder has too many files for a fingerprint.
    return (into, "") if copying.source.is_dir() else (into / (named or first), sha256)


def _after(done: int, tell: Callable[[int], None]) -> Callable[[int], None]:
    return lambda count: tell(done + count)


def _renamed(name: str, first: str, named: str) -> str:
    """What belongs to a file goes by that file's name in the new folder."""
    if name.startswith(first):
        return named + name.removeprefix(first)
    return Path(named).with_suffix(Path(name).suffix).name


def _copy(source: Path, target: Path, tell: Callable[[int], None]) -> str:
    """Copy a file with its time; its SHA-256."""
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


def _beside(source: Path) -> list[tuple[Path, str]]:
    found = [source.with_name(source.name + end) for end in _BESIDE]
    found += [source.with_suffix(end) for end in _WORLD]
    return [(one, one.name) for one in found if one.is_file()]


def _free(folder: Path, name: str) -> Path:
    """A name in a folder that no other file has, on systems too that know no large letters."""
    taken, stem, number = {one.name.lower() for one in folder.iterdir()}, name, 2
    first, dot, end = name.partition(".")
    while stem.lower() in taken:
        stem, number = f"{first}-{number}{dot}{end}", number + 1
    return folder / os.path.basename(stem)  # noqa: PTH119
