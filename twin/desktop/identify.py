"""The card of the feature that was clicked."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from twin.core.i18n import first_strong, led, tongue, tr
from twin.host.identify import Card
from twin.lettering.fonts import font


class Identify(QScrollArea):
    """A card, or how to get one."""

    def __init__(self) -> None:
        super().__init__()
        self.card: Card | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.fill(None)

    def fill(self, card: Card | None) -> None:
        """Show a card, or how to get one."""
        self.card = card
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        if card is None:
            column.addWidget(_label(tr("Click a building to read about it."), muted=True))
        else:
            title = _label(card.title)
            title.setFont(font(20, 600))
            column.addWidget(title)
            column.addLayout(_kind(card))
            column.addLayout(_rows(card))
            if card.source:
                source = _label(tr("Source: {source}", source=first_strong(card.source)), muted=True)
                source.setFont(font(12))
                column.addWidget(source)
        column.addStretch(1)
        self.setWidget(body)


def _kind(card: Card) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(8)
    kind = _label(card.subtitle, muted=True)
    kind.setWordWrap(False)
    line.addWidget(kind)
    if card.synthetic:
        tag = QLabel(tr("synthetic"))
        tag.setFont(font(12, 500))
        tag.setProperty("synthetic", True)
        line.addWidget(tag)
    line.addStretch(1)
    return line


def _rows(card: Card) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(7)
    grid.setColumnStretch(1, 1)
    absent = tr("not reported")
    for row, (name, value) in enumerate(card.rows):
        label, words = _label(name, muted=True), _label(value)
        words.setFont(font(13, 400 if value == absent else 500))
        words.setProperty("absent", value == absent)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        rule = QFrame()
        rule.setProperty("rule", True)
        grid.addWidget(rule, 2 * row, 0, 1, 2)
        grid.addWidget(label, 2 * row + 1, 0)
        grid.addWidget(words, 2 * row + 1, 1)
    return grid


def _label(words: str, *, muted: bool = False) -> QLabel:
    found = QLabel(led(words))
    found.setWordWrap(True)
    found.setProperty("muted", muted)
    # By the language, not by each value's own letters: numbers and names stand on one edge.
    side = Qt.AlignmentFlag.AlignRight if tongue.language == "ar" else Qt.AlignmentFlag.AlignLeft
    found.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignTop)
    return found
