"""The window: one top bar, layers, the view, identify, log and status; every command from its one declaration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QLabel,
    QMainWindow,
    QMenu,
    QProgressBar,
    QSizePolicy,
    QToolBar,
    QToolButton,
    QWidget,
)

from twin.core.i18n import isolate, mark, tongue, tr
from twin.core.settings import Settings
from twin.desktop import theme
from twin.desktop.messages import Messages
from twin.desktop.palette import Palette
from twin.desktop.panels import Identify, Layers, Log
from twin.desktop.view import View
from twin.host.commands import declared
from twin.lettering.annotations import Annotations
from twin.work.commands import Command

_MENUS = {
    "file": mark("File"),
    "edit": mark("Edit"),
    "view": mark("View"),
    "layer": mark("Layer"),
    "help": mark("Help"),
}
_BAR = ("undo", "redo", "import", "zoom-full", "look-north", "look-down")


class Window(QMainWindow):
    """What a person sees; what it does is in ``Desk``."""

    def __init__(self, settings: Settings, compose: Callable[[], Annotations | None]) -> None:
        super().__init__()
        self.settings = settings
        self.slots: dict[str, Callable[[], object]] = {}
        self.dropped: Callable[[Path], None] = lambda _path: None
        self.closing: Callable[[], None] = lambda: None
        self.actions_by_id: dict[str, QAction] = {}
        self.view = View(compose)
        self.setCentralWidget(self.view)
        self.messages = Messages(self.view)
        self.layers, self.identify, self.log = Layers(), Identify(), Log()
        self.docks = [self._dock(name) for name in (self.layers, self.identify, self.log)]
        self._status()
        self._bar = QToolBar()
        self._bar.setMovable(False)
        self._bar.setIconSize(QSize(20, 20))
        self._bar.setFixedHeight(44)
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, self._bar)
        self.palette_of_commands = Palette(self)
        self.setAcceptDrops(True)
        self.setMinimumSize(900, 560)
        for command in declared().values():
            self._declare(command)
        tongue.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        """Every word again, and the docks on their side; the view itself is never mirrored."""
        arabic = tongue.language == "ar"
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setLayoutDirection(Qt.LayoutDirection.RightToLeft if arabic else Qt.LayoutDirection.LeftToRight)
            theme.dress(application, self.settings.theme)
        for name, action in self.actions_by_id.items():
            command = declared()[name]
            action.setText(tr(command.title))
            action.setIcon(theme.icon(command.icon, self.settings.theme))
            action.setToolTip(f"{tr(command.title)}  {isolate(command.key)}" if command.key else tr(command.title))
        for dock, title in zip(self.docks, (tr("Layers"), tr("Identify"), tr("Log")), strict=True):
            dock.setWindowTitle(title)
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        shown = [dock.isVisible() for dock in self.docks]
        self.addDockWidget(right if arabic else left, self.docks[0])
        self.addDockWidget(left if arabic else right, self.docks[1])
        self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.docks[2])
        if self.isVisible():
            for dock, was in zip(self.docks, shown, strict=True):
                dock.setVisible(was)
        self._menus()
        self.view.update()

    def say_where(self, words: str) -> None:
        """The coordinate under the pointer."""
        self._where.setText(isolate(words))

    def say_crs(self, words: str) -> None:
        """The city's CRS."""
        self._crs.setText(isolate(words))

    def tell(self, fraction: float, words: str) -> None:
        """How far a command is; nothing where it has ended."""
        busy = fraction < 1
        self._progress.setVisible(busy)
        self.cancel.setVisible(busy)
        self._progress.setValue(int(fraction * 100))
        self._said.setText(words)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close the city first."""
        tongue.changed.disconnect(self.retranslate, missing_ok=True)
        self.closing()
        self.view.finish()
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the side panels modest on a small screen."""
        super().resizeEvent(event)
        small = self.width() < 1500
        self.resizeDocks(
            [self.docks[0], self.docks[1]], [240 if small else 280, 300 if small else 340], Qt.Orientation.Horizontal
        )

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the dropped files in, or open a dropped city."""
        event.acceptProposedAction()
        for url in event.mimeData().urls():
            if url.isLocalFile():
                self.dropped(Path(url.toLocalFile()))

    def _declare(self, command: Command) -> None:
        action = QAction(self)
        if command.key:
            action.setShortcut(QKeySequence(command.key))
        action.setIconText("")
        action.triggered.connect(lambda _checked=False, name=command.id: self.trigger(name))
        self.addAction(action)
        self.actions_by_id[command.id] = action

    def trigger(self, name: str) -> None:
        """Do a command, as its menu entry, key or palette line does."""
        slot = self.slots.get(name)
        if slot:
            slot()

    def _menus(self) -> None:
        self._bar.clear()
        menu = QToolButton()
        menu.setIcon(theme.icon("menu", self.settings.theme))
        menu.setText(tr("Menu"))
        menu.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        whole = QMenu(menu)
        for key, title in _MENUS.items():
            part = whole.addMenu(tr(title))
            for command in declared().values():
                if command.menu == key and command.id in self.slots:
                    part.addAction(self.actions_by_id[command.id])
        menu.setMenu(whole)
        self._bar.addWidget(menu)
        for name in _BAR:
            self._bar.addAction(self.actions_by_id[name])
        self._bar.addWidget(_stretch())
        find = QToolButton()
        find.setDefaultAction(self.actions_by_id["palette"])
        find.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        find.setMinimumWidth(280)
        self._bar.addWidget(find)
        self._bar.addWidget(_stretch())
        self._bar.addAction(self.actions_by_id["theme"])
        language = QToolButton()
        language.setText("English" if tongue.language == "ar" else "العربية")
        language.setToolTip(tr("Arabic or English"))
        language.clicked.connect(lambda: self.trigger("language"))
        self._bar.addWidget(language)

    def _dock(self, inside: QWidget) -> QDockWidget:
        dock = QDockWidget()
        dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        dock.setWidget(inside)
        dock.setVisible(inside is not self.log)
        return dock

    def _status(self) -> None:
        self._said, self._where, self._crs = QLabel(), QLabel(), QLabel()
        self._progress = QProgressBar()
        self._progress.setFixedWidth(160)
        self._progress.setTextVisible(False)
        self.cancel = QToolButton()
        self.cancel.setText("✕")
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.addWidget(self._said, 1)
        for widget in (self._progress, self.cancel, self._where, self._crs):
            bar.addPermanentWidget(widget)
        self.tell(1.0, "")


def _stretch() -> QWidget:
    found = QWidget()
    found.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    return found
