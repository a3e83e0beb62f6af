"""What the store says after a commit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from twin.model.feature import BASE

What = Literal["layers", "features", "tiles", "style", "views", "city"]


@dataclass(frozen=True)
class Change:
    """Something in the city is not what it was."""

    what: What
    layer: str = ""
    scenario: str = BASE
    transaction: int = 0
