"""Whether this machine can draw in 3D: tried in a child, so that a driver's crash is words and not the end."""

from __future__ import annotations

import os
import subprocess
import sys

from twin.core.i18n import mark

_TRIAL = "twin.scene.trial"
_SECONDS = 30
_SOFT = {"LIBGL_ALWAYS_SOFTWARE": "1", "GALLIUM_DRIVER": "llvmpipe", "QT_OPENGL": "software"}


SLOW = mark("The graphics card can't draw this: the processor does it instead, more slowly.")
NEVER = mark("Neither the graphics card nor the processor can draw in 3D here: update the graphics driver.")


class Trial:
    """Begins at once, beside the program's own start; ``said`` waits for its end."""

    def __init__(self) -> None:
        self._child = _begun(dict(os.environ))

    def said(self) -> str:
        """Nothing where the card draws; ``SLOW``, with software drawing chosen; ``NEVER`` where that fails too."""
        if _passed(self._child):
            return ""
        soft = {**os.environ, **_SOFT}
        if _passed(_begun(soft)):
            os.environ.update(_SOFT)
            return SLOW
        return NEVER


def _begun(environment: dict[str, str]) -> subprocess.Popen[bytes] | None:
    quiet = subprocess.DEVNULL
    try:
        return subprocess.Popen([sys.executable, "-m", _TRIAL], env=environment, stdout=quiet, stderr=quiet)
    except OSError:
        return None


def _passed(child: subprocess.Popen[bytes] | None) -> bool:
    if child is None:
        return False
    try:
        return child.wait(_SECONDS) == 0
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        return False
