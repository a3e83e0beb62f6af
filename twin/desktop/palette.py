"""The palette: every command, bookmark and place by its words, in either spelling (Ctrl+K, Ctrl+F)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from twin.core.i18n import tr
from twin.core.settings import Theme
from twin.desktop import theme
from twin.lettering.fonts import font

if TYPE_CHECKING:
    from twin.desktop.offers import Offer, Offers
    from twin.desktop.window import Window

_ROW = 38
_ROWS = 9
_SETTLE = 120
"""Milliseconds after the last letter before the store is asked."""
_WIDE = 600


class Palette(QFrame):
    """A field and what answers to its words."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self.offers: Offers | None = None
        self._places = False
        self._rows: list[Offer] = []
        self._asked = ""
        self.setProperty("card", True)
        self.field, self.found, self._none = QLineEdit(), QListWidget(), QLabel()
        self._none.setProperty("muted", True)
        self._none.setMinimumHeight(_ROW)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        for widget in (self.field, self.found, self._none):
            column.addWidget(widget)
        self.found.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.field.textChanged.connect(self._match)
        self.field.installEventFilter(self)
        self.found.itemClicked.connect(self._take)
        self._settled = QTimer(self, singleShot=True, interval=_SETTLE)
        self._settled.timeout.connect(self._ask)
        self.hide()

    def open(self, *, places: bool = False) -> None:
        """Show it, empty: for everything, or for places alone."""
        self._places = places
        asks = tr("Name, id, district, plan or parcel…") if places else tr("Find a place or a command…")
        self.field.setPlaceholderText(asks)
        self.field.setAccessibleName(asks)
        self.field.clear()
        self._match("")
        self.setFixedWidth(_WIDE)
        self.move((self._window.width() - self.width()) // 2, 52)
        self.show()
        self.raise_()
        self.field.setFocus()

    def retranslate(self) -> None:
        """What it offers in the language in use, where it is open."""
        if not self.isHidden():
            self._match(self.field.text())

    @property
    def rows(self) -> list[Offer]:
        """What is offered now."""
        return list(self._rows)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Up, down, Enter and Escape; it leaves when the focus does."""
        if event.type() == QEvent.Type.FocusOut and not self.found.underMouse():
            self.hide()
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            self.found.setCurrentRow((self.found.currentRow() + step) % max(1, self.found.count()))
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._enter()
        elif event.key() == Qt.Key.Key_Escape:
            self.hide()
            self._window.view.setFocus()
        else:
            return False
        return True

    def _match(self, words: str) -> None:
        self._asked = words if self.offers and words.strip() else ""
        if self._asked:
            self._settled.start()
        else:
            self._settled.stop()
        self._fill(self.offers.at_once(words, places=self._places) if self.offers else [])

    def _ask(self) -> None:
        words = self._asked
        if self.offers and words:
            self.offers.later(words, lambda found: self._came(words, found))

    def _came(self, words: str, found: list[Offer]) -> None:
        self._found(words, found)

    def _found(self, words: str, found: list[Offer]) -> bool:
        # An answer to words that have changed since is for nobody.
        if words != self._asked or self.isHidden():
            return False
        self._asked = ""
        chosen = self.found.currentRow()
        self._fill([*self._rows, *found])
        self.found.setCurrentRow(max(0, chosen))
        return True

    def _fill(self, rows: list[Offer]) -> None:
        self._rows = rows
        self.found.clear()
        for offer in rows:
            self._add(offer)
        self.found.setCurrentRow(0)
        self.found.setFixedHeight(_ROW * min(_ROWS, max(1, len(rows))) + 4)
        self.found.setVisible(bool(rows))
        self._none.setText(self._nothing())
        self._none.setVisible(not rows)
        QTimer.singleShot(0, self.adjustSize)

    def _nothing(self) -> str:
        if self._asked:
            return tr("Looking…")
        if not self.field.text().strip():
            return tr("“Al-Hamra tower”, “plan 436” or “parcel 436-12”: in either language.")
        return tr("Nothing found.")

    def _add(self, offer: Offer) -> None:
        item = QListWidgetItem()
        item.setSizeHint(QSize(100, _ROW))
        item.setData(Qt.ItemDataRole.UserRole, offer.name)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, " · ".join(filter(None, (offer.title, offer.said))))
        if not offer.able:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.found.addItem(item)
        self.found.setItemWidget(item, _row(offer, self._window.settings.theme))

    def _enter(self) -> None:
        # Who types fast and presses Enter means what is found, not the emptiness before it.
        if self._asked and not self._rows and self.offers:
            words = self._asked
            self._settled.stop()

            def found(rows: list[Offer]) -> None:
                if self._found(words, rows):
                    self._take(self.found.currentItem())

            self.offers.later(words, found)
        else:
            self._take(self.found.currentItem())

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is not None and item.flags() & Qt.ItemFlag.ItemIsEnabled:
            offer = self._rows[self.found.row(item)]
            self.hide()
            self._window.view.setFocus()
            offer.take()


def _row(offer: Offer, look: Theme) -> QWidget:
    row = QWidget()
    row.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    line = QHBoxLayout(row)
    line.setContentsMargins(10, 0, 10, 0)
    line.setSpacing(12)
    shape, title = QLabel(), QLabel(offer.title)
    shape.setPixmap(theme.icon(offer.icon, look, "muted" if offer.able else "edge").pixmap(20, 20))
    title.setProperty("muted", not offer.able)
    line.addWidget(shape)
    line.addWidget(title, 1)
    if offer.said:
        said = QLabel(offer.said)
        said.setFont(font(12))
        said.setProperty("muted", True)
        line.addWidget(said)
    if offer.key:
        key = QLabel(offer.key)
        key.setFont(font(12))
        key.setProperty("key", True)
        line.addWidget(key, 0, Qt.AlignmentFlag.AlignVCenter)
    return row
