"""Collects every message of the program, brings the catalogues up to date, and compiles them.

``python3 main.py words`` does it; a test fails where a message is missing, fuzzy or not compiled.
Arabic's six forms stand in the catalogue as its header orders them: 0, 1, 2, 3–10, 100–102, 11–99.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tools.environment import PROGRAM
from twin.core import errors

ROOMS = ("twin", "layers", "plugins", "sample_data")
LOCALE = PROGRAM / "resources" / "locale"
_ERRORS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.TwinError)}
_ONE = {"tr", "mark", "Help", "say", *_ERRORS}
"""Calls whose first literal is a message."""


def messages() -> Iterator[tuple[str | tuple[str, str], str]]:
    """Each message, or singular and plural, with the file it stands in."""
    for room in ROOMS:
        for file in sorted((PROGRAM / room).rglob("*.py")):
            where = file.relative_to(PROGRAM).as_posix()
            yield from ((found, where) for found in _of(ast.parse(file.read_text(encoding="utf-8"))))
    commands = PROGRAM / "twin" / "host" / "commands.toml"
    for entry in tomllib.loads(commands.read_text(encoding="utf-8"))["commands"]:
        for key in ("title", "words"):
            if entry.get(key):
                yield entry[key], "twin/host/commands.toml"


def catalogue(language: str) -> Catalog:
    """The language's catalogue, with every message of the program in it and no other."""
    file = source(language)
    old = read_po(file.open("rb"), locale=language) if file.exists() else Catalog(locale=language)
    new = Catalog(locale=language, project="Balad", charset="utf-8", fuzzy=False)
    for message, where in messages():
        known = old.get(message[0] if isinstance(message, tuple) else message)
        new.add(message, known.string if known else None, locations=[(where, 0)])
    new.creation_date = new.revision_date = old.creation_date
    return new


def source(language: str) -> Path:
    """The catalogue that translators edit."""
    return LOCALE / language / "LC_MESSAGES" / "balad.po"


def compiled(language: str) -> Path:
    """The catalogue that the program reads."""
    return source(language).with_suffix(".mo")


def main() -> int:
    """Bring both files up to date; say what is not translated."""
    missing = 0
    for language in ("ar",):
        found = catalogue(language)
        source(language).parent.mkdir(parents=True, exist_ok=True)
        with source(language).open("wb") as file:
            write_po(file, found, width=120, sort_output=True, omit_header=False, include_lineno=False)
        with compiled(language).open("wb") as file:
            write_mo(file, found)
        for message in found:
            if message.id and not _translated(message.string):
                print(f"{language}: {message.id!r}")
                missing += 1
    return 1 if missing else 0


def _translated(text: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(text) if isinstance(text, tuple | list) else bool(text)


def _of(tree: ast.AST) -> Iterator[str | tuple[str, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        literals = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if name == "trn" and len(literals) >= 2:
            yield literals[0], literals[1]
        elif name in _ONE and literals and node.args[0] is not None and _first_is_literal(node) and literals[0]:
            yield literals[0]


def _first_is_literal(node: ast.Call) -> bool:
    return isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)


if __name__ == "__main__":
    sys.exit(main())
