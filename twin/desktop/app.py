"""The program with a window."""

from __future__ import annotations

import gc
import logging
import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from twin.core import paths, scratch
from twin.core.errors import Refused
from twin.core.i18n import first_strong, mark, tr
from twin.core.priority import screen
from twin.core.settings import Settings
from twin.desktop import gpu, theme
from twin.desktop.splash import Splash
from twin.host import display
from twin.work.commands import Help

if TYPE_CHECKING:
    from twin.desktop.desk import Desk

_SETTLED = 8_000
"""Milliseconds after which a start is over."""


def open_city(
    _context: object,
    city: Annotated[Path | None, Help("the city; the last one where none is named", form="[CITY]")] = None,
) -> None:
    """Open the window on a city."""
    if not display.present():
        raise Refused(mark("There is no display to open a window on: “balad render” makes pictures without one."))
    settings = Settings.load()
    recent = next((path for path in settings.recent if path.exists()), None)
    run(city or recent)


def start() -> int:
    """Open the sample, made first where it is missing: what ``main.py`` does."""
    path = paths.sample()
    return run(path, make=not path.exists())


def run(city: Path | None, *, make: bool = False) -> int:
    """The window until it is closed; the exit code is Qt's."""
    screen.begin()
    trial = gpu.Trial()
    application = QApplication.instance() or QApplication(sys.argv[:1])
    settings = Settings.load()
    if isinstance(application, QApplication):
        theme.dress(application, settings.theme)
    splash = Splash(settings.theme, tr("Opening {name}…", name=first_strong(city.name)) if city and not make else "")
    application.processEvents()
    # What takes long to import comes while the splash is seen and the card is tried.
    from twin.desktop.desk import Desk
    from twin.desktop.ending import Ending
    from twin.host import listing

    said = trial.said()
    if said == gpu.NEVER:
        # A window whose driver crashes would take the person's work along.
        QMessageBox.critical(None, tr("Balad"), tr(said))
        raise Refused(said)
    desk = Desk(settings)
    _keep_errors(desk)
    Ending(desk.window, desk.window.close)
    # No larger than the screen: whatever a window manager does, nothing of it lies beyond.
    desk.window.resize(QSize(1600, 940).boundedTo(desk.window.screen().availableSize()))
    desk.window.show()
    splash.finish(desk.window)
    warnings = [*([tr(said)] if said else []), *listing.broken()]
    if warnings:
        desk.window.messages.say("\n".join(warnings), tone="warning")
    if city is not None and make:
        desk.opening.sample(city)
    elif city is not None:
        desk.opening.open(city)
    else:
        desk.start()
    QTimer.singleShot(_SETTLED, _collect)
    QTimer.singleShot(_SETTLED, scratch.sweep_aside)
    return int(application.exec())


def _collect() -> None:
    """The start is over: what it made stays, and what comes is collected as ever."""
    gc.collect()
    gc.freeze()
    gc.enable()


def _keep_errors(desk: Desk) -> None:
    """What nobody foresaw is logged whole and told in words."""

    def hook(kind: type[BaseException], why: BaseException, trace: TracebackType | None) -> None:
        logging.getLogger("balad").error("unforeseen", exc_info=(kind, why, trace))
        words = tr("Something went wrong that was not foreseen: {why}. The log has more.", why=str(why))
        desk.bridge.post(lambda: desk.window.messages.say(words, tone="critical"))

    sys.excepthook = hook
