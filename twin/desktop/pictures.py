"""Saving and copying what is seen: with legend, scale, north, sources and the synthetic mark."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter

from twin.core.errors import CannotWrite
from twin.core.i18n import isolate, number, tr

if TYPE_CHECKING:
    from twin.desktop.desk import Desk


def save(desk: Desk, out: Path) -> None:
    """Write it, off the window's thread, and say where it is; what can't be written is said in words."""
    image = desk.window.view.picture()

    def done(_nothing: object) -> None:
        words = tr("The picture is saved: {size} pixels.\n{file}", size=_size(image), file=isolate(str(out)))
        desk.window.messages.say(words, tone="good")

    desk.run(
        tr("Saving the picture…"),
        lambda _running: write(image, out),
        done,
        lambda why: desk.refused(why, lambda _said: None),
    )


def copy(desk: Desk) -> None:
    """Put it on the clipboard."""
    image = desk.window.view.picture()
    QGuiApplication.clipboard().setImage(image)
    desk.window.messages.say(tr("The picture is copied: {size} pixels.", size=_size(image)), tone="good")


def write(image: QImage, out: Path) -> None:
    """A PNG, whole or not at all; CannotWrite where there is no room or no right to."""
    draft = out.with_name(f".part.{out.name}")
    if not QImageWriter(str(draft), QByteArray(b"png")).write(image):
        draft.unlink(missing_ok=True)
        raise CannotWrite("The picture can't be written: check the folder and its permissions.", out)
    draft.replace(out)


def _size(image: QImage) -> str:
    return isolate(f"{number(image.width())} × {number(image.height())}")
