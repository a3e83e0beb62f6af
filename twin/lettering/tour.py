"""The tour in pictures: what ``main.py`` shows where there is no display."""

from __future__ import annotations

import sys
from pathlib import Path

from twin.core import paths
from twin.core.errors import TwinError
from twin.core.i18n import Language, tr
from twin.core.settings import Theme
from twin.host.session import Session

STOPS: tuple[tuple[str, Language, Theme, str | None], ...] = (
    ("overview", "en", "light", None),
    ("overview", "ar", "light", None),
    ("street", "en", "light", "buildings.use"),
    ("street", "ar", "dark", "buildings.height"),
)
"""View, language, theme and the column coloured by."""


def pictures(folder: Path | None = None) -> int:
    """Draw the sample's tour into a folder and say where; the exit code."""
    folder = folder or _folder()
    city = paths.sample()
    try:
        if not city.exists():
            print(tr("Making the sample city…"), file=sys.stderr, flush=True)
            with Session(city) as session:
                session.run("sample")
        with Session.open(city, read_only=True) as session:
            for view, language, theme, colour in STOPS:
                out = folder / f"{view}-{language}-{theme}.png"
                session.run(
                    "render", out=out, size="1920x1080", lang=language, theme=theme, view=view, colour_by=colour
                )
                print(out)
    except TwinError as why:
        print(why, file=sys.stderr)
        return 1
    print(tr("There is no display here, so these pictures of the sample city were made instead of opening a window."))
    return 0


def _folder() -> Path:
    """``pictures`` where the person stands, or among the person's files where that can't be written."""
    here = Path.cwd() / "pictures"
    try:
        here.mkdir(exist_ok=True)
    except OSError:
        here = paths.data() / "pictures"
        here.mkdir(exist_ok=True)
    return here
