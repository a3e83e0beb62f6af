"""Columns of text as numbers, days, times and truths, where every value of a column is one; text stays text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from twin.formats import text
from twin.formats.columns import TIME

_ABSENT = frozenset({"na", "n/a", "nan", "null", "none", "#n/a", "-", "–", "—", "غير متوفر", "غير معروف", "لا يوجد"})
"""What stands in a column of numbers or days where nothing is known."""
_PLAIN = re.compile(r"[+-]?(?:0|[1-9]\d{0,17})?(?:\.\d+)?(?:[eE][+-]?\d{1,3})?")
_COMMA = re.compile(r"[+-]?(?:0|[1-9]\d*),\d+")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_POINTS = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+,\d+")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:[\u00a0\u202f' ]\d{3})+(?:[.,]\d+)?")
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_FIRST_YEAR = 1800
"""An earlier year is one of another calendar, or a slip."""
_SIGNED = 8
"""Letters of a number with a plus; a longer one is a telephone's."""
_TRUTHS = {"true": True, "false": False}


def typed(column: pa.ChunkedArray) -> pa.Array:
    """A column of text as what all its values are: int64, double, bool, days or timestamps; else as it stands."""
    whole = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    clear = plain(whole)
    if clear is not None:
        return clear
    coded = whole.dictionary_encode()
    words: list[str] = coded.dictionary.to_pylist()
    told = [word for word in words if word.strip().lower() not in _ABSENT]
    if not told:
        return whole
    for reading, kind in ((numbers, None), (_times, TIME), (_truths, pa.bool_())):
        found = reading(told)
        if found is not None:
            by_word = dict(zip(told, found, strict=True))
            values = [by_word.get(word) for word in words]
            return pc.take(pa.array(values, kind or _kind(found)), coded.indices)
    return whole


def plain(column: pa.Array) -> pa.Array | None:
    """A column of nothing but numbers as programs write them, int64 or double: no word of it is looked at by itself."""
    if column.null_count == len(column):
        return None
    if pc.all(pc.match_substring_regex(column, r"^-?(?:0|[1-9]\d{0,17})$")).as_py():
        return column.cast(pa.int64())
    if pc.all(pc.match_substring_regex(column, r"^-?(?:0|[1-9]\d{0,17})?(?:\.\d+)?$")).as_py():
        with suppress(pa.ArrowInvalid):
            return column.cast(pa.float64())
    return None


def numbers(words: Sequence[str]) -> list[Any] | None:
    """Numbers as people write them, by one rule for all of them; None where there is none, or more than one would do.

    ``1234.5``, ``1,234.5``, ``1.234,5``, ``1234,5``, ``1 234,5``, ``١٬٢٣٤٫٥``. Whether ``1,234`` alone is a thousand or
    one cannot be known; what begins with zeros is an id.
    """
    western = [text.western(word).strip() for word in words]
    rules: tuple[Callable[[str], float | int | None], ...] = (_plain, _decimal_comma, _thousands)
    readings = [found for rule in rules if (found := _all(rule, western)) is not None]
    return readings[0] if readings and all(found == readings[0] for found in readings) else None


def _all(rule: Callable[[str], Any], words: Sequence[str]) -> list[Any] | None:
    found = []
    for word in words:
        value = rule(word)
        if value is None:
            return None
        found.append(value)
    return found


def _plain(word: str) -> int | float | None:
    if not _PLAIN.fullmatch(word) or not any(map(str.isdigit, word)):
        return None
    if word.startswith("+") and len(word) > _SIGNED:
        return None
    value = float(word)
    return (value if set(word) & set(".eE") else int(word)) if abs(value) < float("inf") else None


def _decimal_comma(word: str) -> int | float | None:
    if _POINTS.fullmatch(word):
        word = word.replace(".", "")
    elif _GROUPED.fullmatch(word):
        word = re.sub(r"[\u00a0\u202f' ]", "", word)
    elif not _COMMA.fullmatch(word):
        return _plain(word) if "." not in word else None
    return _plain(word.replace(",", "."))


def _thousands(word: str) -> int | float | None:
    return _plain(word.replace(",", "")) if _THOUSANDS.fullmatch(word) else _plain(word)


def _times(words: Sequence[str]) -> list[Any] | None:
    return _all(_time, words)


def _time(word: str) -> datetime | None:
    if not _ISO.fullmatch(word) or int(word[:4]) < _FIRST_YEAR:
        return None
    try:
        return _utc(datetime.fromisoformat(word))
    except ValueError:
        return None


def _utc(found: datetime) -> datetime:
    """Wall-clock UTC where a zone is told."""
    offset = found.utcoffset()
    return found if offset is None else (found - offset).replace(tzinfo=None)


def _truths(words: Sequence[str]) -> list[Any] | None:
    return _all(lambda word: _TRUTHS.get(word.lower()), words)


def _kind(found: list[Any]) -> pa.DataType:
    return pa.int64() if all(isinstance(one, int) for one in found) else pa.float64()


def shown(value: Any) -> str:
    """A spreadsheet's cell as text: whole numbers without a point, days and times as ISO 8601 has them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date | time) else str(value).strip()
