"""Four tips on the first run, one at a time, over the scale and north."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from twin.core.i18n import isolate, led, mark, number, tongue, tr
from twin.core.settings import Settings, Theme
from twin.desktop import theme
from twin.host.commands import declared
from twin.lettering.fonts import font

TIPS: tuple[tuple[str, str, str, str], ...] = (
    (
        "mouse-pointer-click",
        mark("Move about"),
        mark("Drag to move, drag with the middle button (or with {key}) to turn, and roll the wheel to come nearer."),
        "Shift",
    ),
    (
        "map-pin",
        mark("Find anything"),
        mark("{key} finds a place by name, id, district, plan or parcel, in Arabic or English, and every command."),
        "palette",
    ),
    (
        "palette",
        mark("Colour by what you know"),
        mark("Choose a layer and open Style to colour it by height, use or year; {key} opens its table."),
        "table",
    ),
    (
        "undo-2",
        mark("Nothing is lost"),
        mark("Each change is kept at once, and {key} takes it back. Drop your own file on the window to add a layer."),
        "undo",
    ),
)
"""Icon, title, words, and the key they name: a command's, or as it stands."""
_WIDE, _EDGE, _FOOT = 340, 16, 72
"""Pixels: its width, its room at the side, and under it for scale and north."""


class Tips(QFrame):
    """A small card that is never in the way: closed once, it stays away."""

    def __init__(self, parent: QWidget, settings: Settings) -> None:
        super().__init__(parent)
        self._over, self._settings = parent, settings
        self.place = 0
        self.setProperty("card", True)
        self.setFixedWidth(_WIDE)
        self._shape, self.title, self.words, self._count = QLabel(), QLabel(), QLabel(), QLabel()
        self.words.setWordWrap(True)
        self._count.setProperty("muted", True)
        self.next, self.cross = QPushButton(), QToolButton()
        self.next.setProperty("primary", True)
        self.next.clicked.connect(self._on)
        self.cross.clicked.connect(self.close_for_good)
        self._lay_out()
        parent.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """From the first."""
        self.place = 0
        self.retranslate(self._settings.theme)
        self.show()
        self.raise_()
        QTimer.singleShot(0, self._settle)

    def offer(self) -> None:
        """On the first run alone."""
        if not self._settings.tips_read:
            self.open()

    def close_for_good(self) -> None:
        """Read, or not wanted: not shown again by itself."""
        self.hide()
        self._over.setFocus()
        self._settings.tips_read = True
        self._settings.save()

    def retranslate(self, look: Theme) -> None:
        """Every word and icon again."""
        theme.face(self)
        icon, title, words, key = TIPS[self.place]
        known = declared().get(key)
        self._shape.setPixmap(theme.icon(icon, look, "accent").pixmap(20, 20))
        self.title.setText(tr(title))
        self.title.setFont(font(16, 600))
        self.words.setText(led(tr(words, key=isolate(known.key if known else key))))
        self._count.setText(tr("{n} of {m}", n=number(self.place + 1), m=number(len(TIPS))))
        self._count.setFont(font(12))
        self.next.setText(tr("Next") if self.place + 1 < len(TIPS) else tr("Done"))
        self.cross.setIcon(theme.icon("x", look, "muted"))
        self.cross.setToolTip(tr("Close"))
        self.cross.setAccessibleName(tr("Close"))
        self._settle()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Keep its place when the view's size changes."""
        if event.type() == QEvent.Type.Resize:
            self._settle()
        return False

    def _on(self) -> None:
        if self.place + 1 < len(TIPS):
            self.place += 1
            self.retranslate(self._settings.theme)
        else:
            self.close_for_good()

    def _settle(self) -> None:
        self.setFixedHeight(self._column.heightForWidth(_WIDE))
        left = _EDGE if tongue.language == "ar" else self._over.width() - _WIDE - _EDGE
        self.move(left, max(_EDGE, self._over.height() - self.height() - _FOOT))

    def _lay_out(self) -> None:
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 12, 12)
        column.setSpacing(8)
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._shape)
        head.addWidget(self.title, 1)
        head.addWidget(self.cross, 0, Qt.AlignmentFlag.AlignTop)
        foot.addWidget(self._count, 1)
        foot.addWidget(self.next)
        column.addLayout(head)
        column.addWidget(self.words)
        column.addLayout(foot)
