"""Commands from a terminal: the grammar is made from their declarations."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from twin import __version__
from twin.core.errors import CityBusy, NoCrs, TwinError
from twin.core.i18n import tr, unmarked
from twin.host.commands import declared
from twin.host.owner import ask_owner
from twin.host.session import Session
from twin.work.answers import Answer, Remarked
from twin.work.commands import Command, Parameter

DONE, REFUSED, USAGE = 0, 1, 2


def run(
    words: Sequence[str], session: Session | None = None, out: TextIO | None = None, err: TextIO | None = None
) -> int:
    """Run a command line; ``session`` is the city that is open here already, if any. The exit code is returned."""
    out, err = out or sys.stdout, err or sys.stderr
    try:
        values = vars(grammar(words).parse_args(words))
    except TwinError as refused:
        # A plugin's command whose module can't be imported: its parameters are not known.
        return _refuse(refused, "--json" in words, out, err)
    command = declared()[values.pop("command")]
    as_json = values.pop("json")
    city = values.pop("city") if command.needs in {"city", "path"} else None
    try:
        answer = _answer(command, city, values, session, _Line(err))
    except CityBusy as busy:
        replied = ask_owner(city, list(words), out, err) if city and not command.aside else None
        if replied is not None:
            return replied
        if command.writes or city is None:
            return _refuse(busy, as_json, out, err)
        if not command.aside:
            print(tr("Its owner does not answer: a copy is read."), file=err)
        try:
            with Session.open_copy(city) as copy:
                answer = copy.run(command.id, **values)
        except TwinError as refused:
            return _refuse(refused, as_json, out, err)
    except TwinError as refused:
        return _refuse(refused, as_json, out, err)
    _print(answer, as_json, out)
    if isinstance(answer, Remarked):
        for remark in answer.remarks():
            print(remark if err.isatty() else unmarked(remark), file=err)
    return DONE if getattr(answer, "ok", True) else REFUSED


def grammar(words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of every command that the terminal has; the one that is asked for is loaded, the rest are named."""
    parser = argparse.ArgumentParser(prog="balad", description=tr("A smart-city digital twin on one desk."))
    parser.add_argument("--version", action="version", version=__version__, help=tr("print the version"))
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    asked = next((word for word in words if not word.startswith("-")), "")
    for command in declared().values():
        if command.terminal:
            found = commands.add_parser(command.id, help=tr(command.words), description=tr(command.words))
            if command.id == asked:
                _declare(found, command)
    return parser


def _declare(parser: argparse.ArgumentParser, command: Command) -> None:
    parser.add_argument("--json", action="store_true", help=tr("print one JSON document"))
    if command.needs in {"city", "path"}:
        parser.add_argument("city", metavar="CITY", type=Path, help=tr("the city's file"))
    for parameter in command.parameters():
        _add(parser, parameter)


def _add(parser: argparse.ArgumentParser, parameter: Parameter) -> None:
    options: dict[str, Any] = {"help": tr(parameter.help.words).replace("%", "%%")}
    if parameter.type is bool:
        options["action"] = argparse.BooleanOptionalAction
    else:
        options["type"] = parameter.type
        options["metavar"] = parameter.help.form or (None if parameter.choices else parameter.name.upper())
        if parameter.choices:
            options["choices"] = parameter.choices
    flag = f"--{parameter.help.flag or parameter.name.replace('_', '-')}"
    if parameter.help.short:
        parser.add_argument(
            f"-{parameter.help.short}", flag, dest=parameter.name, required=parameter.required, **options
        )
    elif parameter.required:
        parser.add_argument(parameter.name, **options)
    elif parameter.help.form == "[CITY]":
        parser.add_argument(parameter.name, nargs="?", default=parameter.default, **{**options, "metavar": "CITY"})
    else:
        parser.add_argument(flag, dest=parameter.name, default=parameter.default, **options)


def _answer(command: Command, path: Path | None, values: dict[str, Any], here: Session | None, line: _Line) -> Any:
    try:
        if here is not None:
            return here.run(command.id, line, **values)
        if path is None:
            return command.function(None, **values)
        if command.needs == "path" and not path.exists():
            with Session(path) as session:
                return session.run(command.id, line, **values)
        if command.id == "recover":
            return command.function(Session(path), **values)
        with Session.open(path, read_only=not command.writes) as session:
            return session.run(command.id, line, **values)
    finally:
        line.end()


def _print(answer: Any, as_json: bool, out: TextIO) -> None:
    if as_json:
        document = answer.printed() if isinstance(answer, Answer) else {"answer": answer}
        print(json.dumps(document, ensure_ascii=False, default=str), file=out)
    elif isinstance(answer, Answer):
        for line in answer.lines():
            print(line if out.isatty() else unmarked(line), file=out)
    elif answer:
        print(answer, file=out)


def _refuse(why: TwinError, as_json: bool, out: TextIO, err: TextIO) -> int:
    if as_json:
        said: dict[str, object] = {"ok": False, "error": type(why).__name__, "message": unmarked(str(why))}
        if isinstance(why, NoCrs) and why.suggested:
            said["suggested"] = why.suggested.printed()
        print(json.dumps(said, ensure_ascii=False), file=out)
    print(str(why) if err.isatty() else unmarked(str(why)), file=err)
    return REFUSED


class _Line:
    """Progress on one line of a terminal; nothing where the output is kept in a file."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream if stream.isatty() else None

    def __call__(self, fraction: float, words: str = "") -> None:
        if self._stream:
            self._stream.write(f"\r\x1b[K{fraction:4.0%} {words}")
            self._stream.flush()

    def end(self) -> None:
        """Clear the line."""
        if self._stream:
            self._stream.write("\r\x1b[K")
