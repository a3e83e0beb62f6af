"""A layer's rows as Qt's model: their order is asked for once, and pages when they are looked at."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from twin.core.errors import Cancelled, TwinError
from twin.core.i18n import isolate, led, number, tr
from twin.host.identify import shown
from twin.model.feature import FID, UID
from twin.model.layer import Column, Layer
from twin.store.asking import Asking
from twin.store.city import City
from twin.store.finding import Query

PAGE = 256
"""Rows that are asked for at once."""
_KEPT = 40
"""Pages that are kept; a table of any size takes no more memory."""
_ID = Column(name=UID, type="VARCHAR")

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
Refusal = Callable[[TwinError], None]


class Ask(Protocol):
    """Have something asked of the city off the window's thread, and its answer or refusal brought back."""

    def __call__(self, ask: Callable[[City], Any], then: Callable[[Any], None], refused: Refusal | None = None) -> None:
        """``then`` gets None where it is refused and nobody asked to hear why."""


class Rows(QAbstractTableModel):
    """The order first, then pages; a question that is no longer asked is stopped, and its answer dropped."""

    def __init__(self, ask: Ask) -> None:
        super().__init__()
        self._ask = ask
        self.layer: Layer | None = None
        """Whose rows are there."""
        self._columns: list[Column] = []
        self._pages: OrderedDict[int, list[dict[str, Any] | None] | None] = OrderedDict()
        self._asked = 0
        """Which question stands; each new one has the next number."""
        self._asking = Asking()
        self.query = Query()
        self.fids: Any = np.empty(0, np.int64)
        """(n,) those that pass the filter, in their order."""
        self.counted: Callable[[], None] = lambda: None
        self.refused: Refusal = lambda _why: None

    def show(self, layer: Layer | None, query: Query) -> None:
        """Another layer, filter or order."""
        self._asked += 1
        self._asking.overtake()
        asked, asking, self.query = self._asked, Asking(), query
        self._asking = asking
        if layer is None:
            self._begin(layer, np.empty(0, np.int64))
            return

        def refused(why: TwinError) -> None:
            if asked == self._asked and not isinstance(why, Cancelled):
                self.refused(why)

        self._ask(
            lambda city: city.ordered(layer.id, query, asking), lambda fids: self._ordered(asked, layer, fids), refused
        )

    @property
    def count(self) -> int:
        """How many pass the filter."""
        return len(self.fids)

    def place(self, fid: int) -> int | None:
        """The row of a feature; None where the filter leaves it out."""
        found = np.flatnonzero(self.fids == fid)
        return int(found[0]) if len(found) else None

    def retranslate(self) -> None:
        """Every title and value again."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(0, len(self._columns) - 1))
        self.layoutChanged.emit()

    def fid(self, row: int) -> int | None:
        """The feature of a row; None where there is no such row."""
        return int(self.fids[row]) if 0 <= row < self.count else None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column; the third click on it brings the first order back."""
        name = self._columns[column].name if 0 <= column < len(self._columns) else ""
        wanted = Query(self.query.filter, name, order == Qt.SortOrder.DescendingOrder)
        if wanted != self.query:
            self.show(self.layer, wanted)

    def rowCount(self, _parent: Index = _ROOT) -> int:
        """As many as pass the filter."""
        return self.count

    def columnCount(self, _parent: Index = _ROOT) -> int:
        """The id, and the layer's attributes."""
        return len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Titles with their units, in the language in use."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr("Id") if section == 0 else self._columns[section].heading
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(self._columns[section])
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return tr("In an expression: {name}", name=isolate(self._columns[section].name))
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        """A cell as it is read; empty until its page has come."""
        column = self._columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        if role == Qt.ItemDataRole.DisplayRole:
            row = self._row(index.row())
            return "" if row is None else led(_cell(column, row[column.name]))
        return None

    def _row(self, row: int) -> dict[str, Any] | None:
        at = row // PAGE
        if at not in self._pages:
            self._fetch(at)
        page = self._pages[at]
        if page is None or row % PAGE >= len(page):
            return None
        self._pages.move_to_end(at)
        return page[row % PAGE]

    def _fetch(self, at: int) -> None:
        self._pages[at] = None
        while len(self._pages) > _KEPT:
            self._pages.popitem(last=False)
        asked, layer = self._asked, self.layer
        if layer is None:
            return
        names = [FID, *(column.name for column in self._columns)]
        wanted = self.fids[at * PAGE : (at + 1) * PAGE].tolist()

        def page(city: City) -> pa.Table | None:
            # Whoever scrolls on, or sorts anew, doesn't wait for what is no longer looked at.
            there = asked == self._asked and at in self._pages
            return city.features(layer.id, names, fids=wanted) if there else None

        self._ask(page, lambda table: self._came(asked, at, wanted, table))

    def _came(self, asked: int, at: int, wanted: list[int], table: pa.Table | None) -> None:
        if asked != self._asked or table is None:
            return
        found = {row[FID]: row for row in table.to_pylist()}
        # A feature that was taken out meanwhile leaves its row empty: the change that tells so is on its way.
        self._pages[at] = [found.get(fid) for fid in wanted]
        top, bottom = at * PAGE, min(self.count, (at + 1) * PAGE) - 1
        self.dataChanged.emit(self.index(top, 0), self.index(bottom, max(0, len(self._columns) - 1)))

    def _ordered(self, asked: int, layer: Layer, fids: Any) -> None:
        if asked == self._asked and fids is not None:
            self._begin(layer, fids)

    def _begin(self, layer: Layer | None, fids: Any) -> None:
        self.beginResetModel()
        self.layer, self.fids = layer, fids
        self._columns = [_ID, *layer.attributes] if layer else []
        self._pages.clear()
        self.endResetModel()
        self.counted()


def _side(column: Column) -> Qt.AlignmentFlag:
    """Numbers stand on their last digit's edge in either language (ARABIC, rule 8), words at the leading one."""
    if column.is_number:
        return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
    return Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter


def _cell(column: Column, value: Any) -> str:
    """As on a card, but without its unit, and with its decimals where the column has any: points stand in one line."""
    if isinstance(value, float) and math.isfinite(value):
        return number(value, 1)
    return shown(column, value, with_unit=False)
