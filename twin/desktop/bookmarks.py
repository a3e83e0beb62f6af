"""The list of bookmarks: a click goes there; each can be renamed and taken out."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from twin.core.i18n import isolate, tr
from twin.core.settings import Theme
from twin.desktop import theme
from twin.host.commands import declared
from twin.model.view import Bookmark

_ROW = 36


class Bookmarks(QStackedWidget):
    """The list, or how to keep a first one."""

    chosen = Signal(object)
    renamed = Signal(str, str)
    removed = Signal(str)

    def __init__(self, actions: dict[str, QAction]) -> None:
        super().__init__()
        self._kept: list[Bookmark] = []
        self._theme: Theme = "light"
        self._keep, self._empty, self._add = actions["bookmark"], QLabel(), QPushButton()
        self.list = _List(self)
        self.addWidget(self._nothing())
        self.addWidget(self.list)
        self.list.itemClicked.connect(self._go)
        self.list.itemChanged.connect(self._edited)
        self.list.customContextMenuRequested.connect(self._menu)

    def fill(self, kept: list[Bookmark]) -> None:
        """Show these."""
        self._kept = kept
        self.list.blockSignals(True)
        self.list.clear()
        for one in kept:
            item = QListWidgetItem(theme.icon("bookmark", self._theme, "muted"), one.title)
            item.setSizeHint(QSize(100, _ROW))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.list.addItem(item)
        self.list.blockSignals(False)
        self.setCurrentIndex(1 if kept else 0)

    def retranslate(self, look: Theme) -> None:
        """Every word and icon again."""
        self._theme = look
        words = tr("No bookmarks yet. {key} keeps the view that you see.", key=isolate(declared()["bookmark"].key))
        self._empty.setText(words)
        self._add.setText(tr(declared()["bookmark"].title))
        self.fill(self._kept)

    def rename(self) -> None:
        """Let the chosen one's title be written anew, in its place."""
        if self.list.currentItem():
            self.list.editItem(self.list.currentItem())

    def remove(self) -> None:
        """Take the chosen one out."""
        if 0 <= self.list.currentRow() < len(self._kept):
            self.removed.emit(self._kept[self.list.currentRow()].id)

    def _go(self, item: QListWidgetItem) -> None:
        self.chosen.emit(self._kept[self.list.row(item)])

    def _edited(self, item: QListWidgetItem) -> None:
        found, title = self._kept[self.list.row(item)], item.text().strip()
        if title and title != found.title:
            self.renamed.emit(found.id, title)
        elif title != found.title:
            item.setText(found.title)

    def _menu(self, at: QPoint) -> None:
        item = self.list.itemAt(at)
        if item is None:
            return
        menu = QMenu(self)
        for name, act in (
            ("show-bookmark", lambda: self._go(item)),
            ("rename-bookmark", self.rename),
            ("remove-bookmark", self.remove),
        ):
            command = declared()[name]
            menu.addAction(theme.icon(command.icon, self._theme), tr(command.title), act)
        menu.exec(self.list.viewport().mapToGlobal(at))

    def _nothing(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        self._empty.setWordWrap(True)
        self._empty.setProperty("muted", True)
        self._add.clicked.connect(self._keep.trigger)
        column.addWidget(self._empty)
        column.addWidget(self._add)
        column.addStretch(1)
        return page


class _List(QListWidget):
    """Delete takes out what is chosen, Enter goes there."""

    def __init__(self, panel: Bookmarks) -> None:
        super().__init__()
        self._panel = panel
        self.setIconSize(QSize(16, 16))
        self.setEditTriggers(QListWidget.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The list's own keys."""
        if event.key() == Qt.Key.Key_Delete:
            self._panel.remove()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentItem():
            self.itemClicked.emit(self.currentItem())
        else:
            super().keyPressEvent(event)
