"""Where a tileset's files lie: in the folder of its tileset.json and below it, or in a zip; never anywhere else."""

from __future__ import annotations

import threading
import zipfile
import zlib
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Protocol
from urllib.parse import unquote, urlsplit

from twin.core.errors import CannotRead, NotThisFormat
from twin.core.i18n import mark, tr
from twin.formats.gltf_document import Broken

TILESET = "tileset.json"
PACKED = (".zip", ".3tz")
LARGEST = 512 << 20
"""Bytes of one file of a tileset."""
LARGEST_JSON = 128 << 20
"""Bytes of one tileset.json, which is held whole."""
_RATIO, _UNASKED = 1000, 64 << 20
"""How many times larger than it is packed a file in a zip may be, once it is so large."""
_MEMBERS, _HEAD = 2_000_000, 64
MISSING = mark("it isn’t there")
OUTSIDE = mark("it lies outside the tileset’s folder, and nothing is read from there")
REMOTE = mark("it lies on a server, and nothing is fetched for a tileset in a file")


class Away(Broken):
    """A file that isn't read, and why."""


class Missing(Away):
    """A file that is not there."""


class Files(Protocol):
    """The files of one tileset, each by its path below the folder of all of them, with forward slashes."""

    start: str
    """The tileset.json that leads all others."""

    def there(self, name: str) -> bool:
        """Whether there is one of that name, and nowhere else than below the folder."""

    def read(self, name: str, most: int = LARGEST) -> bytes:
        """Its bytes; Broken where it isn't there, or is larger than so many."""

    def head(self, name: str) -> bytes:
        """Its first bytes; Broken where it isn't there."""

    def size(self, name: str) -> int:
        """How many bytes it has; 0 where it isn't there."""


class Near:
    """Fetches what a file names, as that file names it."""

    def __init__(self, files: Files, name: str) -> None:
        self.files, self.name = files, name

    def __call__(self, uri: str) -> bytes:
        """The bytes behind a URI; Broken where there are none."""
        return self.files.read(named(uri, self.name))

    def to(self, uri: str) -> Near:
        """What fetches as the file behind a URI would."""
        return Near(self.files, named(uri, self.name))


def named(uri: str, by: str) -> str:
    """The file that a URI means in a file of the tileset; Away where it leads out of it."""
    uri = uri.strip().replace("\\", "/")
    try:
        parts = urlsplit(uri)
    except ValueError:
        raise Away(OUTSIDE) from None
    if parts.scheme in ("http", "https") or parts.netloc:
        raise Away(REMOTE)
    path = unquote(parts.path).replace("\\", "/")
    if parts.scheme or path.startswith("/") or "\0" in path or not path:
        raise Away(OUTSIDE)
    made: list[str] = list(PurePosixPath(by).parent.parts)
    for one in path.split("/"):
        if one == "..":
            if not made:
                raise Away(OUTSIDE)
            made.pop()
        elif one not in ("", "."):
            made.append(one)
    return "/".join(made)


@lru_cache(maxsize=8)
def _opened(path: str, _time: int, _size: int) -> Files:
    file = Path(path)
    return _Zip(file) if file.name.lower().endswith(PACKED) else _Folder(file)


def files(path: Path) -> Files:
    """Those of a tileset.json or of a zip of one; kept open, since whoever reads one reads another."""
    try:
        looked = path.stat()
    except OSError as why:
        raise CannotRead(mark("The file can’t be read: {why}."), path, why=why.strerror or str(why)) from why
    return _opened(str(path.absolute()), looked.st_mtime_ns, looked.st_size)


def unreadable(path: Path, why: Broken) -> NotThisFormat:
    """That a tileset itself can’t be read, in words."""
    words = mark("The tileset can’t be read: {why}. Copy it again from where it came from, or export it anew.")
    return NotThisFormat(words, path, why=tr(str(why)))


def packed(path: Path) -> bool:
    """Whether a file is a zip with a tileset in it."""
    if not path.name.lower().endswith(PACKED) or not path.is_file():
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return path.suffix.lower() == ".3tz" or _leading(archive.namelist()) is not None
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False


def _leading(names: list[str]) -> str | None:
    """The tileset.json that all else lies beside or below; None where there is none, or something lies above it."""
    plain = [name for name in names if not name.endswith("/") and not name.startswith("__MACOSX/")]
    found = sorted((name.count("/"), name) for name in plain if name.rpartition("/")[2] == TILESET)
    if not found:
        return None
    folder = found[0][1].removesuffix(TILESET)
    alone = all(name.startswith(folder) or name.startswith("@") for name in plain)
    return found[0][1] if alone else None


class _Folder:
    """On the disk."""

    def __init__(self, path: Path) -> None:
        self.start = path.name
        self._root = path.parent.resolve()

    def there(self, name: str) -> bool:
        try:
            return self._path(name).is_file()
        except (OSError, Broken):
            return False

    def read(self, name: str, most: int = LARGEST) -> bytes:
        path = self._path(name)
        try:
            if not path.is_file():
                raise Missing(MISSING)
            if path.stat().st_size > most:
                raise Broken(mark("it is larger than a tile may be"))
            return path.read_bytes()
        except OSError:
            raise Missing(MISSING) from None

    def head(self, name: str) -> bytes:
        try:
            with self._path(name).open("rb") as body:
                return body.read(_HEAD)
        except OSError:
            raise Missing(MISSING) from None

    def size(self, name: str) -> int:
        return self._path(name).stat().st_size if self.there(name) else 0

    def _path(self, name: str) -> Path:
        path = self._root.joinpath(*PurePosixPath(name).parts)
        # A link on the disk may lead out where no name does.
        if not path.resolve().is_relative_to(self._root):
            raise Away(OUTSIDE)
        return path


class _Zip:
    """In a zip file, whose members are read one by one."""

    def __init__(self, path: Path) -> None:
        try:
            self._archive = zipfile.ZipFile(path)
            names = self._archive.namelist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as why:
            words = mark(
                "It is no zip file that can be opened, or it is damaged: copy it again from where it came from."
            )
            raise NotThisFormat(words, path) from why
        leading = _leading(names)
        if leading is None or len(names) > _MEMBERS:
            raise NotThisFormat(mark("The zip holds no tileset.json that all its other files lie beside."), path)
        self._folder = leading.removesuffix(TILESET)
        self.start = TILESET
        self._turn = threading.Lock()

    def there(self, name: str) -> bool:
        return self._folder + name in self._archive.NameToInfo

    def read(self, name: str, most: int = LARGEST) -> bytes:
        info = self._info(name)
        if info.file_size > most or info.file_size > max(_UNASKED, _RATIO * max(1, info.compress_size)):
            raise Broken(mark("it is larger than a tile may be"))
        return self._unpacked(info, most)

    def head(self, name: str) -> bytes:
        return self._unpacked(self._info(name), _HEAD)

    def size(self, name: str) -> int:
        info = self._archive.NameToInfo.get(self._folder + name)
        return info.file_size if info else 0

    def _info(self, name: str) -> zipfile.ZipInfo:
        info = self._archive.NameToInfo.get(self._folder + name)
        if info is None:
            raise Missing(MISSING)
        return info

    def _unpacked(self, info: zipfile.ZipInfo, most: int) -> bytes:
        try:
            with self._turn, self._archive.open(info) as body:
                return body.read(most)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError):
            raise Broken(mark("it is damaged in its zip")) from None
        except (NotImplementedError, RuntimeError):
            raise Broken(mark("it is encrypted, or packed in a way that can’t be read")) from None
