"""What an OpenStreetMap file itself says of its ways and relations, apart from GDAL: which of their points are in it.

An extract is cut at its edge: ways go on beyond it, and GDAL draws what is left of them, or nothing, without a word.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from twin.core.errors import NotThisFormat
from twin.core.i18n import mark, trn
from twin.formats import guarding
from twin.formats.osm_wire import Ids, blocks, few, fields, packed, summed, summed_each

_DULL = {"created_by", "converted_by", "source", "area", "type", "note", "fixme"}
_AREAS = ("multipolygon", "boundary")


@dataclass
class Whole:
    """Ways and relations by id."""

    refs: dict[int, int] = field(default_factory=dict)
    """How many points a way has."""
    missing: dict[int, int] = field(default_factory=dict)
    """How many of them aren't in the file, where any is."""
    tagged: set[int] = field(default_factory=set)
    """Ways that say what they are."""
    areas: dict[int, list[int]] = field(default_factory=dict)
    """The ways of relations that are areas."""
    buildings: set[tuple[str, int]] = field(default_factory=set)
    """``("way", id)`` or ``("relation", id)``."""

    @classmethod
    def of(cls, path: Path, name: str) -> Whole:
        """Of a file; NotThisFormat where it is none or is damaged."""
        try:
            return _of_pbf(path) if path.name.lower().endswith(".pbf") else _of_xml(path, name)
        except (ValueError, KeyError, IndexError, zlib.error, TypeError, AttributeError) as why:
            words = mark(
                "The {format} is damaged: a part of it is missing or was overwritten. Copy it again from where it came "
                "from, or export it anew."
            )
            raise NotThisFormat(words, path, format=name) from why

    def doubt(self, uid: str) -> str | None:
        """What is missing of a feature, in words; None where it is whole."""
        kind, _, number = uid.partition("/")
        ways = [int(number)] if kind == "way" else self.areas.get(int(number), []) if kind == "relation" else []
        gone = sum(way not in self.refs for way in ways)
        lost = sum(self.missing.get(way, 0) for way in ways)
        if gone:
            return trn(
                "{n} of its ways is not in the file, which ends here.",
                "{n} of its ways are not in the file, which ends here.",
                gone,
            )
        if lost:
            return trn(
                "{n} of its points is not in the file, which ends here.",
                "{n} of its points are not in the file, which ends here.",
                lost,
            )
        return None

    def unmade(self, seen: set[str]) -> Iterator[tuple[str, list[str]]]:
        """What the file holds and nothing was made of, in words, and the ids of each, buildings first."""
        ways = sorted(way for way in self.tagged if f"way/{way}" not in seen)
        areas = sorted(area for area in self.areas if f"relation/{area}" not in seen)
        within = {way for area in self.areas for way in self.areas[area]}
        short = [way for way in ways if self.refs[way] - self.missing.get(way, 0) < 2]
        parts = [way for way in ways if way in within and way not in set(short)]
        others = [way for way in ways if way not in within and way not in set(short)]
        words = trn(
            "{n} way was left out, of which only one point is in the file:",
            "{n} ways were left out, of which only one point each is in the file:",
            len(short),
        )
        yield words, self._named("way", short)
        words = trn(
            "{n} way was not taken by itself, since it is a part of a relation:",
            "{n} ways were not taken by themselves, since they are parts of relations:",
            len(parts),
        )
        yield words, self._named("way", parts)
        words = trn(
            "{n} way was left out, which has no shape:", "{n} ways were left out, which have no shape:", len(others)
        )
        yield words, self._named("way", others)
        words = trn(
            "{n} area was left out, whose outline is not whole in the file:",
            "{n} areas were left out, whose outlines are not whole in the file:",
            len(areas),
        )
        yield words, self._named("relation", areas)

    def _named(self, kind: str, ids: Iterable[int]) -> list[str]:
        ordered = sorted(ids, key=lambda one: ((kind, one) not in self.buildings, one))
        return [f"{kind}/{one}" for one in ordered]

    def take(self, kind: str, number: int, tags: Iterable[str], type_: str, members: list[int]) -> None:
        """Note a way or relation; ``members`` are a relation's ways."""
        names = set(tags)
        if "building" in names:
            self.buildings.add((kind, number))
        if kind == "way" and names - _DULL:
            self.tagged.add(number)
        if kind == "relation" and type_ in _AREAS:
            self.areas[number] = members


def _settle(whole: Whole, nodes: Ids, ways: list[int], lengths: list[int], refs: Ids) -> Whole:
    """Count what is missing of each way."""
    known = np.sort(nodes)
    place = np.minimum(np.searchsorted(known, refs), max(0, len(known) - 1))
    there = known[place] == refs if len(known) else np.zeros(len(refs), dtype=bool)
    owner = np.repeat(np.arange(len(ways)), lengths)
    gone = np.bincount(owner[~there], minlength=len(ways))
    whole.refs = dict(zip(ways, lengths, strict=True))
    whole.missing = {ways[at]: int(gone[at]) for at in np.flatnonzero(gone)}
    return whole


def _of_pbf(path: Path) -> Whole:
    whole, nodes, ways, refs = Whole(), [np.empty(0, np.int64)], list[int](), list[bytes]()
    for kind, content in blocks(path):
        if kind != b"OSMData":
            continue
        groups = list(fields(content))
        strings = [text for number, table in groups if number == 1 for one, text in fields(table) if one == 1]
        for number, group in groups:
            for what, message in fields(group) if number == 2 else ():
                if what == 1:
                    plain = packed(_varint_bytes(message)).view(np.uint64)
                    nodes.append((plain >> np.uint64(1)).view(np.int64) ^ -(plain & np.uint64(1)).view(np.int64))
                elif what == 2:
                    nodes.append(summed(dict(fields(message))[1]))
                elif what == 3:
                    said = dict(fields(message))
                    ways.append(int(said[1]))
                    refs.append(said.get(8, b""))
                    whole.take("way", ways[-1], _keys(said, strings), "", [])
                elif what == 4:
                    _relation(whole, dict(fields(message)), strings)
    numbers, lengths = summed_each(refs)
    return _settle(whole, np.concatenate(nodes), ways, lengths, numbers)


def _varint_bytes(message: bytes) -> bytes:
    """The id of a node that stands alone."""
    number = dict(fields(message))[1]
    made = bytearray()
    while number > 127:
        made.append(number & 127 | 128)
        number >>= 7
    return bytes([*made, number])


def _keys(said: dict[int, Any], strings: list[bytes]) -> list[str]:
    return [strings[at].decode("utf-8", "replace") for at in few(said.get(2, b""))]


def _relation(whole: Whole, said: dict[int, Any], strings: list[bytes]) -> None:
    keys = _keys(said, strings)
    values = [strings[at].decode("utf-8", "replace") for at in few(said.get(3, b""))]
    members, kinds = summed(said.get(9, b"")), packed(said.get(10, b""))
    ways = [int(member) for member, kind in zip(members, kinds, strict=True) if kind == 1]
    tags = dict(zip(keys, values, strict=True))
    whole.take("relation", int(said[1]), keys, tags.get("type", ""), ways)


def _of_xml(path: Path, name: str) -> Whole:
    whole, nodes, ways, lengths, refs = Whole(), list[int](), list[int](), list[int](), list[int]()
    kind, number, tags, members = "", 0, dict[str, str](), list[int]()

    def close() -> None:
        if kind in ("way", "relation"):
            whole.take(kind, number, tags, tags.get("type", ""), list(members))

    def begin(element: str, said: dict[str, str]) -> None:
        nonlocal kind, number
        if element in ("node", "way", "relation"):
            close()
            kind, number = element, int(said["id"])
            tags.clear()
            members.clear()
            if element == "node":
                nodes.append(number)
            elif element == "way":
                ways.append(number)
                lengths.append(0)
        elif element == "nd" and ways:
            refs.append(int(said["ref"]))
            lengths[-1] += 1
        elif element == "member" and said.get("type") == "way":
            members.append(int(said["ref"]))
        elif element == "tag":
            tags[said.get("k", "")] = said.get("v", "")

    guarding.look(path, name, "osm", begin)
    close()
    return _settle(whole, np.array(nodes, np.int64), ways, lengths, np.array(refs, np.int64))
