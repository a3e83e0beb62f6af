"""A form that asks for a name, in the message bar."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton

from twin.core.i18n import tr


class Naming(QFrame):
    """A field with a first suggestion; Enter keeps it, Escape leaves."""

    def __init__(self, title: str, first: str, named: Callable[[str], None], left: Callable[[], None]) -> None:
        super().__init__()
        self._named, self._left = named, left
        self.field = QLineEdit(first)
        self.field.setAccessibleName(title)
        self.field.setMinimumWidth(220)
        self.keep = QPushButton(tr("Keep"))
        self.keep.setProperty("primary", True)
        cancel = QPushButton(tr("Cancel"))
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 10, 10, 10)
        line.setSpacing(8)
        line.addWidget(QLabel(title))
        line.addWidget(self.field, 1)
        line.addWidget(cancel)
        line.addWidget(self.keep)
        self.field.textChanged.connect(lambda words: self.keep.setEnabled(bool(words.strip())))
        self.field.returnPressed.connect(self._answer)
        self.keep.clicked.connect(self._answer)
        cancel.clicked.connect(left)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self._left()
        else:
            super().keyPressEvent(event)

    def _answer(self) -> None:
        if self.keep.isEnabled():
            self._named(self.field.text().strip())
