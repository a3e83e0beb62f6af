"""What is drawn of linked files: rasters on the ground, point clouds and tilesets, beside the city's own tiles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import dist, inf
from typing import Any

from vtkmodules.vtkRenderingCore import vtkRenderer

from twin.model.layer import Layer
from twin.model.shapes import Arrays
from twin.scene import actors, materials, tinting
from twin.scene.camera import Point
from twin.scene.clouds import Clouds
from twin.scene.colours import Overlay
from twin.scene.details import Hit
from twin.scene.draping import Draping
from twin.scene.ground import Sides
from twin.scene.laying import Mesh, Surface
from twin.scene.light import Sky
from twin.scene.listing import Listing
from twin.scene.probing import Probe
from twin.scene.source import TileSource
from twin.scene.tiles import Key
from twin.scene.tilesets import Tilesets
from twin.scene.tree import Eye


class Linked:
    """Holds the actors of linked layers; a source without links has none."""

    def __init__(self, renderer: vtkRenderer, source: TileSource) -> None:
        links = getattr(source, "links", None)
        self._draping = Draping(renderer, links, source.kind)
        self._clouds = Clouds(renderer, links)
        self._tilesets = Tilesets(renderer, links)
        self._overlays: dict[str, tuple[Overlay, bool]] = {}
        self._eye: Eye | None = None
        self._surface: Surface | None = None
        self._made_of: tuple[Any, ...] = ()

    @property
    def there(self) -> bool:
        """Whether it holds anything."""
        return self._draping.there or self._clouds.there or self._tilesets.there

    def lie(
        self, ground: Mesh | None, terrain: Sequence[Layer], listing: Listing, tile: Callable[[Key], Arrays | None]
    ) -> None:
        """What pictures lie on: the ground, once it is known, and ``terrain`` that is drawn on it (see ``Surface``)."""
        made_of = (ground, *((layer.id, layer.version) for layer in terrain))
        if made_of != self._made_of:
            names = {layer.id for layer in terrain}
            tiles = [one for one in listing.leaves() if one.key[0] in names]
            self._made_of, self._surface = made_of, Surface(ground, tiles, tile) if ground else None

    def of(self, layers: Sequence[Layer], origin: actors.Point) -> bool:
        """Draw these layers of the city that are linked, in their order."""
        there = [layer for layer in layers if layer.link and layer.extent]
        rasters = [layer for layer in there if layer.link and layer.link.holds == "raster"]
        clouds = [layer for layer in there if layer.link and layer.link.holds == "points"]
        sets = [layer for layer in there if layer.link and layer.link.holds == "tileset"]
        changed = self._draping.of(rasters, origin, self._surface)
        changed |= self._clouds.of(clouds, origin)
        return self._tilesets.of(sets, origin) or changed

    def again(self) -> None:
        """Ask anew for what services left out."""
        self._draping.again()

    def arrange(self, eye: Eye) -> bool:
        """Ask for what is seen from here; True where what is shown changed."""
        self._eye = eye
        changed = self._draping.arrange(eye)
        changed |= self._clouds.arrange(eye)
        return self._tilesets.arrange(eye) or changed

    def take(self, most: int) -> bool:
        """Take what workers have finished; True where what is shown changed."""
        changed = self._draping.take(most)
        changed |= self._clouds.take(most, self._eye)
        return self._tilesets.take(most) or changed

    def nearest(self, eye: Point, way: Point, nearer: Hit | None, most: float = inf) -> Hit | None:
        """The feature of a tileset that a ray meets within ``most`` metres; else one that is ``nearer``."""
        if not self._tilesets.there:
            return nearer
        bound = min(most, dist(eye, nearer.point)) if nearer else most
        met = self._tilesets.nearest(eye, way, bound)
        if met is None:
            return nearer
        east, north, height = (a + met.far * b for a, b in zip(eye, way, strict=True))
        return Hit(met.layer, met.fid, -1, (east, north, height))

    def holding(self, layer: str, fid: int) -> Arrays | None:
        """The faces of a feature that a ray met; None of all others."""
        return self._tilesets.holding(layer, fid) if fid < 0 else None

    def colour(self, overlays: Mapping[str, Overlay], *, night: bool) -> None:
        """Colour clouds by these overlays and no others, as they are by day or night."""
        before, self._overlays = self._overlays, {name: (one, night) for name, one in overlays.items()}
        for layer in {*before, *overlays}:
            had, found = before.get(layer), self._overlays.get(layer)
            if had is None or found is None or had[0] is not found[0] or had[1] != night:
                self._clouds.tint(layer, tinting.tints(found[0], night=night) if found else None)

    def dress(self, sky: Sky, sides: Sequence[Sides], shades: Sequence[Any]) -> None:
        """In the light of a sky, in the shade of what stands."""
        self._draping.dress(sky, sides, shades)
        self._clouds.dress(sky)
        self._tilesets.dress(sky)

    def fade(self, share: float) -> None:
        """Let what lies below the ground be seen through rasters."""
        self._draping.fade(share)

    def see(self, sight: materials.Sight) -> None:
        """Take another sight."""
        self._draping.see(sight)
        self._clouds.see(sight)
        self._tilesets.see(sight)

    def probe(self, eye: actors.Point, way: actors.Point, sight: materials.Sight, *, parallel: bool) -> Probe | None:
        """What is drawn of linked files, to be asked what a ray meets of it; None where nothing is."""
        pieces, nodes = self._draping.pieces(), self._clouds.nodes()
        return Probe(eye, way, sight.metre, parallel, pieces, nodes) if pieces or nodes else None

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return self._draping.busy or self._clouds.busy or self._tilesets.busy

    @property
    def shown(self) -> bool:
        """Whether anything is drawn."""
        return self._draping.shown or self._clouds.shown or self._tilesets.shown

    def close(self) -> None:
        """Stop."""
        self._draping.close()
        self._clouds.close()
        self._tilesets.close()
