"""Geometry templates: a form drawn once, put in many places by a matrix and a reference point (CityJSON 2.0, §3.4)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.core.i18n import mark
from twin.formats.cityjson_fault import Fault, Points
from twin.formats.reader import Place

_DEGREES = 1000.0
"""A CRS whose unit is this many metres counts in degrees: its templates are in metres all the same."""


def put(geometry: dict[str, Any], vertices: Points, templates: Any) -> tuple[dict[str, Any], Points]:
    """The template that an instance names, and its vertices where they come to lie; Fault where one is not there."""
    try:
        wanted, corner = geometry["template"], geometry["boundaries"][0]
        template = templates["templates"][wanted]
        own = np.array(templates["vertices-templates"], np.float64).reshape(-1, 3)
        matrix = np.array(geometry["transformationMatrix"], np.float64).reshape(4, 4)
        right = isinstance(template, dict) and wanted >= 0 and 0 <= corner < len(vertices)
    except (KeyError, IndexError, TypeError, ValueError, OverflowError):
        right = False
    if not right:
        raise Fault(mark("it uses a template that is not there"))
    with np.errstate(all="ignore"):
        placed = own @ matrix[:3, :3].T + matrix[:3, 3] + vertices[corner] + 0.0
    if not np.isfinite(placed).all():
        raise Fault(mark("it uses a template that is not there"))
    return template, placed


def turning(vertices: Points, place: Place) -> NDArray[np.float64] | None:
    """How placing turns and stretches a form that is put at a point; None where it does neither."""
    if not len(vertices):
        return None
    middle = vertices.mean(axis=0)
    ends = np.vstack([middle + np.eye(3) / 2, middle - np.eye(3) / 2])
    placed = place(ends)
    turn = (placed[:3] - placed[3:]).T
    if not np.isfinite(turn).all():
        return None
    if np.abs(turn[:2, :2]).max() > _DEGREES:
        turn = np.diag([1.0, 1.0, turn[2, 2]])
    return None if np.allclose(turn, np.eye(3), rtol=0, atol=1e-6) else turn


def turned(geometry: dict[str, Any], turn: NDArray[np.float64]) -> dict[str, Any]:
    """The instance with its matrix turned along; one without a right matrix stays as it is."""
    try:
        matrix = np.array(geometry["transformationMatrix"], np.float64).reshape(4, 4)
    except (KeyError, TypeError, ValueError, OverflowError):
        return geometry
    with np.errstate(all="ignore"):
        matrix = np.vstack([turn @ matrix[:3], matrix[3:]]) + 0.0
    return {**geometry, "transformationMatrix": matrix.ravel().tolist()} if np.isfinite(matrix).all() else geometry
