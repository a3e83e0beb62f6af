"""The palette: every command by its words, in either spelling (Ctrl+K)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from twin.core.folding import folded
from twin.core.i18n import in_arabic, isolate, tr
from twin.desktop import theme
from twin.host.commands import declared
from twin.lettering.fonts import font
from twin.work.commands import Command

if TYPE_CHECKING:
    from twin.desktop.window import Window

_ROW = 38
_ROWS = 9


class Palette(QFrame):
    """A field and the commands that match it, those that begin so first."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self.setProperty("card", True)
        self.field, self.found, self._none = QLineEdit(), QListWidget(), QLabel()
        self._none.setProperty("muted", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        for widget in (self.field, self.found, self._none):
            column.addWidget(widget)
        self.found.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.field.textChanged.connect(self._match)
        self.field.installEventFilter(self)
        self.found.itemClicked.connect(self._take)
        self.hide()

    def open(self) -> None:
        """Show it, empty."""
        self.field.setPlaceholderText(tr("Find a command…"))
        self.field.setAccessibleName(tr("Find a command…"))
        self._none.setText(tr("No command of these words."))
        self.field.clear()
        self._match("")
        self.setFixedWidth(560)
        self.move((self._window.width() - self.width()) // 2, 52)
        self.show()
        self.raise_()
        self.field.setFocus()

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
            self._take(self.found.currentItem())
        elif event.key() == Qt.Key.Key_Escape:
            self.hide()
            self._window.view.setFocus()
        else:
            return False
        return True

    def _match(self, words: str) -> None:
        wanted = folded(words)
        ranked = []
        for place, command in enumerate(declared().values()):
            if command.id not in self._window.slots or command.id == "palette":
                continue
            title = folded(tr(command.title))
            if wanted in f"{title} {folded(command.title)} {folded(in_arabic(command.title))} {command.id}":
                ranked.append((not title.startswith(wanted), place, command))
        self.found.clear()
        for *_, command in sorted(ranked, key=lambda entry: entry[:2]):
            self._add(command)
        self.found.setCurrentRow(0)
        self.found.setFixedHeight(_ROW * min(_ROWS, max(1, len(ranked))) + 4)
        self.found.setVisible(bool(ranked))
        self._none.setVisible(not ranked)
        QTimer.singleShot(0, self.adjustSize)

    def _add(self, command: Command) -> None:
        item = QListWidgetItem()
        item.setSizeHint(QSize(100, _ROW))
        item.setData(Qt.ItemDataRole.UserRole, command.id)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, tr(command.title))
        able = self._window.actions_by_id[command.id].isEnabled()
        if not able:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.found.addItem(item)
        self.found.setItemWidget(item, self._row(command, able=able))

    def _row(self, command: Command, *, able: bool) -> QWidget:
        row = QWidget()
        row.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        line = QHBoxLayout(row)
        line.setContentsMargins(10, 0, 10, 0)
        line.setSpacing(12)
        look = self._window.settings.theme
        shape, title = QLabel(), QLabel(tr(command.title))
        shape.setPixmap(theme.icon(command.icon, look, "muted" if able else "edge").pixmap(20, 20))
        title.setProperty("muted", not able)
        line.addWidget(shape)
        line.addWidget(title, 1)
        if command.key:
            key = QLabel(isolate(command.key))
            key.setFont(font(12))
            key.setProperty("key", True)
            line.addWidget(key, 0, Qt.AlignmentFlag.AlignVCenter)
        return row

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is not None and item.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.hide()
            self._window.view.setFocus()
            self._window.trigger(str(item.data(Qt.ItemDataRole.UserRole)))
