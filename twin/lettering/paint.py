"""Painting annotations with Qt, which shapes Arabic right; the same over the window and over a picture."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QPolygonF, QTextOption

from twin.core.i18n import led, tongue
from twin.core.units import quantity
from twin.lettering.annotations import Annotations, Legend, bar
from twin.lettering.fonts import font
from twin.lettering.stamps import blank, still
from twin.lettering.tones import tones

_EDGE, _GAP, _CARD, _RADIUS, _ROW = 16, 8, 240, 10, 22
_TALL = 44
"""Pixels that the scale bar and its words stand over the foot's edge."""
_WRAP = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
_MOST, _APART, _OVER, _LONGEST = 25, 12, 6, 260
"""Labels at once (ART), the pixels between two, those between a feature's top and its name, and of the longest name."""
_QUIET = 0.72
"""Of a place's name, which is always there."""
_ARABIC = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")


def paint(painter: QPainter, width: int, height: int, said: Annotations) -> None:
    """Paint over a picture of that size, in its own pixels."""
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    legend = _legend_box(said.legend, width, height) if said.legend else None
    title = _title_box(painter, said, width) if said.title else None
    _labels(painter, said, [box for box in (legend, title) if box])
    looks = (said.theme, said.night)
    if said.legend and legend:
        shown, card = said.legend, legend
        still(painter, _framed(card), (looks, shown), lambda own: _legend(own, shown, card, said))
    if title:
        still(painter, _framed(title), (looks, said.title, said.synthetic), lambda own: _title(own, said, title))
    _measure(painter, width, height, said)
    if said.sources:
        _sources(painter, width, height, said)
    left = _EDGE if _rightward() else width - _EDGE - 40
    _needle(painter, QPointF(left + 20, height - _EDGE - 20), said)


def _framed(box: QRectF) -> QRectF:
    return QRectF(box.adjusted(-2, -2, 2, 2).toAlignedRect())


def _rightward() -> bool:
    return tongue.language == "ar"


def _colour(said: Annotations, tone: str, alpha: float = 1.0) -> QColor:
    found = QColor(tones(said.theme)[tone])
    found.setAlphaF(alpha)
    return found


def _ink(said: Annotations, tone: str, alpha: float = 1.0) -> QColor:
    """For letters on the scene itself, which is no darker for a dark window."""
    found = QColor(tones("dark" if said.night else "light")[tone])
    found.setAlphaF(alpha)
    return found


def _card(painter: QPainter, box: QRectF, said: Annotations) -> None:
    painter.setPen(QPen(_colour(said, "line"), 1))
    painter.setBrush(_colour(said, "panel", 0.92))
    painter.drawRoundedRect(box, _RADIUS, _RADIUS)


def _words(
    painter: QPainter, box: QRectF, words: str, said: Annotations, tone: str = "text", *, trailing: bool = False
) -> None:
    """Words at the leading edge of a box, or the trailing one; elided at their logical end."""
    painter.setPen(_colour(said, tone))
    option = QTextOption()
    right = _rightward() != trailing
    option.setAlignment(
        (Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft)
        | Qt.AlignmentFlag.AlignVCenter
        | Qt.AlignmentFlag.AlignAbsolute
    )
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    option.setTextDirection(Qt.LayoutDirection.RightToLeft if _rightward() else Qt.LayoutDirection.LeftToRight)
    shown = QFontMetricsF(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, shown, option)


def _tag(painter: QPainter, said: Annotations) -> float:
    """The synthetic tag's width; 0 where there is none."""
    painter.setFont(font(12, 500))
    return QFontMetricsF(painter.font()).horizontalAdvance(said.synthetic) + 20 if said.synthetic else 0.0


def _title_box(painter: QPainter, said: Annotations, width: int) -> QRectF:
    tag = _tag(painter, said)
    painter.setFont(font(20, 600))
    reach = QFontMetricsF(painter.font()).horizontalAdvance(said.title)
    box = QRectF(0, _EDGE, reach + (tag + 12 if tag else 0) + 32, 44)
    box.moveLeft(width - _EDGE - box.width() if _rightward() else _EDGE)
    return box


def _title(painter: QPainter, said: Annotations, box: QRectF) -> None:
    tag = _tag(painter, said)
    _card(painter, box, said)
    painter.setFont(font(20, 600))
    reach = QFontMetricsF(painter.font()).horizontalAdvance(said.title)
    words = QRectF(box.left() + 16, box.top(), reach + 2, box.height())
    if _rightward():
        words.moveRight(box.right() - 16)
    _words(painter, words, said.title, said)
    if tag:
        pill = QRectF(0, box.top() + 11, tag, 22)
        pill.moveLeft(box.left() + 16 if _rightward() else box.right() - 16 - tag)
        painter.setPen(QPen(_colour(said, "synthetic"), 1.2))
        painter.setBrush(_colour(said, "synthetic", 0.12))
        painter.drawRoundedRect(pill, 11, 11)
        painter.setFont(font(12, 500))
        painter.setPen(_colour(said, "synthetic"))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, said.synthetic)


def _legend_box(legend: Legend, width: int, height: int) -> QRectF:
    tall = _head(legend) + _ROW * len(legend.rows) + 24
    box = QRectF(_EDGE, height - _EDGE - tall, _CARD, tall)
    if _rightward():
        box.moveRight(width - _EDGE)
    return box


def _head(legend: Legend) -> int:
    return 28 + (18 if legend.unit else 0)


def _legend(painter: QPainter, legend: Legend, box: QRectF, said: Annotations) -> None:
    row, head = _ROW, _head(legend)
    _card(painter, box, said)
    inner = box.adjusted(16, 10, -16, -10)
    painter.setFont(font(13, 600))
    _words(painter, QRectF(inner.left(), inner.top(), inner.width(), 24), legend.title, said)
    if legend.unit:
        painter.setFont(font(12))
        _words(painter, QRectF(inner.left(), inner.top() + 22, inner.width(), 18), legend.unit, said, "muted")
    painter.setFont(font(12))
    for number, swatch in enumerate(legend.rows):
        line = QRectF(inner.left(), inner.top() + head + number * row, inner.width(), row)
        patch = QRectF(line.left(), line.top() + 5, 16, 12)
        text = line.adjusted(16 + _GAP, 0, -64, 0)
        if _rightward():
            patch.moveRight(line.right())
            text = line.adjusted(64, 0, -16 - _GAP, 0)
        painter.setPen(QPen(_colour(said, "line"), 1))
        painter.setBrush(QColor(swatch.colour))
        painter.drawRect(patch)
        _words(painter, text, swatch.words, said)
        _words(painter, line, swatch.count, said, "muted", trailing=True)


def _measure(painter: QPainter, width: int, height: int, said: Annotations) -> None:
    """Scale bar and north's disc at the bottom trailing corner; neither is mirrored itself."""
    metres, pixels = bar(said.metres_per_pixel)
    left = _EDGE if _rightward() else width - _EDGE - 40
    start = left + 56 if _rightward() else left - 16 - pixels
    words = quantity(*_round(metres))

    def draw(own: QPainter) -> None:
        own.setPen(QPen(_colour(said, "line"), 1))
        own.setBrush(_colour(said, "panel", 0.92))
        own.drawEllipse(QPointF(left + 20, height - _EDGE - 20), 20, 20)
        if pixels:
            _bar(own, start, height - _EDGE - 10, pixels, words, said)

    top, ends = height - _EDGE - _TALL, (left, left + 40, start, start + pixels)
    frame = _framed(QRectF(min(ends) - _EDGE, top, max(ends) - min(ends) + 2 * _EDGE, height - top))
    still(painter, frame, (said.theme, said.night, pixels, words), draw)


def _sources(painter: QPainter, width: int, height: int, said: Annotations) -> None:
    """In the middle of what the legend and the scale bar leave free."""
    measure = bar(said.metres_per_pixel)[1] + 72
    free = QRectF(_EDGE, height - _EDGE - 20, width - 2 * _EDGE - measure - 24, 20)
    if said.legend:
        free.setLeft(free.left() + _CARD + 24)
    if _rightward():
        free.moveLeft(width - free.right())
    if free.width() < _CARD / 2:
        return
    wide, tall = _wrapped(said.sources, free.width() - 16, height / 2, tongue.language)
    plate = QRectF(0, 0, wide + 16, max(free.height(), tall + 4))
    plate.moveCenter(QPointF(min(max(width / 2, free.left() + plate.width() / 2), free.right() - plate.width() / 2), 0))
    plate.moveBottom(free.bottom())

    def draw(own: QPainter) -> None:
        own.setFont(font(12))
        own.setPen(Qt.PenStyle.NoPen)
        own.setBrush(_colour(said, "panel", 0.72))
        own.drawRoundedRect(plate, 4, 4)
        own.setPen(_colour(said, "text"))
        own.drawText(plate.adjusted(8, 0, -8, 0), _WRAP, said.sources)

    still(painter, _framed(plate), (said.theme, said.sources, plate.getRect()), draw)


@lru_cache(64)
def _wrapped(words: str, wide: float, tall: float, _language: str) -> tuple[float, float]:
    """The width and height that words take on as many lines as they need: who made the data is told whole.

    Each language has a font of its own.
    """
    found = QFontMetricsF(font(12)).boundingRect(QRectF(0, 0, wide, tall), _WRAP, words)
    return math.ceil(found.width()), found.height()


def _round(metres: float) -> tuple[float, str]:
    return (metres / 1000, "km") if metres >= 1000 else (metres, "m")


def _bar(painter: QPainter, x: float, y: float, pixels: float, words: str, said: Annotations) -> None:
    for colour, thick in ((_ink(said, "halo"), 5.0), (_ink(said, "text"), 2.0)):
        painter.setPen(QPen(colour, thick, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawPolyline(
            QPolygonF([QPointF(x, y - 6), QPointF(x, y), QPointF(x + pixels, y), QPointF(x + pixels, y - 6)])
        )
    painter.setFont(font(12, 500))
    reach = QFontMetricsF(painter.font()).horizontalAdvance(words)
    _haloed(painter, QPointF(x + (pixels - reach) / 2, y - 10), words, said, "text")


def _needle(painter: QPainter, middle: QPointF, said: Annotations) -> None:
    """North, on its disc."""
    painter.save()
    painter.translate(middle)
    painter.rotate(-said.azimuth)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_colour(said, "accent"))
    painter.drawPolygon(QPolygonF([QPointF(0, -15), QPointF(5, 0), QPointF(-5, 0)]))
    painter.setBrush(_colour(said, "muted"))
    painter.drawPolygon(QPolygonF([QPointF(0, 15), QPointF(5, 0), QPointF(-5, 0)]))
    painter.restore()


def _labels(painter: QPainter, said: Annotations, cards: list[QRectF]) -> None:
    """The nearest first, none over another and none under a card."""
    taken = list(cards)
    ratio = painter.device().devicePixelRatioF()
    for label in said.labels:
        if len(taken) >= _MOST + len(cards):
            return
        stamp = _stamp(label.words, label.large, said.night, _rightward(), ratio)
        # A place's name stands on its place; any other stands over the top of what it names.
        down = label.y if label.large else label.y - _OVER
        # On whole pixels of the screen, so that letters are sharp.
        corner = (QPointF(label.x, down) + stamp.corner) * ratio
        at = QPointF(round(corner.x()), round(corner.y())) / ratio - stamp.corner
        box = stamp.ink.translated(at).adjusted(-_APART, -3, _APART, 3)
        if not any(box.intersects(other) for other in taken):
            taken.append(box)
            painter.drawImage(at + stamp.corner, stamp.image)


class _Stamp(NamedTuple):
    """A name as it is put down in every frame: an outline with a halo costs a hundred times as much."""

    image: QImage
    corner: QPointF
    """Of the image, from what the name stands on."""
    ink: QRectF
    """About the letters."""


@lru_cache(1024)
def _stamp(words: str, large: bool, night: bool, rightward: bool, ratio: float) -> _Stamp:
    looks, said = font(15 if large else 13, 600), Annotations(night=night)
    path = _path(looks, words, rightward=rightward)
    whole = path.boundingRect()
    path.translate(-whole.center().x(), -whole.center().y() if large else -whole.bottom())
    ink = path.boundingRect()
    frame = QRectF(ink.adjusted(-3, -3, 3, 3).toAlignedRect())
    image = blank(frame, ratio)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing)
    painter.translate(-frame.topLeft())
    _halo(painter, path, said, "text", _QUIET if large else 1.0)
    painter.end()
    return _Stamp(image, frame.topLeft(), ink)


def _path(looks: QFont, words: str, *, rightward: bool) -> QPainterPath:
    """The words' outlines, in the order that the language in use reads them in, elided at their logical end."""
    shown = QFontMetricsF(looks).elidedText(words, Qt.TextElideMode.ElideRight, _LONGEST)
    path = QPainterPath()
    path.addText(QPointF(0, 0), looks, led(shown) if rightward and _ARABIC.search(shown) else shown)
    return path


def _haloed(painter: QPainter, at: QPointF, words: str, said: Annotations, tone: str) -> None:
    path = QPainterPath()
    path.addText(at, painter.font(), words)
    _halo(painter, path, said, tone)


def _halo(painter: QPainter, path: QPainterPath, said: Annotations, tone: str, alpha: float = 1.0) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.strokePath(
        path,
        QPen(_ink(said, "halo", 0.85), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin),
    )
    painter.fillPath(path, _ink(said, tone, alpha))
