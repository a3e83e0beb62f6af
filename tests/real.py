"""Real files beside the project: read in place, skipped with a reason where they are absent."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"


def data(name: str) -> Path:
    """The path of a real file or folder."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"the real file {name} is not beside the project")
    return path
