"""What a reader notes on its way: what became of each feature, and what a person should know."""

from __future__ import annotations

from typing import Any

from twin.core.i18n import tr
from twin.model.report import LayerReport, Verdict


class Notes:
    """The counts of each layer, and words about the whole file."""

    def __init__(self) -> None:
        self.layers: dict[str, LayerReport] = {}
        self.said: list[str] = []
        self.unnamed: list[str] = []
        """Layers whose features have no ids of their own: they were numbered."""

    def read(self, layer: str, count: int = 1) -> None:
        """So many features were read."""
        self._layer(layer).read += count

    def kept(self, layer: str, count: int = 1) -> None:
        """So many were taken as they were."""
        self._layer(layer).kept += count

    def repaired(self, layer: str, uid: str, reason: str) -> None:
        """One was taken after a repair."""
        self._layer(layer).repaired.append(Verdict(id=uid, reason=reason))

    def mended(self, layer: str, uid: str, reason: str) -> None:
        """One that counted as taken as it was had to be repaired after all."""
        report = self._layer(layer)
        if all(verdict.id != uid for verdict in report.repaired):
            report.kept -= 1
            report.repaired.append(Verdict(id=uid, reason=reason))

    def refused(self, layer: str, uid: str, reason: str) -> None:
        """One was not taken."""
        self._layer(layer).refused.append(Verdict(id=uid, reason=reason))

    def say(self, message: str, **values: Any) -> None:
        """Tell a person something, once."""
        words = tr(message, **values)
        if words not in self.said:
            self.said.append(words)

    def _layer(self, layer: str) -> LayerReport:
        return self.layers.setdefault(layer, LayerReport(id=layer, kind=""))
