"""The window: one top bar, layers, the view, identify, log and status; every command from its one declaration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, Qt, QTimer, QTranslator
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QApplication, QMainWindow

from twin.core.i18n import isolate, tongue, tr
from twin.core.settings import Settings
from twin.desktop import theme
from twin.desktop.bar import Bar
from twin.desktop.bookmarks import Bookmarks
from twin.desktop.identify import Identify
from twin.desktop.layers import Layers
from twin.desktop.log import Log
from twin.desktop.messages import Messages
from twin.desktop.palette import Palette
from twin.desktop.panel import Panel
from twin.desktop.rows import Ask
from twin.desktop.status import Status
from twin.desktop.style import Style
from twin.desktop.table import Table
from twin.desktop.tips import Tips
from twin.desktop.underground import Underground
from twin.desktop.view import View
from twin.desktop.welcome import Welcome
from twin.host.commands import declared
from twin.lettering.annotations import Annotations
from twin.work.commands import Command

_SMALL = 1500
"""Below so many pixels the side panels are narrower, and the card's opens at a click only."""
_LARGE, _FEW = (280, 340, 240), (240, 300, 216)
"""Pixels of the panels, and on a small screen: the view keeps three fifths of each side, the table four rows."""
_MOST = 0.5
"""Of the window's height, that a table which was pulled up on another screen takes."""
_PULLED = 500
"""Milliseconds after which a pull at the table's edge has ended."""


class Window(QMainWindow):
    """What a person sees; what it does is in ``Desk``."""

    def __init__(self, settings: Settings, compose: Callable[[], Annotations | None], ask: Ask) -> None:
        super().__init__()
        self.settings = settings
        self.slots: dict[str, Callable[[], object]] = {}
        self.dropped: Callable[[list[Path]], None] = lambda _paths: None
        self.closing: Callable[[], None] = lambda: None
        self.actions_by_id = {command.id: self._action(command) for command in declared().values()}
        self.view = View(compose)
        self.setCentralWidget(self.view)
        self.welcome = Welcome(self.view, self.actions_by_id)
        self.messages = Messages(self.view)
        self.tips = Tips(self.view, settings)
        self.underground = Underground(self.view, settings)
        self.view.calm = settings.reduced_motion
        self._arabic: bool | None = None
        """Whose side the panels are on; None until they are placed."""
        self._sizes = list(_LARGE)
        """Pixels of the panels: the widths at the sides, the height below."""
        self.layers, self.identify, self.log = Layers(self.actions_by_id), Identify(), Log()
        self.style_of_layer = Style()
        self.left = Panel("layers", self.layers)
        self.right = Panel("identify", self.identify)
        self.table = Table(ask)
        self.below = Panel("below", self.table)
        self.below.add_tab(self.log)
        self.below.add_fields(self.table.fields, 0)
        self._settled = QTimer(self, singleShot=True, interval=_PULLED)
        self._settled.timeout.connect(settings.save)
        self.below.pulled.connect(self._pulled)
        for panel in (self.left, self.right, self.below):
            self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, panel)
        self.bookmarks = Bookmarks(self.actions_by_id)
        self.left.add_tab(self.bookmarks)
        for name in ("zoom-layer", "remove-layer"):
            self.left.add_tool(self.actions_by_id[name], 0)
        self.left.add_tool(self.actions_by_id["bookmark"], 1)
        self.right.add_tab(self.style_of_layer)
        self.right.add_tool(self.actions_by_id["zoom-selection"])
        self.left.add_foot(self.layers.foot, 0)
        self.below.hide()
        self.status = Status()
        self.setStatusBar(self.status)
        self.bar = Bar(self.actions_by_id, self.slots)
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, self.bar)
        self.palette_of_commands = Palette(self)
        self.layers.dropped.connect(self._drop)
        self._translator = QTranslator(self)
        self.setAcceptDrops(True)
        self.setMinimumSize(900, 560)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        tongue.changed.connect(self.retranslate)

    def retranslate(self) -> None:
        """Every word again, and the docks on their side; the view itself is never mirrored."""
        look = self.settings.theme
        self.setUpdatesEnabled(False)
        self._speak()
        for name, action in self.actions_by_id.items():
            command = declared()[name]
            action.setText(tr(command.title))
            action.setIcon(theme.icon(command.icon, look))
            self.tip(name)
        self.left.name(tr("Layers"))
        self.left.name_tabs(tr("Layers"), tr("Bookmarks"))
        self.right.name(tr("Identify"))
        self.right.name_tabs(tr("Identify"), tr("Style"))
        self.below.name(tr("Table"))
        self.below.name_tabs(tr("Table"), tr("Log"))
        self._place()
        self.bar.retranslate(look)
        self.status.retranslate(look)
        self.layers.retranslate(look)
        self.bookmarks.retranslate(look)
        self.tips.retranslate(look)
        self.underground.retranslate(look)
        self.palette_of_commands.retranslate()
        self.table.retranslate(look)
        self.messages.retranslate(look)
        if not self.welcome.isHidden():
            self.welcome.retranslate()
        self.setUpdatesEnabled(True)
        self.view.update()

    def tip(self, name: str, words: str = "") -> None:
        """A command's tool tip: its title, or what it would do now, and its key."""
        command = declared()[name]
        said = words or tr(command.title).removesuffix("…")
        self.actions_by_id[name].setToolTip(f"{said}  {isolate(command.key)}" if command.key else said)

    def trigger(self, name: str) -> None:
        """Do a command, as its menu entry, key or palette line does."""
        slot = self.slots.get(name)
        if slot:
            slot()

    def show_card(self) -> None:
        """On a small screen the card's panel opens when there is a card."""
        self.right.turn(0)
        self.right.show()

    def show_style(self) -> None:
        """The chosen layer's style."""
        self.right.turn(1)
        self.right.show()
        self.style_of_layer.column.setFocus()

    def show_bookmarks(self) -> None:
        """The list of bookmarks."""
        self.left.turn(1)
        self.left.show()

    def show_below(self, place: int) -> None:
        """The table (0) or the log (1); gone again where it was shown."""
        shown = not self.below.isHidden() and self.below.page == place
        self.below.turn(place)
        self.below.setHidden(shown)

    def small(self) -> bool:
        """Whether the screen is small."""
        return self.width() < _SMALL

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close the city first."""
        tongue.changed.disconnect(self.retranslate, missing_ok=True)
        self.closing()
        self.view.finish()
        tongue.changed.disconnect(self.retranslate, missing_ok=True)
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the side panels modest on a small screen."""
        super().resizeEvent(event)
        first, was_small = event.oldSize().width() <= 0, 0 < event.oldSize().width() < _SMALL
        if self.small() and not was_small and self.identify.card is None:
            self.right.hide()
        elif not self.small() and was_small:
            self.right.show()
        self.bar.narrow(self.width())
        # A panel that a person made wider stays so, but for another kind of screen.
        if first or was_small != self.small():
            self._widths()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the dropped files in, or open a dropped city."""
        event.acceptProposedAction()
        self._drop([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])

    def _drop(self, paths: list[Path]) -> None:
        self.dropped(paths)

    def _action(self, command: Command) -> QAction:
        action = QAction(self)
        if command.key:
            action.setShortcut(QKeySequence(command.key))
        action.triggered.connect(lambda _checked=False, name=command.id: self.trigger(name))
        self.addAction(action)
        return action

    def _speak(self) -> None:
        """Qt's own words, the direction and the look."""
        application = QApplication.instance()
        if not isinstance(application, QApplication):
            return
        arabic = tongue.language == "ar"
        application.removeTranslator(self._translator)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if arabic and self._translator.load("qtbase_ar", folder):
            application.installTranslator(self._translator)
        application.setLayoutDirection(Qt.LayoutDirection.RightToLeft if arabic else Qt.LayoutDirection.LeftToRight)
        theme.dress(application, self.settings.theme)

    def _place(self) -> None:
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        arabic = tongue.language == "ar"
        shown = [panel.isHidden() for panel in (self.left, self.right, self.below)]
        seen = (self.left.width(), self.right.width(), self.below.height())
        if self.isVisible():
            # What a hand made of a panel goes along to its other side.
            sizes = zip(self._sizes, seen, shown, strict=True)
            self._sizes = [known if hidden else now for known, now, hidden in sizes]
        if self._arabic is None:
            self.addDockWidget(right if arabic else left, self.left)
            self.addDockWidget(left if arabic else right, self.right)
            self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.below)
        elif arabic != self._arabic:
            # Wherever a hand put it: what stood at one side stands at the other.
            opposite = {left: right, right: left}
            for panel, area in [(one, self.dockWidgetArea(one)) for one in (self.left, self.right, self.below)]:
                if area in opposite:
                    self.addDockWidget(opposite[area], panel)
        self._arabic = arabic
        for panel, hidden in zip((self.left, self.right, self.below), shown, strict=True):
            panel.setHidden(hidden)
        self._share()
        QTimer.singleShot(0, self, self._share)

    def _pulled(self, height: int) -> None:
        """The table is so high from now on."""
        self.settings.table_height = height
        self._settled.start()

    def _widths(self) -> None:
        self.left.narrow(narrow=self.small())
        self._sizes = list(_FEW if self.small() else _LARGE)
        if self.settings.table_height:
            self._sizes[2] = min(self.settings.table_height, round(_MOST * self.height()))
        self._share()
        # What a panel needs at the least changes with its tools, and is known a moment later.
        QTimer.singleShot(0, self, self._share)

    def _share(self) -> None:
        left, right, below = self._sizes
        self.resizeDocks([self.left, self.right], [left, right], Qt.Orientation.Horizontal)
        self.resizeDocks([self.below], [below], Qt.Orientation.Vertical)
