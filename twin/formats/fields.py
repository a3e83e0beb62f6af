"""What a reader knows about a column beyond its values, as Arrow keeps it beside the column: its unit and titles."""

from __future__ import annotations

import pyarrow as pa


def field(name: str, kind: pa.DataType, unit: str = "", title: str = "", title_ar: str = "") -> pa.Field:
    """A column with its unit's symbol, and its titles in English and Arabic."""
    said = {"unit": unit, "title_en": title, "title_ar": title_ar}
    return pa.field(name, kind, metadata={key: value for key, value in said.items() if value})


def said(column: pa.Field) -> dict[str, str]:
    """``unit``, ``title_en`` and ``title_ar``, as far as its reader told them."""
    found = {key.decode(): value.decode() for key, value in (column.metadata or {}).items()}
    return {key: found[key] for key in ("unit", "title_en", "title_ar") if key in found}
