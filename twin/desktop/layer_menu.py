"""What can be done to a layer, by a right click in the tree."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from twin.core.i18n import number, tr
from twin.desktop.window import Window
from twin.model.layer import Layer

_OWN = ("zoom-layer", "rename-layer", "remove-layer")
_SHARES = (1.0, 0.75, 0.5, 0.25)


def menu(window: Window, layers: list[Layer], chosen: str, command: Callable[..., Any]) -> QMenu:
    """The menu of one layer; ``command`` runs a command by its id."""
    order = [layer.id for layer in layers]
    at, now = order.index(chosen), next(layer for layer in layers if layer.id == chosen)
    made = QMenu(window)
    for name in _OWN:
        made.addAction(window.actions_by_id[name])
    made.addSeparator()
    opacity = made.addMenu(tr("Opacity"))
    for share in _SHARES:
        action = opacity.addAction(tr("{percent}%", percent=number(share * 100)))
        action.setCheckable(True)
        action.setChecked(abs(now.opacity - share) < 0.01)
        action.triggered.connect(partial(_run, command, "fade-layer", layer=chosen, opacity=share))
    for title, position in ((tr("Draw later (on top)"), at + 1), (tr("Draw earlier (beneath)"), at - 1)):
        action = made.addAction(title)
        action.setEnabled(0 <= position < len(order))
        action.triggered.connect(partial(_run, command, "move-layer", layer=chosen, position=position))
    return made


def show(window: Window, layers: list[Layer], command: Callable[..., Any], at: QPoint) -> None:
    """Open it under the pointer."""
    chosen = window.layers.chosen()
    if chosen is not None:
        menu(window, layers, chosen, command).popup(window.layers.viewport().mapToGlobal(at))


def _run(command: Callable[..., Any], name: str, _checked: bool = False, **values: Any) -> None:
    command(name, **values)
