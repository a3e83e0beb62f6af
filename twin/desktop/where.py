"""The question where a file lies, when the file itself doesn't say."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from twin.core.errors import NoCrs
from twin.core.i18n import first_strong, isolate, tr
from twin.desktop import theme
from twin.lettering.fonts import font

if TYPE_CHECKING:
    from twin.desktop.readings import Readings
    from twin.formats.candidates import Candidate

COMMON = ("EPSG:9357", "EPSG:32637", "EPSG:20437", "EPSG:4326", "EPSG:3857")
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩٫−", "0123456789.-", "٬")


class Where(QFrame):
    """A code that is checked while it is written, or a place by hand; then the import goes on.

    ``readings`` are what would fit the city, drawn against its roads; None where nothing could be looked at. Nothing is
    chosen until a person chooses.
    """

    def __init__(
        self,
        file: str,
        why: str,
        city_crs: str,
        answered: Callable[[dict[str, Any]], None],
        left: Callable[[], None],
        readings: Readings | None = None,
    ) -> None:
        super().__init__()
        self._answered, self._left, self.readings = answered, left, readings
        self.title = tr("Where does {file} lie?", file=first_strong(file))
        self.grown: Callable[[], None] = lambda: None
        self.code = QLineEdit()
        self.code.setPlaceholderText("EPSG:…")
        self.code.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.swapped = QCheckBox(tr("Axes exchanged"))
        self.swapped.setToolTip(tr("In the file each place’s north stands before its east."))
        self.by_code = QRadioButton(tr("By its code"))
        self.by_hand = QRadioButton(tr("Local coordinates, placed by hand"))
        self.by_hand.setEnabled(bool(city_crs))
        self.by_hand.setToolTip("" if city_crs else tr("This needs a city to lie in: add a file with a CRS first."))
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        self.load = QPushButton(tr("Load"))
        self.load.setProperty("primary", True)
        self._place, self.numbers = _numbers()
        self._lay_out(why, [city_crs] if city_crs.startswith("EPSG") else [])
        self.by_code.setChecked(True)
        self.by_code.toggled.connect(self._check)
        self.swapped.toggled.connect(self._check)
        for number in self.numbers:
            number.textChanged.connect(self._check)
        self.code.textChanged.connect(self._check)
        self.code.returnPressed.connect(self._answer)
        self.load.clicked.connect(self._answer)
        if readings:
            readings.picked.connect(self._picked)
            readings.told.connect(self._tell)
        self._check()

    def like(self, other: Where) -> None:
        """Say what was said in another, which asked the same in another language."""
        self.by_hand.setChecked(other.by_hand.isChecked())
        self.swapped.setChecked(other.swapped.isChecked())
        for number, before in zip(self.numbers, other.numbers, strict=True):
            number.setText(before.text())
        self.code.setText(other.code.text())

    def _lay_out(self, why: str, own: list[str]) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        title = QLabel(self.title)
        title.setFont(font(16, 600))
        words = QLabel(why)
        words.setProperty("muted", True)
        for label in (title, words):
            label.setWordWrap(True)
            column.addWidget(label)
        if self.readings:
            column.addWidget(self.readings)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.by_code)
        line.addWidget(self.code, 1)
        line.addWidget(self.swapped)
        column.addLayout(line)
        if self.readings is None:
            column.addLayout(self._chips([*own, *COMMON]))
        column.addWidget(self.verdict)
        column.addWidget(self.by_hand)
        column.addWidget(self._place)
        foot = QHBoxLayout()
        foot.addStretch(1)
        cancel = QPushButton(tr("Cancel"))
        cancel.clicked.connect(self._left)
        foot.addWidget(cancel)
        foot.addWidget(self.load)
        column.addLayout(foot)

    def _chips(self, codes: list[str]) -> QHBoxLayout:
        """The commonest codes, where no list of what fits could be made."""
        line = QHBoxLayout()
        for known in dict.fromkeys(codes):
            chip = QPushButton(isolate(known))
            chip.setProperty("quiet", True)
            chip.clicked.connect(lambda _checked=False, known=known: self.code.setText(known))
            line.addWidget(chip)
        line.addStretch(1)
        return line

    def _picked(self, one: Candidate) -> None:
        self.by_code.setChecked(True)
        self.swapped.setChecked(one.swapped)
        self.code.setText(one.crs)

    def _tell(self, words: str) -> None:
        """How exact the reading is that the plan shows, under its name."""
        known = _named(self.code.text().strip()) if self.by_code.isChecked() else None
        if known and known[0]:
            self.verdict.setText("\n".join(filter(None, (known[1], words))))
            self.grown()

    def _check(self) -> None:
        by_code = self.by_code.isChecked()
        self._place.setVisible(not by_code)
        self.code.setEnabled(by_code)
        self.swapped.setEnabled(by_code)
        said = self.code.text().strip()
        known = _named(said) if by_code and said else None
        self.verdict.setText(known[1] if known else "")
        self.verdict.setVisible(by_code)
        wrong = known is not None and not known[0]
        theme.mark_as(self.verdict, "wrong", wrong)
        theme.mark_as(self.code, "wrong", wrong)
        place = self.place
        self.load.setEnabled(place is not None if not by_code else known is not None and known[0])
        if self.readings and by_code and known and known[0]:
            self.readings.choose(code(said), swapped=self.swapped.isChecked())
            self.readings.show_reading(code(said), swapped=self.swapped.isChecked())
        elif self.readings and not by_code:
            self.readings.choose("", swapped=False)
            self.readings.show_place(place)
        self.grown()

    @property
    def place(self) -> tuple[float, float, float, float] | None:
        """East, north, angle and scale as they are written; None while one of them is no number."""
        east, north, angle, scale = (_number(one.text()) for one in self.numbers)
        if east is None or north is None or angle is None or scale is None or scale <= 0:
            return None
        return east, north, angle, scale

    def _answer(self) -> None:
        if not self.load.isEnabled():
            return
        if self.by_code.isChecked():
            swapped = {"swapped": True} if self.swapped.isChecked() else {}
            self._answered({"crs": code(self.code.text()), **swapped})
        elif self.place:
            self._answered({"crs": "local", "place": ",".join(map(repr, self.place))})


def code(said: str) -> str:
    """``28992`` and ``epsg:28992`` mean ``EPSG:28992``; both digit systems are read."""
    plain = said.strip().translate(_DIGITS)
    return f"EPSG:{plain}" if plain.isdigit() else plain.upper()


def _named(said: str) -> tuple[bool, str]:
    """Whether a CRS is known, and its name or what is wrong."""
    from twin.formats import crs

    try:
        return True, isolate(crs.titled(crs.known(code(said), None)))
    except NoCrs:
        return False, tr("No coordinate system of this code is known.")


def _numbers() -> tuple[QWidget, list[QLineEdit]]:
    place = QWidget()
    grid = QGridLayout(place)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(8)
    titles = (tr("Easting (m)"), tr("Northing (m)"), tr("Turned by (°)"), tr("Scale"))
    numbers = []
    for at, (title, first) in enumerate(zip(titles, ("", "", "0", "1"), strict=True)):
        label, number = QLabel(title), QLineEdit(first)
        label.setProperty("muted", True)
        label.setBuddy(number)
        number.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        grid.addWidget(label, 0, at)
        grid.addWidget(number, 1, at)
        numbers.append(number)
    return place, numbers


def _number(said: str) -> float | None:
    """A number in either digit system, with either decimal mark; None where it is none."""
    try:
        found = float(said.strip().translate(_DIGITS))
    except ValueError:
        return None
    return found if math.isfinite(found) else None
