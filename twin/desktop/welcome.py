"""What stands in the view while no city is open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from twin.core.i18n import first_strong, tr
from twin.desktop import theme
from twin.lettering.fonts import font

_OFFERED = ("open", "new", "sample")
_RECENT = 5


class Welcome(QFrame):
    """Ways to begin; while a city is opened, what is being waited for."""

    def __init__(self, parent: QWidget, actions: dict[str, QAction]) -> None:
        super().__init__(parent)
        self._over, self._actions = parent, actions
        self._recent: list[Path] = []
        self._waiting = ""
        self.chosen: Callable[[Path], None] = lambda _path: None
        self.setProperty("card", True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(28, 28, 28, 28)
        self._column.setSpacing(8)
        parent.installEventFilter(self)

    def offer(self, recent: list[Path]) -> None:
        """Show the ways to begin, and the cities of before."""
        self._recent = [path for path in recent if path.exists()][:_RECENT]
        self._waiting = ""
        self.retranslate()
        self.show()

    def wait(self, words: str) -> None:
        """Show what is being waited for."""
        self._waiting = words
        self.retranslate()
        self.show()

    def retranslate(self) -> None:
        """Every word again."""
        theme.face(self)
        while (old := self._column.takeAt(0)) is not None:
            widget = old.widget()
            if widget:
                widget.hide()
                widget.deleteLater()
        title = QLabel(tr("Balad"))
        title.setFont(font(28, 600))
        self._column.addWidget(title)
        if self._waiting:
            self._column.addWidget(_muted(self._waiting))
        else:
            self._ways()
        self.setFixedWidth(440)
        # Once the new rows are shown, they have sizes.
        QTimer.singleShot(0, self._settle)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Stay in the middle."""
        if event.type() == QEvent.Type.Resize:
            self._settle()
        return False

    def _ways(self) -> None:
        self._column.addWidget(_muted(tr("A city's digital twin on one desk. Drop a file here, or begin with:")))
        self._column.addSpacing(8)
        for name in _OFFERED:
            action = self._actions[name]
            button = QPushButton(action.icon(), action.text())
            button.setIconSize(QSize(20, 20))
            button.setMinimumHeight(40)
            button.clicked.connect(action.trigger)
            self._column.addWidget(button)
        if self._recent:
            self._column.addSpacing(8)
            self._column.addWidget(_muted(tr("Opened before")))
        for path in self._recent:
            link = QPushButton(first_strong(path.stem))
            link.setToolTip(str(path))
            link.setProperty("quiet", True)
            link.setStyleSheet("text-align: left;" if self.isLeftToRight() else "text-align: right;")
            link.clicked.connect(lambda _checked=False, path=path: self.chosen(path))
            self._column.addWidget(link)

    def _settle(self) -> None:
        self.adjustSize()
        room = self._over.size()
        self.move((room.width() - self.width()) // 2, max(16, (room.height() - self.height()) // 2))


def _muted(words: str) -> QLabel:
    label = QLabel(words)
    label.setWordWrap(True)
    label.setProperty("muted", True)
    return label
