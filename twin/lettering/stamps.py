"""What stands still from frame to frame is painted once and put down as a picture: a halo costs a hundredfold."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from twin.core.i18n import tongue

_KEPT = 24
_drawn: OrderedDict[Hashable, QImage] = OrderedDict()


def blank(frame: QRectF, ratio: float) -> QImage:
    """A clear picture as large as a frame, of so many pixels of the screen for each of its own."""
    image = QImage(
        math.ceil(frame.width() * ratio), math.ceil(frame.height() * ratio), QImage.Format.Format_ARGB32_Premultiplied
    )
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    return image


def still(painter: QPainter, frame: QRectF, of: Hashable, draw: Callable[[QPainter], None]) -> None:
    """Paint within a frame of whole pixels; what was painted ``of`` the same is put down again, in each language."""
    ratio = painter.device().devicePixelRatioF()
    key = (of, frame.getRect(), ratio, tongue.language, tongue.digits)
    image = _drawn.pop(key, None)
    if image is None:
        image = blank(frame, ratio)
        own = QPainter(image)
        own.setRenderHints(painter.renderHints())
        own.setLayoutDirection(painter.layoutDirection())
        own.translate(-frame.topLeft())
        draw(own)
        own.end()
    _drawn[key] = image
    if len(_drawn) > _KEPT:
        _drawn.popitem(last=False)
    painter.drawImage(QPointF(frame.topLeft()), image)
