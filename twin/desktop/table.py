"""The attribute table: a filter, the rows, and how many there are."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, Qt, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from twin.core.errors import TwinError
from twin.core.i18n import tr, trn
from twin.core.settings import Theme
from twin.desktop import theme
from twin.desktop.rows import Ask, Rows
from twin.lettering.fonts import font
from twin.model.layer import Layer
from twin.scene.grounds import GROUND_LAYERS
from twin.store.finding import Query

_TYPING = 300
"""Milliseconds of rest before a filter is asked."""
_WIDTH, _TALL, _SIGN = 132, 30, 20
"""Pixels: of a column at first, of a row, and of the sign that tells the order."""


class Table(QWidget):
    """Rows of one layer; a row that is chosen is the feature that is chosen everywhere."""

    chosen = Signal(int)
    wanted = Signal(int)
    """A double click: look at it."""
    filtered = Signal(str, str, object)
    """A layer's id, a filter that was understood, and the fids that pass."""
    switched = Signal(str, bool)
    """A layer's id, and whether what passes its filter is alone in the city."""

    def __init__(self, ask: Ask) -> None:
        super().__init__()
        self.layer: Layer | None = None
        self._look: Theme = "light"
        self.rows = Rows(ask)
        self.filter, self._said = QLineEdit(), QLabel()
        self.filter.setClearButtonEnabled(True)
        self._why: TwinError | None = None
        """Why the filter is not understood."""
        self.alone = QToolButton()
        self.alone.setCheckable(True)
        self.alone.setProperty("switch", True)
        self.alone.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.alone.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.alone.toggled.connect(self._switched)
        self.view = QTableView()
        self.view.setModel(self.rows)
        self.view.setSortingEnabled(True)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setShowGrid(False)
        self.view.setWordWrap(False)
        self.view.verticalHeader().setVisible(False)
        self.view.verticalHeader().setDefaultSectionSize(_TALL)
        header = self.view.horizontalHeader()
        header.setDefaultSectionSize(_WIDTH)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setHighlightSections(False)
        self.fields = QWidget()
        """The filter and what belongs to it: they stand in the head of the table's panel."""
        line = QHBoxLayout(self.fields)
        line.setContentsMargins(12, 0, 4, 0)
        line.setSpacing(12)
        line.addWidget(self.filter, 1)
        line.addWidget(self._said)
        line.addWidget(self.alone)
        self._line = line
        self._said.setProperty("muted", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING)
        self._typing.timeout.connect(self._filtered)
        self.filter.textChanged.connect(lambda _words: self._typing.start())
        self.rows.counted = self._came
        self.rows.refused = self._refused
        self.view.selectionModel().currentRowChanged.connect(self._current)
        self.view.doubleClicked.connect(lambda index: self._tell(self.wanted, index.row()))

    def show_layer(self, layer: Layer | None, words: str = "", *, alone: bool = False) -> None:
        """Another layer's rows with its filter, or the same one's anew; nothing is read where the table is not seen."""
        other = (layer and layer.id) != (self.layer and self.layer.id)
        self.layer = layer
        if other:
            self._typing.stop()
            self.filter.blockSignals(True)
            self.filter.setText(words)
            self.filter.blockSignals(False)
            self._show_switch(on=alone)
            self.view.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.rows.show(layer, Query(words) if other else self.rows.query)

    def switch(self, layer: str, *, on: bool) -> None:
        """A layer's switch was turned elsewhere."""
        if self.layer and self.layer.id == layer:
            self._show_switch(on=on)

    def retranslate(self, look: Theme) -> None:
        """Every word again."""
        self._look = look
        self._show_switch(on=self.alone.isChecked())
        self.filter.setPlaceholderText(tr("Filter: words, or an expression such as height > 30"))
        self.filter.setAccessibleName(tr("Filter"))
        self.view.setFont(font(14))
        self.view.horizontalHeader().setFont(font(12, 500))
        self.rows.retranslate()
        self._counted()

    def point(self, fid: int | None) -> None:
        """Show the row of the feature that was chosen elsewhere."""
        if self.layer is None or fid is None or not self.isVisible():
            return
        row = self.rows.place(fid)
        model = self.view.selectionModel()
        model.blockSignals(True)
        if row is None:
            self.view.clearSelection()
        else:
            # Not selectRow, which asks the header what lies at its right edge and finds nothing there in Arabic.
            model.setCurrentIndex(
                self.rows.index(row, 0),
                QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows,
            )
            self.view.scrollTo(self.rows.index(row, 0), QAbstractItemView.ScrollHint.PositionAtCenter)
        model.blockSignals(False)
        self.view.viewport().update()

    def _filtered(self) -> None:
        query = self.rows.query
        self.rows.show(self.layer, Query(self.filter.text(), query.order, query.descending))

    def _roomy(self) -> None:
        """No title is cut: a column is made wider where the language or the layer needs it, and never narrower."""
        header = self.view.horizontalHeader()
        for column in range(self.rows.columnCount()):
            needed = header.sectionSizeHint(column) + _SIGN
            if header.sectionSize(column) < needed:
                header.resizeSection(column, needed)

    def _came(self) -> None:
        self._why = None
        self._roomy()
        self._counted()
        if self.rows.layer:
            self.filtered.emit(self.rows.layer.id, self.rows.query.filter, self.rows.fids)

    def _switched(self, on: bool) -> None:
        self._show_switch(on=on)
        if self.layer:
            self.switched.emit(self.layer.id, on)

    def _show_switch(self, *, on: bool) -> None:
        """As it is, by its sign and not by its colour alone."""
        self.alone.blockSignals(True)
        self.alone.setChecked(on)
        self.alone.blockSignals(False)
        self.alone.setEnabled(self.layer is not None and self.layer.id not in GROUND_LAYERS)
        self.alone.setIcon(theme.icon("circle-check" if on else "funnel", self._look, "accent" if on else "text"))
        self.alone.setText(f"\u2002{tr('Only these in the city')}")
        self.alone.setToolTip(tr("What the filter leaves out is not drawn, clicked or selected while this is on."))

    def _counted(self) -> None:
        """What the filter leaves, or why it is not understood."""
        wrong = self._why is not None
        theme.mark_as(self.filter, "wrong", wrong)
        theme.mark_as(self._said, "wrong", wrong)
        self._said.setWordWrap(wrong)
        self._line.setStretchFactor(self._said, 1 if wrong else 0)
        if self._why:
            self._said.setText(str(self._why))
        elif self.layer is None:
            self._said.setText(tr("Choose a layer to see its table."))
        elif self.rows.count == self.layer.count:
            self._said.setText(trn("{n} feature", "{n} features", self.rows.count))
        else:
            counted = trn("{n} feature", "{n} features", self.layer.count)
            self._said.setText(tr("{shown} of {counted}", shown=self.rows.count, counted=counted))

    def _current(self, *_: object) -> None:
        self._tell(self.chosen, self.view.currentIndex().row())

    def _tell(self, signal: SignalInstance, row: int) -> None:
        fid = self.rows.fid(row) if row >= 0 else None
        if fid is not None:
            signal.emit(fid)

    def _refused(self, why: TwinError) -> None:
        self._why = why
        self._counted()
