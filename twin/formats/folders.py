"""Folders that are data sets, and the data set that a folder holds; a zip is a folder once it is unpacked."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from twin.core.errors import CannotRead, NotThisFormat
from twin.core.i18n import mark
from twin.formats.reader import Format

MEMBERS = 20_000
_SHOWN = 12
_PACKED = (".zip", ".rar", ".7z")
_UNREADABLE = (".dwg", *_PACKED)
"""What is worth naming in a folder that holds nothing else."""
_SAYING = (".xml", ".json", ".txt", ".csv")
"""What may stand beside a data set of its name and say something about it: metadata, a style, a list."""


def whole(folder: Path, formats: tuple[Format, ...]) -> tuple[Format, Path] | None:
    """The format that takes all of a folder for one data set, and what it reads: it, or the file that leads it."""
    for one in formats:
        if hasattr(one, "folder") and one.folder(folder):
            return one, folder
        leads = getattr(one, "LEADS", None)
        if leads and (folder / leads).is_file():
            return one, folder / leads
    return None


def found(folder: Path, formats: tuple[Format, ...]) -> tuple[Format | None, Path]:
    """The one data set of a folder: itself, or a file or folder in it, and its format where a folder decides that.

    A format may say ``folder(path)``: whether a folder is one of its data sets; ``LEADS``: the name of a file that
    stands for all of a folder; ``SEVERAL``: that it reads a folder of
    many of its files as their layers; and ``BESIDE``: that its files mostly stand beside a data set and say
    something about it.
    """
    there = list(_sets(folder, formats))
    alone = [one for one in there if not getattr(one[0], "BESIDE", False)] or there
    if not alone:
        raise NotThisFormat(_empty(folder), folder)
    if len(alone) == 1:
        return alone[0]
    kinds = {id(one): one for one, _ in alone}
    if len(kinds) == 1 and getattr(alone[0][0], "SEVERAL", False):
        return alone[0][0], folder
    names = [path.relative_to(folder).as_posix() for _, path in alone]
    words = mark("It holds {count} data sets: {names}. Bring each of them by itself.")
    raise CannotRead(words, folder, count=len(names), names=", ".join(names[:_SHOWN]) + ("…" * (len(names) > _SHOWN)))


def members(folder: Path) -> Iterator[Path]:
    """All files of a folder in the order of their names, links and locks aside; CannotRead where there are too many."""
    count = 0
    for root, below, names in os.walk(folder):
        below.sort()
        for name in sorted(names):
            path = Path(root) / name
            if path.is_symlink() or not path.is_file() or name.endswith(".lock"):
                continue
            count += 1
            if count > MEMBERS:
                words = mark("The folder holds more than {largest} files: choose the one that is meant.")
                raise CannotRead(words, folder, largest=MEMBERS)
            yield path


def size(path: Path) -> int:
    """Bytes of a file, or of all that a folder holds."""
    return sum(one.stat().st_size for one in members(path)) if path.is_dir() else path.stat().st_size


def fingerprint(path: Path) -> str:
    """The sha256 of a file; of a folder, that of its files' relative paths and sha256, one a line, in order."""
    if not path.is_dir():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    whole = hashlib.sha256()
    for name, file_path in sorted((one.relative_to(path).as_posix(), one) for one in members(path)):
        whole.update(f"{name}\n{fingerprint(file_path)}\n".encode())
    return whole.hexdigest()


def _sets(folder: Path, formats: tuple[Format, ...]) -> Iterator[tuple[Any, Path]]:
    """What a folder holds: folders that are data sets, then files, each once however many files belong to it."""
    claimed = whole(folder, formats)
    if claimed:
        yield claimed
        return
    inner: list[Path] = []
    known: dict[str, list[tuple[Any, Path]]] = {}
    for path in members(folder):
        if any(path.is_relative_to(one) for one in inner) or path.suffix.lower() in _PACKED:
            continue
        ways = ((one, whole(one, formats)) for one in _between(folder, path))
        within = next(((one, claimed) for one, claimed in ways if claimed), None)
        if within:
            inner.append(within[0])
            yield within[1]
            continue
        stem = f"{path.parent}/{path.name.lower().partition('.')[0]}"
        of = next((one for one in formats if path.name.lower().endswith(one.SUFFIXES)), None)
        if of is not None and all(of is not other for other, _ in known.setdefault(stem, [])):
            known[stem].append((of, path))
    for files in known.values():
        yield from _alone(files)


def _alone(files: list[tuple[Any, Path]]) -> list[tuple[Any, Path]]:
    """Of files of one name those that are data sets: what may say something about another is none beside it."""
    own = [(of, path) for of, path in files if not getattr(of, "BESIDE", False) and path.suffix.lower() not in _SAYING]
    return own or files[:1]


def _between(folder: Path, path: Path) -> list[Path]:
    """The folders on the way from a folder to a file in it, outermost first."""
    ways = [one for one in path.parents if one != folder and one.is_relative_to(folder)]
    return ways[::-1]


def _empty(folder: Path) -> str:
    names = {path.suffix.lower() for path in members(folder)}
    if names & set(_PACKED):
        return mark("It holds packed files again: unpack those, and bring what they hold.")
    if ".dwg" in names:
        return DWG
    return mark("It holds nothing that can be read. Look what is in it, and bring the file that is meant.")


DWG = mark(
    "DWG is a closed format that can’t be read. Make a DXF of it: in AutoCAD or another CAD program, Save As and "
    "choose DXF (2013 or older, in ASCII); or with the free ODA File Converter. Then bring the DXF."
)
