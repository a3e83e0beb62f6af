"""The plugins as a person sees them: what each brings, and what is wrong with one that is left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from twin.core.i18n import isolate, mark, tr
from twin.host.discovery import plugins
from twin.host.manifest import Broken, Manifest

_ROOMS = {
    "layers": mark("layer kinds: {names}"),
    "readers": mark("readers: {names}"),
    "commands": mark("commands: {names}"),
}
_LEFT_OUT = mark("The plugin “{plugin}” is left out: {reason}. Mend or remove it, and start again.")


@dataclass(frozen=True)
class Listed:
    """All plugins."""

    found: tuple[Manifest | Broken, ...]

    def lines(self) -> Iterable[str]:
        """One for each."""
        for plugin in self.found:
            yield left_out(plugin) if isinstance(plugin, Broken) else _line(plugin)

    def printed(self) -> object:
        """As ``--json`` prints it."""
        return {"plugins": [plugin.model_dump(mode="json") for plugin in self.found]}


def listed(_context: object) -> Listed:
    """What plugins there are."""
    return Listed(plugins())


def broken() -> list[str]:
    """A sentence for each that is left out."""
    return [left_out(plugin) for plugin in plugins() if isinstance(plugin, Broken)]


def left_out(plugin: Broken) -> str:
    """Why it can’t be used, and what to do."""
    reason = (plugin.reason.strip().splitlines() or [plugin.id])[0]
    return tr(_LEFT_OUT, plugin=plugin.id, reason=reason.rstrip("."))


def _line(plugin: Manifest) -> str:
    rooms = {room: [entry.id for entry in getattr(plugin, room)] for room in _ROOMS}
    told = [tr(words, names=isolate(", ".join(rooms[room]))) for room, words in _ROOMS.items() if rooms[room]]
    return f"{isolate(f'{plugin.id} {plugin.version}')}: {'; '.join(told)}"
