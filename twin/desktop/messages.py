"""The message bar: what happened and what can be done, over the view and never modal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from twin.core.i18n import led, tr
from twin.core.settings import Theme
from twin.desktop import theme

Action = tuple[str, Callable[[], object]]
Tone = Literal["info", "good", "warning", "critical"]
# A shape for each, so that no state is told by its colour alone.
_SHAPES: dict[Tone, str] = {
    "info": "info",
    "good": "circle-check",
    "warning": "triangle-alert",
    "critical": "octagon-x",
}
_STAYS = 7_000
_SHORT, _TITLES = 160, 60
"""Letters of words that buttons stand beside, and of buttons that stand in a row."""
_WIDEST = 760
_TOP, _TITLE, _UNDER = 16, 360, 52
"""Pixels: from the top, the room of the city's title, and its height."""


class Messages(QWidget):
    """The newest message with its choices, or a form that asks; at the top of the view."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.theme: Theme = "light"
        self.heard: Callable[[str], None] = lambda _words: None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._card: QFrame | None = None
        self._words = ""
        self._again: Callable[[], None] | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.clear)
        parent.installEventFilter(self)
        self.hide()

    def say(
        self,
        words: str,
        actions: tuple[Action, ...] = (),
        *,
        tone: Tone = "info",
        again: Callable[[], None] | None = None,
    ) -> None:
        """Show words, with buttons for what can be done; plain news leaves by itself.

        ``again`` says the same in another language.
        """
        card = QFrame()
        card.setProperty("card", True)
        card.setProperty("tone", tone)
        column = QVBoxLayout(card)
        column.setContentsMargins(16, 10, 10, 10)
        column.setSpacing(8)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self._shape(tone), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(_wrapped(words), 1)
        long = sum(len(title) for title, _ in actions) > _TITLES
        if not long and len(words) <= _SHORT:
            self._buttons(line, actions)
        line.addWidget(self._cross(), 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(line)
        if long:
            for title, act in actions:
                column.addWidget(self._button(title, act))
        elif actions and len(words) > _SHORT:
            below = QHBoxLayout()
            below.addStretch(1)
            self._buttons(below, actions)
            column.addLayout(below)
        self._put(card, words)
        self._again = again
        if tone in {"info", "good"} and not actions:
            self._timer.start(_STAYS)

    def ask(self, form: QFrame, words: str, again: Callable[[], None] | None = None) -> None:
        """Show a form until it is answered or closed; ``again`` asks the same in another language."""
        form.setProperty("card", True)
        self._put(form, words)
        self._again = again

    def clear(self) -> None:
        """Take the bar away."""
        self._timer.stop()
        if self._card:
            self._card.hide()
            self._card.deleteLater()
        self._card, self._words, self._again = None, "", None
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves what is asked."""
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
        else:
            super().keyPressEvent(event)

    def retranslate(self, look: Theme) -> None:
        """What can be said again is; other news in another language than the window's is old news."""
        self.theme = look
        if self._again:
            self._again()
        elif self._timer.isActive():
            self.clear()

    @property
    def words(self) -> str:
        """What it says now."""
        return self._words

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Keep its place when the view's size changes."""
        if event.type() == QEvent.Type.Resize and self._card:
            self.settle()
        return False

    def _put(self, card: QFrame, words: str) -> None:
        self.clear()
        theme.face(self)
        self._card, self._words = card, words
        self._column.addWidget(card)
        self.settle()
        if words:
            self.heard(words)

    def settle(self) -> None:
        """Take the size that the words need, in the middle above."""
        room = self._over.width()
        wide = max(320, min(_WIDEST, room - 32))
        self.setFixedWidth(wide)
        self.show()
        tall = self._column.heightForWidth(wide)
        self.setFixedHeight(max(tall, self._column.sizeHint().height() if tall < 0 else tall))
        # Beside the city's title where there is room, else under it.
        side = (room - wide) // 2
        self.move(side, _TOP if side > _TITLE else _TOP + _UNDER)
        self.raise_()

    def _shape(self, tone: Tone) -> QLabel:
        shape = QLabel()
        shape.setPixmap(theme.icon(_SHAPES[tone], self.theme, tone).pixmap(20, 20))
        return shape

    def _cross(self) -> QToolButton:
        cross = QToolButton()
        cross.setIcon(theme.icon("x", self.theme, "muted"))
        cross.setToolTip(tr("Close"))
        cross.setAccessibleName(tr("Close"))
        cross.clicked.connect(self.clear)
        return cross

    def _buttons(self, line: QHBoxLayout, actions: tuple[Action, ...]) -> None:
        for place, (title, act) in enumerate(actions):
            button = self._button(title, act)
            button.setProperty("primary", place == 0)
            line.addWidget(button)

    def _button(self, title: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(title)

        def both() -> None:
            # First away with the bar: the act may have something new to say.
            self.clear()
            act()

        button.clicked.connect(both)
        return button


def _wrapped(words: str) -> QLabel:
    label = QLabel(led(words))
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
