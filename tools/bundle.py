"""Makes the program a folder that starts on a Linux without Python: ``python3 main.py bundle [FOLDER]``."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.environment import PROGRAM, folder, home, variables

PINS = PROGRAM / "requirements" / "bundle.txt"
_LINES = 15
"""Of what a failed run said, the last."""


def main(words: Sequence[str]) -> int:
    """Make ``balad`` in the folder that is named, else in ``dist``."""
    if not sys.platform.startswith("linux"):
        print("A bundle is made on Linux, for Linux.", file=sys.stderr)
        return 2
    try:
        made = make(Path(words[0]).absolute() if words else home() / "dist")
    except subprocess.CalledProcessError as why:
        print("\n".join((why.stdout or "").splitlines()[-_LINES:]), file=sys.stderr)
        print("The bundle could not be made. Its reason stands above.", file=sys.stderr)
        return 1
    print(f"{size(made) >> 20} MB in {made}: start {made / 'balad'}", flush=True)
    return 0


def make(out: Path) -> Path:
    """The folder of a fresh bundle below ``out``."""
    bundler = _bundler()
    print("Making the bundle (some minutes) …", file=sys.stderr, flush=True)
    own = {**variables(), "PYTHONPATH": os.pathsep.join([str(PROGRAM), str(bundler)])}
    words = ["--noconfirm", "--distpath", str(out), "--workpath", str(home() / "build")]
    _run([sys.executable, "-m", "PyInstaller", *words, str(PROGRAM / "tools" / "balad.spec")], own)
    _compile(out / "balad")
    return out / "balad"


def _compile(made: Path) -> None:
    """Put compiled kernels beside the program, by using it: a first start would wait half a minute for them."""
    with tempfile.TemporaryDirectory() as folder:
        city, own = f"{folder}/first.balad", {**os.environ, "BALAD_HOME": f"{folder}/home"}
        _run([str(made / "balad"), "sample", city, "--buildings", "500"], own)
        _run([str(made / "balad"), "render", city, "-o", f"{folder}/first.png"], own)
        kept = Path(folder, "home", "cache", "numba")
        shutil.copytree(next(kept.iterdir()), made / "_internal" / "kernels", dirs_exist_ok=True)


def size(made: Path) -> int:
    """Its bytes on the disk; a link has none."""
    return sum(file.stat().st_size for file in made.rglob("*") if file.is_file() and not file.is_symlink())


def _bundler() -> Path:
    """PyInstaller in a folder of its own, fetched once: whoever makes no bundle needs none of it."""
    wanted = hashlib.sha256(PINS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    place = folder() / f"bundler-{wanted}"
    if not (place / "complete").exists():
        print("Installing bundle.txt (once) …", file=sys.stderr, flush=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade"]
        _run([*pip, "--require-hashes", "--target", str(place), "-r", str(PINS)], variables())
        (place / "complete").touch()
    return place


def _run(command: list[str], own: dict[str, str]) -> None:
    subprocess.run(
        command, cwd=PROGRAM, env=own, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
