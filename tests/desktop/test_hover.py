"""What the pointer rests on has a thin line about it, and a frame is not drawn for it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtTest import QTest

from tests.desktop.looking import of_image
from twin.scene import camera


def spot(desk, east):
    view = desk.window.view
    return QPointF(*camera.pixel(view.scene.camera, (515_010.0 + east, 2_380_000.0, 10.0), view.width(), view.height()))


def test_a_line_follows_the_pointer(desk, qtbot, monkeypatch):
    view = desk.window.view
    bare = of_image(view.grab().toImage())
    drawn = []
    monkeypatch.setattr(view, "_drawn", lambda: drawn.append(1))
    for east, uid in ((0, "low"), (120, "high")):
        QTest.mouseMove(view, spot(desk, east).toPoint())
        qtbot.wait_until(lambda uid=uid: view.hover.feature == ("buildings", fid(desk, uid)))
        seen = np.abs(of_image(view.grab().toImage()) - bare).max(axis=2) > 20
        columns = np.flatnonzero(seen.any(axis=0))
        assert 30 < seen.sum() < 4_000
        assert columns[0] < spot(desk, east).x() < columns[-1]
    QTest.mouseMove(view, QPointF(5, view.height() - 5).toPoint())
    qtbot.wait_until(lambda: view.hover.feature is None)
    assert np.abs(of_image(view.grab().toImage()) - bare).max() <= 3
    assert not drawn, "the scene was not drawn anew"


def fid(desk, uid):
    rows = desk.session.city.features("buildings", columns=["fid", "uid"]).to_pylist()
    return next(row["fid"] for row in rows if row["uid"] == uid)
