"""The last-good copy: the city as it was when it was last closed cleanly."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path


def beside(path: Path) -> Path:
    """Where the copy lies."""
    return path.with_name(path.name + ".last-good")


def keep(path: Path) -> None:
    """Copy a cleanly closed city, whole or not at all; a disk without room keeps the older copy."""
    draft = path.with_name(path.name + ".last-good.part")
    with contextlib.suppress(OSError):
        shutil.copyfile(path, draft)
        draft.replace(beside(path))
    draft.unlink(missing_ok=True)
