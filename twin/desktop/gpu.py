"""Whether this machine can draw in 3D: tried in a child, so that a driver's crash is words and not the end."""

from __future__ import annotations

import os
import subprocess
import sys

from twin.core.i18n import mark

_TRIAL = "from twin.scene.trial import draws; import sys; sys.exit(0 if draws() else 3)"
_SECONDS = 30


def prepare() -> str:
    """Choose software drawing where the card can't; the words to say about it, or none."""
    if _tried(dict(os.environ)):
        return ""
    soft = {**os.environ, "LIBGL_ALWAYS_SOFTWARE": "1", "GALLIUM_DRIVER": "llvmpipe"}
    if _tried(soft):
        os.environ.update(soft)
        return mark("The graphics card can't draw this: the processor does it instead, more slowly.")
    return mark("Neither the graphics card nor the processor can draw in 3D here: update the graphics driver.")


def _tried(environment: dict[str, str]) -> bool:
    try:
        return (
            subprocess.run(
                [sys.executable, "-c", _TRIAL], env=environment, timeout=_SECONDS, capture_output=True, check=False
            ).returncode
            == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
