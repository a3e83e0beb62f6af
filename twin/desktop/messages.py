"""The message bar: what happened and what can be done, over the view and never modal."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from twin.core.i18n import tr

Action = tuple[str, Callable[[], None]]


class Messages(QWidget):
    """The newest message, with its choices."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._bar: QFrame | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.clear)
        self.hide()

    def say(self, words: str, actions: tuple[Action, ...] = (), *, grave: bool = False) -> None:
        """Show words, with buttons for what can be done; plain news leaves by itself."""
        line = self._line(words, grave=grave)
        for number, (title, act) in enumerate(actions):
            line.addWidget(self._button(title, self._after(act), primary=number == 0))
        line.addWidget(self._button(tr("Close"), self.clear))
        self._settle()
        self._timer.stop()
        if not grave and not actions:
            self._timer.start(6_000)

    def ask(self, words: str, hint: str, title: str, answered: Callable[[str], None]) -> QLineEdit:
        """Ask for one line of text."""
        line = self._line(words, grave=False)
        field = QLineEdit()
        field.setPlaceholderText(hint)
        field.setMinimumWidth(180)
        line.addWidget(field)

        def answer() -> None:
            said = field.text().strip()
            if said:
                self.clear()
                answered(said)

        field.returnPressed.connect(answer)
        line.addWidget(self._button(title, answer, primary=True))
        line.addWidget(self._button(tr("Cancel"), self.clear))
        self._timer.stop()
        self._settle()
        field.setFocus()
        return field

    def clear(self) -> None:
        """Take the bar away."""
        if self._bar:
            self._bar.deleteLater()
        self._bar = None
        self.hide()

    @property
    def words(self) -> str:
        """What it says now."""
        label = self._bar.findChild(QLabel) if self._bar else None
        return label.text() if isinstance(label, QLabel) else ""

    def _line(self, words: str, *, grave: bool) -> QHBoxLayout:
        self.clear()
        self._bar = QFrame()
        self._bar.setProperty("bar", True)
        self._bar.setProperty("grave", grave)
        line = QHBoxLayout(self._bar)
        line.setContentsMargins(16, 10, 10, 10)
        label = QLabel(words)
        label.setWordWrap(True)
        line.addWidget(label, 1)
        self._column.addWidget(self._bar)
        return line

    def _after(self, act: Callable[[], None]) -> Callable[[], None]:
        """Take the bar away, then act: the act may have something new to say."""

        def both() -> None:
            self.clear()
            act()

        return both

    def _button(self, title: str, act: Callable[[], None], *, primary: bool = False) -> QPushButton:
        button = QPushButton(title)
        button.setProperty("primary", primary)
        button.clicked.connect(act)
        return button

    def _settle(self) -> None:
        wide = min(760, self._over.width() - 64)
        self.setFixedWidth(max(320, wide))
        self.show()
        self.adjustSize()
        self.move((self._over.width() - self.width()) // 2, 16)
        self.raise_()
