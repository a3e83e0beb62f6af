"""Going somewhere in the city: to a place that was found, to a bookmark; and keeping where one is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from twin.core.i18n import number, tr
from twin.desktop.naming import Naming
from twin.model.view import Bookmark, View
from twin.store.finding import Found

if TYPE_CHECKING:
    from twin.desktop.desk import Desk

_AT_HAND = 2_000.0
"""Metres from a place within which a view is called after it."""


def to(desk: Desk, found: Found) -> None:
    """Choose a place and look at it."""
    desk.select((found.layer, found.fid))
    if found.box:
        west, south, low, east, north, high = found.box
        desk.window.view.show_box([(west, south, low, east, north, high)])


def show(desk: Desk, bookmark: Bookmark) -> None:
    """See what a bookmark sees; the layers follow as one step that can be undone."""
    if desk.known is None:
        return
    desk.window.view.shine(bookmark.view.light)
    desk.window.view.see_through(bookmark.view.ground)
    desk.window.view.fly(bookmark.view.camera)
    if not _same(seen(desk), bookmark.view):
        desk.command("show-bookmark", bookmark=bookmark.id)


def seen(desk: Desk) -> View:
    """What is seen now, with the layers shown and how they are coloured."""
    layers = [layer for layer in desk.known.layers if layer.visible] if desk.known else []
    overlays = {layer.id: layer.colouring for layer in layers if layer.colouring}
    found = desk.window.view.seen()
    return found.model_copy(update={"layers": tuple(layer.id for layer in layers), "overlays": overlays})


def keep(desk: Desk) -> None:
    """Ask for a title, then keep what is seen."""
    if desk.known is None:
        return
    _ask(desk, seen(desk))


def _ask(desk: Desk, view: View, first: str = "") -> None:
    def kept(title: str) -> None:
        desk.window.messages.clear()
        desk.window.show_bookmarks()
        desk.command("bookmark", title=title, view=view.model_dump_json())

    form = Naming(tr("Bookmark this view"), first or _suggested(desk, view), kept, desk.window.messages.clear)
    desk.window.messages.ask(form, tr("Bookmark this view"), lambda: _ask(desk, view, form.field.text()))
    form.field.setFocus()
    form.field.selectAll()


def _same(now: View, wanted: View) -> bool:
    layers = wanted.layers is None or set(wanted.layers) == set(now.layers or ())
    return layers and (wanted.overlays is None or wanted.overlays == now.overlays)


def _suggested(desk: Desk, view: View) -> str:
    """The nearest place's name, else a number; never a title that is taken."""
    known = desk.known
    taken = {one.title for one in known.bookmarks} if known else set()
    at = (view.camera.east, view.camera.north)
    near = [(math.dist(at, middle[:2]), name) for middle, name in known.words.places()] if known else []
    near = [(away, name) for away, name in near if away < _AT_HAND]
    stem = min(near)[1] if near else tr("View")
    count = 1 if near else len(taken) + 1
    found = stem if near else f"{stem} {number(count)}"
    while found in taken:
        count += 1
        found = f"{stem} {number(count)}"
    return found
