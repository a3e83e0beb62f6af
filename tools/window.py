"""Pictures of the window itself, on a real display: what ``main.py pictures`` shows of it in the README and the manual.

``python -m tools.window CITY FOLDER`` writes those of the documents; with ``--all`` one of every size, language, theme,
light and view, to be looked at.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QApplication

from twin.core.i18n import Language, tongue
from twin.core.settings import Settings, Theme
from twin.desktop import going, theme
from twin.desktop.desk import Desk
from twin.desktop.where import Where
from twin.host.samples import listed
from twin.model.view import Light

_PATIENCE = 60.0


@dataclass(frozen=True)
class Shot:
    """A state of the window."""

    name: str
    size: tuple[int, int] = (1920, 1080)
    language: Language = "en"
    theme: Theme = "light"
    light: Light = "day"
    view: str = "overview"
    """A bookmark of the sample, or ``plan``."""
    colour: str = ""
    """The column of buildings to colour by."""
    table: bool = False
    find: str = ""
    crs: str = ""
    """What the practice file without a CRS is read in, while it is asked where it lies."""


SMALL, LARGE = (1366, 768), (1920, 1080)
SHOTS = (
    Shot("window-overview-en-light", LARGE),
    Shot("window-street-ar-dark-night", LARGE, "ar", "dark", "night", "street"),
    Shot("window-district-ar-light", SMALL, "ar", "light", "day", "district"),
    Shot("window-plan-en-light", SMALL, view="plan"),
    Shot("window-table-ar-dark", LARGE, "ar", "dark", view="street", colour="height", table=True),
    Shot("find-en", SMALL, "en", "dark", find="hamra tower"),
    Shot("where-en", SMALL, crs="EPSG:20437"),
)


def every() -> tuple[Shot, ...]:
    """One of each kind."""
    kinds = itertools.product(
        (SMALL, LARGE), ("en", "ar"), ("light", "dark"), ("day", "night"), ("overview", "district", "street", "plan")
    )
    return tuple(
        Shot(f"{view}-{light}-{look}-{language}-{size[0]}", size, language, look, light, view)  # type: ignore[arg-type]
        for size, language, look, light, view in kinds
    )


class Studio:
    """A desk with the city on it, and a camera before the screen."""

    def __init__(self, city: Path) -> None:
        self.application = QApplication.instance() or QApplication([])
        self.desk = Desk(Settings(reduced_motion=True, tips_read=True))
        self.desk.window.show()
        self.desk.opening.open(city)
        self._until(lambda: self.desk.session is not None)
        self.rest()

    def take(self, shot: Shot, out: Path) -> None:
        """Bring the window into that state, and keep what the screen shows."""
        desk, window = self.desk, self.desk.window
        desk.settings.theme, desk.settings.language = shot.theme, shot.language
        tongue.set(shot.language)
        window.setGeometry(0, 0, *shot.size)
        window.retranslate()
        desk.reread()
        known = desk.known
        if known is None:
            raise RuntimeError("The city has left the desk.")
        wanted = "overview" if shot.view == "plan" else shot.view
        going.show(desk, next(one for one in known.bookmarks if one.id == wanted))
        if shot.view == "plan":
            window.trigger("zoom-full")
            window.trigger("plan-view")
        window.view.shine(shot.light)
        if shot.colour:
            desk.command("colour-layer", layer="buildings", column=shot.colour)
            self._until(lambda: bool(desk.known and desk.known.overlays))
        if shot.table:
            window.layers.choose("buildings")
            window.trigger("table")
            self._until(lambda: window.table.rows.count > 0)
        if shot.find:
            window.activateWindow()
            window.trigger("find")
            window.palette_of_commands.field.setText(shot.find)
            self._until(lambda: bool(window.palette_of_commands.rows))
        if shot.crs:
            self._ask(shot.crs)
        self.rest()
        QApplication.primaryScreen().grabWindow(0, 0, 0, *shot.size).save(str(out / f"{shot.name}.png"))
        window.palette_of_commands.hide()
        window.messages.clear()
        if shot.table:
            window.trigger("table")
        if shot.colour:
            desk.command("colour-layer", layer="buildings")
            self._until(lambda: not (desk.known and desk.known.overlays))

    def _ask(self, crs: str) -> None:
        """Bring a file that names no CRS, and look where one would put it."""
        messages = self.desk.window.messages
        self.desk.take([next(one.path for one in listed() if one.id == "manholes")])
        self._until(lambda: messages.findChild(Where) is not None)
        form = messages.findChild(Where)
        if isinstance(form, Where) and form.readings:
            plan = form.readings.plan
            form.code.setText(crs)
            self._until(lambda: bool(plan.chosen) and self.desk.reading.waiting == 0)

    def rest(self) -> None:
        """Let everything arrive."""
        view = self.desk.window.view
        self._for(0.4)
        self._until(lambda: view.scene is not None and not view.scene.busy and not view.streaming)
        self._for(0.6)

    def _until(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + _PATIENCE
        while not done() and time.monotonic() < end:
            self._for(0.02)

    def _for(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.application.processEvents()
            time.sleep(0.002)


def main(words: list[str]) -> int:
    """Take them all."""
    city, out = Path(words[0]), Path(words[1])
    theme.dress(QApplication([]), "light")
    studio = Studio(city)
    for shot in every() if "--all" in words else SHOTS:
        studio.take(shot, out)
    studio.desk.window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
