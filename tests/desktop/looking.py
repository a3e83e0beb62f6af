"""What a person sees of a widget: its pixels and its words."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel


def of_image(image):
    """(height, width, 3) integers."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def pixels(widget):
    """What it shows now."""
    return of_image(widget.grab().toImage())


def words(widget):
    """Its labels' texts, without marks of direction at their ends."""
    return [label.text().strip("\u200e\u200f") for label in widget.findChildren(QLabel)]
