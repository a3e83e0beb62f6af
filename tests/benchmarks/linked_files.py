"""A large COG and a large COPC, made once, by plain rasterio and the tests' own writer of COPC; always the same.

``python -m tests.benchmarks.linked_files FOLDER POINTS`` makes those of a size; nothing of the program is loaded.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

BYTES_A_POINT = 40
"""A COG of so many bytes goes with each point: 50 M points and 2 GB."""
_WEST, _NORTH = 517_000.0, 2_380_000.0
_CELL = 0.25
_BLOCK = 512
_DEEPEST, _NODE = 7, 9_000
"""Levels, and points of a node about."""


def files(folder: Path, points: int) -> tuple[Path, Path]:
    """Where they are; made where they aren't."""
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"linked-{points}.tif", folder / f"linked-{points}.copc.laz"
    for path, make in zip(made, (_cog, _copc), strict=True):
        if not path.exists():
            began, draft = time.perf_counter(), path.with_name(f"part.{path.name}")
            make(draft, points)
            draft.rename(path)
            words = f"{path.name}: {path.stat().st_size / 1e9:.2f} GB made in {time.perf_counter() - began:.0f} s"
            print(words, file=sys.stderr, flush=True)
    return made


def _cog(path: Path, points: int) -> None:
    """Three bands of a picture with the grain of a camera, so that little of it can be compressed away."""
    import rasterio
    import rasterio.shutil
    from rasterio.windows import Window

    side = max(2, math.ceil(math.sqrt(points * BYTES_A_POINT / 3) / _BLOCK)) * _BLOCK
    plain = path.with_name(f"plain.{path.name}")
    said = {
        "width": side, "height": side, "count": 3, "dtype": "uint8", "crs": "EPSG:32637", "tiled": True,
        "blockxsize": _BLOCK, "blockysize": _BLOCK, "interleave": "pixel", "photometric": "RGB", "BIGTIFF": "IF_SAFER",
        "transform": rasterio.Affine(_CELL, 0, _WEST, 0, -_CELL, _NORTH),
    }  # fmt: skip
    chance = np.random.default_rng(5)
    # Grain is drawn once and shifted: a generator would take as long as all else.
    grain = chance.integers(0, 64, (3, 2 * _BLOCK, 2 * _BLOCK), dtype=np.uint8)
    with rasterio.open(plain, "w", driver="GTiff", **said) as out:
        for row in range(0, side, _BLOCK):
            for column in range(0, side, _BLOCK):
                up, right = (row * 7 + column * 3) % _BLOCK, (row * 5 + column * 11) % _BLOCK
                tone = 90 + 60 * (((row + column) // _BLOCK) % 2)
                block = grain[:, up : up + _BLOCK, right : right + _BLOCK] + np.uint8(tone)
                out.write(block, window=Window(column, row, _BLOCK, _BLOCK))
    with rasterio.Env(GDAL_NUM_THREADS="2"):
        rasterio.shutil.copy(plain, path, driver="COG", compress="NONE", blocksize=_BLOCK, BIGTIFF="IF_SAFER")
    plain.unlink()


def _copc(path: Path, points: int) -> None:
    """A town whose points are spread over all levels of an octree, four times as many on each."""
    from tests import clouds

    deepest = min(_DEEPEST, max(0, math.ceil(math.log(3 * points / _NODE + 1, 4)) - 1))
    half = 1000.0
    centre = np.array([_WEST + half, _NORTH - half, 30.0])
    clouds.copc(path, _nodes(points, deepest, centre, half), centre, half)


def _nodes(points: int, deepest: int, centre: Any, half: float) -> Iterator[tuple[tuple[int, int, int, int], Any]]:
    from tests import clouds

    cells = sum(4**level for level in range(deepest + 1))
    share, left = max(1, points // cells), points
    low = centre - half
    for level in range(deepest + 1):
        side = 2 * half / 2**level
        for number in range(4**level):
            x, y = number % 2**level, number // 2**level
            last = level == deepest and number == 4**level - 1
            count = left if last else min(left, share)
            left -= count
            chance = np.random.default_rng([level, number])
            place = low[:2] + (np.array([x, y]) + chance.random((count, 2))) * side
            place = np.floor(place / clouds.SCALE) * clouds.SCALE
            place = np.clip(place, low[:2] + np.array([x, y]) * side, None)
            high = clouds.surface(*(place - low[:2]).T)
            floor = np.floor((high - low[2]) / side).astype(int)
            for z in np.unique(floor).tolist():
                some = floor == z
                yield (level, x, y, z), np.column_stack([place[some], high[some]])


def main(words: Sequence[str]) -> int:
    """Make those of a size in a folder."""
    files(Path(words[0]), int(words[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
