"""Finding features by words, and the order of a table's rows: filtered and sorted where the data lie."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from twin.core.folding import DROPPED, FROM, TO, folded
from twin.core.i18n import named
from twin.model.feature import BOX, FID, UID
from twin.store import console, expressions
from twin.store.features import in_order
from twin.store.registry import Entry
from twin.store.schema import literal, quoted

_NAMES = ("name_en", "name_ar", "name")
_PLACES = ("district_en", "district_ar", "district", "plan", "block", "parcel")
"""Where a feature lies: its words count beside the feature's own."""
_ORDER = f"length({UID}), {UID}, {FID}"
"""Of equal hits: 436-12 before 436-120."""
_STEM = 3
"""Letters that a word shares with a layer's title at the least to mean the layer: “parcel 436-2”, «قطعة 436-2»."""


@dataclass(frozen=True)
class Query:
    """Which rows of a layer, in which order."""

    filter: str = ""
    """Words, or an SQL expression over the layer's columns."""
    order: str = ""
    descending: bool = False


@dataclass(frozen=True)
class Found:
    """A feature that answers to some words."""

    layer: str
    fid: int
    uid: str
    name_en: str | None
    name_ar: str | None
    district_en: str | None
    district_ar: str | None
    box: tuple[float, ...] | None

    @property
    def title(self) -> str:
        """Its name in the language in use."""
        return named(self.name_en, self.name_ar, self.uid)

    @property
    def district(self) -> str:
        """Where it lies, in the language in use; empty where its layer doesn't say."""
        return named(self.district_en, self.district_ar)


def find(connection: duckdb.DuckDBPyConnection, entries: Iterable[Entry], words: str, limit: int) -> list[Found]:
    """Features whose id, names and place have all of the words: exact first, small layers before large.

    The ranks: a name or id that is the words; that has them as whole words; that begins with them; that has them;
    words that are found only together with the feature's district, plan, block and parcel.
    """
    wanted = folded(words).split()
    if not wanted:
        return []
    parts, values = [], []
    for place, entry in enumerate(sorted(entries, key=lambda entry: entry.layer.count)):
        part, more = _part(place, entry, _without_title(entry, wanted), limit)
        parts.append(part)
        values += more
    if not parts:
        return []
    each = " UNION ALL ".join(f"SELECT * FROM ({part})" for part in parts)
    rows = connection.execute(
        f"SELECT * FROM ({each}) ORDER BY rank, place, length({UID}), {UID}, {FID} LIMIT {int(limit)}", values
    )
    return [_found(*row) for row in rows.fetchall()]


def _found(
    _rank: int,
    _place: int,
    layer: str,
    fid: int,
    uid: str,
    name_en: str | None,
    name_ar: str | None,
    district_en: str | None,
    district_ar: str | None,
    *box: float | None,
) -> Found:
    whole = tuple(side for side in box if side is not None)
    return Found(layer, fid, uid, name_en, name_ar, district_en, district_ar, whole if len(whole) == len(BOX) else None)


def _part(place: int, entry: Entry, wanted: list[str], limit: int) -> tuple[str, list[str]]:
    """One layer's hits, ranked, as SQL with its values."""
    there = {column.name for column in entry.layer.columns}
    own = [UID, *(name for name in _NAMES if name in there)]
    both = [*own, *(name for name in _PLACES if name in there)]
    said = [_of(there, *names) for names in (("name_en", "name"), ("name_ar", "name"))]
    said += [_of(there, *names) for names in (("district_en", "district"), ("district_ar", "district"))]
    rank = (
        f"CASE WHEN {name} = ? THEN 0 WHEN contains(concat(' ', {name}, ' '), ?) THEN 1"
        f" WHEN starts_with({name}, ?) THEN 2 WHEN contains({name}, ?) THEN 3 ELSE 4 END"
        for name in (_folded(quoted(one)) for one in own)
    )
    whole = " ".join(wanted)
    any_of = " OR ".join(_holds(entry.table, name, _plain) for name in both)
    holds = " AND ".join(f"({any_of})" for _ in wanted)
    words = (
        f"SELECT least({', '.join(rank)}) AS rank, {place} AS place, {literal(entry.layer.id)} AS layer,"
        f" {FID}, {UID}, {', '.join(said)}, {', '.join(BOX)}"
        f" FROM (SELECT * FROM {quoted(entry.table)} WHERE {holds}) ORDER BY rank, {_ORDER} LIMIT {int(limit)}"
    )
    return words, [whole, f" {whole} ", whole, whole] * len(own) + [word for word in wanted for _ in both]


def _of(there: set[str], *names: str) -> str:
    """The first of these columns that a layer has."""
    return next((f"CAST({quoted(name)} AS VARCHAR)" for name in names if name in there), "CAST(NULL AS VARCHAR)")


def _without_title(entry: Entry, wanted: list[str]) -> list[str]:
    """The words without those that name the layer itself, unless nothing else is said."""
    titles = folded(f"{entry.layer.title_en} {entry.layer.title_ar}").split()

    def names(word: str) -> bool:
        return any(
            min(len(word), len(title)) >= _STEM and (word.startswith(title) or title.startswith(word))
            for title in titles
        )

    return [word for word in wanted if not names(word)] or wanted


def ordered(connection: duckdb.DuckDBPyConnection, entry: Entry, query: Query) -> Any:
    """(n,) the fids of the rows that pass the filter, in the order asked for; Refused where it can't be read."""
    where, values = _where(connection, entry, query.filter)
    words = f"SELECT {FID} FROM {quoted(entry.table)} WHERE {where} ORDER BY {_order(entry, query)}"
    try:
        return in_order(connection.execute(words, values).to_arrow_table())
    except duckdb.InterruptException:
        raise
    except (duckdb.Error, pa.ArrowException) as why:
        raise expressions.not_answered(expressions.plain(query.filter), entry.layer, str(why)) from None


def _order(entry: Entry, query: Query) -> str:
    known = {FID, UID, *(column.name for column in entry.layer.columns)}
    if query.order not in known:
        return FID
    return f"{quoted(query.order)} {'DESC' if query.descending else 'ASC'} NULLS LAST, {FID}"


def _where(connection: duckdb.DuckDBPyConnection, entry: Entry, words: str) -> tuple[str, list[Any]]:
    if not words.strip():
        return "TRUE", []
    if expressions.is_one(words, entry.layer):
        return _expression(connection, entry, expressions.plain(words)), []
    texts = [UID, *(column.name for column in entry.layer.attributes if column.type == "VARCHAR")]
    each = folded(words).split()
    holds = " OR ".join(_holds(entry.table, name, _folded) for name in texts)
    return " AND ".join(f"({holds})" for _ in each) or "TRUE", [word for word in each for _ in texts]


def _expression(connection: duckdb.DuckDBPyConnection, entry: Entry, words: str) -> str:
    """As a condition of SQL that asks nothing but the layer's own columns; Refused in words where it is none."""
    before = f"SELECT {FID} FROM {quoted(entry.table)} WHERE ("
    tree = console.parsed(connection, f"{before}{words}\n)")
    if tree.get("error"):
        at = int(tree.get("position", len(before))) - len(before)
        raise expressions.not_parsed(words, entry.layer, str(tree.get("error_message", "")), at)
    console.allow(connection, f"{before}{words}\n)")
    return f"({words}\n)"


def _holds(table: str, name: str, fold: Callable[[str], str]) -> str:
    """Whether a text has a word, as SQL with one value.

    Folding is slow and most columns say few things again and again: each of those is folded once. Ids all differ.
    """
    if name == UID:
        return f"contains({fold(quoted(name))}, ?)"
    text = f"CAST({quoted(name)} AS VARCHAR)"
    each = f"SELECT DISTINCT {text} AS said FROM {quoted(table)}"
    return f"{text} IN (SELECT said FROM ({each}) WHERE contains({fold('said')}, ?))"


def _folded(text: str) -> str:
    """What ``folded`` does, in SQL."""
    return _unless_ascii(text, f"regexp_replace({_bare(text)}, '(^| )ال', '\\1', 'g')")


def _plain(text: str) -> str:
    """The same but for the article: what holds a word holds it with its article too."""
    return _unless_ascii(text, _bare(text))


def _bare(text: str) -> str:
    return f"replace(translate(lower(strip_accents(CAST({text} AS VARCHAR))), '{FROM}', '{TO}'), '{DROPPED}', '')"


def _unless_ascii(text: str, done: str) -> str:
    """Words of ASCII alone need no more than small letters, which is done ten times as fast."""
    said = f"CAST({text} AS VARCHAR)"
    return f"CASE WHEN strlen({said}) = length({said}) THEN lower({said}) ELSE {done} END"
