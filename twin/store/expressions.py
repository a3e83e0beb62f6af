"""Expressions over a layer's columns, as people type them: whether words are one, and what is wrong with it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable

from twin.core.errors import Refused
from twin.core.folding import folded
from twin.core.i18n import isolate, mark
from twin.model.feature import FID, UID
from twin.model.layer import Column, Layer

_COMPARES = re.compile(r"[<>=≤≥≠]|\bI?LIKE\s+'|\bIN\s*\(|\bIS\s+(NOT\s+)?NULL\b|\bBETWEEN\s+['\d]", re.IGNORECASE)
"""What only an expression has."""
_MAY = re.compile(r"\b(LIKE|ILIKE|IN|IS|BETWEEN|NOT)\b", re.IGNORECASE)
"""What an expression has, and English too: “school in Hamra” is words, “use in” an expression that is not finished."""
_QUOTED = re.compile(r"""('(?:[^']|'')*'?|"(?:[^"]|"")*"?)""")
_PLAIN = str.maketrans(
    {"≤": "<=", "≥": ">=", "≠": "<>", "،": ",", "٫": ".", "٬": None}
    | {digit: str(n % 10) for n, digit in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
)
_LIKELY, _SURE = 0.6, 0.84
"""How alike a wrong name and a column's are, from 0 to 1, where it may be meant, and where it is."""
_LISTED = 6
"""Columns that are named where none is like it."""
_LONG = 24
"""Letters of a value that stands for an example."""
_MARKS = "'\"‘’‚“”„«»"
_SAID = {"~~": "LIKE", "~~*": "ILIKE", "!~~": "NOT LIKE", "!~~*": "NOT ILIKE"}


def is_one(words: str, layer: Layer) -> bool:
    """Whether words compare something; else they are looked for as they stand."""
    names = {name.casefold() for name in _names(layer)}
    return bool(_COMPARES.search(words) or (_MAY.search(words) and names & set(re.findall(r"\w+", words.casefold()))))


def plain(words: str) -> str:
    """With Western digits and the signs that DuckDB knows, but for what stands in quotes."""
    parts = _QUOTED.split(words)
    return "".join(part if n % 2 else part.translate(_PLAIN) for n, part in enumerate(parts))


def not_parsed(words: str, layer: Layer, why: str, at: int) -> Refused:
    """What is wrong where the parser stopped, ``at`` a letter of the words, in its own words ``why``."""
    titled = _titled(words, layer)
    before, rest = words[:at].split(), words[max(0, at) :].strip()
    example = isolate(_example(layer))
    if why.startswith("unterminated quoted"):
        return Refused("A quotation mark is opened and not closed: put {mark} where the value ends.", mark=rest[:1])
    if titled:
        return Refused(
            "In an expression the column “{title}” is called “{name}”.", title=titled[0], name=isolate(titled[1])
        )
    if "end of input" in why:
        return Refused("A bracket is opened and not closed: put “)” where it ends.")
    if rest.startswith(")") or (not rest and _brackets(words) < 0):
        return Refused("A bracket is closed that was not opened: take one “)” away.")
    if not rest:
        said = mark("The expression is not finished: something must follow “{word}”, as in {example}.")
        return Refused(said, word=isolate(before[-1] if before else ""), example=example)
    return Refused(
        "“{word}” is not understood where it stands. An expression is written like {example}.",
        word=isolate(_first(rest)),
        example=example,
    )


def not_answered(words: str, layer: Layer, why: str) -> Refused:
    """What is wrong where DuckDB understood the grammar and not the meaning."""
    for pattern, tell in _REASONS:
        found = re.search(pattern, why, re.DOTALL)
        if found:
            return tell(words, layer, found)
    return Refused("The filter can’t be read: {why}", why=why.splitlines()[0])


def _unknown(words: str, layer: Layer, found: re.Match[str]) -> Refused:
    name = found[1].strip(_MARKS)
    near, against = _nearest(name, layer), _compared(found[1], words, layer)
    if near and (against is None or near[1] >= _SURE):
        return Refused("There is no column “{name}”. Did you mean “{column}”?", name=name, column=isolate(near[0]))
    if against and against.is_number:
        said = mark("“{column}” holds numbers, and “{value}” is none. Write, for instance, {example}.")
        return Refused(said, column=isolate(against.name), value=name, example=isolate(_compares(against)))
    if against:
        said = mark("There is no column “{name}”. A value stands in single quotes: {example}")
        return Refused(said, name=name, example=isolate(f"{against.name} = '{name}'"))
    names = [column.name for column in layer.attributes]
    columns = isolate(", ".join(names[:_LISTED]) + (", …" if len(names) > _LISTED else ""))
    return Refused("There is no column “{name}”. The layer has: {columns}.", name=name, columns=columns)


def _not_converted(_words: str, layer: Layer, found: re.Match[str]) -> Refused:
    value, kind, column = found[1], found[2].upper(), found[3]
    if column:
        said = mark("“{column}” holds words: its values stand in single quotes, as in {example}.")
        return Refused(said, column=isolate(column), example=isolate(f"{column} = '{value[:_LONG]}'"))
    if kind.startswith("BOOL"):
        return Refused("“{value}” is neither true nor false: write true or false.", value=value)
    if kind.startswith(("DATE", "TIME")):
        return _no_date(_words, layer, found)
    return Refused("“{value}” is no number. Write, for instance, {example}.", value=value, example=_like(layer))


def _no_date(_words: str, _layer: Layer, found: re.Match[str]) -> Refused:
    return Refused("“{value}” is no date. Write one so: {example}", value=found[1], example=isolate("'2026-11-30'"))


def _two_kinds(_words: str, _layer: Layer, found: re.Match[str]) -> Refused:
    if any(kind.startswith(("DATE", "TIME")) for kind in found.groups()):
        return Refused(
            "A date can be compared with a date alone. Write one so: {example}", example=isolate("'2026-11-30'")
        )
    return Refused("Words and numbers can’t be compared: words stand in single quotes, numbers do not.")


def _no_function(_words: str, _layer: Layer, found: re.Match[str]) -> Refused:
    name = _SAID.get(found[1], found[1])
    if "LIKE" in name:
        said = mark("{name} compares words with a pattern in single quotes: {example}. Numbers take <, = and >.")
        return Refused(said, name=isolate(name), example=isolate("'%A%'"))
    return Refused("“{name}” can’t be used with values of this kind.", name=isolate(name))


def _not_of_one(_words: str, _layer: Layer, _found: re.Match[str]) -> Refused:
    return Refused("A filter asks each feature by itself: sums, counts and averages can’t stand in it.")


_REASONS: tuple[tuple[str, Callable[[str, Layer, re.Match[str]], Refused]], ...] = (
    (r'Referenced column "(.+?)" not found', _unknown),
    (r'does not have a column named "(.+?)"', _unknown),
    (r"Could not convert string '(.*?)' to (\w+)(?:.*source column (\w+))?", _not_converted),
    (r'invalid (?:date|time|timestamp)[^"]*"(.*?)"', _no_date),
    (r"Cannot compare values of type (\w+).* and type (\w+)", _two_kinds),
    (r"given name and argument types '(.+?)\(", _no_function),
    (r"cannot contain (?:aggregates|window functions)", _not_of_one),
)
"""What DuckDB says, and who puts it into other words."""


def _names(layer: Layer) -> list[str]:
    return [UID, FID, *(column.name for column in layer.columns)]


def _nearest(name: str, layer: Layer) -> tuple[str, float] | None:
    """The column whose name, or title in either language, is most like a name, and how much it is."""
    called = {folded(name): name for name in _names(layer)}
    for column in layer.attributes:
        for title in filter(None, (column.title_en, column.title_ar)):
            called.setdefault(folded(title), column.name)
    wanted = folded(name)
    found = difflib.get_close_matches(wanted, called, 1, _LIKELY)
    return (called[found[0]], difflib.SequenceMatcher(None, wanted, found[0]).ratio()) if found else None


def _compared(name: str, words: str, layer: Layer) -> Column | None:
    """The column that a name is compared with, where it stands as a value does."""
    signs = r"(?:<=|>=|<>|!=|==|=|<|>|\bI?LIKE\b)"
    found = re.search(rf'(\w+)"?\s*{signs}\s*"?{re.escape(name)}', words, re.IGNORECASE)
    known = {column.name.casefold(): column for column in layer.columns}
    return known.get(found[1].casefold()) if found else None


def _titled(words: str, layer: Layer) -> tuple[str, str] | None:
    """A column that is called by its title, of several words, and its name."""
    said = words.casefold()
    for column in layer.attributes:
        for title in (column.title_en, column.title_ar):
            if " " in title and title.casefold() in said:
                return title, column.name
    return None


def _example(layer: Layer) -> str:
    """An expression over one of the layer's columns."""
    columns = sorted(layer.attributes, key=lambda column: not column.is_number)
    return _compares(columns[0]) if columns else f"{UID} = 'A'"


def _like(layer: Layer) -> str:
    return isolate(_example(layer))


def _compares(column: Column) -> str:
    return f"{column.name} > 30" if column.is_number else f"{column.name} = 'A'"


def _brackets(words: str) -> int:
    """How many are open at the end, but for those in quotes."""
    bare = _QUOTED.sub("", words)
    return bare.count("(") - bare.count(")")


def _first(rest: str) -> str:
    found = re.match(r"\w+|'[^']*'?|\S", rest)
    return found[0] if found else rest
