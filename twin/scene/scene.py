"""The scene: a city's tiles, ground and sky in one VTK renderer, drawn when something changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor, vtkProperty, vtkRenderer, vtkRenderWindow, vtkShaderProperty

from twin.core import memory
from twin.model.shapes import Arrays
from twin.model.view import Camera
from twin.scene import actors, backdrop, camera, depths, extents, eyes, highlight, light, materials, selecting
from twin.scene.asking import Asking
from twin.scene.colours import Overlay
from twin.scene.depths import Depth
from twin.scene.details import Details, Hit
from twin.scene.dressing import BARE, COVERING, FLAT, Dressing
from twin.scene.facades import Parts
from twin.scene.grounds import BAKED_LAYERS, GROUND_LAYERS, Box, Grounds
from twin.scene.light import Sky
from twin.scene.linked import Linked
from twin.scene.listing import Listing
from twin.scene.meshing import Made, Meshing
from twin.scene.probing import Probe
from twin.scene.selecting import Selected
from twin.scene.shading import Shading
from twin.scene.sight import Sight
from twin.scene.source import TileSource
from twin.scene.stage import MOST, Drawn, Stage
from twin.scene.tiles import Key, Node
from twin.scene.tree import TOLERANCE, Eye, Tree

BYTES_A_FRAME = 24 << 20
"""What one frame uploads at most, so that drawing never stalls."""
_HAZE_FROM = 4_000.0
"""Metres from the eye to what it looks at, beyond which the haze is thinned."""


class Scene:
    """Holds a renderer of a render window that somebody else owns; it draws nothing by itself."""

    def __init__(
        self,
        window: vtkRenderWindow,
        source: TileSource,
        listing: Listing | None = None,
        *,
        night: bool = False,
        cache: int = MOST,
    ) -> None:
        self.window = window
        self.source = source
        self.sun = light.sun()
        self.camera = Camera()
        self.viewport = (1280, 720)
        """Pixels, which say how much detail is seen: also where a picture is drawn smaller while the hand moves."""
        self.overlays: dict[str, Overlay] = {}
        """By layer."""
        self.filters: dict[str, Any] = {}
        """The fids of each layer that aren't drawn."""
        self._veiled: dict[str, int] = {}
        """How often that was another, by layer."""
        self.selected: tuple[str, int] | None = None
        self.selection: Selected = {}
        self.scale = 1.0
        """A pixel's size on this screen, for lines."""
        self.ground = 1.0
        """How opaque the ground is: below 1 what lies in it is seen."""
        self.origin = (0.0, 0.0, 0.0)
        self.renderer = vtkRenderer()
        window.AddRenderer(self.renderer)
        window.SetMultiSamples(0)
        self._listing = Listing({}, {})
        self._tree = Tree()
        self._meshing = Meshing(source, self._listing)
        self._grounds = Grounds(self.renderer)
        self._shading = Shading(self._grounds, self._meshing.drawn)
        self._stage = Stage(self.renderer, cache)
        self._linked = Linked(self.renderer, source)
        self.sight = Sight(window, self.renderer, lambda: self.camera, self.hides)
        """What hides what in the picture that was drawn last."""
        self._details = Details(lambda key, detail: self._meshing.arrays(Node(key, detail)), self._meshing.targets)
        self._baked: dict[Key, Arrays] = {}
        """What the ground is made of."""
        self._looks: dict[str, vtkProperty] = {}
        """By layer."""
        self._dressing = Dressing()
        self.tolerance = TOLERANCE
        """Pixels that a tile may be off before a finer one takes its place."""
        self._foreseen = self._told = -1
        self.turn = 0
        """Grows with each change of what is shown."""
        self._missing = False
        self._shown: frozenset[str] | None = None
        self._outline: Sequence[vtkActor] = ()
        self._border: Sequence[Any] = ()
        self._dome: vtkActor | None = None
        self.light(night=night)
        self.reload(listing)

    def reload(self, listing: Listing | None = None) -> None:
        """Take these layers and tiles, else ask which there are; what is still the same stays on the screen."""
        found, before = listing or Listing.of(self.source), self._listing
        self._listing, self._tree = found, found.tree
        changed = found.changed(before)
        if self._meshing.levels.of(found):
            changed |= {tile.key[0] for tile in found.tiles.values() if tile.kind in found.grounded}
        self._meshing.of(found, changed)
        for node in [node for node in self._stage.there if node.key[0] in changed]:
            self._stage.drop(node)
        for key in [key for key in self._baked if key[0] in changed]:
            del self._baked[key]
        self._details.of(found.leaves(GROUND_LAYERS), found.grows)
        extent = extents.core(self._listing.layers.values())
        if not self._stage.there and extent:
            self.origin = (round((extent[0] + extent[3]) / 2), round((extent[1] + extent[4]) / 2), 0.0)
            self.look(self.camera)
        self._meshing.bake([Node(key, 0) for key in found.tiles if key[0] in BAKED_LAYERS and key not in self._baked])
        self._fade()
        self._linked.again()
        self._arrange()
        self.select(self.selected, self._border)

    def extent(self, layer: str | None = None) -> Box | None:
        """The box of the city, or of one layer."""
        layers = self._listing.layers
        return extents.whole([found for name, found in layers.items() if layer is None or name == layer])

    def pump(self, most: int = BYTES_A_FRAME) -> bool:
        """Take what the workers have finished, within a frame's bound; True while more is to come."""
        came = False
        for node, made in self._meshing.ready(most):
            came = True
            self._take(node, made)
        self.turn += self._linked.take(most)
        if self.ground < 1 and self._told != self._meshing.levels.came:
            # Depths that nobody knew can be told.
            self._told = self._meshing.levels.came
            self.turn += 1
        if came:
            self._arrange()
        self._bake()
        if not self.busy and self._foreseen != self.turn:
            # Who is still now may click next.
            self._foreseen = self.turn
            self._grounds.last()
            keys = [tile.key for tile in self._listing.leaves(GROUND_LAYERS) if self._seen(tile.key[0])]
            self._meshing.pool.submit(self._details.foresee, self._tree.nearest(keys, self._eye()))
            self._meshing.pool.submit(memory.give_back)
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
        self._dome = backdrop.dome(self.sky, earth=self.ground < 1)
        self.renderer.AddActor(self._dome)
        self._grounds.paint(self._below)
        self._tone(set(self.overlays))
        self._linked.colour(self.overlays, night=night)
        self._dress()
        self.look(self.camera)

    def see_through(self, ground: float) -> None:
        """Make the ground so opaque, from 0 to 1: below 1 what lies in it is seen, from above and from beneath."""
        crossed, self.ground = (ground < 1) != (self.ground < 1), ground
        self._grounds.fade(ground, self._below)
        self._linked.fade(ground)
        self._fade()
        if crossed:
            self.light(night=self.sky is light.NIGHT)
        self.turn += 1

    def look(self, to: Camera) -> None:
        """Move the camera; nothing is drawn until the window renders."""
        self.camera = to
        camera.aim(self.renderer.GetActiveCamera(), to, self.origin)
        eye = to.eye()
        if self._dome:
            self._dome.SetPosition(*(a - b for a, b in zip(eye, self.origin, strict=True)))
            backdrop.reach(self._dome, to.distance)
        self._haze()
        self._arrange()

    def show(self, layers: frozenset[str] | None) -> None:
        """Show these layers alone; None shows those that are visible in the layer tree."""
        self._shown = layers
        self._arrange()

    def colour(self, overlays: Mapping[str, Overlay]) -> None:
        """Colour layers by these overlays and no others; no mesh is made again."""
        before, self.overlays = self.overlays, dict(overlays)
        both = {*before, *overlays}
        changed = {layer for layer in both if before.get(layer) is not self.overlays.get(layer)}
        self._tone(changed)
        self._linked.colour(overlays, night=self.sky is light.NIGHT)
        if bool(before) != bool(self.overlays):
            self._grounds.paint(self._below)
        if before.keys() != self.overlays.keys():
            self._dress()

    def hide(self, layer: str, fids: Any = None) -> None:
        """Draw all of a layer but these features; none of them is drawn, picked or in the way any more."""
        self.filters[layer] = fids
        self._veiled[layer] = self._veiled.get(layer, 0) + 1
        self.turn += 1
        tones = self._meshing.tones.get(layer)
        if tones:
            tones.hide(fids)
            tones.send()
        if self.selected and self.selected[0] == layer:
            self.select(self.selected, self._border)

    def gone(self, layer: str, fids: Any) -> Any:
        """(n,) whether each of a layer's features is kept out of the picture (see ``hide``)."""
        tones = self._meshing.tones.get(layer)
        return tones.hidden(fids) if tones and self.filters.get(layer) is not None else np.zeros(len(fids), bool)

    @property
    def veiled(self) -> object:
        """What tells one state of all that ``hide`` keeps out from another."""
        return tuple(sorted(self._veiled.items()))

    def mark(self, selection: Selected) -> None:
        """Show these features as selected, and no others."""
        before, self.selection = self.selection, selection
        for layer in {*before, *selection}:
            tones = self._meshing.tones.get(layer)
            if tones:
                tones.select(selection.get(layer))
                tones.send()

    def inside(self, area: Any, size: tuple[int, int], going: Callable[[float], None]) -> dict[str, Any]:
        """The features that reach into an area drawn on a picture of a size (see ``selecting.inside``); any thread."""
        return selecting.inside(self._details, self.camera, area, size, self._seen, self.gone, going)

    def sees_something(self) -> bool:
        """Whether the point looked at lies in or near a layer: as near as the eye is to it."""
        return extents.meets(self._listing.layers.values(), self.camera)

    def select(self, selected: tuple[str, int] | None, border: Sequence[Any] = ()) -> None:
        """Put lines about one feature, and lift its colour; where it isn't drawn, along its ``border``.

        The border's lines are (n, 3) each, in the city's CRS.
        """
        self._border = border
        before, self.selected = self.selected, selected
        for layer in {found[0] for found in (before, selected) if found}:
            tones = self._meshing.tones.get(layer)
            if tones:
                tones.lift(selected[1] if selected and selected[0] == layer else None)
                tones.send()
        for line in self._outline:
            self.renderer.RemoveActor(line)
        self._outline = self._lines()
        for line in self._outline:
            self.renderer.AddActor(line)

    def pick(self, x: float, y: float, width: int, height: int) -> Hit | None:
        """The feature under a pixel (from the top left corner), and the point hit, in the city's CRS."""
        return self.asking.pick(x, y, width, height)

    def probe(self, x: float, y: float, width: int, height: int) -> Probe | None:
        """What of linked files lies under a pixel, to be asked on any thread; None where none is drawn."""
        eye, way = camera.ray(self.camera, x, y, width, height)
        return self._linked.probe(eye, way, self._sight, parallel=self.camera.parallel)

    def edges(self, layer: str, fid: int) -> Any:
        """The edges of a drawn feature that face the eye, (n, 2, 3) in the city's CRS; empty where it isn't drawn."""
        return self.asking.edges(layer, fid)

    def hides(self, point: camera.Point, of: tuple[str, int] | None = None) -> bool:
        """Whether something stands between the eye and a point, other than the feature it is a point ``of``."""
        return self.asking.hides(point, of)

    def depths(self, size: tuple[int, int]) -> list[Depth]:
        """How deep what is seen near the eye lies below the ground, where one sees through it."""
        return [] if self.ground >= 1 else depths.near(self.asking, self.camera, size)

    @property
    def asking(self) -> Asking:
        """What answers questions about what is seen now."""
        return Asking(
            self.camera, self._sight.metre, self._details, self._meshing, self._listing, self._linked,
            self._seen, self.gone, self.ground >= 1, self._stage.shown,
        )  # fmt: skip

    @property
    def complete(self) -> bool:
        """Whether all that is shown is drawn, on its ground; the ground's shade may still become finer."""
        return self.shows_tiles and not self.loading and bool(self._grounds.laid) and self._shading.there

    @property
    def loading(self) -> bool:
        """Whether a tile that is wanted from here is still to come."""
        return self._meshing.busy or self._missing or self._linked.busy

    @property
    def shows_tiles(self) -> bool:
        """Whether any is there."""
        return bool(self._stage.shown) or self._linked.shown

    @property
    def busy(self) -> bool:
        """Whether tiles or the ground are still to come, or heights of it from which depths are told."""
        levels = self.ground < 1 and self._meshing.levels.busy
        return self._meshing.busy or self._grounds.busy or self._linked.busy or levels

    @property
    def nbytes(self) -> int:
        """What the tiles take in memory, here and on the card."""
        return self._stage.nbytes

    def close(self) -> None:
        """Stop the workers and let go of the window."""
        self._details.stop()
        self.sight.close()
        self._meshing.close()
        self._linked.close()
        self._grounds.close()
        self.window.RemoveRenderer(self.renderer)

    def _take(self, node: Node, made: Made | None) -> None:
        layer = node.key[0]
        if layer in BAKED_LAYERS:
            if made:
                self._baked[node.key] = made.arrays
            return
        if made is None or made.sent is None:
            self._stage.add(node, Drawn(None, 0))
            return
        facade = made.arrays.facade
        wood = facade is not None and bool((facade[:, 2] < -1.5).any())
        actor = actors.actor(made.sent, self.origin)
        actor.SetProperty(self._look(layer))
        drawn = Drawn(actor, made.sent.nbytes, wood=wood, near=facade is not None, grows=made.arrays.growth is not None)
        self._stage.add(node, drawn)
        actor.SetShaderProperty(self._material(node, drawn))
        if self.selected and self.selected[0] == layer and not self._outline:
            self.select(self.selected, self._border)

    def _look(self, layer: str) -> vtkProperty:
        """What all tiles of a layer share: its opacity, its lookup."""
        if layer not in self._looks:
            looks = self._looks[layer] = vtkProperty()
            looks.LightingOff()
            self._fade()
        tones = self._meshing.tones[layer]
        if self._looks[layer].GetTexture("tones") is not tones.texture:
            actors.sample(self._looks[layer], "tones", tones.texture)
            for n, shade in enumerate(self._grounds.shades):
                actors.sample(self._looks[layer], f"shade{n}", shade.texture)
            tones.hide(self.filters.get(layer))
            tones.select(self.selection.get(layer))
            self._tone({layer})
            if self.selected and self.selected[0] == layer:
                tones.lift(self.selected[1])
        return self._looks[layer]

    def _fade(self) -> None:
        """Each layer's opacity; what lies on the ground is seen through as the ground is."""
        for layer, looks in self._looks.items():
            found = self._listing.layers.get(layer)
            if found:
                looks.SetOpacity(found.opacity * (self.ground if found.kind in COVERING else 1.0))

    def _tone(self, layers: set[str]) -> None:
        """Each feature's colour, as the overlays have it."""
        for layer in layers:
            tones, overlay = self._meshing.tones.get(layer), self.overlays.get(layer)
            if tones:
                tones.paint(overlay.by(night=self.sky is light.NIGHT) if overlay else None)
                tones.send()

    @property
    def _below(self) -> Sky:
        """The sky as the ground has it: its lamps are out where colour tells of data."""
        return replace(self.sky, windows=False) if self.overlays else self.sky

    def _material(self, node: Node, drawn: Drawn) -> vtkShaderProperty:
        """What a tile is drawn with."""
        kind = self._listing.tiles[node.key].kind
        if kind in FLAT:
            made = self._dressing.flat(self._below, self.sun, self._grounds.sides(), FLAT[kind])
        else:
            afar = self._listing.afar.get(kind)
            parts = Parts(node.key[0] in self.overlays, drawn.near, drawn.wood, afar, drawn.grows, kind in BARE)
            made = self._dressing.solid(self.sky, self.sun, parts)
        materials.see(made, self._sight)
        return made

    def _dress(self) -> None:
        """Give all tiles the material of this hour, and the ground's shade."""
        self._dressing.renew(len(self._grounds.shades))
        self._shade()
        for node, drawn, actor in self._stage.actors():
            actor.SetShaderProperty(self._material(node, drawn))
        self._linked.dress(self._below, self._grounds.sides(), self._grounds.shades)

    def _shade(self) -> None:
        self._dressing.lay(self._grounds.sides())
        for looks in self._looks.values():
            for n, shade in enumerate(self._grounds.shades):
                actors.sample(looks, f"shade{n}", shade.texture)
        self._linked.dress(self._below, self._grounds.sides(), self._grounds.shades)

    @property
    def _clear(self) -> float:
        """The haze begins behind what is looked at, from however far."""
        return max(1.0, self.camera.distance / _HAZE_FROM)

    @property
    def _sight(self) -> materials.Sight:
        tall = 2 * np.tan(np.radians(self.camera.field) / 2) / max(1, self.viewport[1])
        return materials.Sight(self._clear, float(tall * (self.camera.distance if self.camera.parallel else 1.0)))

    def _haze(self) -> None:
        for material in (
            *self._dressing,
            *(one.GetShaderProperty() for one in self._grounds.laid),
        ):
            materials.see(material, self._sight)
        self._linked.see(self._sight)

    def _arrange(self) -> None:
        """Ask for what is wanted from here, and show the best of what is there."""
        layers = [name for name in self._listing.layers if self._seen(name)]
        there, nodes = self._stage.there, self._tree.nodes
        eye = self._eye()
        wanted = {nodes[at]: urgent for at, urgent in self._tree.wanted(eye, layers)}
        missing = {node: urgent for node, urgent in wanted.items() if node not in there}
        self._meshing.ask(missing)
        self._missing = bool(missing)
        self.turn += self._stage.show(self._tree.drawn(layers, there), wanted)
        self._arrange_linked(eye)

    def _arrange_linked(self, eye: Eye) -> None:
        layers = self._listing.layers.values()
        shown = [layer for layer in layers if layer.link and self._shows(layer.id)]
        if shown or self._linked.there:
            terrain = [layer for layer in layers if layer.kind == "terrain" and not layer.link and self._seen(layer.id)]
            self._linked.lie(self._grounds.mesh, terrain, self._listing, self._details.tile)
            self.turn += self._linked.of(shown, self.origin)
            self.turn += self._linked.arrange(eye)

    def _eye(self) -> Eye:
        # Through an overlay's haze all is seen.
        clear = 0.0 if self.overlays else self._clear
        return eyes.eye(self.camera, self.viewport, self.tolerance, clear)

    def _bake(self) -> None:
        """What the ground is made of comes first, and waits for no building; what shades it waits for all."""
        extent = extents.core(self._listing.layers.values())
        if extent and not self._meshing.baking:
            of = {name: {key: one for key, one in self._baked.items() if key[0] == name} for name in BAKED_LAYERS}
            self._grounds.lie(self._meshing.pool, extent, self.origin, of["sea"], of["terrain"])
        changed = self._grounds.take(self._below)
        if extent and not self._meshing.busy:
            changed |= self._cast(extent)
        if changed:
            self.turn += 1
            self._grounds.paint(self._below)
            self._arrange_linked(self._eye())
            if len(self._grounds.shades) == self._dressing.shaded:
                # Another shade is another texture alone, which may lie elsewhere: no shader is made again.
                self._shade()
            else:
                self._dress()
            self._haze()

    def _cast(self, extent: Box) -> bool:
        """Ask for the shade of what stands; True where there is less of it at once."""
        seen = [layer for layer in self._listing.layers.values() if self._seen(layer.id)]
        return self._shading.cast(self._tree, extent, seen, self._veiled, self.sun, self.camera)

    def _lines(self) -> Sequence[vtkActor]:
        layer, fid = self.selected or ("", 0)
        found = self.asking.holding(layer, fid) if self.selected else None
        if found is not None:
            return highlight.outline(found, fid, self.origin, self.scale)
        return highlight.border(self._border, self.origin, self.scale)

    def _seen(self, layer: str) -> bool:
        return layer not in GROUND_LAYERS and self._shows(layer)

    def _shows(self, layer: str) -> bool:
        return self._listing.layers[layer].visible if self._shown is None else layer in self._shown
