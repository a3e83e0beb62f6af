"""Committed pictures: what is drawn today is held against them.

``BALAD_NEW_PICTURES=1`` writes them anew; look at each before it is committed.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from PIL import Image

FOLDER = Path(__file__).with_name("baselines")
SEEN = Path(__file__).resolve().parents[1] / "build" / "pictures"
LEVELS, SHARE = 24, 0.01
"""A pixel is another one where a channel is off by more; so many of them are another driver's edges, not a change."""


def matches(rows, name):
    """Assert that (height, width, 3) bytes look like the committed picture of this name."""
    kept = FOLDER / f"{name}.png"
    seen = np.asarray(rows, np.uint8)
    if os.environ.get("BALAD_NEW_PICTURES"):
        FOLDER.mkdir(exist_ok=True)
        Image.fromarray(seen).save(kept, optimize=True)
    assert kept.exists(), f"there is no picture {kept.name}: make it with BALAD_NEW_PICTURES=1, and look at it"
    wanted = np.asarray(Image.open(kept).convert("RGB"))
    assert seen.shape == wanted.shape
    off = np.abs(seen.astype(int) - wanted).max(axis=2) > LEVELS
    if off.mean() > SHARE:
        SEEN.mkdir(parents=True, exist_ok=True)
        Image.fromarray(seen).save(SEEN / f"{name}.png")
        Image.fromarray((off * 255).astype(np.uint8)).save(SEEN / f"{name}-off.png")
    assert off.mean() <= SHARE, f"{off.mean():.1%} of {name} is not as committed: see build/pictures/{name}.png"
