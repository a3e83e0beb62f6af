"""The layer tree: what is shown, in which order, how strongly."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QSlider,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from twin.core.i18n import number, tongue, tr
from twin.core.settings import Theme
from twin.core.units import quantity
from twin.desktop import theme
from twin.lettering.annotations import Legend, Swatch
from twin.lettering.fonts import font
from twin.model.layer import Layer

_ID = Qt.ItemDataRole.UserRole
_MENU = (
    "zoom-layer",
    "show-all",
    "colour-layer",
    "rename-layer",
    "export",
    "relink-layer",
    "about-layer",
    "remove-layer",
)
_SWATCHES = {
    "buildings": "#E8D9C4",
    "surfaces": "#BFC79B",
    "roads": "#B9B3A9",
    "areas": "#E4D8C1",
    "lines": "#A9A39A",
    "points": "#8A6A4C",
    "palms": "#A9B585",
    "trees": "#9DB07A",
    "pipes": "#2F7FD1",
    "cables": "#D9902F",
    "nodes": "#1F4E86",
    "towers": "#8C969C",
    "furniture": "#C3C9CC",
    "terrain": "#E4D8C1",
    "sea": "#2E8CA0",
    "parks": "#BFC79B",
}
"""By layer id, else by layer kind: the base scene's own colours (ART)."""


class Layers(QStackedWidget):
    """The tree, or what to do while there is none."""

    ticked = Signal(str, bool)
    renamed = Signal(str, str)
    moved = Signal(str, int)
    faded = Signal(str, float)
    dropped = Signal(object)

    def __init__(self, actions: dict[str, QAction]) -> None:
        super().__init__()
        self._actions = actions
        self._layers: dict[str, Layer] = {}
        self._legends: Mapping[str, Legend] = {}
        self._hidden: Mapping[str, int] = {}
        """How many features of a layer a filter keeps out of the city."""
        self._standing: Mapping[str, tuple[str, str]] = {}
        """Of layers whose service doesn't answer or refuses something, how it stands and why."""
        self._theme: Theme = "light"
        self.tree = _Tree(self)
        self.tree.itemChanged.connect(self._edited)
        self.tree.currentItemChanged.connect(self._strength)
        self.tree.customContextMenuRequested.connect(self._menu)
        self._empty = QLabel()
        self._add = QPushButton()
        self._empty.setWordWrap(True)
        self._empty.setProperty("muted", True)
        self.addWidget(self._nothing(actions["import"]))
        self.addWidget(self.tree)
        self.opacity, self._opacity, self._share = QSlider(Qt.Orientation.Horizontal), QLabel(), QLabel()
        self.foot = self._foot()
        self.retranslate("light")

    def fill(self, layers: list[Layer], legends: Mapping[str, Legend] | None = None) -> None:
        """Show these layers, the last drawn on top, with their legends; what was chosen stays chosen."""
        self._legends = legends or {}
        chosen, at = self.chosen(), self.tree.verticalScrollBar().value()
        self._layers = {layer.id: layer for layer in layers}
        self.tree.blockSignals(True)
        self.tree.clear()
        for layer in reversed(layers):
            item = self._row(layer)
            self.tree.addTopLevelItem(item)
            if layer.id in self._standing:
                state = self._state(*self._standing[layer.id])
                item.addChild(state)
                # Which the tree must have before it can be as wide as all of it.
                state.setFirstColumnSpanned(True)
            for swatch in self._legends[layer.id].rows if layer.id in self._legends else ():
                item.addChild(self._class(swatch))
            item.setExpanded(True)
            if layer.id == chosen:
                self.tree.setCurrentItem(item)
        self.tree.blockSignals(False)
        letters = self.tree.fontMetrics()
        widest = max((letters.horizontalAdvance(number(_count(layer))) for layer in layers), default=0)
        sign = self.tree.iconSize().width() + 4 if self._hidden else 0
        self.tree.setColumnWidth(1, widest + sign + 12)
        self.tree.verticalScrollBar().setValue(at)
        self.setCurrentIndex(1 if layers else 0)
        self.foot.setVisible(bool(layers))
        self._strength()

    def filter(self, hidden: Mapping[str, int]) -> None:
        """Mark the layers of which a filter keeps so many features out of the city, and no others."""
        if hidden != self._hidden:
            self._hidden = hidden
            self.fill(list(self._layers.values()), self._legends)

    def tell(self, standing: Mapping[str, tuple[str, str]]) -> None:
        """Say of these layers, and no others, that their service is ``offline`` or has ``refused``, and why."""
        if standing != self._standing:
            self._standing = standing
            self.fill(list(self._layers.values()), self._legends)

    def retranslate(self, look: Theme) -> None:
        """Every word and swatch again."""
        self._theme = look
        self._empty.setText(tr("No layers yet. Drop a file on the window, or choose one."))
        self._add.setText(self._actions["import"].text())
        self._opacity.setText(tr("Opacity"))
        self.opacity.setAccessibleName(tr("Opacity"))
        theme.mark_as(self.opacity, "mirrored", tongue.language == "ar")
        self.fill(list(self._layers.values()), self._legends)

    def chosen(self) -> str | None:
        """The id of the layer that is chosen."""
        item = self.tree.currentItem()
        return None if item is None or item.parent() else str(item.data(0, _ID))

    def choose(self, layer: str) -> None:
        """Make a layer the chosen one."""
        for row in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(row)
            if item and item.data(0, _ID) == layer:
                self.tree.setCurrentItem(item)

    def rename(self) -> None:
        """Let the chosen layer's title be written anew, in its place."""
        item = self.tree.currentItem()
        if item:
            self.tree.editItem(item, 0)

    def _row(self, layer: Layer) -> QTreeWidgetItem:
        counted = layer.amount
        item = QTreeWidgetItem([layer.title, number(_count(layer))])
        item.setData(0, _ID, layer.id)
        item.setFlags(
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsUserCheckable
            | Qt.ItemFlag.ItemIsEditable
            | Qt.ItemFlag.ItemIsDragEnabled
        )
        item.setCheckState(0, Qt.CheckState.Checked if layer.visible else Qt.CheckState.Unchecked)
        item.setIcon(0, _swatch(layer, theme.colour(self._theme, "edge")))
        item.setToolTip(
            0, "\n".join(filter(None, (layer.title, counted, layer.source.attribution or layer.source.file)))
        )
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        muted = theme.colour(self._theme, "muted")
        item.setForeground(1, muted)
        if layer.id in self._hidden:
            self._filtered(item, layer, counted)
        if not layer.visible:
            item.setForeground(0, muted)
        return item

    def _filtered(self, item: QTreeWidgetItem, layer: Layer, counted: str) -> None:
        """Where the others are is never a riddle: a funnel, how many are there, and words at rest."""
        shown = layer.count - self._hidden[layer.id]
        said = tr("Filtered: {shown} of {counted} in the city", shown=shown, counted=counted)
        item.setText(1, number(shown))
        item.setIcon(1, theme.icon("funnel", self._theme, "accent"))
        item.setForeground(1, theme.colour(self._theme, "accent"))
        for column in (0, 1):
            item.setToolTip(column, "\n".join(filter(None, (layer.title, said, layer.source.attribution))))
        item.setData(1, Qt.ItemDataRole.AccessibleTextRole, said)

    def _state(self, standing: str, why: str) -> QTreeWidgetItem:
        """A row that says how it stands with a layer's service."""
        words = tr("offline – shows what was seen") if standing == "offline" else tr("refused – shows what was seen")
        item = QTreeWidgetItem([words, ""])
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        item.setFont(0, font(12))
        item.setIcon(0, theme.icon("cloud-off", self._theme, "muted"))
        item.setForeground(0, theme.colour(self._theme, "muted"))
        item.setToolTip(0, f"{words}\n{why}")
        return item

    def _class(self, swatch: Swatch) -> QTreeWidgetItem:
        """A row of a legend: it is read and not chosen."""
        item = QTreeWidgetItem([swatch.words, swatch.count])
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        item.setIcon(0, _filled(QColor(swatch.colour), theme.colour(self._theme, "line")))
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        for column in (0, 1):
            item.setForeground(column, theme.colour(self._theme, "muted"))
        return item

    def _edited(self, item: QTreeWidgetItem) -> None:
        layer = self._layers.get(str(item.data(0, _ID)))
        if layer is None:
            return
        shown = item.checkState(0) == Qt.CheckState.Checked
        title = item.text(0).strip()
        if shown != layer.visible:
            self.ticked.emit(layer.id, shown)
        elif title and title != layer.title:
            self.renamed.emit(layer.id, title)
        elif title != layer.title:
            item.setText(0, layer.title)

    def _strength(self) -> None:
        layer = self._layers.get(self.chosen() or "")
        self.opacity.setEnabled(layer is not None)
        self.opacity.blockSignals(True)
        self.opacity.setValue(round(100 * layer.opacity) if layer else 100)
        self.opacity.blockSignals(False)
        self._said_share(self.opacity.value())

    def _said_share(self, share: int) -> None:
        self._share.setText(quantity(share, "%"))

    def _fade(self) -> None:
        layer = self._layers.get(self.chosen() or "")
        if layer and round(100 * layer.opacity) != self.opacity.value():
            self.faded.emit(layer.id, self.opacity.value() / 100)

    def _slid(self, share: int) -> None:
        self._said_share(share)
        # A drag is one step of undo: it counts when the hand lets go.
        if not self.opacity.isSliderDown():
            self._fade()

    def _menu(self, at: QPoint) -> None:
        item = self.tree.itemAt(at)
        if item is None or item.parent():
            return
        menu = QMenu(self)
        menu.addActions([self._actions[name] for name in _MENU])
        menu.exec(self.tree.viewport().mapToGlobal(at))

    def _foot(self) -> QWidget:
        foot = QWidget()
        line = QHBoxLayout(foot)
        line.setContentsMargins(0, 8, 8, 8)
        line.setSpacing(12)
        self.opacity.setRange(0, 100)
        self.opacity.setPageStep(10)
        self.opacity.valueChanged.connect(self._slid)
        self.opacity.sliderReleased.connect(self._fade)
        self._opacity.setProperty("muted", True)
        self._share.setMinimumWidth(44)
        self._share.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._opacity)
        line.addWidget(self.opacity, 1)
        line.addWidget(self._share)
        return foot

    def _nothing(self, add: QAction) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        self._add.setProperty("primary", True)
        self._add.clicked.connect(add.trigger)
        column.addWidget(self._empty)
        column.addWidget(self._add)
        column.addStretch(1)
        return page


class _Tree(QTreeWidget):
    """Rows that are dragged into another order; files that are dropped on it go to the window."""

    def __init__(self, panel: Layers) -> None:
        super().__init__()
        self._panel = panel
        self.setHeaderHidden(True)
        self.setColumnCount(2)
        self.setRootIsDecorated(False)
        self.setIndentation(26)
        self.setUniformRowHeights(True)
        self.setIconSize(QSize(16, 16))
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setMinimumSectionSize(16)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A row of its own, or files."""
        if event.source() is self or event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where a row would land."""
        super().dragMoveEvent(event)
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Say where a row was put; the tree is filled anew when the city has heard it."""
        if event.source() is not self:
            self._panel.dropped.emit([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])
        else:
            target = self._row_at(event.position().toPoint())
            rows = [self.topLevelItem(row) for row in range(self.topLevelItemCount())]
            before = [row for row in rows[:target] if row is not self.currentItem()]
            self._panel.moved.emit(self._panel.chosen(), len(rows) - 1 - len(before))
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        self.setState(QAbstractItemView.State.NoState)
        self.viewport().update()

    def _row_at(self, at: QPoint) -> int:
        """How many rows stand above the point."""
        item = self.itemAt(at)
        if item is None:
            return self.topLevelItemCount()
        return self.indexOfTopLevelItem(item) + (at.y() > self.visualItemRect(item).center().y())


def _count(layer: Layer) -> int:
    return layer.link.amount if layer.link and layer.link.holds != "raster" else layer.count


def _swatch(layer: Layer, edge: QColor) -> QIcon:
    colour = _SWATCHES.get(layer.id) or _SWATCHES.get(layer.kind, "#DDD3C2")
    filled = QColor(colour)
    filled.setAlphaF(max(0.15, layer.opacity))
    return _filled(filled, edge)


def _filled(colour: QColor, edge: QColor) -> QIcon:
    pixels = QPixmap(32, 32)
    pixels.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixels)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(colour)
    painter.setPen(QPen(edge, 2))
    painter.drawRoundedRect(QRectF(1, 5, 30, 22), 5, 5)
    painter.end()
    pixels.setDevicePixelRatio(2)
    found = QIcon(pixels)
    # A row that is chosen must not tint its colour.
    found.addPixmap(pixels, QIcon.Mode.Selected)
    return found
