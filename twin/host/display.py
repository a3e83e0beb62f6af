"""Whether there is a screen to open a window on."""

from __future__ import annotations

import os
import sys


def present() -> bool:
    """True on Windows and macOS, and elsewhere where an X or Wayland display is named."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
