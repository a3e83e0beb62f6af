"""What a reader notes on its way: what became of each feature, and what a person should know."""

from __future__ import annotations

from typing import Any

from twin.core.i18n import tr
from twin.model.report import LayerReport, Verdict


class Notes:
    """The counts of each layer, and words about the whole file."""

    def __init__(self) -> None:
        self.layers: dict[str, LayerReport] = {}
        self._mended: dict[str, dict[str, str]] = {}
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
        self._mended.setdefault(layer, {}).setdefault(uid, reason)

    def settle(self) -> None:
        """At the end: what was mended stands after what was repaired, however many were read at a time."""
        for layer, mended in self._mended.items():
            report = self._layer(layer)
            known = {verdict.id for verdict in report.repaired}
            new = [Verdict(id=uid, reason=reason) for uid, reason in mended.items() if uid not in known]
            report.kept -= len(new)
            report.repaired += new
        self._mended.clear()

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
