"""A city in memory, as the scene reads it."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np
import pyarrow as pa
import shapely

from layers import areas, buildings, cables, nodes, pipes, points, roads, surfaces, trees
from twin.model.layer import Layer
from twin.scene import offscreen
from twin.scene.scene import Scene

KINDS = {"buildings": buildings, "areas": areas, "roads": roads, "surfaces": surfaces, "terrain": surfaces}
KINDS |= {"pipes": pipes, "cables": cables, "nodes": nodes, "trees": trees, "points": points}
FIRST = 1


class Synthetic:
    """Layers made of shapes; each ``add`` is one tile."""

    def __init__(self):
        self.found, self.index, self.blobs, self.columns = {}, {}, {}, {}
        self.next = FIRST
        self.kinds = dict(KINDS)

    def add(self, layer, kind, shapes, **columns):
        """Add a tile; the features' numbers."""
        geometries = np.array(shapes, object)
        fids = np.arange(self.next, self.next + len(geometries))
        self.next += len(geometries)
        table = pa.table({"fid": fids, "geometry": list(shapely.to_wkb(geometries)), **columns})
        place = len(self.index.get(layer, []))
        boxes = shapely.total_bounds(geometries)
        flat = shapely.get_coordinates(shapely.force_3d(geometries), include_z=True)[:, 2]
        box = (boxes[0], boxes[1], flat.min(), boxes[2], boxes[3], flat.max())
        self.blobs[layer, place] = KINDS[kind].encode(table)
        self.index.setdefault(layer, []).append((0, place, 0, *box, len(fids), kind))
        if hasattr(KINDS[kind], "heights"):
            low, high = KINDS[kind].heights(self.blobs[layer, place])
            self.index[layer][-1] = (0, place, 0, *box[:2], low, *box[3:5], high, len(fids), kind)
        all_boxes = np.array([row[3:9] for row in self.index[layer]])
        extent = (*all_boxes[:, :3].min(axis=0), *all_boxes[:, 3:].max(axis=0))
        self.found[layer] = Layer(id=layer, kind=kind, extent=tuple(map(float, extent)))
        self.columns.setdefault(layer, []).append(table)
        return fids.tolist()

    def layers(self):
        return list(self.found.values())

    def tiles(self, layer):
        names = ("level", "x", "y", "xmin", "ymin", "zmin", "xmax", "ymax", "zmax", "count", "kind")
        return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in self.index[layer]])

    def payload(self, layer, _level, x, _y):
        return self.blobs[layer, x]

    def fids(self, layer):
        return np.concatenate([table.column("fid").to_numpy() for table in self.columns[layer]])

    def kind(self, name):
        return self.kinds[name]

    def undrawn(self, layer, kind, why):
        raise AssertionError(f"{layer} of kind {kind} can't be drawn: {why}")

    def values(self, layer, column):
        return pa.concat_tables(self.columns[layer]).select(["fid", column])


@contextmanager
def scene(source, camera=None, *, night=False):
    """The scene of a source with everything in it, and its window."""
    window = offscreen.hidden()
    made = Scene(window, source, night=night)
    try:
        if camera:
            made.look(camera)
        made.wait()
        yield made
    finally:
        made.close()
        window.Finalize()
