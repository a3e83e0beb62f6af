"""The system's own packages that a bare Debian or Ubuntu lacks: installed as root, else named in one line."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

LIBRARIES = {
    # What Qt's xcb platform and VTK load at run time, by the Debian package that holds it.
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libXrender.so.1": "libxrender1",
    "libXt.so.6": "libxt6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libexpat.so.1": "libexpat1",
}
PROGRAMS = {"Xvfb": "xvfb", "xdotool": "xdotool"}
"""What the suite drives a real window with."""


def require(*, for_tests: bool) -> None:
    """Install what is missing, or print the one line that does and leave with 2."""
    if not sys.platform.startswith("linux"):
        return
    missing = _missing(for_tests)
    if not missing:
        return
    line = f"apt-get install -y --no-install-recommends {' '.join(missing)}"
    if not shutil.which("apt-get"):
        if "python3-venv" in missing:
            _leave("This system's Python has no ensurepip, and there is no apt-get to install it with.")
        return  # another Linux names its packages otherwise: go on, and let the loader say what it lacks
    if os.geteuid() != 0:
        _leave(f"Some system packages are missing. Install them with:\n  sudo {line}\nand give the same command again.")
    print(f"Installing system packages: {' '.join(missing)}", file=sys.stderr, flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.call(["apt-get", "update", "-qq"], env=quiet, stdout=subprocess.DEVNULL)
    if subprocess.call([*line.split(), "-qq"], env=quiet, stdout=subprocess.DEVNULL) != 0:
        _leave(f"System packages could not be installed. Try:\n  {line}")


def _missing(for_tests: bool) -> list[str]:
    found = []
    if importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        found += [f"python{version}-venv" if sys.executable.startswith("/usr/bin") else "python3-venv"]
    found += [package for library, package in LIBRARIES.items() if not _loads(library)]
    if not _draws():
        found.append("libgl1-mesa-dri")
    if for_tests:
        found += [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    return sorted(set(found))


def _draws() -> bool:
    """Whether a driver is there: without a GPU, nothing is drawn but by Mesa's."""
    drivers = ("*/dri/swrast_dri.so", "*/libgallium*.so", "*/libnvidia-glcore*")
    return any(next(Path("/usr/lib").glob(driver), None) for driver in drivers)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _leave(words: str) -> None:
    print(words, file=sys.stderr)
    raise SystemExit(2)
