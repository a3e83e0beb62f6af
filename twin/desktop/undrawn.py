"""Layers that can't be drawn: their kind is a plugin's that failed, or nobody brings it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.core.i18n import first_strong, tr

if TYPE_CHECKING:
    from twin.desktop.desk import Desk


def tell(desk: Desk, layer: str, kind: str, why: str) -> None:
    """Say it, and what to do."""
    title = next((one.title for one in desk.known.layers if one.id == layer), layer) if desk.known else layer
    named = {"layer": first_strong(title), "kind": kind}
    if desk.session and kind not in desk.session.kinds:
        words = tr("“{layer}” is listed and not drawn: install the plugin that brings its kind, “{kind}”.", **named)
    else:
        said = (why.strip().splitlines() or [""])[0][:200].rstrip(".")
        words = tr(
            "“{layer}” is not drawn, or not all of it: its kind “{kind}” failed ({why}). Mend its plugin; the log has "
            "more.",
            why=said,
            **named,
        )
    desk.window.messages.say(words, tone="warning", again=lambda: tell(desk, layer, kind, why))
