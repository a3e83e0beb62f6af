"""Views that are kept under a title, to be returned to; each change of them can be undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import ValidationError

from twin.core.errors import Refused
from twin.core.i18n import mark, tongue, tr, unmarked
from twin.model.layer import Layer
from twin.model.style import Colouring
from twin.model.view import Bookmark, View
from twin.work.commands import Help
from twin.work.context import Context
from twin.work.edits import Edit

_BOOKMARK = Help("the bookmark's id or title")
_LONGEST = 200
"""Letters of a title."""


def keep(
    context: Context,
    title: Annotated[str, Help("what it is called")],
    view: Annotated[str, Help("the view as JSON, with a camera at least")],
) -> str:
    """Keep a view; Refused where one of this title is there already."""
    title = _title(title)
    try:
        seen = View.model_validate_json(view)
    except ValidationError:
        raise Refused(mark("A view is a JSON object with a camera: {view} is none."), view=view[:80]) from None
    before = context.city.bookmarks()
    _only(before, title)
    made = Bookmark(id=_free(before), view=seen).model_copy(update={_field(): title})
    after = [*before, made]
    return _put(context, tr(mark("Bookmark “{title}”"), title=title), before, after)


def rename(
    context: Context,
    bookmark: Annotated[str, _BOOKMARK],
    title: Annotated[str, Help("its new title, in the language in use")],
) -> str:
    """Give a bookmark another title."""
    title = _title(title)
    before = context.city.bookmarks()
    found = _found(before, bookmark)
    _only([one for one in before if one is not found], title)
    after = [one.model_copy(update={_field(): title}) if one is found else one for one in before]
    return _put(context, tr(mark("Rename to “{title}”"), title=title), before, after)


def remove(context: Context, bookmark: Annotated[str, _BOOKMARK]) -> str:
    """Take a bookmark out."""
    before = context.city.bookmarks()
    found = _found(before, bookmark)
    after = [one for one in before if one is not found]
    return _put(context, tr(mark("Remove the bookmark “{title}”"), title=found.title), before, after)


def show(context: Context, bookmark: Annotated[str, _BOOKMARK]) -> str | None:
    """Show the layers that a bookmark shows, coloured as it colours them, in one step; None where they are so."""
    city = context.city
    found = _found(city.bookmarks(), bookmark)
    before = city.layers()
    pairs = [(layer, _as(layer, found.view)) for layer in before]
    pairs = [(was, now) for was, now in pairs if was != now]
    if not pairs:
        return None

    def put(layers: list[Layer]) -> Callable[[], None]:
        def do() -> None:
            for layer in layers:
                city.change_layer(layer)

        return do

    words = tr(mark("Show “{title}”"), title=found.title)
    context.edits.push(Edit(words, put([now for _, now in pairs]), put([was for was, _ in pairs])))
    return words


def _as(layer: Layer, view: View) -> Layer:
    """A layer as a view shows it."""
    looks: dict[str, Any] = {}
    if view.layers is not None:
        looks["visible"] = layer.id in view.layers
    if view.overlays is not None:
        colouring = view.overlays.get(layer.id)
        looks["colouring"] = colouring if _can(layer, colouring) else None
    return layer.model_copy(update=looks)


def _can(layer: Layer, colouring: Colouring | None) -> bool:
    return colouring is not None and any(column.name == colouring.column for column in layer.columns)


def _put(context: Context, words: str, before: list[Bookmark], after: list[Bookmark]) -> str:
    city = context.city
    context.edits.push(Edit(words, lambda: city.keep_bookmarks(after), lambda: city.keep_bookmarks(before)))
    return words


def _found(bookmarks: list[Bookmark], wanted: str) -> Bookmark:
    for known_as in ("id", "title_en", "title_ar"):
        for one in bookmarks:
            if wanted and getattr(one, known_as) == wanted:
                return one
    known = ", ".join(one.title for one in bookmarks) or "–"
    raise Refused(mark("The city has no bookmark “{bookmark}”. It has: {known}."), bookmark=wanted, known=known)


def _only(bookmarks: list[Bookmark], title: str) -> None:
    """Refused where a title is taken, in either language: a bookmark is asked for by it."""
    if any(title in {one.id, one.title_en, one.title_ar} for one in bookmarks):
        raise Refused(
            mark("There is a bookmark “{title}” already: give another title, or take that one out."), title=title
        )


def _title(title: str) -> str:
    title = " ".join(unmarked(title).split())[:_LONGEST]
    if not title:
        raise Refused(mark("A bookmark needs a title: this one is empty."))
    return title


def _field() -> str:
    return "title_ar" if tongue.language == "ar" else "title_en"


def _free(bookmarks: list[Bookmark]) -> str:
    taken, number = {one.id for one in bookmarks}, 1
    while f"view-{number}" in taken:
        number += 1
    return f"view-{number}"
