"""What a first start would wait for, done while things are set up anyway: kernels, bytecode, the sample city."""

from __future__ import annotations

import compileall
import contextlib
import importlib
import importlib.util
import sys

from tools.environment import PROGRAM

KERNELS = (
    "layers.kernels",
    "layers.coarse",
    "layers.rings",
    "layers.wkb",
    "layers.borders",
    "layers.buildings",
    "twin.scene.choosing",
    "twin.scene.rays",
    "twin.scene.inside",
    "twin.scene.rasters",
    "twin.scene.lookup",
)
ROOMS = ("twin", "layers", "plugins", "sample_data")


def main() -> int:
    """Each where it is missing; what can't be done now is done at the first start."""
    for name in KERNELS:
        if importlib.util.find_spec(name):
            module = importlib.import_module(name)
            warm = getattr(module, "warm", None)
            if warm:
                warm()
    for room in ROOMS:
        compileall.compile_dir(str(PROGRAM / room), quiet=2)
    from twin.core import paths
    from twin.core.errors import TwinError
    from twin.host.session import Session

    city = paths.sample()
    if not city.exists():
        print("Making the sample city …", file=sys.stderr, flush=True)
        with contextlib.suppress(TwinError, OSError), Session(city) as session:
            session.run("sample")
    return 0


if __name__ == "__main__":
    sys.exit(main())
