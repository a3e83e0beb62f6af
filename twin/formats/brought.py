"""Formats that plugins bring: their function makes frames of a file; checking, placing and counting are ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa
import shapely

from twin.core.errors import CannotRead, TwinError
from twin.core.i18n import mark
from twin.formats import gdal, vector
from twin.formats.gdal import Opened
from twin.formats.notes import Notes
from twin.formats.placing import Place
from twin.formats.reader import Batch, Survey
from twin.formats.request import Reader
from twin.formats.vector import Raw
from twin.model.feature import GEOMETRY, UID

_FAILED = mark(
    "The reader of the plugin “{plugin}” failed on it: {why}. Nothing was changed. Tell whoever made the plugin; "
    "the log has more."
)
_FRAMES = mark(
    "The reader of the plugin “{plugin}” gave no GeoDataFrame, nor several by their layers’ names. Tell whoever made "
    "the plugin."
)


class Brought:
    """A format as the others are: its module is a plugin's function."""

    LARGEST = 1 << 30

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.NAME = reader.title
        self.SUFFIXES = reader.suffixes

    def survey(self, path: Path) -> Survey:
        """What its frames say of where they lie."""
        return gdal.survey(self._opened(path), path)

    def read(self, path: Path, place: Place, notes: Notes) -> Iterator[Batch]:
        """Its frames' rows."""
        yield from gdal.read(self._opened(path), place, notes)

    def _opened(self, path: Path) -> tuple[Opened, ...]:
        found = path.stat()
        return _opened(self.reader.model_dump_json(), path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=1)
def _opened(said: str, path: Path, _time: int, _size: int) -> tuple[Opened, ...]:
    reader = Reader.model_validate_json(said)
    try:
        frames = _function(reader)(path)
        several = frames if isinstance(frames, Mapping) else {path.name.split(".")[0]: frames}
        sound = all(hasattr(one, "geometry") and hasattr(one, "crs") for one in several.values())
        layers = tuple(_layer(str(name), frame) for name, frame in several.items()) if sound else ()
    except TwinError as why:
        why.path = str(path)
        raise
    except MemoryError:
        raise
    except Exception as why:  # a plugin is a stranger: whatever it raises is told, and the rest runs
        raise CannotRead(_FAILED, path, plugin=reader.plugin, why=_said(why)) from why
    if not layers:
        raise CannotRead(_FRAMES, path, plugin=reader.plugin)
    return layers


def _function(reader: Reader) -> Callable[[Path], Any]:
    module, _, name = reader.run.partition(":")
    found: Callable[[Path], Any] = getattr(import_module(module), name or "read")
    return found


def _said(why: Exception) -> str:
    """A stranger's error as it names itself: its first line, without its end."""
    return (str(why).strip().splitlines() or [type(why).__name__])[0][:200].rstrip(".")


def _layer(name: str, frame: Any) -> Opened:
    """A frame as a layer: ``attrs`` may say its ``kind`` and ``title``; its index is its ids where that is ``uid``."""
    rest = frame.drop(columns=[frame.geometry.name])
    rest = rest.reset_index() if rest.index.name == UID else rest.reset_index(drop=True)
    table = pa.Table.from_pandas(rest, preserve_index=False).replace_schema_metadata(None)
    table = table.append_column(GEOMETRY, pa.array(shapely.to_wkb(frame.geometry.to_numpy()), pa.binary()))
    raw = Raw(
        name=name,
        schema=table.schema,
        geometry=GEOMETRY,
        batches=lambda wanted: iter((table if wanted is None else table.select(wanted)).to_batches(vector.ROWS)),
        count=table.num_rows,
        title=str(frame.attrs.get("title", "")),
        kind=str(frame.attrs.get("kind", "")),
        id=UID if UID in table.column_names else "",
    )
    bounds = tuple(map(float, frame.total_bounds)) if len(frame) else None
    return Opened(raw, frame.crs.to_wkt() if frame.crs is not None else None, bounds)  # type: ignore[arg-type]
