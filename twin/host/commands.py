"""The commands that the program itself declares, and those that plugins bring."""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from twin.core.errors import Refused, TwinError
from twin.core.i18n import mark, tr
from twin.host.discovery import plugins
from twin.host.manifest import Entry, Manifest
from twin.work import commands
from twin.work.commands import Command

_log = logging.getLogger("balad")
_FAILED = mark("“{title}” of the plugin “{plugin}” failed: {why}. Tell whoever made the plugin; the log has more.")


@cache
def declared() -> dict[str, Command]:
    """Each command by its id, in menu order; those of plugins come last, and take no id and no key that is taken."""
    found = commands.declared(Path(__file__).with_name("commands.toml"))
    for plugin in (one for one in plugins() if isinstance(one, Manifest)):
        for entry in plugin.commands:
            if entry.id in found:
                _log.error("plugin %s: there is a command “%s” already", plugin.id, entry.id)
                continue
            keys = {one.key for one in found.values()}
            found[entry.id] = _brought(plugin, entry, "" if entry.key in keys else entry.key)
    return found


@dataclass(frozen=True)
class PluginCommand(Command):
    """A plugin's command: its function gets the open city as ``twin.api.open`` gives it."""

    plugin: str = ""
    when: str = ""
    """``layer`` where it is about the chosen one, which its parameter ``layer`` names."""

    @cached_property
    def function(self) -> Callable[..., Any]:
        """The function behind it, and whatever it does wrong told in words. Refused where it can't be imported."""
        module, _, name = self.run.partition(":")
        try:
            run = getattr(import_module(module), name)
        except Exception as why:  # a plugin is a stranger
            raise self._failed(why) from why

        @functools.wraps(run)
        def called(context: Any, **values: Any) -> Any:
            from twin.host.library import OpenCity

            try:
                answer = run(OpenCity(context.path, context), **values)
            except TwinError:
                raise
            except Exception as why:  # a plugin is a stranger
                raise self._failed(why) from why
            return None if answer is None else Told(answer)

        return called

    def _failed(self, why: Exception) -> Refused:
        said = (str(why).strip().splitlines() or [type(why).__name__])[0]
        return Refused(_FAILED, title=tr(self.title), plugin=self.plugin, why=said[:200].rstrip("."))


@dataclass(frozen=True)
class Told:
    """What a plugin's command answered."""

    answer: Any

    def lines(self) -> Iterable[str]:
        """Its own words; what is no text as JSON."""
        said = self.answer if isinstance(self.answer, str) else json.dumps(self.answer, ensure_ascii=False, default=str)
        yield from said.splitlines()

    def printed(self) -> object:
        """As it is."""
        return {"answer": self.answer}


def _brought(plugin: Manifest, entry: Entry, key: str) -> PluginCommand:
    return PluginCommand(
        id=entry.id,
        title=entry.id,
        run=entry.run,
        writes=True,
        menu=entry.menu or "plugins",
        key=key,
        icon="puzzle",
        words=entry.id,
        plugin=plugin.id,
        when=entry.when,
    )
