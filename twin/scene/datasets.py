"""What a layer kind hands over as a VTK or pyvista dataset, as the arrays that every tile is drawn from."""

from __future__ import annotations

from typing import Any

import numpy as np

from twin.model.shapes import Arrays, colour

FID = "fid"
_COLOURS = ("rgb", "RGB", "colours")
_STONE = colour("#E8D9C4")
_COARSEST = 0.02
"""Metres between two numbers of a coordinate's own type, beyond which a shape would be bent."""
_LINES = "it has no faces: lines and points are drawn as tubes and glyphs (tube(), glyph())"
_NO_FACE = (0, 1, 2, 3, 4, 21, 35, 68, 75)
"""VTK's numbers of the cells that are empty, points or lines."""


class NotDrawable(ValueError):
    """A dataset that says too little, or nothing that can be drawn; its words are for the log."""


def arrays(dataset: Any) -> Arrays:
    """The faces of a dataset, each with the feature it belongs to.

    The dataset is any that pyvista wraps (PolyData, UnstructuredGrid, StructuredGrid, MultiBlock…), its points in the
    city's CRS, in metres. ``fid`` is an integer for each cell, for each point, or one for all in the field data.
    ``rgb`` for each cell, (n, 3) bytes, is its colour; without it, stone's. Raises NotDrawable.
    """
    import pyvista

    whole = pyvista.wrap(dataset)
    if isinstance(whole, pyvista.MultiBlock):
        whole = _joined(whole)
    surface = _named(whole).extract_surface(algorithm="dataset_surface").triangulate()
    if surface.n_faces == 0:
        raise NotDrawable(_LINES)
    points = np.asarray(surface.points, np.float64)
    corners = points[surface.regular_faces]
    faces = surface.cell_data[FID]
    fids, owner = np.unique(np.asarray(faces).astype(np.int64), return_inverse=True)
    origin = np.floor(corners.reshape(-1, 3).min(axis=0))
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    count = 3 * len(corners)
    return Arrays(
        origin=(float(origin[0]), float(origin[1]), float(origin[2])),
        points=(corners.reshape(-1, 3) - origin).astype(np.float32),
        triangles=np.arange(count, dtype=np.int32).reshape(-1, 3),
        normals=np.repeat(normals, 3, axis=0).astype(np.float32),
        owner=np.repeat(owner.ravel(), 3).astype(np.int32),
        fids=fids,
        base=np.repeat(_base(surface), 3, axis=0),
        foot=np.ones(count, np.float32),
    )


def _joined(blocks: Any) -> Any:
    """The blocks as one grid, each cell named by its own block."""
    named = [_named(block) for block in blocks.recursive_iterator(skip_none=True) if block.n_cells]
    if not named:
        raise NotDrawable("it has no cells")
    return named[0].merge(named[1:], merge_points=False) if len(named) > 1 else named[0]


def _named(grid: Any) -> Any:
    """The dataset with a ``fid`` on each cell, and no other ``fid`` that a filter could mix with it."""
    if grid.n_cells == 0:
        raise NotDrawable("it has no cells")
    _checked(grid)
    found = grid.copy(deep=False)
    if FID in found.cell_data:
        fids = np.asarray(found.cell_data[FID])
    elif FID in found.point_data:
        # A cell of several features would be of none: the first corner's tells.
        given = np.asarray(found.point_data[FID])
        fids = np.array([given[found.get_cell(n).point_ids[0]] for n in range(found.n_cells)])
        found.point_data.remove(FID)
    elif FID in found.field_data:
        one = np.asarray(found.field_data[FID])
        if one.size != 1:
            raise NotDrawable("its field data has more than one fid: give each cell its own")
        fids = np.full(found.n_cells, one.ravel()[0])
    else:
        raise NotDrawable("it has no fid: give each cell the number of its feature, cell_data['fid']")
    if fids.shape != (found.n_cells,) or not np.issubdtype(fids.dtype, np.integer):
        raise NotDrawable("its fid is not one whole number for each cell")
    found.cell_data[FID] = fids.astype(np.int64)
    return _faces(found)


def _checked(grid: Any) -> None:
    """Refuse what VTK would read beyond its arrays for, or what the numbers are too coarse for."""
    for corners in _corners(grid):
        if len(corners) and not 0 <= int(corners.min()) <= int(corners.max()) < grid.n_points:
            raise NotDrawable("a cell names a point that is not there")
    points = np.asarray(grid.points)
    if not np.isfinite(points).all():
        raise NotDrawable("it has points that are no numbers")
    kind = points.dtype if np.issubdtype(points.dtype, np.floating) else np.dtype(np.float64)
    step = float(np.spacing(np.abs(points).max().astype(kind)))
    if step > _COARSEST:
        raise NotDrawable(f"its points are {kind}, {step:.2f} m from one number to the next there: give float64")


def _corners(grid: Any) -> list[Any]:
    """The point numbers of all cells, by whatever lists the dataset has."""
    import pyvista
    from vtkmodules.util.numpy_support import vtk_to_numpy

    if isinstance(grid, pyvista.PolyData):
        lists = [grid.GetVerts(), grid.GetLines(), grid.GetPolys(), grid.GetStrips()]
    elif isinstance(grid, pyvista.UnstructuredGrid):
        lists = [grid.GetCells()]
    else:
        lists = []
    return [vtk_to_numpy(one.GetConnectivityArray()) for one in lists]


def _faces(grid: Any) -> Any:
    """Its faces and volumes alone: VTK's filters lose count of the cells where lines or points lie among them."""
    import pyvista

    if not isinstance(grid, pyvista.PolyData | pyvista.UnstructuredGrid):
        return grid
    whole = grid.cast_to_unstructured_grid() if isinstance(grid, pyvista.PolyData) else grid
    wide: Any = ~np.isin(whole.celltypes, _NO_FACE)
    if wide.all():
        return grid
    if not wide.any():
        raise NotDrawable(_LINES)
    return whole.extract_cells(wide)


def _base(surface: Any) -> Any:
    """(cells, 3) bytes."""
    for name in _COLOURS:
        given: Any = np.asarray(surface.cell_data[name]) if name in surface.cell_data else np.empty(0)
        if given.ndim == 2 and given.shape[1] >= 3 and given.dtype == np.uint8:
            return given[:, :3]
    return np.tile(np.array(_STONE, np.uint8), (surface.n_cells, 1))
