"""Zip files, unpacked within bounds: on members, bytes, ratio, depth and path; nothing leaves the folder it goes to.

What a zip holds decides its reader: once unpacked it is a folder like any other (``twin.formats.folders``).
"""

from __future__ import annotations

import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from twin.core.errors import CannotRead, NotThisFormat, TooLarge, TwinError
from twin.core.i18n import mark
from twin.formats import text

SUFFIXES = (".zip", ".kmz", ".ifczip")
MEMBERS = 20_000
BYTES = 4 << 30
"""Of all that is unpacked."""
RATIO = 250
"""How many times larger than the zip its content may be, once it is ``UNASKED``: text seldom passes 50."""
UNASKED = 64 << 20
DEPTH = 16
"""Folders within folders."""
_CHUNK = 1 << 20
_MAC = "__MACOSX"
_PATH = mark(
    "It holds “{name}”, which would be written outside its folder: nothing of it was unpacked. Zip "
    "it anew without such names."
)
_LARGE = mark("It unpacks to more than {largest} MB: unpack it yourself, and bring what is meant.")


def is_archive(path: Path) -> bool:
    """Whether a file is to be unpacked before it is read."""
    return path.name.lower().endswith(SUFFIXES) and path.is_file()


def unpack(path: Path, into: Path) -> Path:
    """Unpack a zip into a new folder of its own name within ``into``; the folder.

    NotThisFormat where it is none, is damaged, encrypted or meant to harm, TooLarge where it passes a bound.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = list(_members(archive, path))
            folder = into / _called(path, members)
            folder.mkdir(parents=True)
            _bounded(members, path)
            _written(archive, members, folder, path)
            return folder
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, IndexError) as why:
        words = mark("It is no zip file that can be opened, or it is damaged: copy it again from where it came from.")
        raise NotThisFormat(words, path) from why
    except NotImplementedError as why:
        words = mark("It is packed in a way that can’t be read here: zip it anew, the usual way (deflate).")
        raise NotThisFormat(words, path) from why
    except RuntimeError as why:
        raise NotThisFormat(_ENCRYPTED, path) from why
    except OSError as why:
        raise CannotRead("It can’t be unpacked: {why}.", path, why=why.strerror or str(why)) from why


@contextmanager
def called(path: Path, inside: Path) -> Iterator[None]:
    """Errors about what was unpacked from a file are errors about that file; one without a path gets it."""
    try:
        yield
    except TwinError as why:
        if why.path is None or (inside != path and Path(why.path).is_relative_to(inside)):
            why.path = str(path)
        raise


_ENCRYPTED = mark("The zip file is encrypted: unpack it with its password, and bring what it holds.")


def _members(archive: zipfile.ZipFile, path: Path) -> Iterator[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """The files of a zip, each with where it goes."""
    seen: set[str] = set()
    infos = archive.infolist()
    if len(infos) > MEMBERS:
        words = mark(
            "It holds {count} files; {largest} are the most that are unpacked. Unpack it yourself, and "
            "bring what is meant."
        )
        raise TooLarge(words, path, count=len(infos), largest=MEMBERS)
    for info in infos:
        name = _named(info)
        inside = PurePosixPath(name.replace("\\", "/"))
        if inside.is_absolute() or ".." in inside.parts or ":" in name or "\0" in name:
            raise NotThisFormat(_PATH, path, name=name[:80])
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise NotThisFormat(
                "It holds “{name}”, which is a link and no file. Zip it anew with the file itself.",
                path,
                name=name[:80],
            )
        if len(inside.parts) > DEPTH:
            words = mark("Its folders lie more than {largest} deep: unpack it yourself, and bring what is meant.")
            raise TooLarge(words, path, largest=DEPTH)
        if info.is_dir() or inside.name in ("", ".DS_Store") or inside.parts[0] == _MAC:
            continue
        if info.flag_bits & 1:
            raise NotThisFormat(_ENCRYPTED, path)
        if str(inside).lower() in seen:
            raise NotThisFormat(
                "It holds two files named “{name}”. Zip it anew with one of each name.", path, name=name[:80]
            )
        seen.add(str(inside).lower())
        yield info, inside


def _named(info: zipfile.ZipInfo) -> str:
    """A member's name; what says no encoding was often written in the writer's own."""
    if info.flag_bits & 0x800 or info.filename.isascii():
        return info.filename
    try:
        return text.decoded(info.filename.encode("cp437"))
    except UnicodeEncodeError:
        return info.filename


def _called(path: Path, members: list[tuple[zipfile.ZipInfo, PurePosixPath]]) -> str:
    """The folder's name: the zip's, and that of a geodatabase where its tables lie bare in the zip."""
    stem = path.stem.strip(". ") or "zip"
    bare = any(len(inside.parts) == 1 and inside.name.lower() == "a00000001.gdbtable" for _, inside in members)
    return f"{stem}.gdb" if bare and not stem.lower().endswith(".gdb") else stem


def _bounded(members: list[tuple[zipfile.ZipInfo, PurePosixPath]], path: Path) -> None:
    """By what it says of itself, before anything is unpacked: a member never gives more than it says."""
    total = sum(info.file_size for info, _ in members)
    if total > BYTES:
        raise TooLarge(_LARGE, path, largest=BYTES >> 20)
    if total > max(UNASKED, RATIO * path.stat().st_size):
        words = mark(
            "It would unpack to {ratio} times its size, which only a trap does: nothing of it was unpacked. "
            "Unpack it yourself if you trust it, and bring what is meant."
        )
        raise TooLarge(words, path, ratio=total // max(1, path.stat().st_size))


def _written(
    archive: zipfile.ZipFile, members: list[tuple[zipfile.ZipInfo, PurePosixPath]], folder: Path, path: Path
) -> None:
    room = shutil.disk_usage(folder).free
    if sum(info.file_size for info, _ in members) > room:
        raise TooLarge("There are {free} MB free on the disk, too few to unpack it.", path, free=room >> 20)
    left = BYTES
    for info, inside in members:
        target = folder.joinpath(*inside.parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        # Never over what is there: names that differ in the zip may be one on this disk.
        with archive.open(info) as source, target.open("xb") as file:
            while chunk := source.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise TooLarge(_LARGE, path, largest=BYTES >> 20)
                file.write(chunk)
