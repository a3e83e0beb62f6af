"""Where the program begins in a bundle, which has no Python beside it: its own children begin here too."""

from __future__ import annotations

import multiprocessing
import os
import runpy
import sys


def main() -> int:
    """Become the child that was asked for, or run the command line."""
    os.environ.setdefault("NUMBA_CACHE_LOCATOR_CLASSES", "twin.core.compiled.InBundle")
    # The kernels that the bundle brings were compiled for any processor: another name would have them made anew.
    os.environ.setdefault("NUMBA_CPU_NAME", "generic")
    multiprocessing.freeze_support()
    if sys.argv[1:2] == ["-m"]:
        del sys.argv[:2]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
        return 0
    from twin import cli

    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
