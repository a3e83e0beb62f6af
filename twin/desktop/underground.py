"""Seeing what lies underground: how opaque the ground is, on a small card while one looks through it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSlider, QToolButton, QVBoxLayout

from twin.core.i18n import isolate, led, tongue, tr
from twin.core.settings import Settings, Theme
from twin.core.units import quantity
from twin.desktop import theme
from twin.desktop.view import View
from twin.host.commands import declared
from twin.lettering.fonts import font

FIRST = 0.3
"""How opaque the ground is when one first looks through it."""
_WIDE, _EDGE = 248, 16
_MOST = 95
"""Percent: at 100 nobody would see through."""


class Underground(QFrame):
    """The card over a view."""

    def __init__(self, view: View, settings: Settings) -> None:
        super().__init__(view)
        self._over, self._settings = view, settings
        self.chosen = FIRST
        """How opaque the ground is, or was when one last looked through it."""
        self.setProperty("card", True)
        self.setFixedWidth(_WIDE)
        self.title, self._words, self._share, self._hint = QLabel(), QLabel(), QLabel(), QLabel()
        self.slider, self.cross = QSlider(Qt.Orientation.Horizontal), QToolButton()
        self.slider.setRange(0, _MOST)
        self.slider.setPageStep(10)
        self.slider.valueChanged.connect(self._slid)
        self.cross.clicked.connect(lambda: view.see_through(1.0))
        self._lay_out()
        view.installEventFilter(self)
        view.seen_through.connect(self._put)
        self.hide()

    def toggle(self) -> None:
        """Look through the ground as one did last, or no more."""
        self._over.see_through(self.chosen if self._over.ground >= 1 else 1.0)

    def _put(self, ground: float) -> None:
        """The ground is so opaque now; at 1 the card goes."""
        self.setVisible(ground < 1)
        if ground < 1:
            self.chosen = ground
            self.slider.blockSignals(True)
            self.slider.setValue(round(100 * ground))
            self.slider.blockSignals(False)
            self.retranslate(self._settings.theme)
            self.raise_()

    def retranslate(self, look: Theme) -> None:
        """Every word and icon again; unlike the view it lies on, the card is mirrored."""
        arabic = tongue.language == "ar"
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft if arabic else Qt.LayoutDirection.LeftToRight)
        self.title.setText(tr("Underground"))
        self.title.setFont(font(14, 600))
        self._words.setText(tr("Ground"))
        self._words.setProperty("muted", True)
        self._share.setText(quantity(self.slider.value(), "%"))
        said = tr("Turn the view up to look from below; {key} ends it.", key=isolate(declared()["underground"].key))
        self._hint.setText(led(said))
        self._hint.setFont(font(12))
        self.slider.setToolTip(tr("How opaque the ground is"))
        self.slider.setAccessibleName(tr("How opaque the ground is"))
        self.cross.setIcon(theme.icon("x", look, "muted"))
        self.cross.setToolTip(tr("Close"))
        self.cross.setAccessibleName(tr("Close"))
        self._settle()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Keep its place when the view's size changes."""
        if event.type() == QEvent.Type.Resize:
            self._settle()
        return False

    def _slid(self, value: int) -> None:
        self._share.setText(quantity(value, "%"))
        self._over.see_through(value / 100)

    def _settle(self) -> None:
        self.setFixedHeight(self._column.heightForWidth(_WIDE))
        self.move(_EDGE if tongue.language == "ar" else self._over.width() - _WIDE - _EDGE, _EDGE)

    def _lay_out(self) -> None:
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 12, 12)
        column.setSpacing(6)
        head, line = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.cross, 0, Qt.AlignmentFlag.AlignTop)
        line.setSpacing(12)
        line.addWidget(self._words)
        line.addWidget(self.slider, 1)
        self._share.setMinimumWidth(40)
        self._share.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._share)
        self._hint.setWordWrap(True)
        self._hint.setProperty("muted", True)
        column.addLayout(head)
        column.addLayout(line)
        column.addWidget(self._hint)
