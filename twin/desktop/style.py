"""How the chosen layer is coloured: by which column, along which ramp, in which classes."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QLinearGradient, QPainter, QPixmap
from PySide6.QtWidgets import QComboBox, QFormLayout, QFrame, QLabel, QScrollArea, QSpinBox, QVBoxLayout, QWidget

from twin.core.i18n import mark, tr
from twin.lettering.fonts import font
from twin.lettering.labels import NAME, can_be_named, column
from twin.model.layer import Layer
from twin.model.style import RAMPS, Colouring

RAMP_TITLES = {
    "energy": mark("Energy"),
    "water": mark("Water"),
    "security": mark("Security"),
    "living": mark("Living"),
    "difference": mark("Difference"),
}
METHOD_TITLES = {
    "quantile": mark("Quantile (equal count)"),
    "equal": mark("Equal interval"),
    "natural": mark("Natural breaks"),
}
_RAMP = QSize(72, 12)


class Style(QScrollArea):
    """Choices that act at once; each is one step of undo."""

    changed = Signal(str, object)
    """A layer's id and its Colouring, or None."""
    labelled = Signal(str, str)
    """A layer's id and the column of its labels, empty for none."""

    def __init__(self) -> None:
        super().__init__()
        self._layer: Layer | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        lines = QVBoxLayout(body)
        lines.setContentsMargins(16, 16, 16, 16)
        lines.setSpacing(12)
        self.title, self._none = QLabel(), QLabel()
        self._none.setWordWrap(True)
        self._none.setProperty("muted", True)
        self.column, self.ramp, self.method, self.classes = QComboBox(), QComboBox(), QComboBox(), QSpinBox()
        self.labels = QComboBox()
        self.classes.setRange(2, 9)
        self.ramp.setIconSize(_RAMP)
        self._form = QWidget()
        self._rows = QFormLayout(self._form)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(8)
        self._labels = [QLabel() for _ in range(5)]
        fields = (self.column, self.ramp, self.method, self.classes, self.labels)
        for label, field in zip(self._labels, fields, strict=True):
            label.setBuddy(field)
            self._rows.addRow(label, field)
        for widget in (self.title, self._none, self._form):
            lines.addWidget(widget)
        lines.addStretch(1)
        self.setWidget(body)
        for choice in (self.column, self.ramp, self.method):
            choice.activated.connect(self._chosen)
        self.classes.valueChanged.connect(self._chosen)
        self.labels.activated.connect(self._labelled)
        self.fill(None)

    def fill(self, layer: Layer | None) -> None:
        """Show a layer's colouring, in the language in use."""
        self._layer = layer
        self.title.setFont(font(16, 600))
        self.title.setText(layer.title if layer else "")
        self.title.setVisible(layer is not None)
        self._none.setText(tr("Choose a layer to colour it."))
        self._none.setVisible(layer is None)
        self._form.setVisible(layer is not None)
        titles = (tr("Colour by"), tr("Ramp"), tr("Classes by"), tr("Classes"), tr("Labels"))
        for label, words in zip(self._labels, titles, strict=True):
            label.setText(words)
        for choice in (self.column, self.ramp, self.method, self.classes):
            choice.blockSignals(True)
        if layer:
            self._choices(layer)
        for choice in (self.column, self.ramp, self.method, self.classes):
            choice.blockSignals(False)

    def _choices(self, layer: Layer) -> None:
        now = layer.colouring
        self.column.clear()
        self.column.addItem(tr("– its own colours –"), None)
        for attribute in layer.attributes:
            self.column.addItem(attribute.title, attribute.name)
        self.column.setCurrentIndex(max(0, self.column.findData(now.column if now else None)))
        self.ramp.clear()
        for name, stops in RAMPS.items():
            self.ramp.addItem(_gradient(stops), tr(RAMP_TITLES[name]) if name in RAMP_TITLES else name, name)
        self.ramp.setCurrentIndex(max(0, self.ramp.findData(now.ramp if now else "energy")))
        self.method.clear()
        for name, title in METHOD_TITLES.items():
            self.method.addItem(tr(title), name)
        self.method.setCurrentIndex(max(0, self.method.findData(now.method if now else "quantile")))
        self.classes.setValue(now.classes if now else 5)
        self.labels.clear()
        self.labels.addItem(tr("– none –"), "")
        if can_be_named(layer):
            self.labels.addItem(tr("Name"), NAME)
        for attribute in layer.attributes:
            self.labels.addItem(attribute.title, attribute.name)
        self.labels.setCurrentIndex(max(0, self.labels.findData(column(layer))))
        numbers = any(now and one.name == now.column and one.is_number for one in layer.attributes)
        for row in (1, 2, 3):
            self._rows.setRowVisible(row, numbers)

    def _labelled(self) -> None:
        wanted = self.labels.currentData()
        if self._layer and wanted != column(self._layer):
            self.labelled.emit(self._layer.id, wanted)

    def _chosen(self) -> None:
        if self._layer is None:
            return
        chosen = self.column.currentData()
        made = chosen and Colouring(
            column=chosen,
            ramp=self.ramp.currentData(),
            method=self.method.currentData(),
            classes=self.classes.value(),
        )
        if made != self._layer.colouring:
            self.changed.emit(self._layer.id, made)


def _gradient(stops: tuple[str, ...]) -> QIcon:
    """A ramp from low to high: never mirrored (ARABIC, rule 8)."""
    pixels = QPixmap(_RAMP)
    blend = QLinearGradient(0, 0, _RAMP.width(), 0)
    for number, stop in enumerate(stops):
        blend.setColorAt(number / (len(stops) - 1), QColor(stop))
    painter = QPainter(pixels)
    painter.fillRect(pixels.rect(), blend)
    painter.end()
    return QIcon(pixels)
