"""The colours of the two themes by name, as ``resources/themes`` gives them (ART)."""

from __future__ import annotations

import json
from functools import cache

from twin.core.paths import resources
from twin.core.settings import Theme


@cache
def tones(theme: Theme) -> dict[str, str]:
    """``#rrggbb`` by name: bg, panel, text, accent, critical…"""
    found: dict[str, str] = json.loads((resources() / "themes" / f"{theme}.json").read_text(encoding="utf-8"))
    return found
