"""The sample files, to be added to the city or copied to a folder."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout

from twin.core.i18n import isolate, led, tr
from twin.desktop import theme
from twin.host.samples import Sample
from twin.lettering.fonts import font

_HIGH = 300


class SampleList(QFrame):
    """A list with what each is and whose it is; nothing of it can be changed."""

    def __init__(
        self,
        listed: list[Sample],
        add: Callable[[Sample], None],
        copy: Callable[[], None],
        left: Callable[[], None],
    ) -> None:
        super().__init__()
        self.title = tr("Samples")
        self.grown: Callable[[], None] = lambda: None
        self.list = QListWidget()
        self.list.setAccessibleName(self.title)
        self.list.setProperty("rows", True)
        self.list.setFixedHeight(_HIGH)
        for one in listed:
            item = QListWidgetItem(f"{led(one.title)}\n{led(isolate(one.attribution))}")
            theme.row(item, 2)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.add, self.copy = QPushButton(tr("Add to the city")), QPushButton(tr("Copy all to a folder…"))
        self.add.setProperty("primary", True)
        self.add.clicked.connect(lambda: add(listed[self.list.currentRow()]))
        self.list.itemActivated.connect(lambda _item: self.add.click())
        self.copy.clicked.connect(copy)
        close = QPushButton(tr("Close"))
        close.clicked.connect(left)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        title, words = QLabel(self.title), QLabel(tr("Small real files, and three to practise on (in the manual)."))
        title.setFont(font(16, 600))
        words.setProperty("muted", True)
        words.setWordWrap(True)
        foot = QHBoxLayout()
        foot.addWidget(self.copy)
        foot.addStretch(1)
        for button in (close, self.add):
            foot.addWidget(button)
        for widget in (title, words, self.list):
            column.addWidget(widget)
        column.addLayout(foot)
