"""An X display of our own for tests: the ``offscreen`` platform draws no 3D and passes all the same."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def display(size: str = "1920x1080") -> Iterator[dict[str, str]]:
    """The environment of a fresh Xvfb; empty where the system has a screen by nature."""
    if not sys.platform.startswith("linux"):
        yield {}
        return
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{size}x24", "+extension", "GLX", "-noreset"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        number = os.read(read, 16).decode().strip()
        yield {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
    finally:
        os.close(read)
        server.terminate()
        server.wait(10)
