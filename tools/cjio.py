"""cjio, without what it does to all that a process writes as JSON."""

from __future__ import annotations

import json.encoder
from typing import Any


def cityjson() -> Any:
    """``cjio.cityjson``; on its first import it makes ``json`` write no more than some digits of a float, anywhere."""
    encoder: Any = json.encoder
    compiled = encoder.c_make_encoder
    from cjio import cityjson as found

    encoder.c_make_encoder = compiled
    vars(encoder).pop("float", None)
    return found
