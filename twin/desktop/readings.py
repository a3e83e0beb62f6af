"""The coordinate systems that a file may be in, and beside them where each would put it among the city's roads."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QWidget
from shiboken6 import isValid

from twin.core.i18n import isolate, led, tr
from twin.core.settings import Theme
from twin.desktop import theme
from twin.desktop.against import Against, Line
from twin.formats import candidates, suggesting
from twin.formats.candidates import Candidate
from twin.formats.placing import FAR
from twin.formats.suggesting import Suggestions
from twin.host.streets import Plan
from twin.model.operation import Operation

Box = tuple[float, float, float, float]
Ask = Callable[[Callable[[], Any], Callable[[Any], None]], None]
"""Has something found out off the window's thread; what is found is told on it."""
_ACROSS = (400.0, 1_200.0)
"""Metres that the plan shows at first, at least and at most: a shift of 100 m is to be seen."""
_REST = 150
"""Milliseconds after which a plan that was moved asks for the roads there, and a code that is written is read."""


class Readings(QWidget):
    """A list that only proposes: what is picked there is drawn, and the form says when it is taken."""

    picked = Signal(object)
    """The Candidate that a person chose in the list."""
    told = Signal(str)
    """How exact the reading is that is drawn, in words; empty where it has no place."""

    def __init__(self, found: Suggestions, ask: Ask, plan: Callable[[Box], Plan] | None, look: Theme) -> None:
        super().__init__()
        self.found = found
        self._ask, self._plan = ask, plan
        self._asked = 0
        self._seen: Box | None = None
        """The box whose roads are shown."""
        self.list = QListWidget()
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setProperty("rows", True)
        self.list.setMinimumWidth(300)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(tr("Coordinate systems that would fit"))
        for one in found.listed:
            self.list.addItem(_row(found, one))
        self.plan = Against(look)
        self.plan.wait(tr("Choose one to see where it would lie."))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        line.addWidget(self.list, 1)
        line.addWidget(self.plan, 1)
        self.list.currentRowChanged.connect(self._picked)
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self._roads)
        self.plan.moved.connect(self._rest.start)
        self._wish: tuple[str, bool] = ("", False)
        self._still = QTimer(self, singleShot=True, interval=_REST)
        self._still.timeout.connect(self._read)
        self.setFixedHeight(260)

    def hideEvent(self, event: QHideEvent) -> None:
        """Whoever doesn't see it, as a window that closes, asks for nothing more."""
        self._still.stop()
        self._rest.stop()
        super().hideEvent(event)

    def show_reading(self, crs: str, *, swapped: bool) -> None:
        """Draw the outlines as this CRS reads them, and dashed those of the reading to compare it with.

        Whoever writes on is waited for: only the last of several is read.
        """
        self._asked += 1
        self._wish = (crs, swapped)
        self.plan.wait(tr("Looking where it could lie…"))
        self._still.start()

    def _read(self) -> None:
        crs, swapped = self._wish
        other = self._other(crs, swapped=swapped)
        seen, plane, extent = self.found.seen, self.found.plane, self.found.extent

        def work() -> tuple[Candidate | None, Any, Any]:
            one = candidates.candidate(seen, crs, plane, extent, swapped=swapped)
            ours = candidates.read_as(seen.points, seen.bounds, crs, plane, swapped=swapped) if one else None
            theirs = (
                candidates.read_as(seen.points, seen.bounds, other.crs, plane, swapped=other.swapped) if other else None
            )
            return one, ours, theirs

        def there(answer: tuple[Candidate | None, Any, Any] | None) -> None:
            one, ours, theirs = answer or (None, None, None)
            self.told.emit("" if one is None or ours is None else "\n".join(_exactness(ours[1])))
            if one is None or ours is None:
                self._draw([], [], tr("No place on earth by this reading."))
                return
            words = "" if one.distance is None or one.distance < FAR else suggesting.place(one)
            theirs = theirs if one.distance is None or one.distance < FAR else None
            self._draw(seen.lines(ours[0]), seen.lines(theirs[0]) if theirs else [], words)

        self._later(work, there)

    def show_place(self, place: tuple[float, float, float, float] | None) -> None:
        """Draw the outlines placed by hand: east, north, angle in degrees, scale."""
        self._asked += 1
        self._still.stop()
        if place is None:
            self._draw([], [], "")
            return
        east, north, angle, scale = place
        turn = scale * np.exp(1j * math.radians(angle))
        x, y = self.found.seen.points.T
        moved = (x + 1j * y) * turn + (east + 1j * north)
        self._draw(self.found.seen.lines(np.column_stack([moved.real, moved.imag])), [], "")

    def choose(self, crs: str, *, swapped: bool) -> None:
        """Mark the row of a reading that is written elsewhere, or none."""
        rows = [row for row, one in enumerate(self.found.listed) if (one.crs, one.swapped) == (crs, swapped)]
        self.list.blockSignals(True)
        self.list.setCurrentRow(rows[0] if rows else -1)
        self.list.blockSignals(False)

    def _picked(self, row: int) -> None:
        if 0 <= row < len(self.found.listed):
            self.picked.emit(self.found.listed[row])

    def _other(self, crs: str, *, swapped: bool) -> Candidate | None:
        """What a reading is compared with: the first of the list, or where that is it, the next that lies elsewhere."""
        listed = self.found.listed
        if not listed:
            return None
        if (listed[0].crs, listed[0].swapped) != (crs, swapped):
            return listed[0]
        return next((one for one in listed[1:] if one.shift and math.hypot(*one.shift) >= 1), None)

    def _later(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Ask; an older question is left out where it waits, as is its answer, and that for a form that is gone."""
        self._asked += 1
        asked = self._asked

        def there(answer: Any) -> None:
            if isValid(self) and asked == self._asked:
                then(answer)

        self._ask(lambda: work() if asked == self._asked else None, there)

    def _draw(self, chosen: list[Line], other: list[Line], words: str) -> None:
        plan = self.plan
        plan.read_as(chosen, other, words)
        if chosen:
            apart = math.dist(*plan.shift) if plan.shift else 0.0
            across = float(np.ptp(np.concatenate(chosen), axis=0).max())
            plan.look_at(plan.here, max(_ACROSS[0], min(1.5 * across, _ACROSS[1]), 4 * apart))
            self._roads()

    def _roads(self) -> None:
        """The roads about what is seen, where those that are shown don't reach as far."""
        if self._plan is None or not isValid(self):
            return
        box, plan = self.plan.box, self._plan
        if self._seen and _holds(self._seen, self.plan.view):
            return

        def there(answer: Plan | None) -> None:
            if isValid(self) and answer is not None:
                self._seen = box
                self.plan.ground(answer)

        self._ask(lambda: plan(box), there)


def _row(found: Suggestions, one: Candidate) -> QListWidgetItem:
    title = f"{isolate(one.crs)} · {isolate(one.name)}"
    if one.swapped:
        title += " · " + tr("axes exchanged")
    words = " · ".join(found.where(one))
    item = QListWidgetItem(f"{led(title)}\n{led(words)}")
    theme.row(item, 2)
    item.setToolTip(f"{led(title)}\n{led(words)}")
    return item


def _exactness(operation: Operation) -> Iterator[str]:
    yield operation.name and operation.exactness
    if operation.missing:
        yield operation.missing


def _holds(outer: Box, inner: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]
