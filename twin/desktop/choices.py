"""How a file is read, where a person wants it otherwise: its text, its kind of layer, whose places its rows have."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFormLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from twin.core.i18n import first_strong, isolate, mark, tongue, tr, trn
from twin.formats.linking import LINKED
from twin.formats.looking import ENCODINGS, Look
from twin.host.discovery import entries
from twin.lettering.fonts import font
from twin.model.layer import Layer

KINDS = {
    "buildings": mark("Buildings"),
    "areas": mark("Areas"),
    "lines": mark("Lines"),
    "points": mark("Points"),
    "roads": mark("Roads"),
    "palms": mark("Palms"),
    "rooms": mark("Rooms"),
    "surfaces": mark("Surfaces of buildings"),
    "terrain": mark("Terrain"),
    "pipes": mark("Pipes"),
    "cables": mark("Cables"),
    "nodes": mark("Network nodes"),
    "towers": mark("Towers"),
    "trees": mark("Trees"),
    "furniture": mark("Street furniture"),
    "imagery": mark("Imagery"),
    "pointcloud": mark("Point cloud"),
}
"""What the program's own kinds are called; another's is its id."""
_LINES, _LETTERS = 5, 76
"""How much of the text is shown."""


def offered() -> list[str]:
    """Every kind that a file's features can be, those of other plugins too."""
    return [entry.id for entry in entries("layers") if entry.id not in LINKED]


class Choices(QFrame):
    """Every answer may be left as it is found; text is shown in the encoding that is chosen, at once."""

    def __init__(
        self,
        file: str,
        found: Look,
        layers: Sequence[Layer],
        answered: Callable[[dict[str, Any]], None],
        left: Callable[[], None],
        where: Callable[[dict[str, Any]], None],
    ) -> None:
        super().__init__()
        self._found, self._layers = found, list(layers)
        self.title = tr("How is {file} read?", file=first_strong(file))
        self.grown: Callable[[], None] = lambda: None
        self.encoding, self.kind, self.join, self.column = (QComboBox() for _ in range(4))
        self.preview, self.lost = QLabel(), QLabel()
        self.load, self.where = QPushButton(tr("Load")), QPushButton(tr("Where it lies…"))
        self._rows = QFormLayout()
        self._lay_out(left)
        self._fill(found.kinds or offered())
        self.encoding.currentIndexChanged.connect(self._show)
        self.join.currentIndexChanged.connect(self._joined)
        self.load.clicked.connect(lambda: answered(self.said))
        self.where.clicked.connect(lambda: where(self.said))
        self._show()
        self._joined()

    def like(self, other: Choices) -> None:
        """Choose what was chosen in another, which asked the same in another language."""
        for name in ("encoding", "kind", "join", "column"):
            mine, before = getattr(self, name), getattr(other, name)
            mine.setCurrentIndex(mine.findData(before.currentData()))

    @property
    def said(self) -> dict[str, Any]:
        """What an import is told: only what was chosen otherwise than it is found."""
        said: dict[str, Any] = {}
        if self._found.letters and self.encoding.currentData() != self._own():
            said["encoding"] = self.encoding.currentData()
        if self.kind.currentData():
            said["kind"] = self.kind.currentData()
        if self._found.columns and self.join.currentData():
            column = self.column.currentData()
            said["join"] = f"{self.join.currentData()}.{column}" if column else self.join.currentData()
        return said

    def _lay_out(self, left: Callable[[], None]) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        title = QLabel(self.title)
        title.setFont(font(16, 600))
        title.setWordWrap(True)
        column.addWidget(title)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(8)
        column.addLayout(self._rows)
        self.preview.setProperty("sample", True)
        self.preview.setTextFormat(Qt.TextFormat.PlainText)
        side = Qt.AlignmentFlag.AlignRight if tongue.language == "ar" else Qt.AlignmentFlag.AlignLeft
        self.preview.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignTop)
        self.lost.setProperty("wrong", True)
        self._add(tr("Text"), self.encoding, bool(self._found.letters))
        self._add("", self.preview, bool(self._found.letters))
        self._add("", self.lost, bool(self._found.letters))
        self._add(tr("Shown as"), self.kind, True)
        self._add(tr("Places of"), self.join, bool(self._found.columns))
        self._add(tr("Column of ids"), self.column, bool(self._found.columns))
        foot = QHBoxLayout()
        foot.addWidget(self.where)
        foot.addStretch(1)
        cancel = QPushButton(tr("Cancel"))
        cancel.clicked.connect(left)
        foot.addWidget(cancel)
        self.load.setProperty("primary", True)
        foot.addWidget(self.load)
        column.addLayout(foot)

    def _add(self, words: str, field: QWidget, there: bool) -> None:
        if there:
            label = QLabel(words)
            label.setProperty("muted", True)
            label.setBuddy(field)
            self._rows.addRow(label, field)

    def _fill(self, kinds: Sequence[str]) -> None:
        for name, title in ENCODINGS.items():
            own = self._found.letters and _same(name, self._found.found)
            self.encoding.addItem(tr("{encoding} (found)", encoding=isolate(title)) if own else isolate(title), name)
        if self._found.letters and self._own() not in ENCODINGS:
            self.encoding.insertItem(0, tr("{encoding} (found)", encoding=isolate(self._found.found)), self._own())
        self.encoding.setCurrentIndex(self.encoding.findData(self._own()))
        self.kind.addItem(tr("as the file tells"), "")
        for kind in kinds:
            self.kind.addItem(tr(KINDS.get(kind, kind)), kind)
        self.join.addItem(tr("its own coordinates"), "")
        for layer in self._layers:
            self.join.addItem(tr("the layer “{layer}”, by its ids", layer=first_strong(layer.title)), layer.id)
        self.column.addItem(tr("the one that holds them"), "")
        for name in self._found.columns:
            self.column.addItem(first_strong(name), name)

    def _own(self) -> str:
        """The encoding that was found, by the name it has here."""
        found = self._found.found
        return next((name for name in ENCODINGS if found and _same(name, found)), found)

    def _show(self) -> None:
        """The text as it reads in the encoding that is chosen."""
        if not self._found.letters:
            return
        lines = self._found.preview(self.encoding.currentData())[:_LINES]
        self.preview.setText("\n".join(first_strong(line[:_LETTERS]) for line in lines))
        lost = sum(line.count("\ufffd") for line in lines)
        self.lost.setText(trn("{n} letter can’t be read so.", "{n} letters can’t be read so.", lost) if lost else "")
        self._rows.setRowVisible(self.lost, bool(lost))
        self.grown()

    def _joined(self) -> None:
        """Rows that take another layer's places have none of their own."""
        joined = bool(self._found.columns and self.join.currentData())
        self.column.setEnabled(joined)
        self.where.setEnabled(not joined)


def _same(one: str, other: str) -> bool:
    """Whether two names mean one encoding, byte marks aside."""
    try:
        names = [codecs.lookup(name).name for name in (one, other)]
    except LookupError:
        return False
    plain = [name.removesuffix("-sig").removesuffix("-le").removesuffix("-be") for name in names]
    return plain[0] == plain[1]
