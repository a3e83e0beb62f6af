"""The top bar: menu, undo, tools, the palette's field in the middle, theme and language at the end."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from twin.core.i18n import isolate, mark, tongue, tr
from twin.core.settings import Theme
from twin.desktop import theme
from twin.host.commands import PluginCommand, declared
from twin.lettering.fonts import font
from twin.work.commands import Command

MENUS = {
    "file": mark("File"),
    "edit": mark("Edit"),
    "view": mark("View"),
    "layer": mark("Layer"),
    "plugins": mark("Plugins"),
    "help": mark("Help"),
}
"""A menu that nothing is in is not shown."""
_TOOLS = (("undo", "redo"), ("import",), ("zoom-full", "look-north", "look-down", "underground"), ("identify",))
_WORDED = {"import"}
_TALL = 44


class Bar(QToolBar):
    """One row, 44 pixels high; what is in it comes from the commands' declarations."""

    def __init__(self, actions: dict[str, QAction], offered: Collection[str]) -> None:
        super().__init__()
        self._actions, self._offered = actions, offered
        self.setObjectName("bar")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setIconSize(QSize(20, 20))
        self.setFixedHeight(_TALL)
        self.menu = _button(words=True)
        self.menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.field = _button(words=True)
        self.field.setProperty("find", True)
        self.field.setDefaultAction(actions["palette"])
        self.field.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._key = QLabel(isolate(declared()["palette"].key), self.field)
        self._key.setProperty("key", True)
        inside = QHBoxLayout(self.field)
        inside.setContentsMargins(12, 0, 10, 0)
        inside.addStretch(1)
        inside.addWidget(self._key, 0, Qt.AlignmentFlag.AlignVCenter)
        self._key.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.language = _button(words=True)
        self.language.clicked.connect(actions["language"].trigger)
        self._fill()

    def retranslate(self, look: Theme) -> None:
        """Words, icons and menus again."""
        self.menu.setText(_after_icon(tr("Menu")))
        self.menu.setIcon(theme.icon("menu", look))
        self.menu.setMenu(self._menus())
        self.field.setIcon(theme.icon("search", look, "muted"))
        self.field.setText(_after_icon(tr(declared()["palette"].title)))
        # The button offers the other language in that language's own word.
        self.language.setText(_after_icon("English" if tongue.language == "ar" else "العربية"))
        self.language.setIcon(theme.icon("languages", look))
        self.language.setToolTip(tr(declared()["language"].title))
        self._key.setFont(font(12))
        for name in _WORDED:
            self._worded[name].setText(_after_icon(tr("Add a layer")))

    def narrow(self, width: int) -> None:
        """Leave room for the field in the middle on a small screen."""
        self.field.setFixedWidth(420 if width >= 1500 else 300)

    def _fill(self) -> None:
        self._worded: dict[str, QToolButton] = {}
        self.addWidget(self.menu)
        for group in _TOOLS:
            self.addSeparator()
            for name in group:
                if name in _WORDED:
                    button = _button(words=True)
                    button.setDefaultAction(self._actions[name])
                    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
                    self._worded[name] = button
                    self.addWidget(button)
                else:
                    self.addAction(self._actions[name])
        self.addWidget(_stretch())
        self.addWidget(self.field)
        self.addWidget(_stretch())
        self.addAction(self._actions["theme"])
        self.addWidget(self.language)

    def _menus(self) -> QMenu:
        old = self.menu.menu()
        if old:
            old.deleteLater()
        whole = QMenu(self.menu)
        for key, title in MENUS.items():
            shown = [one for one in declared().values() if one.id in self._offered and _menu(one) == key]
            if shown:
                whole.addMenu(tr(title)).addActions([self._actions[one.id] for one in shown])
        return whole


def _menu(command: Command) -> str:
    """A plugin's command may name a menu that there is not."""
    return command.menu if command.menu in MENUS or not isinstance(command, PluginCommand) else "plugins"


def _button(*, words: bool) -> QToolButton:
    button = QToolButton()
    button.setProperty("words", words)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setIconSize(QSize(20, 20))
    return button


def _after_icon(words: str) -> str:
    # A style sheet leaves no room between a tool button's icon and its words.
    return f"\u2002{words}"


def _stretch() -> QWidget:
    found = QWidget()
    found.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    return found
