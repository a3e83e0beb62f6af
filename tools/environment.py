"""Makes the program's own Python environment from the hashed pins; the standard library alone."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools import system

PROGRAM = Path(__file__).resolve().parents[1]
PINS = {False: PROGRAM / "requirements" / "run.txt", True: PROGRAM / "requirements" / "dev.txt"}


def home() -> Path:
    """Where ``.venv`` stands: beside the program, or among the person's files where that can't be written."""
    if os.access(PROGRAM, os.W_OK):
        return PROGRAM
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home()))
    else:
        base = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share"))
    return base / "balad"


def folder() -> Path:
    """The environment's folder."""
    return home() / ".venv"


def interpreter() -> Path:
    """The environment's Python."""
    return folder() / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def variables() -> dict[str, str]:
    """What every process of the program is started with."""
    own = dict(os.environ)
    own["PYTHONPATH"] = str(PROGRAM)
    own["PYTHONUTF8"] = "1"
    own.setdefault("NUMBA_CACHE_DIR", str(folder() / "numba"))
    return own


def ready(*, for_tests: bool) -> Path:
    """The environment's Python, made first where it is missing or out of date."""
    system.require(for_tests=for_tests)
    wanted = _fingerprint(for_tests)
    stamp = folder() / "balad-pins"
    if interpreter().exists() and stamp.exists() and wanted in stamp.read_text().split():
        return interpreter()
    _make()
    _install(PINS[for_tests])
    # The tests' pins hold the program's pins too, so they answer for both.
    stamp.write_text("\n".join({wanted, _fingerprint(False)}))
    return interpreter()


def _fingerprint(for_tests: bool) -> str:
    text = PINS[for_tests].read_bytes() + (PROGRAM / "pyproject.toml").read_bytes() + sys.version.encode()
    return hashlib.sha256(text + str(PROGRAM).encode()).hexdigest()


def _make() -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if interpreter().exists() and _version_of(interpreter()) == version:
        return
    _say(f"Making the environment in {folder()} …")
    shutil.rmtree(folder(), ignore_errors=True)
    folder().parent.mkdir(parents=True, exist_ok=True)
    _run([sys.executable, "-m", "venv", str(folder())], "The environment could not be made.")


def _version_of(python: Path) -> str:
    answer = subprocess.run(
        [str(python), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.strip()


def _install(pins: Path) -> None:
    _say(f"Installing {pins.name} (once; some minutes) …")
    pip = [str(interpreter()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, "--require-hashes", "-r", str(pins)], "The pinned packages could not be installed.")
    _launcher()
    _say("Compiling the drawing kernels …")
    _run([str(interpreter()), "-m", "tools.warm"], "The drawing kernels could not be compiled.")


def _launcher() -> None:
    """Put the program on the environment's path and its command among the environment's programs."""
    site = subprocess.run(
        [str(interpreter()), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
        env=variables(),
    )
    (Path(site.stdout.strip()) / "balad.pth").write_text(f"{PROGRAM}\n", encoding="utf-8")
    if os.name == "nt":
        command = interpreter().with_name("balad.cmd")
        command.write_text(f'@"{interpreter()}" -m twin.cli %*\r\n', encoding="utf-8")
        return
    command = interpreter().with_name("balad")
    command.write_text(
        f"#!{interpreter()}\nimport os, sys\n"
        f"os.environ.setdefault('NUMBA_CACHE_DIR', {str(folder() / 'numba')!r})\n"
        "from twin.cli import main\nsys.exit(main())\n",
        encoding="utf-8",
    )
    command.chmod(0o755)


def _run(command: list[str], failed: str) -> None:
    if subprocess.call(command, env=variables()) != 0:
        _say(f"{failed} Its reason stands above; the same command tries again.")
        raise SystemExit(1)


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
