"""One triangle drawn off-screen and read back; ``python -m twin.scene.trial`` ends with 0 where that goes well."""

from __future__ import annotations

import sys

import numpy as np

from twin.scene.offscreen import blank


def draws() -> bool:
    """Whether the middle of the picture has the triangle's colour."""
    pixels = blank((64, 64))
    return bool(np.abs(pixels[40, 32].astype(int) - (200, 60, 40)).max() < 40)


if __name__ == "__main__":
    sys.exit(0 if draws() else 3)
