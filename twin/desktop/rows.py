"""A layer's rows as Qt's model: pages come from the store when they are looked at."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Protocol

import pyarrow as pa
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from twin.core.errors import TwinError
from twin.core.i18n import led, number, tr
from twin.host.identify import shown
from twin.model.feature import FID, UID
from twin.model.layer import Column, Layer
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
    """Counts first, then pages; an answer to a question that is no longer asked is dropped."""

    def __init__(self, ask: Ask) -> None:
        super().__init__()
        self._ask = ask
        self._layer: Layer | None = None
        self._columns: list[Column] = []
        self._pages: OrderedDict[int, list[dict[str, Any]] | None] = OrderedDict()
        self._asked = 0
        """Which question stands; each new one has the next number."""
        self.query = Query()
        self.count = 0
        self.counted: Callable[[], None] = lambda: None
        self.refused: Refusal = lambda _why: None

    def show(self, layer: Layer | None, query: Query) -> None:
        """Another layer, filter or order."""
        self._asked += 1
        asked, self.query = self._asked, query
        if layer is None:
            self._begin(layer, 0)
        else:
            self._ask(lambda city: city.count(layer.id, query), lambda n: self._counted(asked, layer, n), self._refused)

    def retranslate(self) -> None:
        """Every title and value again."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(0, len(self._columns) - 1))
        self.layoutChanged.emit()

    def fid(self, row: int) -> int | None:
        """The feature of a row; None where its page is not there yet."""
        found = self._row(row)
        return None if found is None else int(found[FID])

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column; the third click on it brings the first order back."""
        name = self._columns[column].name if 0 <= column < len(self._columns) else ""
        wanted = Query(self.query.filter, name, order == Qt.SortOrder.DescendingOrder)
        if wanted != self.query:
            self.show(self._layer, wanted)

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
        asked, layer, query = self._asked, self._layer, self.query
        if layer is None:
            return
        names = [column.name for column in self._columns]

        def page(city: City) -> pa.Table | None:
            # Whoever scrolls on, or sorts anew, doesn't wait for what is no longer looked at.
            return city.page(layer.id, query, names, PAGE, at * PAGE) if asked == self._asked else None

        self._ask(page, lambda table: self._came(asked, at, table))

    def _came(self, asked: int, at: int, table: pa.Table | None) -> None:
        if asked != self._asked or table is None:
            return
        self._pages[at] = table.to_pylist()
        top, bottom = at * PAGE, min(self.count, (at + 1) * PAGE) - 1
        self.dataChanged.emit(self.index(top, 0), self.index(bottom, max(0, len(self._columns) - 1)))

    def _counted(self, asked: int, layer: Layer, count: int | None) -> None:
        if asked == self._asked and count is not None:
            self._begin(layer, count)

    def _refused(self, why: TwinError) -> None:
        self.refused(why)

    def _begin(self, layer: Layer | None, count: int) -> None:
        self.beginResetModel()
        self._layer, self.count = layer, count
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
