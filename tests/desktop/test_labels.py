"""Labels from the Style panel: over their features, in the language in use, and taken back."""

from __future__ import annotations

import numpy as np

from tests.desktop.looking import of_image
from twin.core.i18n import tongue, unmarked


def labels(desk):
    return sorted(unmarked(one.words).replace("\u00a0", " ") for one in desk._letters().labels)


def test_a_column_is_written_over_its_features_in_either_language_and_taken_back(desk, qtbot):
    desk.window.layers.choose("buildings")
    desk.window.trigger("colour-layer")
    box = desk.window.style_of_layer.labels
    bare = of_image(desk.window.view.picture())
    box.setCurrentIndex(box.findData("height"))
    box.activated.emit(box.currentIndex())
    qtbot.wait_until(lambda: labels(desk) == ["20 m", "40 m", "60 m"])
    assert (np.abs(of_image(desk.window.view.picture()) - bare).max(axis=2) > 60).sum() > 100
    tongue.set("ar")
    assert labels(desk) == ["20 م", "40 م", "60 م"]
    tongue.set("en")
    box.setCurrentIndex(box.findData("year"))
    box.activated.emit(box.currentIndex())
    qtbot.wait_until(lambda: labels(desk) == ["1990", "2001"])
    desk.window.trigger("undo")
    desk.window.trigger("undo")
    qtbot.wait_until(lambda: labels(desk) == [])


def test_what_stands_behind_another_has_no_label(desk, qtbot):
    desk.command("label-layer", layer="buildings", column="height")
    qtbot.wait_until(lambda: len(labels(desk)) == 3)
    view = desk.window.view
    low = view.scene.camera.model_copy(update={"azimuth": 270.0, "pitch": -4.0, "distance": 300.0, "height": 15.0})
    view.look(low)
    assert labels(desk) == ["60 m"], "from the east the highest hides the two behind it"


def test_hidden_layers_are_not_labelled(desk, qtbot):
    desk.command("label-layer", layer="buildings", column="height")
    qtbot.wait_until(lambda: len(labels(desk)) == 3)
    desk.command("show-layer", layer="buildings", visible=False)
    qtbot.wait_until(lambda: labels(desk) == [])


def test_a_pointer_that_hovers_asks_for_no_label_again(desk, qtbot, monkeypatch):
    desk.command("label-layer", layer="buildings", column="height")
    qtbot.wait_until(lambda: len(labels(desk)) == 3)
    qtbot.wait_until(lambda: not desk.window.view.streaming)
    view, asked = desk.window.view, []
    by_ray = view.scene.sight._by_ray
    monkeypatch.setattr(view.scene.sight, "_by_ray", lambda *of: asked.append(of) or by_ray(*of))
    view.repaint()
    assert not asked
    view.look(view.scene.camera.model_copy(update={"azimuth": 5.0}))
    assert labels(desk) and asked, "another view asks anew"
