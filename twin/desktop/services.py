"""A layer from a service: its address, the list of what it offers, and the one that is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
)

from twin.core.errors import TwinError
from twin.core.i18n import isolate, led, tr
from twin.desktop import theme
from twin.desktop.bridge import Running
from twin.formats.web_offers import NAMES, Offers
from twin.lettering.fonts import font
from twin.work import services

if TYPE_CHECKING:
    from twin.desktop.desk import Desk

_ROWS = 6
"""Of the list, seen at once."""
_EXAMPLE = "https://…"
_NAME = Qt.ItemDataRole.UserRole


def ask(desk: Desk, address: str = "") -> None:
    """Ask for a service, over the view; what is added is a step of undo."""
    messages = desk.window.messages
    if desk.session is None:
        messages.say(tr("Open a city first."), ((tr("Open a city…"), desk.window.slots["open"]),))
        return
    form = Service(desk, address)
    messages.ask(form, form.title, lambda: ask(desk, form.address.text()))
    form.address.setFocus()


class Service(QFrame):
    """The form: first the address, then a list."""

    def __init__(self, desk: Desk, address: str = "") -> None:
        super().__init__()
        self._desk = desk
        self._gone = False
        self.title = tr("Add a layer from a service")
        self.address, self.credit = QLineEdit(address), QLineEdit()
        self.address.setPlaceholderText(_EXAMPLE)
        self.address.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.address.setAccessibleName(tr("Address of the service"))
        self.kind = QComboBox()
        self.kind.addItem(tr("By its address"), None)
        for name, words in NAMES.items():
            self.kind.addItem(isolate(words), name)
        self.kind.setAccessibleName(tr("Kind of service"))
        self.layers, self.verdict = QListWidget(), QLabel()
        self.layers.setAccessibleName(tr("Layers of the service"))
        self.verdict.setWordWrap(True)
        self.credit.setPlaceholderText(tr("Whom to credit, where the service doesn’t say"))
        self.credit.setAccessibleName(self.credit.placeholderText())
        self.list, self.add = QPushButton(tr("List its layers")), QPushButton(tr("Add"))
        self._lay_out()
        self.address.textChanged.connect(self._begin)
        self.kind.activated.connect(self._begin)
        self.address.returnPressed.connect(self.look)
        self.list.clicked.connect(self.look)
        self.add.clicked.connect(self.take)
        self.layers.itemDoubleClicked.connect(lambda _item: self.take())
        self.layers.currentItemChanged.connect(lambda *_: self._able())
        self.destroyed.connect(lambda: setattr(self, "_gone", True))
        self._begin()

    def look(self) -> None:
        """Ask the server what it offers."""
        url, kind, session = self.address.text().strip(), self.kind.currentData(), self._desk.session
        if not url or session is None:
            return
        self._say(tr("Asking what there is…"))
        self.list.setEnabled(False)

        def ask(running: Running) -> Any:
            with session.reporting(running):
                return services.offered(session, url=url, kind=kind)

        self._desk.run(
            self.title,
            ask,
            lambda found: self._listed(url, found),
            lambda why: self._refused(url, why),
        )

    def take(self) -> None:
        """Add the chosen layer."""
        item = self.layers.currentItem()
        if item is None or not self.add.isEnabled():
            return
        values = {"url": self.address.text().strip(), "layer": item.data(_NAME), "kind": self.kind.currentData()}
        credit = self.credit.text().strip()
        self._desk.window.messages.clear()
        self._desk.command("add-service", **values, attribution=credit or None)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        title = QLabel(self.title)
        title.setFont(font(16, 600))
        words = tr(
            "The address of a WMS, WMTS, WFS or OGC API Features service, or of XYZ tiles with {holes} in it. Balad "
            "asks that server alone.",
            holes=isolate("{z}/{x}/{y}"),
        )
        about = QLabel(led(words))
        about.setProperty("muted", True)
        about.setWordWrap(True)
        line, foot = QHBoxLayout(), QHBoxLayout()
        line.setSpacing(8)
        foot.setSpacing(8)
        line.addWidget(self.address, 1)
        line.addWidget(self.kind)
        line.addWidget(self.list)
        foot.addStretch(1)
        cancel = QPushButton(tr("Cancel"))
        cancel.clicked.connect(self._desk.window.messages.clear)
        foot.addWidget(cancel)
        foot.addWidget(self.add)
        for widget in (title, about):
            column.addWidget(widget)
        column.addLayout(line)
        for one in (self.verdict, self.layers, self.credit):
            column.addWidget(one)
        column.addLayout(foot)

    def _begin(self) -> None:
        """What was listed was of another address."""
        self.layers.clear()
        self._say("")
        self._able()

    def _able(self) -> None:
        listed = self.layers.count() > 0
        self.list.setEnabled(bool(self.address.text().strip()))
        self.add.setEnabled(self.layers.currentItem() is not None)
        self.layers.setVisible(listed)
        self.credit.setVisible(listed)
        theme.mark_as(self.list, "primary", not listed)
        theme.mark_as(self.add, "primary", listed)
        QTimer.singleShot(0, self, self._desk.window.messages.settle)

    def _listed(self, url: str, found: Offers) -> None:
        if self._gone or url != self.address.text().strip():
            return
        self.layers.clear()
        for one in found.layers:
            title = one.title if one.title and one.title != one.name else ""
            item = QListWidgetItem(f"{title}  {isolate(one.name)}" if title else isolate(one.name))
            item.setData(_NAME, one.name)
            item.setToolTip(isolate(one.name))
            self.layers.addItem(item)
        shown = min(_ROWS, max(1, self.layers.count()))
        self.layers.setFixedHeight(shown * max(24, self.layers.sizeHintForRow(0)) + 2 * self.layers.frameWidth())
        if self.layers.count():
            self.layers.setCurrentRow(0)
            self._say(" · ".join(filter(None, (isolate(NAMES[found.kind]), found.title))))
        else:
            self._say(tr("It offers no layers."), wrong=True)
        self._able()

    def _refused(self, url: str, why: TwinError) -> None:
        if not self._gone and url == self.address.text().strip():
            self._say(why.shown(), wrong=True)
            self._able()

    def _say(self, words: str, *, wrong: bool = False) -> None:
        self.verdict.setText(led(words) if words else "")
        self.verdict.setVisible(bool(words))
        theme.mark_as(self.verdict, "wrong", wrong)
        QTimer.singleShot(0, self, self._desk.window.messages.settle)
