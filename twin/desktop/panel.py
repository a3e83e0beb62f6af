"""What every panel has: a head with its title and tools, a body, and perhaps a foot."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from twin.lettering.fonts import font

_HEAD, _FIELDS = 36, 44
"""Pixels of a head's height, and of one with fields in it."""


class Panel(QDockWidget):
    """A dock that a hand moves by its head, and the language to its other side."""

    pulled = Signal(int)
    """Its height, where a hand pulls at its edge."""
    turned = Signal(int)
    """The place of the tab whose body is shown now."""

    def __init__(self, name: str, body: QWidget) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetMovable)
        self._title = QLabel()
        self._head = head = _strip("head")
        head.setFixedHeight(_HEAD)
        self._tools = _line(head)
        self._title.setMinimumHeight(_HEAD)
        self._tools.addWidget(self._title)
        self._tools.addStretch(1)
        self.setTitleBarWidget(head)
        inside = QFrame()
        inside.setProperty("panel", True)
        self.column = QVBoxLayout(inside)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self._pages = QStackedWidget()
        self._pages.addWidget(body)
        self._tabs: list[QToolButton] = []
        self._of_page: list[tuple[QWidget, int]] = []
        self._narrow = False
        self.column.addWidget(self._pages, 1)
        self.setWidget(inside)

    def add_tool(self, action: QAction, page: int | None = None) -> None:
        """A small button at the end of the head; of one tab alone, where it says of which."""
        button = QToolButton()
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setAccessibleName(action.text())
        self._tools.addWidget(button)
        self._keep(button, page)

    def add_fields(self, fields: QWidget, page: int) -> None:
        """Fields beside the tabs, as wide as there is room, for one of them: what they belong to keeps its height."""
        self._head.setFixedHeight(_FIELDS)
        self._tools.insertWidget(self._tools.indexOf(self._title), fields, 1)
        self._tools.setStretchFactor(fields, 1_000)
        self._keep(fields, page)

    def add_foot(self, foot: QWidget, page: int | None = None) -> None:
        """Something under the body, behind a hairline."""
        strip = _strip("foot")
        _line(strip).addWidget(foot)
        self.column.addWidget(strip)
        self._keep(strip, page)

    def add_tab(self, body: QWidget) -> None:
        """Another body; the head then has a tab for each."""
        self._pages.addWidget(body)
        for place in range(len(self._tabs), self._pages.count()):
            tab = QToolButton()
            tab.setCheckable(True)
            tab.setProperty("tab", True)
            tab.clicked.connect(lambda _checked=False, place=place: self.turn(place))
            self._tools.insertWidget(place, tab)
            self._tabs.append(tab)
        self._title.hide()
        self.turn(0)

    @property
    def page(self) -> int:
        """The tab that is shown."""
        return self._pages.currentIndex()

    def narrow(self, *, narrow: bool) -> None:
        """Without the head's tools on a small screen: each of them is in the menus too."""
        if narrow != self._narrow:
            self._narrow = narrow
            self.turn(self.page)

    def turn(self, place: int) -> None:
        """Show a tab's body."""
        self._pages.setCurrentIndex(place)
        for number, tab in enumerate(self._tabs):
            tab.setChecked(number == place)
        for widget, page in self._of_page:
            widget.setVisible(page == place and not (self._narrow and isinstance(widget, QToolButton)))
        self.turned.emit(place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """By a hand, or by the window."""
        super().resizeEvent(event)
        if QApplication.mouseButtons() & Qt.MouseButton.LeftButton and event.oldSize().height() != self.height():
            self.pulled.emit(self.height())

    def _keep(self, widget: QWidget, page: int | None) -> None:
        if page is not None:
            self._of_page.append((widget, page))
            widget.setVisible(page == self.page)

    def name_tabs(self, *titles: str) -> None:
        """The tabs' titles in the language in use."""
        for tab, title in zip(self._tabs, titles, strict=True):
            tab.setText(title)
            tab.setFont(font(14, 600))

    def name(self, title: str) -> None:
        """Its title in the language in use."""
        self.setWindowTitle(title)
        self._title.setText(title)
        self._title.setFont(font(14, 600))


def _strip(role: str) -> QFrame:
    strip = QFrame()
    strip.setProperty(role, True)
    return strip


def _line(strip: QFrame) -> QHBoxLayout:
    line = QHBoxLayout(strip)
    line.setContentsMargins(16, 0, 8, 0)
    line.setSpacing(2)
    return line
