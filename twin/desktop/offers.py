"""What the palette offers for some words: commands, bookmarks and places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.core.folding import folded
from twin.core.i18n import first_strong, in_arabic, isolate, tr
from twin.desktop import going
from twin.host.commands import declared
from twin.store.finding import Found

if TYPE_CHECKING:
    from twin.desktop.desk import Desk

_PLACES = 20
"""Places offered at most: more words tell them apart."""


@dataclass(frozen=True)
class Offer:
    """A row of the palette."""

    icon: str
    title: str
    take: Callable[[], object]
    said: str = ""
    """What it is, beside its title."""
    key: str = ""
    able: bool = True
    name: str = ""
    """A command's id."""


class Offers:
    """Answers the palette; places come later, from the store's own thread."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def at_once(self, words: str, *, places: bool) -> list[Offer]:
        """Commands and bookmarks, those that begin so first; among ``places`` no commands."""
        wanted = folded(words)
        commands = [] if places else self._commands(wanted)
        if not wanted and not places:
            return commands
        return [*commands, *self._bookmarks(wanted)]

    def later(self, words: str, then: Callable[[list[Offer]], None]) -> None:
        """Places of the open city; none where no city is open."""
        session = self._desk.session
        if session is None or not words.strip():
            then([])
            return
        self._desk.read(lambda: session.city.find(words, _PLACES), lambda found: then(self._places(found or [])))

    def _commands(self, wanted: str) -> list[Offer]:
        window, ranked = self._desk.window, []
        for place, command in enumerate(declared().values()):
            if command.id not in window.slots or command.id == "palette":
                continue
            title = folded(tr(command.title))
            if wanted in f"{title} {folded(command.title)} {folded(in_arabic(command.title))} {command.id}":
                ranked.append((not title.startswith(wanted), place, command))
        return [
            Offer(
                command.icon,
                tr(command.title),
                lambda name=command.id: window.trigger(name),  # type: ignore[misc]
                key=isolate(command.key) if command.key else "",
                able=window.actions_by_id[command.id].isEnabled(),
                name=command.id,
            )
            for *_, command in sorted(ranked, key=lambda entry: entry[:2])
        ]

    def _bookmarks(self, wanted: str) -> list[Offer]:
        kept = self._desk.known.bookmarks if self._desk.known else []
        return [
            Offer("bookmark", one.title, lambda one=one: going.show(self._desk, one), tr("Bookmark"))  # type: ignore[misc]
            for one in kept
            if wanted in f"{folded(one.title_en)} {folded(one.title_ar)}"
        ]

    def _places(self, found: list[Found]) -> list[Offer]:
        titles = {layer.id: layer.title for layer in self._desk.known.layers} if self._desk.known else {}
        return [
            Offer(
                "map-pin",
                first_strong(one.title),
                lambda one=one: going.to(self._desk, one),  # type: ignore[misc]
                " · ".join(first_strong(part) for part in (titles.get(one.layer, one.layer), one.district) if part),
            )
            for one in found
        ]
