"""Makes the hashed pins from ``requirements/*.in``, for Linux, Windows and macOS, with no host name in them."""

from __future__ import annotations

import subprocess
import sys

from tools.environment import PROGRAM


def main() -> int:
    """Resolve the lists anew; the exit code is the resolver's."""
    for name in ("run", "dev", "bundle"):
        command = [
            sys.executable,
            "-m",
            "uv",
            "pip",
            "compile",
            "--quiet",
            "--universal",
            "--python-version",
            "3.11",
            "--generate-hashes",
            "--no-emit-index-url",
            "--no-emit-find-links",
            "--no-annotate",
            "--no-header",
            "--upgrade",
            f"{name}.in",
            "-o",
            f"{name}.txt",
        ]
        failed = subprocess.call(command, cwd=PROGRAM / "requirements")
        if failed:
            return failed
    return 0


if __name__ == "__main__":
    sys.exit(main())
