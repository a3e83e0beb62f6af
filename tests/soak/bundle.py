"""A bundle as its user has it: moved, with no Python and no project on any path, and a home that is new."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
from PIL import Image
from PySide6.QtGui import QGuiApplication
from shapely import box

from tests.command import PROGRAM, balad
from tests.desktop.looking import of_image
from tests.pictures import LEVELS, SEEN, SHARE
from tests.test_plugin_guide import files
from tools import bundle
from tools.display import display

_PATIENCE = 120
KERNELS = {
    "posts/plugin.toml": 'id = "posts"\napi = 1\nversion = "1"\nlayers = [{ id = "posts", run = "posts.kind" }]\n',
    "posts/kind.py": """
import colorsys, sqlite3, xml.dom.minidom
import geopandas, numba, numpy as np, pandas, pyproj
import domes.kind

KIND, VERSION, COLUMNS = "posts", 1, ("radius",)
encode = domes.kind.encode

@numba.njit(cache=True)
def grown(width):
    return width * 1.0

def mesh(payload, level):
    found = domes.kind.mesh(payload, level)
    for dome in found:
        dome.points[:, 2] *= grown(1.0)
        dome["rgb"] = np.full((dome.n_cells, 3), (30, 30, 220), np.uint8)
    return found
""",
}
"""A plugin that uses another, much of what a plugin may use, and a kernel that numba keeps compiled."""


@dataclass
class Proof:
    """What the bundle weighs, how long each thing took, and what went wrong."""

    megabytes: int = 0
    seconds_of: dict[str, float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def ask(self, holds: object, words: str) -> None:
        """Note a fault where it doesn't hold."""
        if not holds:
            self.faults.append(words)


class Bundle:
    """Its program, run by someone with nothing else."""

    def __init__(self, made: Path, home: Path, proof: Proof) -> None:
        self.made, self.home, self.proof = made, home, proof
        home.mkdir()
        self.environment = {"PATH": "/nonexistent", "HOME": str(home), "LIBGL_ALWAYS_SOFTWARE": "1"}

    def run(self, title: str, *words: object, **more: str) -> str:
        """What a command prints; its time is kept."""
        began = time.monotonic()
        done = subprocess.run(
            [str(self.made / "balad"), *map(str, words)],
            cwd=self.home,
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=600,
            check=False,
        )
        self.proof.seconds_of[title] = round(time.monotonic() - began, 2)
        sound = done.returncode == 0 and "Traceback" not in done.stderr
        self.proof.ask(sound, f"{title}: {done.returncode} {done.stderr[-600:]}")
        return done.stdout if sound else ""

    @contextmanager
    def window(self, *words: object, **more: str) -> Iterator[subprocess.Popen[bytes]]:
        """A window that is open meanwhile."""
        command = [str(self.made / "balad"), *map(str, words)]
        shown = subprocess.Popen(command, cwd=self.home, env={**self.environment, **more}, stderr=subprocess.DEVNULL)
        try:
            yield shown
        finally:
            shown.terminate()
            self.proof.ask(shown.wait(30) == 0, f"the window ended with {shown.returncode}")


def prove(folder: Path) -> Proof:
    """Make the bundle in a folder, then use it."""
    proof = Proof()
    # Letters that a locale of C doesn't have, and a space.
    made = bundle.make(folder / "برنامج بلد")
    proof.megabytes = bundle.size(made) >> 20
    before = _state(made)
    lacking = _lacking(made / "_internal")
    proof.ask(not lacking, f"libraries that are nowhere: {lacking}")
    person = Bundle(made, folder / "home", proof)
    proof.ask(person.run("version", "--version").startswith("balad "), "no version")
    city = folder / "x.balad"
    person.run("sample of 500 buildings", "sample", city, "--buildings", 500)
    _render(person, city, folder)
    _reader(person, folder)
    _plugins(person, folder)
    _window(person, city)
    proof.ask(_state(made) == before, "it wrote into its own folder")
    return proof


def _render(person: Bundle, city: Path, folder: Path) -> None:
    ours, theirs = folder / "bundle.png", folder / "source.png"
    words = ("--colour-by", "buildings.height", "--lang", "ar")
    person.run("render, for the first time", "render", city, "-o", ours, *words)
    person.run("render", "render", city, "-o", ours, *words)
    person.proof.ask(balad("render", city, "-o", theirs, *words).returncode == 0, "the source draws nothing")
    drawn, wanted = _pixels(ours), _pixels(theirs)
    same = drawn.shape == wanted.shape and (np.abs(drawn - wanted).max(axis=2) > LEVELS).mean() <= SHARE
    high = np.abs(drawn - (0x6A, 0x1B, 0x4D)).max(axis=2) < 60
    person.proof.ask(high.sum() > 2000 and same, "the picture is not the one that the source draws")
    _keep(ours, "bundle-render")


def _reader(person: Bundle, folder: Path) -> None:
    parcels = folder / "parcels.gpkg"
    shapes = [box(515_000 + 30 * n, 2_380_000, 515_020 + 30 * n, 2_380_020) for n in range(50)]
    geopandas.GeoDataFrame({"n": range(50)}, geometry=shapes, crs="EPSG:9357").to_file(parcels)
    for name in ("parcels.gpkg", "parcels.geojson", "parcels.parquet"):
        city = folder / f"{name}.balad"
        said = person.run(f"import {name}", "import", city, folder / name, "--json")
        person.proof.ask('"kept": 50' in said, f"{name}: {said[:300]}")
        if name.endswith("gpkg"):
            for other in ("parcels.geojson", "parcels.parquet"):
                person.run(f"export {other}", "export", city, "parcels", folder / other)
    said = person.run("sql", "sql", folder / "parcels.gpkg.balad", "SELECT sum(n) FROM parcels", "--json")
    person.proof.ask("1225" in said, f"sql: {said[:300]}")
    person.proof.ask(json.loads(person.run("check", "check", city, "--json") or "{}").get("ok"), "check")


def _plugins(person: Bundle, folder: Path) -> None:
    own, named = person.home / ".local" / "share" / "balad" / "plugins", folder / "named"
    for place, kept in ((own, dict(files())), (named, KERNELS)):
        for name, text in kept.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text, encoding="utf-8")
    middles = geopandas.points_from_xy([515_000, 515_000], [2_380_000, 2_380_060])
    tanks = geopandas.GeoDataFrame({"radius": [20.0, 10.0]}, geometry=middles, crs="EPSG:9357")
    tanks.to_file(folder / "tanks.gpkg")
    more = {"BALAD_PLUGINS": str(named)}
    high = []
    for kind, tone in (("domes", None), ("posts", (30, 30, 220))):
        city, out = folder / f"{kind}.balad", folder / f"{kind}.png"
        person.run(f"import {kind}", "import", city, folder / "tanks.gpkg", "--kind", kind, "--layer", "tanks", **more)
        for factor in ("1.0", "4.0") if tone else ("1.0",):
            (named / "posts" / "kind.py").write_text(KERNELS["posts/kind.py"].replace("* 1.0", f"* {factor}"), "utf-8")
            person.run(f"render {kind} {factor}", "render", city, "-o", out, **more)
            drawn = _pixels(out)
            person.proof.ask(_stands(drawn), f"{kind}: nothing is drawn")
            high.append(int((drawn[..., 2] > drawn[..., 0] + 90).sum()))
            _keep(out, f"bundle-{kind}-{factor}")
    person.proof.ask(high[0] < 200 < high[1] < high[2], f"a plugin's kernel, and the kernel after an edit: {high}")


def _window(person: Bundle, city: Path) -> None:
    with display("1600x940") as shown:
        os.environ.update(shown)
        looking = QGuiApplication.instance() or QGuiApplication([])
        for title in ("window with the city, for the first time", "window with the city"):
            began = time.monotonic()
            with person.window("open", city, **shown) as process:
                while not _stands(_screen()) and time.monotonic() < began + _PATIENCE:
                    time.sleep(0.05)
                person.proof.seconds_of[title] = round(time.monotonic() - began, 2)
                time.sleep(3)
                looking.processEvents()
                picture = _screen()
                person.proof.ask(_stands(picture), f"{title}: no city is seen")
                SEEN.mkdir(parents=True, exist_ok=True)
                Image.fromarray(picture.astype(np.uint8)).save(SEEN / "bundle-window.png")
                said = person.run("info from the window", "info", city, "--json")
                person.proof.ask('"buildings"' in said, f"the window does not answer: {said[:300]}")
                strange = _mapped(process.pid, person.made)
                person.proof.ask(not strange, f"it uses what its user hasn't: {strange}")


def _screen() -> Any:
    return of_image(QGuiApplication.primaryScreen().grabWindow(0).toImage())


def _mapped(process: int, made: Path) -> list[str]:
    maps = Path(f"/proc/{process}/maps").read_text(encoding="utf-8", errors="replace")
    found = set(re.findall(r" (/.*)$", maps, re.MULTILINE))
    absent = (str(PROGRAM), sys.prefix, sys.base_prefix) if sys.base_prefix != "/usr" else (str(PROGRAM), sys.prefix)
    return sorted(name for name in found if name.startswith(absent) and not name.startswith(str(made)))[:5]


def _lacking(folder: Path) -> list[str]:
    """What its libraries ask for and neither it nor the system has; Wayland's are there where Wayland is."""
    found = set()
    own = {**os.environ, "LD_LIBRARY_PATH": str(folder)}
    for file in folder.rglob("*.so*"):
        said = subprocess.run(["ldd", str(file)], env=own, capture_output=True, text=True, check=False).stdout
        found |= {
            f"{name} for {file.name}" for name in re.findall(r"(\S+) => not found", said) if "wayland" not in name
        }
    return sorted(found)


def _pixels(file: Path) -> Any:
    return np.asarray(Image.open(file).convert("RGB")).astype(int) if file.exists() else np.zeros((1, 1, 3), int)


def _stands(rows: Any) -> bool:
    """Whether something with edges stands in the middle, where no panel and no words are; water and sky are smooth."""
    high, wide = rows.shape[:2]
    middle = rows[high // 7 : 2 * high // 3, wide // 5 : 3 * wide // 4]
    return bool((np.abs(np.diff(middle, axis=1)).max(axis=2) > LEVELS).mean() > 0.001)


def _keep(file: Path, name: str) -> None:
    SEEN.mkdir(parents=True, exist_ok=True)
    if file.exists():
        (SEEN / f"{name}.png").write_bytes(file.read_bytes())


def _state(made: Path) -> dict[str, tuple[int, float]]:
    return {
        str(file): (file.stat().st_size, file.stat().st_mtime) for file in sorted(made.rglob("*")) if file.is_file()
    }
