"""What is selected by areas drawn over the view: computed beside the window's thread, shown and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt

from twin.core.errors import Cancelled, TwinError
from twin.core.i18n import mark, tr, trn
from twin.desktop.areas import Shape

if TYPE_CHECKING:
    from twin.desktop.bridge import Running
    from twin.desktop.desk import Desk

_HINTS: dict[Shape, str] = {
    "box": mark("Draw a box: what it touches is selected. Shift adds, Ctrl takes out."),
    "polygon": mark("Click the corners, the last one twice: what it touches is selected. Shift adds, Ctrl takes out."),
    "lasso": mark("Draw round what you want: what the lasso touches is selected. Shift adds, Ctrl takes out."),
}


class Selection:
    """The features that are selected, by layer; a desk has one."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.features: dict[str, Any] = {}
        view = desk.window.view
        view.areas.drawn.connect(self._drawn)
        view.escaped.connect(self.clear)

    def tool(self, shape: Shape) -> None:
        """Draw areas of a shape, until the same is chosen again or Esc is pressed."""
        if self._desk.session is None:
            self._desk.window.messages.say(tr("Open a city first."))
            return
        view = self._desk.window.view
        view.areas.choose(shape)
        view.setFocus()
        if view.areas.shape:
            self._desk.window.messages.say(hint(shape))

    def without(self, layer: str, fids: Any) -> None:
        """What is kept out of the city is not selected."""
        if layer in self.features:
            left = np.setdiff1d(self.features[layer], fids)
            others = {name: some for name, some in self.features.items() if name != layer}
            self.show({**others, layer: left} if len(left) else others)

    def clear(self) -> None:
        """Select nothing."""
        self.show({})

    def show(self, features: dict[str, Any]) -> None:
        """Select these and no others."""
        self.features = features
        view = self._desk.window.view
        if view.scene:
            view.scene.mark(features)
            view.draw()
        self.retranslate()

    def keep(self, layers: set[str]) -> None:
        """These layers alone are there now; the count again."""
        if not self.features.keys() <= layers:
            self.show({layer: fids for layer, fids in self.features.items() if layer in layers})
        self.retranslate()

    def retranslate(self) -> None:
        """The count again."""
        count = sum(map(len, self.features.values()))
        words = trn("{n} feature selected", "{n} features selected", count) if count else ""
        self._desk.window.status.count(words)

    def _drawn(self, area: list[tuple[float, float]], keys: Qt.KeyboardModifier) -> None:
        view = self._desk.window.view
        scene, size = view.scene, (view.width(), view.height())
        if scene is None:
            return
        add, remove = bool(keys & Qt.KeyboardModifier.ShiftModifier), bool(keys & Qt.KeyboardModifier.ControlModifier)

        def work(running: Running) -> dict[str, Any]:
            from twin.scene.selecting import combined

            return combined(self.features, scene.inside(area, size, running), add=add, remove=remove)

        def done(found: dict[str, Any]) -> None:
            if scene is view.scene:
                self.show(found)

        def failed(why: TwinError) -> None:
            if not isinstance(why, Cancelled):
                self._desk.window.messages.say(why.shown(), tone="critical")

        self._desk.run(tr("Selecting"), work, done, failed)


def hint(shape: Shape) -> str:
    """How a shape is drawn."""
    return tr(_HINTS[shape])
