"""Writing a file whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from twin.core.errors import CannotWrite, TwinError


@contextmanager
def whole(out: Path) -> Iterator[Path]:
    """A draft beside ``out`` that takes its place when the block succeeds; else it goes, and an older file stays."""
    if out.is_dir():
        raise CannotWrite("There is a folder of this name: choose another.", out)
    # A suffix of its own would make GDAL's drivers doubt it.
    draft = out.with_name(f".{os.getpid()}.part.{out.name}")
    try:
        with draft.open("wb"):
            pass
        draft.unlink()
        yield draft
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        draft.replace(out)
    except TwinError:
        raise
    except OSError as why:
        raise CannotWrite("The file can’t be written: {why}.", out, why=why.strerror or str(why)) from why
    except Exception as why:
        # pyogrio and pyarrow have errors of their own for a full disk, and a half-written file is never of use.
        raise CannotWrite("The file can’t be written: {why}.", out, why=str(why)[:200]) from why
    finally:
        for rest in (draft, *(draft.with_name(draft.name + end) for end in ("-journal", "-wal", "-shm"))):
            with suppress(OSError):
                rest.unlink(missing_ok=True)
