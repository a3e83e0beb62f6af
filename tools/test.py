"""Every check: style, types, import contracts, words, then the tests in a real X display."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence

from tools.display import display
from tools.environment import PROGRAM, variables

CHECKS: tuple[tuple[str, list[str]], ...] = (
    ("ruff check", ["ruff", "check", "."]),
    ("ruff format", ["ruff", "format", "--check", "."]),
    ("mypy", ["mypy"]),
    ("import contracts", ["importlinter.cli", "lint"]),
)


def main(words: Sequence[str]) -> int:
    """Run all; the exit code is 0 only when every check passed."""
    failed = []
    for title, command in () if words else CHECKS:
        started = time.monotonic()
        code = subprocess.call(_python(command), cwd=PROGRAM, env=variables())
        print(f"{title}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
        failed += [title] if code else []
    with display() as shown:
        own = {**variables(), **shown, "LIBGL_ALWAYS_SOFTWARE": "1"}
        code = subprocess.call([sys.executable, "-m", "pytest", *(words or ["-m", "not long"])], cwd=PROGRAM, env=own)
    if code:
        failed.append("tests")
    print("all checks passed" if not failed else f"failed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


def _python(command: list[str]) -> list[str]:
    if command[0] == "importlinter.cli":
        return [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    return [sys.executable, "-m", *command]


if __name__ == "__main__":
    os.chdir(PROGRAM)
    sys.exit(main(sys.argv[1:]))
