"""A linked file: big data stays beside the city, which keeps where it is and how to know it again."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path, PurePosixPath
from typing import Literal

from pydantic import BaseModel, ConfigDict

from twin.model.service import Service

State = Literal["present", "missing", "changed"]
HASHED_AT_ONCE = 64 << 20
"""Bytes of a file whose hash is known as soon as it is asked for; of a larger one it is computed beside other work."""
Kept = Literal["raster", "points", "tileset"]


class Levels(BaseModel):
    """What a file's heights are measured from, and what the city's are, where the file's were brought there."""

    model_config = ConfigDict(frozen=True)

    file: str
    """The file's CRS, with heights: ``EPSG:n`` or WKT."""
    city_crs: str
    """The city's, a plane."""
    city: str
    """The CRS whose heights the city has."""
    bounds: tuple[float, float, float, float]
    """Where the file lies in the city, by which PROJ chose its way."""


class Link(BaseModel):
    """Where a layer's data lies, and what it was when it was linked."""

    model_config = ConfigDict(frozen=True)

    path: str
    """With forward slashes; relative to the city's folder where both lie on one drive and share a folder."""
    holds: Kept
    size: int
    """Bytes."""
    time: int
    """Nanoseconds since 1970 of its last change."""
    sha256: str = ""
    """Empty until it was computed."""
    amount: int = 0
    """Points, cells of one band, or tiles."""
    cell: float = 0.0
    """Of a raster, the size of a cell in the city, in metres."""
    local: tuple[float, float, float, float] | None = None
    """Where local coordinates were placed: east, north, angle in degrees counter-clockwise, scale."""
    height_unit: float = 1.0
    """What a height is multiplied by to be metres."""
    levels: Levels | None = None
    """Where heights were brought to another level than the file's own."""
    rows_from_south: bool = False
    """Of a folder of tiles."""
    service: Service | None = None
    """Where it comes from, where that is no file: ``path`` is the address then."""

    def file(self, city: Path) -> Path:
        """Where it should be, of a city's file."""
        named = Path(self.path)
        return named if named.is_absolute() else Path(os.path.normpath(city.absolute().parent / named))

    def state(self, city: Path) -> State:
        """Whether it is there, and as it was: by its size and time, so at once; a copy of a small one by its hash."""
        if self.service:
            return "present"
        file = self.file(city)
        try:
            found = file.stat()
            if file.is_dir():
                # Its files are too many to be looked at.
                return "present"
            if (found.st_size, found.st_mtime_ns) == (self.size, self.time):
                return "present"
            if found.st_size != self.size or not self.sha256 or self.size > HASHED_AT_ONCE:
                return "changed"
            with file.open("rb") as opened:
                return "present" if hashlib.file_digest(opened, "sha256").hexdigest() == self.sha256 else "changed"
        except OSError:
            return "missing"


def of(file: Path, link: Link, city: Path) -> Link:
    """The same link to a file that lies elsewhere or was touched."""
    found = file.stat()
    return link.model_copy(update={"path": named(file, city), "size": found.st_size, "time": found.st_mtime_ns})


def named(file: Path, city: Path) -> str:
    """A file's name as a city keeps it: relative where they share a folder, so that both can be moved together."""
    file, folder = file.absolute(), city.absolute().parent
    try:
        shared = Path(os.path.commonpath([file, folder]))
    except ValueError:
        return file.as_posix()
    if shared == Path(shared.anchor):
        return file.as_posix()
    return PurePosixPath(Path(os.path.relpath(file, folder))).as_posix()
