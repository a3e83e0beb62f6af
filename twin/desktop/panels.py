"""The panels: layers, identify, log."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from twin.core.i18n import number, tongue, tr
from twin.host.identify import Card
from twin.lettering.fonts import font
from twin.model.layer import Layer


class Layers(QTreeWidget):
    """The layer tree, the last drawn on top; a tick shows or hides."""

    ticked = Signal(str, bool)

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderHidden(True)
        self.setColumnCount(2)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.itemChanged.connect(self._tick)

    def fill(self, layers: list[Layer]) -> None:
        """Show these layers; what was chosen stays chosen."""
        chosen = self.chosen()
        self.blockSignals(True)
        self.clear()
        for layer in reversed(layers):
            item = QTreeWidgetItem([layer.title, number(layer.count)])
            item.setData(0, Qt.ItemDataRole.UserRole, layer.id)
            item.setCheckState(0, Qt.CheckState.Checked if layer.visible else Qt.CheckState.Unchecked)
            item.setToolTip(0, f"{layer.title}\n{layer.source.attribution or layer.source.file}")
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
            self.addTopLevelItem(item)
            if layer.id == chosen:
                self.setCurrentItem(item)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(0, self.header().ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, self.header().ResizeMode.ResizeToContents)
        self.blockSignals(False)

    def chosen(self) -> str | None:
        """The id of the layer that is chosen."""
        item = self.currentItem()
        return None if item is None else str(item.data(0, Qt.ItemDataRole.UserRole))

    def _tick(self, item: QTreeWidgetItem) -> None:
        self.ticked.emit(item.data(0, Qt.ItemDataRole.UserRole), item.checkState(0) == Qt.CheckState.Checked)


class Identify(QScrollArea):
    """The card of the feature that was clicked."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.fill(None)

    def fill(self, card: Card | None) -> None:
        """Show a card, or how to get one."""
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        if card is None:
            hint = QLabel(tr("Click a building to read about it."))
            hint.setWordWrap(True)
            hint.setProperty("muted", True)
            column.addWidget(hint)
        else:
            self._head(column, card)
            self._rows(column, card)
        column.addStretch(1)
        self.setWidget(body)

    def _head(self, column: QVBoxLayout, card: Card) -> None:
        title = QLabel(card.title)
        title.setFont(font(20, 600))
        title.setWordWrap(True)
        column.addWidget(title)
        line = QHBoxLayout()
        kind = QLabel(card.subtitle)
        kind.setProperty("muted", True)
        line.addWidget(kind)
        if card.synthetic:
            tag = QLabel(tr("synthetic"))
            tag.setProperty("violet", True)
            line.addWidget(tag)
        line.addStretch(1)
        column.addLayout(line)

    def _rows(self, column: QVBoxLayout, card: Card) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        for name, value in card.rows:
            label, words = QLabel(name), QLabel(value)
            label.setProperty("muted", True)
            words.setWordWrap(True)
            # By the language, not by each value's own letters: numbers and names stand on one edge.
            side = Qt.AlignmentFlag.AlignRight if tongue.language == "ar" else Qt.AlignmentFlag.AlignLeft
            words.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignTop)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            form.addRow(label, words)
        column.addLayout(form)
        source = QLabel(card.source)
        source.setWordWrap(True)
        source.setProperty("muted", True)
        source.setFont(font(12))
        column.addWidget(source)


class Log(QPlainTextEdit):
    """The lines that can be run again, and what was said."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setMaximumBlockCount(5_000)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
