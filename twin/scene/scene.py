"""The scene: a city's tiles, ground and sky in one VTK renderer, drawn when something changed."""

from __future__ import annotations

from typing import Any

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer, vtkRenderWindow

from twin.model.layer import Layer
from twin.model.shapes import Arrays
from twin.model.view import Camera
from twin.scene import actors, backdrop, camera, ground, light, rasters
from twin.scene.colours import Overlay
from twin.scene.source import TileSource
from twin.scene.tiles import Key, Meshing, Tile, listed

BYTES_A_FRAME = 24 << 20
"""What one frame uploads at most, so that drawing never stalls."""
GROUND_LAYERS = frozenset({"sea", "land"})
"""Layers that are painted into the ground's picture."""
_LIFT = (255, 255, 255)


class Drawn:
    """A tile on the screen."""

    def __init__(self, arrays: Arrays, actor: vtkActor, lit: Any) -> None:
        self.arrays = arrays
        self.actor = actor
        self.light = lit


class Scene:
    """Holds a renderer of a render window that somebody else owns; it draws nothing by itself."""

    def __init__(self, window: vtkRenderWindow, source: TileSource, *, night: bool = False) -> None:
        self.window = window
        self.source = source
        self.sky = light.NIGHT if night else light.DAY
        self.sun = light.sun()
        self.camera = Camera()
        self.overlay: Overlay | None = None
        self.selected: tuple[str, int] | None = None
        self.renderer = vtkRenderer()
        self.renderer.SetBackground(*(part / 255 for part in self.sky.horizon))
        window.AddRenderer(self.renderer)
        window.SetMultiSamples(0)
        self._dome = backdrop.dome(self.sky)
        self.renderer.AddActor(self._dome)
        self._plain: vtkActor | None = None
        self._meshing = Meshing(source)
        self._tiles: dict[Key, Tile] = {}
        self._drawn: dict[Key, Drawn] = {}
        self._layers: dict[str, Layer] = {}
        self._shown: frozenset[str] | None = None
        self.origin = (0.0, 0.0, 0.0)
        self.reload()

    def reload(self) -> None:
        """Read anew which layers and tiles there are; what is still the same stays on the screen."""
        self._layers = {layer.id: layer for layer in self.source.layers()}
        extent = self.extent()
        if not self._drawn and extent:
            self.origin = (round((extent[0] + extent[3]) / 2), round((extent[1] + extent[4]) / 2), 0.0)
        tiles = {tile.key: tile for layer in self._layers.values() for tile in listed(self.source, layer)}
        for key in [key for key in self._drawn if key not in tiles]:
            self.renderer.RemoveActor(self._drawn.pop(key).actor)
        self._tiles = tiles
        missing = [tile for key, tile in tiles.items() if key not in self._drawn]
        self._meshing.ask(missing, self.camera.eye())
        self._show()

    def extent(self, layer: str | None = None) -> tuple[float, float, float, float, float, float] | None:
        """The box of the city, or of one layer."""
        wanted = [found for name, found in self._layers.items() if layer is None or name == layer]
        solid = [found for found in wanted if found.id not in GROUND_LAYERS and not self._relief(found)] or wanted
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
        if not self._meshing.busy and self._plain is None and self._tiles:
            self.bake()
        return self._meshing.busy

    def wait(self) -> None:
        """Take everything: what a picture needs."""
        import time

        while self.pump(1 << 40):
            time.sleep(0.002)

    def bake(self) -> None:
        """Paint the ground anew: sand, sea and shadows."""
        extent = self.extent()
        if extent is None:
            return
        margin = max(300.0, 0.25 * max(extent[3] - extent[0], extent[4] - extent[1]))
        sides = (extent[0] - margin, extent[1] - margin, extent[3] + margin, extent[4] + margin)
        sea = [drawn.arrays for key, drawn in self._drawn.items() if key[0] == "sea"]
        standing = [
            drawn.arrays
            for key, drawn in self._drawn.items()
            if self._tiles[key].kind == "buildings" and self._layers[key[0]].visible
        ]
        painted = ground.bake(sides, sea, standing, self.sky, self.sun)
        if self._plain:
            self.renderer.RemoveActor(self._plain)
        relief = [drawn.arrays for key, drawn in self._drawn.items() if self._relief(self._layers[key[0]])]
        self._plain = backdrop.plain(painted, self.origin, -0.25 if relief else extent[2] - 0.25, relief)
        actors.hazed(self._plain, _share(self.sky.horizon), 1.0, 12_000.0)
        self.renderer.AddActor(self._plain)

    @staticmethod
    def _relief(layer: Layer) -> bool:
        """Whether the ground's picture is laid over a layer's triangles."""
        return layer.id == "terrain" and layer.kind == "terrain"

    def look(self, to: Camera) -> None:
        """Move the camera; nothing is drawn until the window renders."""
        self.camera = to
        camera.aim(self.renderer.GetActiveCamera(), to, self.origin)
        eye = to.eye()
        self._dome.SetPosition(eye[0] - self.origin[0], eye[1] - self.origin[1], eye[2] - self.origin[2])

    def show(self, layers: frozenset[str] | None) -> None:
        """Show these layers alone; None shows those that are visible in the layer tree."""
        self._shown = layers
        self._show()

    def colour(self, overlay: Overlay | None) -> None:
        """Colour a layer by an overlay; no mesh is made again."""
        before, self.overlay = self.overlay, overlay
        touched = {found.layer for found in (before, overlay) if found}
        self._repaint(touched)

    def select(self, selected: tuple[str, int] | None) -> None:
        """Light one feature up."""
        touched = {found[0] for found in (self.selected, selected) if found}
        self.selected = selected
        self._repaint(touched)

    def pick(self, x: float, y: float, width: int, height: int) -> tuple[str, int, camera.Point] | None:
        """The feature under a pixel (from the top left corner), and the point hit, in the city's CRS."""
        eye, way = camera.ray(self.camera, x, y, width, height)
        best: tuple[float, str, int] | None = None
        for key, drawn in self._drawn.items():
            if (
                not drawn.actor.GetVisibility()
                or not drawn.actor.GetPickable()
                or not _meets(self._tiles[key].box, eye, way)
            ):
                continue
            local = np.array(eye) - np.array(drawn.arrays.origin)
            which, far = rasters.nearest(drawn.arrays.points, drawn.arrays.triangles, local, np.array(way))
            if which >= 0 and (best is None or far < best[0]):
                owner = drawn.arrays.owner[drawn.arrays.triangles[which, 0]]
                best = (far, key[0], int(drawn.arrays.fids[owner]))
        if best is None:
            return None
        far, layer, fid = best
        return layer, fid, (eye[0] + way[0] * far, eye[1] + way[1] * far, eye[2] + way[2] * far)

    @property
    def busy(self) -> bool:
        """Whether tiles are still to come."""
        return self._meshing.busy

    def close(self) -> None:
        """Stop the workers and let go of the window."""
        self._meshing.close()
        self.window.RemoveRenderer(self.renderer)

    def _draw(self, key: Key, arrays: Arrays) -> None:
        lit = light.factors(arrays, self.sun)
        made = actors.actor(arrays, self._painted(key, arrays, lit), self.origin)
        actors.hazed(made, _share(self.sky.horizon), 0.45, 5_000.0)
        made.SetPickable(self._tiles[key].kind != "areas")
        self._drawn[key] = Drawn(arrays, made, lit)
        self.renderer.AddActor(made)
        self._show_one(key)

    def _painted(self, key: Key, arrays: Arrays, lit: Any) -> Any:
        base = arrays.base
        brightness = self.sky.buildings
        if self.overlay and self.overlay.layer == key[0]:
            base, brightness = self.overlay.painted(arrays.fids, arrays.owner), 1.0
        colours = light.shaded(base, lit, brightness)
        if self.selected and self.selected[0] == key[0]:
            mine = arrays.fids[arrays.owner] == self.selected[1]
            colours[mine] = (0.35 * colours[mine] + 0.65 * np.array((69, 196, 181))).astype(np.uint8)
        return colours

    def _repaint(self, layers: set[str]) -> None:
        for key, drawn in self._drawn.items():
            if key[0] in layers:
                actors.recolour(drawn.actor, self._painted(key, drawn.arrays, drawn.light))

    def _show(self) -> None:
        for key in self._drawn:
            self._show_one(key)

    def _show_one(self, key: Key) -> None:
        layer, actor = self._layers[key[0]], self._drawn[key].actor
        seen = layer.visible if self._shown is None else layer.id in self._shown
        actor.SetVisibility(seen and layer.id not in GROUND_LAYERS)
        actor.GetProperty().SetOpacity(layer.opacity)


def _share(colour: tuple[int, int, int]) -> tuple[float, float, float]:
    return colour[0] / 255, colour[1] / 255, colour[2] / 255


def _meets(box: tuple[float, ...], eye: camera.Point, way: camera.Point) -> bool:
    """Whether a ray passes through a box, with a hand's margin (Kay and Kajiya's slabs)."""
    near, far = 0.0, float("inf")
    for axis in range(3):
        low, high = box[axis] - 60.0 * (axis == 2) - 1, box[axis + 3] + 1 + 600.0 * (axis == 2)
        if abs(way[axis]) < 1e-12:
            if not low <= eye[axis] <= high:
                return False
            continue
        a, b = (low - eye[axis]) / way[axis], (high - eye[axis]) / way[axis]
        near, far = max(near, min(a, b)), min(far, max(a, b))
    return near <= far
