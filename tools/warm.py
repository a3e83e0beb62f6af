"""Fills numba's cache, so that no person waits for a compiler."""

from __future__ import annotations

import importlib
import importlib.util
import sys


def main() -> int:
    """Compile each kernel by using it once."""
    for name in ("layers.kernels", "layers.buildings", "twin.scene.picking", "twin.scene.lit"):
        if importlib.util.find_spec(name):
            module = importlib.import_module(name)
            warm = getattr(module, "warm", None)
            if warm:
                warm()
    return 0


if __name__ == "__main__":
    sys.exit(main())
