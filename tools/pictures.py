"""Makes the pictures of the README and the manual anew: drawn by the program, from the sample, as it is today."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools import mains
from tools.display import display
from tools.environment import PROGRAM, variables

OUT = PROGRAM / "docs" / "pictures"
RENDERED = {
    "overview-en": ("--lang", "en", "--view", "overview"),
    "overview-ar": ("--lang", "ar", "--view", "overview"),
    "street-en": ("--lang", "en", "--view", "street"),
    "district-ar": ("--lang", "ar", "--view", "district"),
    "height-ar": ("--lang", "ar", "--view", "overview", "--colour-by", "buildings.height", "--theme", "dark"),
    "night-en": ("--lang", "en", "--view", "district", "--light", "night", "--theme", "dark"),
}


def main(_words: Sequence[str]) -> int:
    """The walk's pictures from a real window, then those of ``balad render``."""
    with display() as shown, tempfile.TemporaryDirectory() as home:
        own = {**variables(), **shown, "BALAD_HOME": home, "LIBGL_ALWAYS_SOFTWARE": "1"}
        walk = {**own, "BALAD_PICTURES": str(OUT), "BALAD_WALK_BUILDINGS": "20000"}
        code = subprocess.call([sys.executable, "-m", "pytest", "tests/desktop/test_walk.py"], cwd=PROGRAM, env=walk)
        city = Path(home) / "jeddah.balad"
        code = code or _balad(own, "sample", str(city))
        for name, words in RENDERED.items():
            code = code or _balad(own, "render", str(city), "-o", str(OUT / f"{name}.png"), *words)
        code = code or _underground(own, city)
        code = code or subprocess.call(
            [sys.executable, "-m", "tools.window", str(city), str(OUT)], cwd=PROGRAM, env=own
        )
    print(f"{OUT}: look at each before it is committed", flush=True)
    return code


def _underground(own: dict[str, str], city: Path) -> int:
    """The sample with pipes along its roads, in a copy of it."""
    copy, roads = city.with_name("mains.balad"), city.with_name("roads.geojson")
    shutil.copy(city, copy)
    if code := _balad(own, "export", str(copy), "roads", str(roads)):
        return code
    pipes = mains.written(roads, city.with_name("mains.geojson"))
    seen = ("--view", mains.CAMERA, "--ground", "0.25")
    return _balad(own, "import", str(copy), str(pipes), "--kind", "pipes") or _balad(
        own, "render", str(copy), "-o", str(OUT / "underground-en.png"), *seen
    )


def _balad(own: dict[str, str], *words: str) -> int:
    return subprocess.call([sys.executable, "-m", "twin.cli", *words], cwd=PROGRAM, env=own)


if __name__ == "__main__":
    os.chdir(PROGRAM)
    sys.exit(main(sys.argv[1:]))
