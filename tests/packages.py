"""A plugin's package outside the repository: the guide's own, as printed, built and installed by pip into a folder."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).resolve().parents[1]
GUIDE = (PROGRAM / "docs" / "plugins.md").read_text(encoding="utf-8")


def files() -> list[tuple[str, str]]:
    """Each file that the guide prints, by its name."""
    return re.findall(r"^`(\S+)`\n\n```\w+\n(.*?)```", GUIDE, re.DOTALL | re.MULTILINE)


def installed(folder: Path, changed: dict[str, str] | None = None) -> Path:
    """Write the package ``balad-tanks``, compile its words and install it; the folder that has it.

    ``changed`` are files of it that are written otherwise.
    """
    for name, text in [*files(), *(changed or {}).items()]:
        if name.startswith("balad-tanks/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    package, site = folder / "balad-tanks", folder / "site"
    compiling = ["-m", "babel.messages.frontend", "compile", "-D", "balad", "-d", str(package / "tanks" / "locale")]
    told = ["--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check"]
    for words in (compiling, ["-m", "pip", "install", *told, "--target", str(site), str(package)]):
        done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return site


def survey(path: Path, east: float = 39.149, north: float = 21.52) -> Path:
    """A survey of three tanks on a line, 40 m apart, in Jeddah."""
    lines = [f"t{n};{east + n * 0.0004:.6f};{north};{6 + 2 * n};{10 + 5 * n}" for n in range(3)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
