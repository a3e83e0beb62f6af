"""numba comes alone, and can still do all that it could."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tools.environment import variables

_RUN = """
import sys
import numpy as np
from twin.core.kernels import numba

print("scipy" in sys.modules)
product = numba.njit(lambda one, other: one @ other)
print(product(np.eye(2) * 3, np.ones((2, 2))).tolist())
"""


def test_scipy_waits_for_a_kernel_that_multiplies_matrices():
    pytest.importorskip("scipy")
    done = subprocess.run(
        [sys.executable, "-c", _RUN], check=False, env=variables(), capture_output=True, text=True, timeout=120
    )
    assert done.stdout.splitlines() == ["False", "[[3.0, 3.0], [3.0, 3.0]]"], done.stderr[-2000:]
