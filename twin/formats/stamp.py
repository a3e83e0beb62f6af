"""What our own exports say about themselves, so that what went out comes back the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from twin.model.layer import Heights

KEY = "balad"
"""The name it has in each format: GeoPackage's and Parquet's metadata, a foreign member in GeoJSON."""


class Stamp(BaseModel):
    """A layer as it went out."""

    layer: str = ""
    kind: str = ""
    title_en: str = ""
    title_ar: str = ""
    columns: dict[str, str] = {}
    """What a column was where the format could not say it: ``timestamp``."""
    numbered: bool = False
    """Whether the file's own numbers are the features' ids."""
    heights: Heights = "unknown"
    synthetic: bool = False

    @classmethod
    def of(cls, layer: str, meta: Mapping[str, Any] | None, columns: dict[str, str]) -> Stamp:
        """For a layer that goes out; ``meta`` may tell its kind and titles."""
        told = {key: (meta or {}).get(key) for key in ("kind", "title_en", "title_ar", "heights", "synthetic")}
        return cls(layer=layer, columns=columns, **{key: value for key, value in told.items() if value})

    @classmethod
    def found(cls, text: str | bytes | None) -> Stamp | None:
        """From a file; None where it has none that holds."""
        try:
            return cls.model_validate_json(text) if text else None
        except ValidationError:
            return None
