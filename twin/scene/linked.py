"""What is drawn of linked files: rasters draped on the ground and point clouds, beside the city's own tiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vtkmodules.vtkRenderingCore import vtkRenderer

from twin.model.layer import Layer
from twin.scene import actors, materials, tinting
from twin.scene.clouds import Clouds
from twin.scene.colours import Overlay
from twin.scene.draping import Draping
from twin.scene.ground import Sides
from twin.scene.light import Sky
from twin.scene.source import TileSource
from twin.scene.tree import Eye


class Linked:
    """Holds the actors of linked layers; a source without links has none."""

    def __init__(self, renderer: vtkRenderer, source: TileSource) -> None:
        links = getattr(source, "links", None)
        self._draping = Draping(renderer, links, source.kind)
        self._clouds = Clouds(renderer, links)
        self._overlays: dict[str, tuple[Overlay, bool]] = {}
        self._eye: Eye | None = None

    @property
    def there(self) -> bool:
        """Whether it holds anything."""
        return self._draping.there or self._clouds.there

    def of(self, layers: Sequence[Layer], origin: actors.Point, base: float) -> bool:
        """Draw these layers of the city that are linked, in their order; level ground lies at ``base`` metres."""
        there = [layer for layer in layers if layer.link and layer.extent]
        rasters = [layer for layer in there if layer.link and layer.link.holds == "raster"]
        clouds = [layer for layer in there if layer.link and layer.link.holds == "points"]
        changed = self._draping.of(rasters, origin, base)
        return self._clouds.of(clouds, origin) or changed

    def again(self) -> None:
        """Ask anew for what services left out."""
        self._draping.again()

    def arrange(self, eye: Eye) -> bool:
        """Ask for what is seen from here; True where what is shown changed."""
        self._eye = eye
        changed = self._draping.arrange(eye)
        return self._clouds.arrange(eye) or changed

    def take(self, most: int) -> bool:
        """Take what workers have finished; True where what is shown changed."""
        changed = self._draping.take(most)
        return self._clouds.take(most, self._eye) or changed

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

    def see(self, sight: materials.Sight) -> None:
        """Take another sight."""
        self._draping.see(sight)
        self._clouds.see(sight)

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return self._draping.busy or self._clouds.busy

    @property
    def shown(self) -> bool:
        """Whether anything is drawn."""
        return self._draping.shown or self._clouds.shown

    def close(self) -> None:
        """Stop."""
        self._draping.close()
        self._clouds.close()
