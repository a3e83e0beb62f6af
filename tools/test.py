"""Every check: style, types, import contracts, words, then the tests in real X displays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import IO

from tools.display import display
from tools.environment import PROGRAM, variables

CHECKS: tuple[tuple[str, list[str]], ...] = (
    ("ruff check", ["ruff", "check", "."]),
    ("ruff format", ["ruff", "format", "--check", "."]),
    ("mypy", ["mypy"]),
    ("import contracts", ["importlinter.cli", "lint"]),
)

HALF = ("desktop", "host", "lettering", "scene", "tools")
"""The rooms whose tests draw, and one more: half of the time."""
_running: list[subprocess.Popen[bytes]] = []


def main(words: Sequence[str]) -> int:
    """Run all; the exit code is 0 only when every check passed."""
    failed = []
    for title, command in () if words else CHECKS:
        started = time.monotonic()
        code = subprocess.call(_python(command), cwd=PROGRAM, env=variables())
        print(f"{title}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
        failed += [title] if code else []
    if any([_tests(words)] if words else _all()):
        failed.append("tests")
    print("all checks passed" if not failed else f"failed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


def _all() -> list[int]:
    """One half and the other beside each other, each on a display of its own; the other's words last."""
    half = [f"tests/{room}" for room in HALF]
    with ThreadPoolExecutor(1) as beside, tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as kept:
        rest = ["-m", "not long", *(f"--ignore={room}" for room in half)]
        begun = beside.submit(_tests, rest, kept)
        try:
            codes = [_tests(["-m", "not long", *half]), begun.result()]
        except KeyboardInterrupt:
            _stop()
            raise
        kept.seek(0)
        print(kept.read(), flush=True)
    return codes


def _tests(words: Sequence[str], kept: IO[str] | None = None) -> int:
    with display() as shown:
        own = {**variables(), **shown, "LIBGL_ALWAYS_SOFTWARE": "1"}
        # A session of its own: what gives way to its window gives way to no other's tests (sched(7), autogroup).
        command = [sys.executable, "-m", "pytest", *words]
        with subprocess.Popen(command, cwd=PROGRAM, env=own, stdout=kept, start_new_session=True) as running:
            _running.append(running)
            return running.wait()


def _stop() -> None:
    """What a person stopped ends with all that it started: a session of its own doesn't hear their keys."""
    for running in _running:
        if os.name == "posix" and running.poll() is None:
            os.killpg(running.pid, signal.SIGINT)


def _python(command: list[str]) -> list[str]:
    if command[0] == "importlinter.cli":
        return [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    return [sys.executable, "-m", *command]


if __name__ == "__main__":
    os.chdir(PROGRAM)
    sys.exit(main(sys.argv[1:]))
