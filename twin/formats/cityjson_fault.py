"""What is wrong with one object of a city, in words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


class Fault(Exception):
    """An object that breaks the standard; its words are a catalogue message."""
