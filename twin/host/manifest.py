"""A plugin's manifest: what it brings, read without importing it."""

from __future__ import annotations

import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from twin.core.i18n import mark, tr

API = 1
_AMISS = mark("its plugin.toml is missing these entries, or has them wrong: {places}")
_NO_TOML = mark("its plugin.toml is no TOML: {why}")
_OTHER_API = mark("it asks for API version {asked}; this program has {there}")


class Entry(BaseModel):
    """Something that a plugin brings; its title is the catalogue's message of its id."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    run: str
    """``module`` or ``module:name``."""
    menu: str = ""
    key: str = ""
    when: str = ""
    """Of a reader, the ends of its files' names; of a command, ``layer`` where it is about the chosen one."""

    def load(self) -> Any:
        """What ``run`` names, imported now."""
        module, _, name = self.run.partition(":")
        found = import_module(module)
        return getattr(found, name) if name else found


class Manifest(BaseModel):
    """``plugin.toml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    api: int
    version: str
    models: tuple[Entry, ...] = ()
    overlays: tuple[Entry, ...] = ()
    commands: tuple[Entry, ...] = ()
    layers: tuple[Entry, ...] = ()
    readers: tuple[Entry, ...] = ()
    feeds: tuple[Entry, ...] = ()
    rules: tuple[Entry, ...] = ()
    tools: tuple[Entry, ...] = ()
    cards: tuple[Entry, ...] = ()
    folder: Path = Field(default=Path(), exclude=True)
    """Where it lies: its modules are found beside it."""

    @classmethod
    def read(cls, file: Path) -> Manifest:
        """The manifest in a file; raises where it is malformed or asks for another API version."""
        try:
            found = cls.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
        except ValidationError as why:
            places = {".".join(map(str, one["loc"])) for one in why.errors()}
            raise ValueError(tr(_AMISS, places=", ".join(sorted(places)))) from why
        except tomllib.TOMLDecodeError as why:
            raise ValueError(tr(_NO_TOML, why=str(why))) from why
        if found.api != API:
            raise ValueError(tr(_OTHER_API, asked=found.api, there=API))
        return found.model_copy(update={"folder": file.parent.absolute()})


class Broken(BaseModel):
    """A plugin that can't be used, and why: it is listed, and the rest runs."""

    id: str
    reason: str
