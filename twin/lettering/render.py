"""``balad render``: a picture of a city with no display, its letters from Qt's painter."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ValidationError
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QImage, QImageWriter, QPainter

from twin.core.errors import CannotWrite, Refused
from twin.core.i18n import Language, mark, tongue, tr
from twin.core.settings import Theme
from twin.host.session import Session
from twin.lettering.compose import Words
from twin.lettering.fonts import application
from twin.lettering.paint import paint
from twin.model.style import Colouring
from twin.model.view import Camera, Light, View
from twin.scene import camera, offscreen
from twin.scene.colours import Overlay, overlays
from twin.work.commands import Help

_SMALLEST = 64
"""Pixels of a picture's side at the least."""


@dataclass(frozen=True)
class Rendered:
    """A picture that was written."""

    out: Path
    size: tuple[int, int]

    def lines(self) -> Iterable[str]:
        """One line."""
        yield tr("Picture: {out}", out=str(self.out))

    def printed(self) -> object:
        """The file and its size."""
        return {"out": str(self.out), "size": list(self.size)}


def render(
    session: Session,
    out: Annotated[Path, Help("the picture to write", short="o", form="OUT.png")],
    size: Annotated[str, Help("in pixels", form="WIDTHxHEIGHT")] = "1280x720",
    lang: Annotated[Literal["en", "ar"] | None, Help("the language of its words")] = None,
    theme: Annotated[Literal["dark", "light"], Help("of its cards")] = "light",
    light: Annotated[Light, Help("of the scene")] = "day",
    view: Annotated[
        str, Help("overview, street, plan, a bookmark of the city, or a camera as JSON", form="VIEW")
    ] = "overview",
    colour_by: Annotated[str | None, Help("colour a layer by a column", form="LAYER.COLUMN")] = None,
    layers: Annotated[str | None, Help("show these layers alone", form="A,B")] = None,
    ground: Annotated[
        float | None, Help("how opaque the ground is, from 0 to 1: below 1 what lies in it is seen", form="SHARE")
    ] = None,
) -> Rendered:
    """Draw a view of the city to a PNG file."""
    pixels = _size(size)
    if out.suffix.lower() != ".png" and not out.is_dir():
        raise Refused(mark("A picture is a PNG: give it a name that ends in .png."), out)
    if out.is_dir():
        raise CannotWrite("This is a folder: name a picture in it.", out)
    application()
    before: Language = tongue.language
    tongue.set(lang)
    try:
        seen = _view(session, view, layers)
        if light == "night":
            seen = seen.model_copy(update={"light": light})
        if ground is not None:
            seen = seen.model_copy(update={"ground": _share(ground)})
        coloured = _overlays(session, seen, colour_by)
        image = picture(session, seen, pixels, theme, coloured)
    finally:
        tongue.set(before)
    session.progress(0.9, tr("Writing the file…"))
    draft = out.with_name(f".part.{out.name}")
    if not QImageWriter(str(draft), QByteArray(b"png")).write(image):
        raise CannotWrite("The picture can't be written: check the folder and its permissions.", out)
    draft.replace(out)
    return Rendered(out, pixels)


def picture(
    session: Session, view: View, size: tuple[int, int], theme: Theme, coloured: Mapping[str, Overlay]
) -> QImage:
    """The scene and its letters as one image."""
    shown = offscreen.shown(session.tiles, view, size, coloured, fine=True)
    image = QImage(shown.rows.tobytes(), size[0], size[1], 3 * size[0], QImage.Format.Format_RGB888).copy()
    title = tr(session.city.meta("title") or session.path.stem)
    painter = QPainter(image)
    words = Words(session.city)
    said = words.composed(view, size, theme, coloured, title, shown.hides, depths=lambda _size: shown.depths)
    paint(painter, *size, said)
    painter.end()
    return image


def _share(ground: float) -> float:
    if not 0 <= ground <= 1:
        raise Refused(mark("The ground’s opacity is a number from 0 to 1; {share} is not."), share=f"{ground:g}")
    return ground


def _size(words: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{2,4})x(\d{2,4})", words)
    if not found or min(int(found[1]), int(found[2])) < _SMALLEST:
        raise Refused(
            mark("A picture's size is WIDTHxHEIGHT in pixels, such as 1280x720; “{size}” is not."), size=words
        )
    return int(found[1]), int(found[2])


def _view(session: Session, words: str, layers: str | None) -> View:
    shown = tuple(name.strip() for name in layers.split(",")) if layers else None
    for name in shown or ():
        session.city.layer(name)
    kept = session.city.bookmarks()
    by = ("id", "title_en", "title_ar")
    bookmark = next((one for name in by for one in kept if words and getattr(one, name) == words), None)
    if bookmark:
        return bookmark.view.model_copy(update={"layers": shown}) if shown else bookmark.view
    if words in {"overview", "street", "plan"}:
        return View(camera=_own(session, words), layers=shown)
    try:
        said: dict[str, Any] = json.loads(words)
        found: View | None = View.model_validate(said if "camera" in said else {"camera": said})
    except (ValueError, TypeError, ValidationError):
        found = None
    if found is None or not {"camera", "east", "north"} & set(said):
        words = mark("A view is “overview”, “street”, “plan”, a bookmark of the city, or a JSON object with a camera.")
        raise Refused(words)
    return found.model_copy(update={"layers": shown}) if shown else found


def _own(session: Session, name: str) -> Camera:
    """A camera that sees the city whole, from above in plan, or stands in its middle."""
    whole = offscreen.whole(session.tiles)
    if name != "street":
        return camera.plan(whole) if name == "plan" else whole
    return whole.model_copy(update={"distance": min(220.0, whole.distance / 2), "pitch": -14.0, "height": whole.height})


def _overlays(session: Session, view: View, words: str | None) -> dict[str, Overlay]:
    if words is None:
        layers = {layer.id: layer for layer in session.city.layers()}
        kept = {layer.id: layer.colouring for layer in layers.values() if layer.colouring and layer.visible}
        # What a bookmark coloured may have left the city since.
        told = {
            name: one
            for name, one in (view.overlays or {}).items()
            if name in layers and any(column.name == one.column for column in layers[name].columns)
        }
        return overlays(session.tiles, kept if view.overlays is None else told)
    layer, _, column = words.partition(".")
    known = [found.name for found in session.city.layer(layer).columns]
    if column not in known:
        raise Refused(
            mark("The layer “{layer}” has no column “{column}”. It has: {known}."),
            layer=layer, column=column, known=", ".join(known),
        )  # fmt: skip
    return overlays(session.tiles, {layer: Colouring(column=column)})
