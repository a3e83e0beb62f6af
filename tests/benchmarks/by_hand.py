"""The user's alternative: a careful pyvista script that draws all footprints as one merged extrusion."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from tests.benchmarks.rows import median, resident

SIZE = (1280, 720)
FRAMES = 8


def main(footprints: Path, camera: dict[str, list[float]]) -> dict[str, float]:
    """Seconds to the whole picture, seconds a frame, and megabytes."""
    import pyarrow.parquet as pq
    import pyvista as pv
    import shapely

    before = resident()
    started = time.perf_counter()
    table = pq.read_table(footprints)
    parts, whose = shapely.get_parts(
        shapely.force_2d(shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False))), return_index=True
    )
    ground, height = (np.nan_to_num(table.column(name).to_numpy(zero_copy_only=False)) for name in ("ground", "height"))
    rings = shapely.get_exterior_ring(parts)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    last = np.append(ring[1:] != ring[:-1], True)
    points, ring = points[~last] - np.array(camera["origin"]), ring[~last]
    sizes = np.bincount(ring)
    faces = np.insert(np.arange(len(points)), np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes)
    flat = pv.PolyData(np.column_stack([points, np.zeros(len(points))]).astype(np.float32), faces)
    flat.point_data["low"] = ground[whose][ring].astype(np.float32)
    flat.point_data["tall"] = np.maximum(height[whose][ring], 3.2).astype(np.float32)
    solid = flat.extrude((0, 0, 1), capping=True)
    solid.points[:, 2] = solid.point_data["low"] + solid.points[:, 2] * solid.point_data["tall"]
    plotter = pv.Plotter(off_screen=True, window_size=list(SIZE))
    plotter.render_window.SetMultiSamples(0)
    plotter.add_mesh(solid, color="#EFE4D2", lighting=True, reset_camera=False, render=False)
    plotter.camera.position, plotter.camera.focal_point = camera["eye"], camera["at"]
    plotter.camera.up, plotter.camera.view_angle = (0, 0, 1), camera["field"][0]
    plotter.camera.clipping_range = (camera["far"][0] * 0.01, 90_000.0)
    plotter.show(auto_close=False, interactive=False)
    plotter.screenshot(None, return_img=True)
    whole = time.perf_counter() - started
    frames = []
    for _ in range(FRAMES):
        plotter.camera.azimuth = 0.5
        begun = time.perf_counter()
        plotter.render()
        plotter.screenshot(None, return_img=True)
        frames.append(time.perf_counter() - begun)
    return {"whole": whole, "frame": median(frames), "memory": resident(), "before": before}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), json.loads(sys.argv[2]))))
