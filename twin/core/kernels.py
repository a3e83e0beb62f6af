"""numba, alone: where scipy is installed, it takes a third of a second of it along for products of matrices.

Whoever multiplies matrices in a kernel of their own still gets them: numba asks for scipy again then.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["numba"]


@contextmanager
def _without(name: str) -> Iterator[None]:
    """A package that isn't there for a moment, unless it is loaded already."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]


with _without("scipy"):
    import numba

    importlib.import_module("numba.np.arraymath")
