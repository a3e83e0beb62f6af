"""The limit of drawing: what is on the screen as one merged mesh for each material, with the same textures."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import numpy as np
from vtkmodules.util.numpy_support import vtk_to_numpy

from twin.scene import actors
from twin.scene.actors import Sent
from twin.scene.tree import visible


class Merged:
    """In its ``with`` the tiles are not drawn, and what they are made of is, merged."""

    def __init__(self, scene: Any, made: list[Any]) -> None:
        self._scene, self._made = scene, made
        self._tiles = [actor for node, _, actor in scene._stage.actors() if node in scene._stage.shown]
        for actor in made:
            actor.SetVisibility(False)
            scene.renderer.AddActor(actor)
        # The ground lies behind both.
        scene._grounds.last()

    def __enter__(self) -> Self:
        for actor in self._tiles:
            actor.SetVisibility(False)
        for actor in self._made:
            actor.SetVisibility(True)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _why: BaseException | None, _where: TracebackType | None
    ) -> None:
        for actor in self._made:
            actor.SetVisibility(False)
        for actor in self._tiles:
            actor.SetVisibility(True)


def merged(scene: Any) -> Merged:
    """Exactly the triangles of the tiles that are in the picture."""
    groups: dict[tuple[int, int], list[Any]] = {}
    eye = scene._eye()
    for node, _, actor in scene._stage.actors():
        if node in scene._stage.shown and visible(np.array([scene._listing.tiles[node.key].box]), eye)[0]:
            groups.setdefault((id(actor.GetShaderProperty()), id(actor.GetProperty())), []).append(actor)
    return Merged(scene, [_one(group) for group in groups.values()])


def _one(some: list[Any]) -> Any:
    points, triangles, attributes, first = [], [], {}, 0
    for actor in some:
        data = actor.GetMapper().GetInput()
        here = vtk_to_numpy(data.GetPoints().GetData()) + np.array(actor.GetPosition(), np.float32)
        points.append(here)
        triangles.append(vtk_to_numpy(data.GetPolys().GetConnectivityArray()).reshape(-1, 3) + first)
        first += len(here)
        held = data.GetPointData()
        for n in range(held.GetNumberOfArrays()):
            attributes.setdefault(held.GetArrayName(n), []).append(vtk_to_numpy(held.GetArray(n)))
    whole = Sent(
        (0.0, 0.0, 0.0),
        np.concatenate(points),
        np.concatenate(triangles).astype(np.int32),
        {name: np.concatenate(values) for name, values in attributes.items()},
    )
    made = actors.actor(whole, (0.0, 0.0, 0.0))
    made.SetProperty(some[0].GetProperty())
    made.SetShaderProperty(some[0].GetShaderProperty())
    return made
