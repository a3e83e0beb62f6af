"""A command is declared once: the menu, the palette, the shortcut, the command line and the script come from it."""

from __future__ import annotations

import inspect
import tomllib
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

Needs = Literal["nothing", "path", "city", "window"]


@dataclass(frozen=True)
class Help:
    """What a parameter means, in words: ``Annotated[str, Help("…")]``."""

    words: str
    short: str = ""
    """Its one-letter flag."""
    form: str = ""
    """How its value is written: ``EPSG:n``."""
    flag: str = ""
    """Its flag, where Python can't name a parameter so."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a command, read from its function's signature."""

    name: str
    type: type
    default: Any
    """``inspect.Parameter.empty`` where a value must be given."""
    help: Help
    choices: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        """Whether a person must give it."""
        return self.default is inspect.Parameter.empty


@dataclass(frozen=True)
class Command:
    """Something that a person can do, by menu, key, palette, command line or script."""

    id: str
    title: str
    run: str = ""
    """``module:function``; empty where the window itself does it."""
    needs: Needs = "city"
    writes: bool = False
    menu: str = ""
    key: str = ""
    icon: str = ""
    aside: bool = False
    """Whether it runs where it was asked, over a copy, while a window has the city: a process draws on one thread."""
    terminal: bool = True
    """Whether the command line has it."""
    words: str = field(default="")
    """One line about it, for the command line and the palette."""

    @cached_property
    def function(self) -> Callable[..., Any]:
        """The function behind it, imported when it is first needed."""
        module, name = self.run.split(":")
        found: Callable[..., Any] = getattr(import_module(module), name)
        return found

    def parameters(self) -> tuple[Parameter, ...]:
        """Its parameters; the first, the context it runs in, is left out."""
        if not self.run:
            return ()
        hints = typing.get_type_hints(self.function, include_extras=True)
        named = list(inspect.signature(self.function).parameters.values())[1:]
        return tuple(_parameter(found, hints[found.name]) for found in named)


def declared(file: Path) -> dict[str, Command]:
    """The commands that a TOML file declares, by id, in its order."""
    entries = tomllib.loads(file.read_text(encoding="utf-8"))["commands"]
    return {entry["id"]: Command(**entry) for entry in entries}


def _parameter(found: inspect.Parameter, hint: Any) -> Parameter:
    help_ = Help("")
    if typing.get_origin(hint) is typing.Annotated:
        hint, *extras = typing.get_args(hint)
        help_ = next((extra for extra in extras if isinstance(extra, Help)), help_)
    choices: tuple[str, ...] = ()
    options = [option for option in typing.get_args(hint) if option is not type(None)]
    if typing.get_origin(hint) is Literal:
        choices, hint = typing.get_args(hint), str
    elif options and type(None) in typing.get_args(hint):
        hint = options[0]
        if typing.get_origin(hint) is Literal:
            choices, hint = typing.get_args(hint), str
    return Parameter(found.name, hint, found.default, help_, choices)
