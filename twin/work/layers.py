"""What a person does to a layer as a whole; each can be undone."""

from __future__ import annotations

from typing import Annotated, Any

from twin.core.errors import Refused
from twin.core.i18n import mark, tongue, tr, unmarked
from twin.model.layer import Layer
from twin.model.style import RAMPS, Colouring, Method
from twin.work.commands import Help
from twin.work.context import Context
from twin.work.edits import Edit

_LAYER = Help("the layer's id")
_LONGEST = 200
"""Letters of a title."""


def remove(context: Context, layer: Annotated[str, _LAYER]) -> str:
    """Take a layer out; undo brings it back at once, however large it is."""
    city, title = context.city, context.city.layer(layer).title
    made: list[int] = []

    def do() -> None:
        if made:
            city.show(made[0])
        else:
            made.append(city.remove(layer))

    words = tr(mark("Remove “{title}”"), title=title)
    context.edits.push(Edit(words, do, lambda: city.hide(made[0])))
    return words


def rename(context: Context, layer: Annotated[str, _LAYER], title: Annotated[str, Help("its new title")]) -> str:
    """Give a layer another title, in the language in use."""
    title = " ".join(unmarked(title).split())[:_LONGEST]
    if not title:
        raise Refused(mark("A layer needs a title: this one is empty."))
    field = "title_ar" if tongue.language == "ar" else "title_en"
    return _change(context, layer, tr(mark("Rename to “{title}”"), title=title), **{field: title})


def show(context: Context, layer: Annotated[str, _LAYER], visible: Annotated[bool, Help("shown or not")] = True) -> str:
    """Show a layer, or hide it."""
    title = context.city.layer(layer).title
    words = tr(mark("Show “{title}”"), title=title) if visible else tr(mark("Hide “{title}”"), title=title)
    return _change(context, layer, words, visible=visible)


def fade(context: Context, layer: Annotated[str, _LAYER], opacity: Annotated[float, Help("from 0 to 1")]) -> str:
    """Set a layer's opacity."""
    if not 0 <= opacity <= 1:
        raise Refused(mark("An opacity lies between 0 and 1; {opacity} does not."), opacity=str(opacity))
    title = context.city.layer(layer).title
    words = tr(mark("Opacity of “{title}”"), title=title)
    return _change(context, layer, words, opacity=opacity)


def move(context: Context, layer: Annotated[str, _LAYER], position: Annotated[int, Help("0 is drawn first")]) -> str:
    """Move a layer in the drawing order."""
    city, before = context.city, context.city.layers()
    moved = city.layer(layer)
    after = [one for one in before if one.id != layer]
    after.insert(max(0, min(position, len(after))), moved)

    def put(order: list[Layer]) -> None:
        for place, one in enumerate(order):
            now = city.layer(one.id)
            if now.position != place:
                city.change_layer(now.model_copy(update={"position": place}))

    words = tr(mark("Move “{title}”"), title=moved.title)
    context.edits.push(Edit(words, lambda: put(after), lambda: put(before)))
    return words


def colour(
    context: Context,
    layer: Annotated[str, _LAYER],
    column: Annotated[str | None, Help("colour by this column; without it, as the layer is by itself")] = None,
    ramp: Annotated[str, Help("the ramp of numbers")] = "energy",
    method: Annotated[Method, Help("how numbers are put into classes")] = "quantile",
    classes: Annotated[int, Help("how many classes, 2 to 9")] = 5,
) -> str:
    """Colour a layer by a column: numbers in classes along a ramp, words as categories."""
    found = context.city.layer(layer)
    if column is None:
        return _change(context, layer, tr(mark("Colour “{title}” no more"), title=found.title), colouring=None)
    known = {one.name: one for one in found.columns}
    if column not in known:
        words = mark("The layer “{layer}” has no column “{column}”. It has: {known}.")
        raise Refused(words, layer=layer, column=column, known=", ".join(known))
    if ramp not in RAMPS:
        raise Refused(mark("There is no ramp “{ramp}”. There are: {known}."), ramp=ramp, known=", ".join(RAMPS))
    if not 2 <= classes <= 9:
        raise Refused(mark("Numbers are put into 2 to 9 classes; {classes} is not among them."), classes=classes)
    made = Colouring(column=column, ramp=ramp, method=method, classes=classes)
    words = tr(mark("Colour “{title}” by “{column}”"), title=found.title, column=known[column].title)
    return _change(context, layer, words, colouring=made)


def label(
    context: Context,
    layer: Annotated[str, _LAYER],
    column: Annotated[
        str, Help("write this column over its features, “name” for their names; without it, nothing")
    ] = "",
) -> str:
    """Write a column over a layer's features."""
    found = context.city.layer(layer)
    known = ["name", *(one.name for one in found.attributes)]
    if column and column not in known:
        words = mark("The layer “{layer}” has no column “{column}”. It has: {known}.")
        raise Refused(words, layer=layer, column=column, known=", ".join(known))
    return _change(context, layer, tr(mark("Labels of “{title}”"), title=found.title), labels=column)


def undo(context: Context) -> str | None:
    """Take the last edit back."""
    return context.edits.undo()


def redo(context: Context) -> str | None:
    """Do the last undone edit again."""
    return context.edits.redo()


def _change(context: Context, layer: str, words: str, **fields: Any) -> str:
    before: Layer = context.city.layer(layer)
    after = before.model_copy(update=fields)

    def put(state: Layer) -> None:
        context.city.change_layer(state)

    context.edits.push(Edit(words, lambda: put(after), lambda: put(before)))
    return words
