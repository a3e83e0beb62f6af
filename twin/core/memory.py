"""Giving the system back what a burst of work has left free."""

from __future__ import annotations

import ctypes
import sys


def give_back() -> None:
    """After much was read and let go: allocators keep what is free, and glibc and Arrow can be told. Any thread."""
    arrow = sys.modules.get("pyarrow")
    if arrow is not None:
        arrow.default_memory_pool().release_unused()
    if sys.platform.startswith("linux"):
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
