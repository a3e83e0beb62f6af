"""The palette: every command by its words, in either spelling (Ctrl+K)."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout

from twin.core.i18n import isolate, tr
from twin.host.commands import declared

if TYPE_CHECKING:
    from twin.desktop.window import Window

_FOLDED = str.maketrans("أإآٱىةؤئ٠١٢٣٤٥٦٧٨٩", "اااايهوي0123456789", "ـ")


def folded(words: str) -> str:
    """Words as they are searched: hamza, ta marbuta, alef maqsura, digits and marks made alike (ARABIC, rule 10)."""
    plain = unicodedata.normalize("NFKD", words.translate(_FOLDED))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
    return " ".join(word.removeprefix("ال") for word in bare.split())


class Palette(QFrame):
    """A field and the commands that match it."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self.setProperty("bar", True)
        self.field, self.found = QLineEdit(), QListWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(self.field)
        column.addWidget(self.found)
        self.field.textChanged.connect(self._match)
        self.field.installEventFilter(self)
        self.found.itemClicked.connect(self._take)
        self.hide()

    def open(self) -> None:
        """Show it, empty."""
        self.field.setPlaceholderText(tr("Find a command…"))
        self.field.clear()
        self._match("")
        self.setFixedSize(560, 380)
        self.move((self._window.width() - self.width()) // 2, 60)
        self.show()
        self.raise_()
        self.field.setFocus()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Up, down, Enter and Escape."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self.found.setCurrentRow((self.found.currentRow() + step) % max(1, self.found.count()))
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._take(self.found.currentItem())
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.hide()
                return True
        return False

    def _match(self, words: str) -> None:
        wanted = folded(words)
        self.found.clear()
        for command in declared().values():
            if command.id not in self._window.slots:
                continue
            title = tr(command.title)
            if wanted in folded(f"{title} {command.title} {command.id}"):
                item = QListWidgetItem(f"{title}    {isolate(command.key)}" if command.key else title)
                item.setData(Qt.ItemDataRole.UserRole, command.id)
                self.found.addItem(item)
        self.found.setCurrentRow(0)

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.hide()
            self._window.trigger(str(item.data(Qt.ItemDataRole.UserRole)))
