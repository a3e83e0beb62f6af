"""Whether a click gives what is seen: a thousand pixels at each camera and level of detail against exact triangles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.drawing import PIXELS, SIZE, cameras
from tests.benchmarks.exact import NOTHING, exact
from tests.benchmarks.rows import Row, row

LEVELS = {"facades": 0, "plain": 1, "boxes": 2, "coarse": 3}
"""The finest that may be drawn of a tile; of coarse ones nothing below the top of their quadtree."""


def rows(size: int, city: Path) -> Iterator[Row]:
    """How many pixels give another feature than they show (0 is right), and how many were too near to another's."""
    from twin.host.session import Session
    from twin.scene import offscreen
    from twin.scene.scene import Scene

    session = Session.open(city)
    window = offscreen.hidden()
    scene = Scene(window, session.tiles)
    spots = np.random.default_rng(7).uniform((0, 0), SIZE, (PIXELS, 2))
    try:
        scene.viewport = SIZE
        for name, camera in cameras(size).items():
            scene.look(camera)
            seen, layers = exact(scene, session.tiles, spots, SIZE)
            for level, finest in LEVELS.items():
                with forced(scene, finest) as tiles:
                    offscreen.draw(window, SIZE)
                    off = wrong(scene, layers, spots, seen.feature)
                count = int((off & ~seen.apart).sum())
                yield {**row(f"pick.{name}.{level}.wrong", count, "pixels", 1.0), "tiles": tiles}
            apart = row(f"pick.{name}.apart", int(seen.apart.sum()), "pixels", PIXELS)
            yield {**apart, "wrong": int((off & seen.apart).sum()), "hit": int((seen.feature[:, 1] >= 0).sum())}
    finally:
        scene.close()
        window.Finalize()
        session.close()


def wrong(scene: Any, layers: list[str], spots: Any, features: Any) -> Any:
    """(n,) whether a click on each pixel gives another feature than is there."""
    hits = [scene.pick(*spot, *SIZE) for spot in spots]
    found = np.array([(layers.index(hit.layer), hit.fid) if hit else NOTHING for hit in hits])
    return (found != features).any(axis=1)


@contextmanager
def forced(scene: Any, finest: int) -> Iterator[int]:
    """In its ``with`` buildings are drawn at one level of detail wherever they are; gives how many tiles are."""
    tree = scene._tree
    before = tree._errors.copy(), tree._near.copy()
    coarse, detail = tree._coarse, np.array([node.detail for node in tree.nodes])
    refined = (coarse | (detail > finest)) & (finest < LEVELS["coarse"])
    tree._errors[:], tree._near[:] = np.where(refined, 1e12, 0.0), 0.0
    scene.look(scene.camera)
    scene.wait()
    shown = [node for node in scene._stage.shown if node.key[0] == "buildings"]
    level = finest % LEVELS["coarse"]
    of = [node for node in shown if node.detail == level and (node.key in scene._listing.coarse) == (finest > 2)]
    try:
        yield len(of)
    finally:
        tree._errors[:], tree._near[:] = before
        scene.look(scene.camera)
