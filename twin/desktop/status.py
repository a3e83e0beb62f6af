"""The status bar: what is being done, how far, and where the pointer is."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar, QToolButton

from twin.core.i18n import digits, isolate, number, tr
from twin.core.settings import Theme
from twin.desktop import theme
from twin.lettering.fonts import font

_INCHES_A_METRE = 1 / 0.0254
_FIGURES = 3
"""A scale is said to so many figures."""


class Status(QStatusBar):
    """Message, progress with cancel, coordinate, scale, CRS."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.setFixedHeight(28)
        self.said, self.selected, self.where, self.globe, self.scale, self.crs = (QLabel() for _ in range(6))
        self.progress = QProgressBar()
        self.progress.setFixedWidth(160)
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 1000)
        self.cancel = QToolButton()
        self.cancel.setIconSize(QSize(16, 16))
        self.addWidget(self.said, 1)
        for widget in (self.progress, self.cancel, self.selected, self.where, self.globe, self.scale, self.crs):
            self.addPermanentWidget(widget)
        # The field keeps its width, so that nothing jumps while the pointer moves.
        self.where.setMinimumWidth(170)
        self.globe.setMinimumWidth(180)
        for label in (self.where, self.globe):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.tell(1.0, "")

    def retranslate(self, look: Theme) -> None:
        """Words, icon and fonts again."""
        self.cancel.setIcon(theme.icon("x", look))
        self.cancel.setToolTip(tr("Cancel"))
        self.cancel.setAccessibleName(tr("Cancel"))
        self.where.setToolTip(tr("Easting and northing under the pointer, in metres"))
        self.globe.setToolTip(tr("Latitude and longitude under the pointer, in degrees of WGS 84"))
        self.scale.setToolTip(tr("Scale in the middle of the view"))
        self.crs.setToolTip(tr("The city's coordinate reference system"))
        for label in (self.said, self.selected, self.where, self.globe, self.scale, self.crs):
            label.setFont(font(12))

    def tell(self, fraction: float, words: str) -> None:
        """How far a command is; nothing where it has ended."""
        busy = fraction < 1
        self.progress.setVisible(busy)
        self.cancel.setVisible(busy)
        self.progress.setValue(int(fraction * 1000))
        self.said.setText(words)

    def count(self, words: str) -> None:
        """How many features are selected."""
        self.selected.setText(words)

    def at(self, point: tuple[float, float, float] | None, globe: tuple[float, float] | None = None) -> None:
        """The coordinate under the pointer, and its longitude and latitude: never in other digits than a file's."""
        self.where.setText(isolate(f"{point[0]:.1f}, {point[1]:.1f}") if point else "")
        self.globe.setText(isolate(_degrees(*globe)) if globe else "")

    def one_to(self, metres_per_pixel: float) -> None:
        """The scale, as on paper of the screen's resolution."""
        if metres_per_pixel <= 0:
            self.scale.setText("")
            return
        times = metres_per_pixel * self.logicalDpiX() * _INCHES_A_METRE
        whole = float(f"{times:.{_FIGURES}g}")
        self.scale.setText(isolate(f"{digits('1')}:{number(whole)}"))

    def system(self, crs: str) -> None:
        """The city's CRS, by its code where it has one."""
        self.crs.setText(isolate(crs) if len(crs) < 24 else tr("a CRS of its own"))


def _degrees(longitude: float, latitude: float) -> str:
    """Latitude first, as people say it; 0.00001° is a metre."""
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    return f"{abs(latitude):.5f}° {north}, {abs(longitude):.5f}° {east}"
