"""Lengths that a feature's columns say, in metres, whatever unit each column is in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_METRES = {"mm": 1e-3, "cm": 1e-2, "m": 1.0, "km": 1e3, "in": 0.0254, "ft": 0.3048}
DIAMETERS = {
    "diameter": 1e-3, "diameter_mm": 1e-3, "diameter_m": 1.0, "diameter_in": 0.0254,
    "inner_diameter_mm": 1e-3, "outer_diameter_mm": 1e-3, "dn": 1e-3,
}  # fmt: skip
"""Columns of a pipe's or cable's width, in the order they are asked, and what one is in metres without a unit."""


def metres(table: pa.Table, columns: Mapping[str, float]) -> Any:
    """(n,) what the first of these columns says that says something of a row; NaN where none does.

    A column's own unit goes before the one that its name stands for.
    """
    found = np.full(len(table), np.nan)
    for name, otherwise in columns.items():
        if name not in table.column_names:
            continue
        field = table.schema.field(name)
        unit = (field.metadata or {}).get(b"unit", b"").decode()
        told = _numbers(table.column(name)) * _METRES.get(unit, otherwise)
        found = np.where(np.isfinite(found), found, told)
    return found


def positive(table: pa.Table, columns: Mapping[str, float], otherwise: Any) -> Any:
    """The same, and ``otherwise`` where nothing is said, or nothing that a size can be."""
    said = metres(table, columns)
    return np.where(np.isfinite(said) & (said > 0), said, otherwise)


def _numbers(column: Any) -> Any:
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        # OpenStreetMap writes "12", "12 m", "12.5".
        column = pc.struct_field(pc.extract_regex(column, r"^\s*(?P<n>[0-9]+(?:[.][0-9]+)?)\s*m?\s*$"), [0])
    return pc.fill_null(pc.cast(column, pa.float64(), safe=False), np.nan).to_numpy()
