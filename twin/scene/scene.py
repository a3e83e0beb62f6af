"""The scene: a city's tiles, ground and sky in one VTK renderer, drawn when something changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer, vtkRenderWindow, vtkShaderProperty

from twin.model.layer import Layer
from twin.model.shapes import Arrays
from twin.model.view import Camera
from twin.scene import actors, backdrop, camera, facades, highlight, light, materials
from twin.scene.colours import Overlay
from twin.scene.facades import Parts
from twin.scene.grounds import BAKED_LAYERS, GROUND_LAYERS, Grounds
from twin.scene.light import Sky
from twin.scene.picking import Hit, Targets
from twin.scene.source import TileSource
from twin.scene.tiles import Key, Listing, Meshing, Tile, away

BYTES_A_FRAME = 24 << 20
"""What one frame uploads at most, so that drawing never stalls."""
_NEAR, _WIDEST = 5_000.0, 200_000.0
"""Metres from the largest layer within which another belongs to the city, and the most that one layer of it spans."""
_HAZE_FROM = 4_000.0
"""Metres from the eye to what it looks at, beyond which the haze is thinned."""
_FLAT = {"terrain": 0.0, "surfaces": 2e-6, "areas": 4e-6, "roads": 8e-6, "lines": 1.2e-5}
"""Kinds that lie on the ground, and how far they are brought before it (see ``materials.flat``)."""
_STANDING = frozenset({"buildings", "palms"})
"""Kinds that lay a shade on the ground."""

Box = tuple[float, float, float, float, float, float]


class Drawn:
    """A tile on the screen."""

    def __init__(self, arrays: Arrays, actor: vtkActor, lit: Any) -> None:
        self.arrays = arrays
        self.actor = actor
        self.light = lit
        self.wood = arrays.facade is not None and bool((arrays.facade[:, 2] < -1.5).any())


class Scene:
    """Holds a renderer of a render window that somebody else owns; it draws nothing by itself."""

    def __init__(
        self, window: vtkRenderWindow, source: TileSource, listing: Listing | None = None, *, night: bool = False
    ) -> None:
        self.window = window
        self.source = source
        self.sun = light.sun()
        self.camera = Camera()
        self.overlays: dict[str, Overlay] = {}
        """By layer."""
        self.selected: tuple[str, int] | None = None
        self.scale = 1.0
        """A pixel's size on this screen, for lines."""
        self.origin = (0.0, 0.0, 0.0)
        self.renderer = vtkRenderer()
        window.AddRenderer(self.renderer)
        window.SetMultiSamples(0)
        self._meshing = Meshing(source)
        self._grounds = Grounds(self.renderer)
        self._targets = Targets()
        self._tiles: dict[Key, Tile] = {}
        self._drawn: dict[Key, Drawn] = {}
        self._asked: set[Key] = set()
        """Tiles that are meshed, or on their way."""
        self._layers: dict[str, Layer] = {}
        self._shown: frozenset[str] | None = None
        self._outline: Sequence[vtkActor] = ()
        self._border: Sequence[Any] = ()
        self._dome: vtkActor | None = None
        self.light(night=night)
        self.reload(listing)

    def reload(self, listing: Listing | None = None) -> None:
        """Take these layers and tiles, else ask which there are; what is still the same stays on the screen."""
        found = listing or Listing.of(self.source)
        before, self._layers, tiles = self._layers, found.layers, found.tiles
        other = {name for name, layer in self._layers.items() if name in before and _was(before[name]) != _was(layer)}
        for key in [key for key in self._drawn if tiles.get(key) != self._tiles.get(key) or key[0] in other]:
            self._targets.drop(key)
            self.renderer.RemoveActor(self._drawn.pop(key).actor)
        self._meshing.keep(key for key, tile in tiles.items() if tile == self._tiles.get(key) and key[0] not in other)
        self._tiles = tiles
        extent = self._core()
        if not self._drawn and extent:
            self.origin = (round((extent[0] + extent[3]) / 2), round((extent[1] + extent[4]) / 2), 0.0)
        self._asked = {key for key in self._asked if key in self._drawn or key in self._meshing}
        self._show()
        self.select(self.selected, self._border)

    def extent(self, layer: str | None = None) -> Box | None:
        """The box of the city, or of one layer."""
        wanted = [found for name, found in self._layers.items() if layer is None or name == layer]
        solid = [found for found in wanted if found.id not in GROUND_LAYERS] or wanted
        boxes = [found.extent for found in solid if found.extent]
        if not boxes:
            return None
        low, high = np.min(np.array(boxes)[:, :3], axis=0), np.max(np.array(boxes)[:, 3:], axis=0)
        return tuple(float(side) for side in (*low, *high))  # type: ignore[return-value]

    def pump(self, most: int = BYTES_A_FRAME) -> bool:
        """Take what the workers have finished, within a frame's bound; True while more is to come."""
        for key, arrays in self._meshing.ready(most):
            if key in self._tiles and key not in self._drawn:
                self._draw(key, arrays)
        extent = self._core()
        if extent and not self._meshing.among(BAKED_LAYERS):
            # What the ground is made of comes first, and waits for no building; what shades it waits for all.
            found = self._ground_arrays(extent)
            self._grounds.lie(self._meshing.pool, extent, self.origin, found["sea"], found["terrain"])
            if not self._meshing.busy:
                self._grounds.stand(self._meshing.pool, found["standing"], found["roads"], self.sun)
        if self._grounds.take(self._below):
            self._shade()
            self._see()
        return self.busy

    def wait(self) -> None:
        """Take everything: what a picture needs."""
        import time

        while self.pump(1 << 40):
            time.sleep(0.002)

    def light(self, *, night: bool) -> None:
        """Day or night."""
        self.sky = light.NIGHT if night else light.DAY
        self.renderer.SetBackground(*(part / 255 for part in self.sky.horizon))
        if self._dome:
            self.renderer.RemoveActor(self._dome)
        self._dome = backdrop.dome(self.sky)
        self.renderer.AddActor(self._dome)
        self._solid: dict[Parts, vtkShaderProperty] = {}
        self._grounds.paint(self._below)
        self._shade()
        self._repaint(set(self._layers))
        self.look(self.camera)

    def look(self, to: Camera) -> None:
        """Move the camera; nothing is drawn until the window renders."""
        self.camera = to
        camera.aim(self.renderer.GetActiveCamera(), to, self.origin)
        eye = to.eye()
        if self._dome:
            self._dome.SetPosition(*(a - b for a, b in zip(eye, self.origin, strict=True)))
        self._see()

    def _see(self) -> None:
        """The haze begins behind what is looked at, from however far."""
        clear = max(1.0, self.camera.distance / _HAZE_FROM)
        for key in self._drawn:
            if self._tiles[key].kind not in _FLAT:
                self._face(key)
        drawn = [one.actor for one in self._drawn.values()]
        for actor in [*drawn, *self._grounds.laid]:
            materials.see(actor.GetShaderProperty(), clear)

    def show(self, layers: frozenset[str] | None) -> None:
        """Show these layers alone; None shows those that are visible in the layer tree."""
        self._shown = layers
        self._show()

    def colour(self, overlays: Mapping[str, Overlay]) -> None:
        """Colour layers by these overlays and no others; no mesh is made again."""
        before, self.overlays = self.overlays, dict(overlays)
        both = {*before, *overlays}
        if bool(before) != bool(self.overlays):
            self._grounds.paint(self._below)
            self._shade()
        self._repaint({layer for layer in both if before.get(layer) is not self.overlays.get(layer)})

    def sees_something(self) -> bool:
        """Whether the point looked at lies in or near a layer: as near as the eye is to it."""
        east, north, near = self.camera.east, self.camera.north, self.camera.distance
        here = (east - near, north - near, 0.0, east + near, north + near, 0.0)
        return any(_meet(layer.extent, here) for layer in self._layers.values() if layer.extent)

    def select(self, selected: tuple[str, int] | None, border: Sequence[Any] = ()) -> None:
        """Put lines about one feature, and lift its colour; where it isn't drawn, along its ``border``.

        The border's lines are (n, 3) each, in the city's CRS.
        """
        self._border = border
        touched = {found[0] for found in (self.selected, selected) if found}
        self.selected = selected
        self._repaint(touched)
        for line in self._outline:
            self.renderer.RemoveActor(line)
        self._outline = self._lines()
        for line in self._outline:
            self.renderer.AddActor(line)

    def pick(self, x: float, y: float, width: int, height: int) -> Hit | None:
        """The feature under a pixel (from the top left corner), and the point hit, in the city's CRS."""
        eye, way = camera.ray(self.camera, x, y, width, height)
        return self._targets.nearest(eye, way, lambda key: bool(self._drawn[key].actor.GetVisibility()))

    def edges(self, layer: str, fid: int) -> Any:
        """The edges of a drawn feature that face the eye, (n, 2, 3) in the city's CRS; empty where it isn't drawn."""
        for key, drawn in self._drawn.items():
            if key[0] == layer and self._seen(layer) and fid in drawn.arrays.fids:
                east, north, height = (a - b for a, b in zip(self.camera.eye(), drawn.arrays.origin, strict=True))
                points, lines = highlight.edges(drawn.arrays, fid, (east, north, height))
                return points[lines] + np.asarray(drawn.arrays.origin)
        return np.empty((0, 2, 3))

    def hides(self, point: camera.Point, of: tuple[str, int] | None = None) -> bool:
        """Whether something stands between the eye and a point, other than the feature it is a point ``of``."""
        eye = self.camera.eye()
        way = np.subtract(point, eye)
        far = float(np.linalg.norm(way))
        east, north, up = (float(part) / max(far, 1e-9) for part in way)
        seen = self._targets.nearest(
            eye, (east, north, up), lambda key: bool(self._drawn[key].actor.GetVisibility()), far - 0.5
        )
        return seen is not None and (seen.layer, seen.fid) != of

    @property
    def complete(self) -> bool:
        """Whether all that is shown is drawn, on its ground; the ground's shade may still become finer."""
        return bool(self._drawn) and not self._meshing.busy and bool(self._grounds.laid) and self._grounds.shaded

    @property
    def busy(self) -> bool:
        """Whether tiles or the ground are still to come."""
        return self._meshing.busy or self._grounds.busy

    def close(self) -> None:
        """Stop the workers and let go of the window."""
        self._meshing.close()
        self.window.RemoveRenderer(self.renderer)

    def _draw(self, key: Key, arrays: Arrays) -> None:
        lit = light.factors(arrays, self.sun)
        made = actors.actor(arrays, self._painted(key, arrays, lit), self.origin)
        self._drawn[key] = Drawn(arrays, made, lit)
        self._finish(key)
        self._targets.add(key, arrays)
        self.renderer.AddActor(made)
        self._show_one(key)
        if self.selected and self.selected[0] == key[0] and (self._border or not self._outline):
            self.select(self.selected, self._border)

    def _finish(self, key: Key) -> None:
        """Give a tile its material."""
        drawn, kind = self._drawn[key], self._tiles[key].kind
        if kind in _FLAT:
            shade = self._grounds.shade
            if shade:
                actors.sample(drawn.actor, "shade", shade.texture, shade.coordinates(drawn.arrays))
            drawn.actor.SetShaderProperty(
                materials.flat(self._below, shade.raster.sides if shade else None, _FLAT[kind])
            )
        else:
            self._face(key)
        materials.see(drawn.actor.GetShaderProperty(), max(1.0, self.camera.distance / _HAZE_FROM))

    @property
    def _below(self) -> Sky:
        """The sky as the ground has it: its lamps are out where colour tells of data."""
        return replace(self.sky, windows=False) if self.overlays else self.sky

    def _face(self, key: Key) -> None:
        """Give what stands the material of what can be seen of it."""
        drawn, tile = self._drawn[key], self._tiles[key]
        near = drawn.arrays.facade is not None and away(tile, self.camera.eye()) < facades.NEAR
        parts = Parts(overlaid=key[0] in self.overlays, near=near, wood=near and drawn.wood)
        if parts not in self._solid:
            self._solid[parts] = materials.solid(self.sky, self.sun, parts)
        if drawn.actor.GetShaderProperty() is not self._solid[parts]:
            drawn.actor.SetShaderProperty(self._solid[parts])

    def _shade(self) -> None:
        for key in self._drawn:
            if self._tiles[key].kind in _FLAT:
                self._finish(key)

    def _painted(self, key: Key, arrays: Arrays, lit: Any) -> Any:
        overlay = self.overlays.get(key[0])
        night = self.sky is light.NIGHT
        shown = overlay.by(night=night) if overlay else None
        base = shown.painted(arrays.fids, arrays.owner) if shown else light.based(arrays.base, self.sky)
        colours = light.shaded(base, lit)
        if self.selected and self.selected[0] == key[0]:
            highlight.lifted(colours, arrays.fids[arrays.owner] == self.selected[1])
        return colours

    def _repaint(self, layers: set[str]) -> None:
        for key, drawn in self._drawn.items():
            if key[0] in layers:
                actors.recolour(drawn.actor, self._painted(key, drawn.arrays, drawn.light))
                self._finish(key)

    def _lines(self) -> Sequence[vtkActor]:
        layer, fid = self.selected or ("", 0)
        for key, drawn in self._drawn.items():
            if key[0] == layer and self._seen(layer) and fid in drawn.arrays.fids:
                return highlight.outline(drawn.arrays, fid, self.origin, self.scale)
        return highlight.border(self._border, self.origin, self.scale)

    def _seen(self, layer: str) -> bool:
        if layer in GROUND_LAYERS:
            return False
        return self._layers[layer].visible if self._shown is None else layer in self._shown

    def _show(self) -> None:
        new = [tile for key, tile in self._tiles.items() if key not in self._asked and self._needed(key[0])]
        self._asked.update(tile.key for tile in new)
        self._meshing.ask(new, self.camera.eye(), BAKED_LAYERS)
        for key in self._drawn:
            self._show_one(key)

    def _needed(self, layer: str) -> bool:
        """Whether its tiles are to be meshed: what is hidden is not, until it is shown."""
        return self._seen(layer) or layer in BAKED_LAYERS

    def _show_one(self, key: Key) -> None:
        actor = self._drawn[key].actor
        actor.SetVisibility(self._seen(key[0]))
        actor.GetProperty().SetOpacity(self._layers[key[0]].opacity)

    def _core(self) -> Box | None:
        """The box of the largest layer and of those near it: one that lies elsewhere must not coarsen the ground."""
        there = [layer for layer in self._layers.values() if layer.extent and layer.id not in GROUND_LAYERS]
        if not there:
            return self.extent()
        sides = np.array([layer.extent for layer in there])
        core = sides[int(np.argmax([layer.count for layer in there]))]
        near = (sides[:, :2] <= core[3:5] + _NEAR).all(axis=1) & (sides[:, 3:5] >= core[:2] - _NEAR).all(axis=1)
        near &= (sides[:, 3:5] - sides[:, :2]).max(axis=1) <= _WIDEST
        chosen = sides[near] if near.any() else core[None]
        low, high = chosen[:, :3].min(axis=0), chosen[:, 3:].max(axis=0)
        return tuple(float(side) for side in (*low, *high))  # type: ignore[return-value]

    def _ground_arrays(self, within: Box) -> dict[str, dict[Key, Arrays]]:
        """What the ground is made of: by layer for sea and terrain, and all that casts a shade within a box."""
        found: dict[str, dict[Key, Arrays]] = {"sea": {}, "terrain": {}, "standing": {}, "roads": {}}
        for key, drawn in self._drawn.items():
            if key[0] in BAKED_LAYERS:
                found[key[0]][key] = drawn.arrays
            elif self._tiles[key].kind in _STANDING and self._seen(key[0]) and _meet(self._tiles[key].box, within):
                found["standing"][key] = drawn.arrays
            elif self._tiles[key].kind == "roads" and self._seen(key[0]) and _meet(self._tiles[key].box, within):
                found["roads"][key] = drawn.arrays
        return found


def _meet(one: Box, other: Box) -> bool:
    """Whether two boxes meet in plan."""
    return one[0] <= other[3] and other[0] <= one[3] and one[1] <= other[4] and other[1] <= one[4]


def _was(layer: Layer) -> tuple[object, int]:
    """What tells whether a layer's features are still the same."""
    return layer.source, layer.version
