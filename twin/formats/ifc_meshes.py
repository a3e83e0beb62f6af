"""An IFC product's form as triangles in metres, by IfcOpenShell (LGPL): in the reader's own process alone."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

Mesh = tuple[NDArray[np.float64], NDArray[np.int32]]
"""(n, 3) points in the model's world, in metres, and (m, 3) triangles."""
_NOTHING = ("IfcFeatureElementSubtraction", "IfcAnnotation", "IfcGrid")
"""What is cut out of other things, or drawn beside them: nothing that stands there."""


def meshes(model: Any) -> Iterator[tuple[int, Mesh]]:
    """The number of each product that has a form, and its mesh; what can't be built is left out."""
    from ifcopenshell import geom

    settings: Any = cast(Any, geom).settings()
    settings.set("use-world-coords", True)
    settings.set("weld-vertices", True)
    wanted = [one for one in model.by_type("IfcProduct") if getattr(one, "Representation", None) and not _empty(one)]
    if not wanted:
        return
    for shape in _built(model, settings, wanted):
        points = np.array(shape.geometry.verts, np.float64).reshape(-1, 3)
        triangles = np.array(shape.geometry.faces, np.int32).reshape(-1, 3)
        sound = len(triangles) and np.isfinite(points).all() and triangles.min() >= 0 and triangles.max() < len(points)
        if sound:
            yield int(shape.id), (points, triangles)


def _built(model: Any, settings: Any, wanted: list[Any]) -> Iterator[Any]:
    """The products' forms; one by one where something that they share is damaged."""
    from ifcopenshell import geom

    built: Any = geom
    try:
        iterator = built.iterator(settings, model, min(4, os.cpu_count() or 1), include=wanted)
    except RuntimeError:
        for one in wanted:
            with contextlib.suppress(RuntimeError):
                yield built.create_shape(settings, one)
        return
    more = iterator.initialize()
    while more:
        yield iterator.get()
        more = iterator.next()


def drawable(product: Any) -> bool:
    """Whether a product says that it has a body."""
    form = getattr(product, "Representation", None)
    if form is None or _empty(product):
        return False
    names = {getattr(one, "RepresentationIdentifier", None) for one in form.Representations or ()}
    return "Body" in names or "Facetation" in names


def _empty(product: Any) -> bool:
    return any(product.is_a(kind) for kind in _NOTHING)
