"""Linked files that are not where they were: said once, with a way to find each again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from twin.core.i18n import first_strong, isolate, tr
from twin.model.layer import Layer

if TYPE_CHECKING:
    from twin.desktop.desk import Desk


class Astray:
    """Tells of each missing file once while a city is open."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._told: set[tuple[str, str]] = set()

    def begin(self) -> None:
        """Another city is open."""
        self._told.clear()

    def look(self) -> None:
        """Say which files are missing that nobody was told of yet; those that are there get their fingerprints."""
        desk = self._desk
        known = desk.known
        if known and known.states and desk.session and not desk.session.city.read_only:
            desk.session.fingerprint()
        missing = [layer for layer in known.layers if known.states.get(layer.id) == "missing"] if known else []
        new = [layer for layer in missing if layer.link and (layer.id, layer.link.path) not in self._told]
        self._told |= {(layer.id, layer.link.path) for layer in new if layer.link}
        if new:
            self._say(new)

    def find(self, layer: Layer) -> None:
        """Ask where a layer's file is now."""
        file = layer.link.file(self._desk.session.path) if layer.link and self._desk.session else Path()
        title = tr("Where is {name} now?", name=isolate(file.name))
        folder = file.parent if file.parent.is_dir() else self._desk.session.path.parent if self._desk.session else file
        chosen, _ = QFileDialog.getOpenFileName(self._desk.window, title, str(folder), f"*{file.suffix}")
        if chosen:
            self._desk.command("relink-layer", layer=layer.id, file=Path(chosen))

    def _say(self, layers: list[Layer]) -> None:
        def act(layer: Layer) -> Callable[[], object]:
            return lambda: self.find(layer)

        lines = [
            tr("The file of “{layer}” is missing: {path}", layer=first_strong(layer.title), path=isolate(_named(layer)))
            for layer in layers
        ]
        first = layers[0]
        action = ((tr("Find it again…"), act(first)),)
        self._desk.window.messages.say("\n".join(lines), action, tone="warning", again=lambda: self._say(layers))


def _named(layer: Layer) -> str:
    return layer.link.path if layer.link else ""
