"""What a File Geodatabase says of its columns, from its catalogue: aliases, domains of coded values, and subtypes."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twin.core.errors import NotThisFormat
from twin.formats import columns, gdal
from twin.formats.vector import Raw
from twin.model.layer import Column

_CATALOGUE = "GDB_Items"
_DOMAIN = "GPCodedValueDomain"
_ARABIC = re.compile("[\u0600-\u06ff]")
_log = logging.getLogger("balad")


@dataclass
class _Table:
    """A feature class as the catalogue has it, by lower-case names of columns."""

    alias: str = ""
    titles: dict[str, str] = field(default_factory=dict)
    domains: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    """What codes mean that aren't a domain's: the names of subtypes."""


class Terms:
    """The titles of a geodatabase's columns, and what their codes mean."""

    def __init__(self) -> None:
        self._tables: dict[str, _Table] = {}
        self._domains: dict[str, dict[str, str]] = {}

    @classmethod
    def of(cls, path: Path) -> Terms:
        """From its catalogue; none where it has no catalogue that can be read."""
        terms = cls()
        for name, definition in _items(path):
            try:
                terms._take(name, definition)
            except Exception:  # noqa: BLE001  a definition that can't be read leaves columns their names
                _log.exception("the definition of %s", name)
        return terms

    def title(self, layer: str) -> str:
        """A feature class's alias."""
        return self._table(layer).alias

    def columns(self, raw: Raw) -> dict[str, Column]:
        """What is known of a layer's columns; one whose alias is its name and that has no codes is left out."""
        table = self._table(raw.name)
        found = {}
        for name in raw.attributes():
            title = table.titles.get(name.lower(), "")
            values = self._domains.get(table.domains.get(name.lower(), ""), table.values.get(name.lower(), {}))
            if values or (title and title != name):
                found[name] = _column(name, title, values)
        return found

    def _table(self, layer: str) -> _Table:
        return self._tables.get(layer.lower(), _Table())

    def _take(self, name: str, definition: str) -> None:
        from defusedxml import ElementTree

        root = ElementTree.fromstring(definition, forbid_dtd=True)
        kind = root.tag.rpartition("}")[2].rpartition(":")[2]
        if kind.startswith(_DOMAIN):
            values = {_text(one, "Code"): _text(one, "Name") for one in root.iter("CodedValue")}
            self._domains[_text(root, "DomainName")] = values
        elif kind.startswith(("DEFeatureClass", "DETable")):
            self._tables[name.lower()] = _read(root)


def _read(root: Any) -> _Table:
    table = _Table(_text(root, "AliasName"))
    for one in (*root.iter("GPFieldInfoEx"), *root.iter("Field")):
        column = _text(one, "Name").lower()
        table.titles[column] = _text(one, "AliasName")
        domain = _text(one, "DomainName") or _text(one, "Domain/DomainName")
        if domain:
            table.domains[column] = domain
    subtypes = {_text(one, "SubtypeCode"): _text(one, "SubtypeName") for one in root.iter("Subtype")}
    if subtypes:
        table.values[_text(root, "SubtypeFieldName").lower()] = subtypes
    return table


def _items(path: Path) -> Iterator[tuple[str, str]]:
    try:
        for batch in gdal.rows(path, "File Geodatabase", _CATALOGUE, ["Name", "Definition"]):
            names, definitions = (columns.text(batch.column(one)).to_pylist() for one in ("Name", "Definition"))
            for name, definition in zip(names, definitions, strict=True):
                if name and definition:
                    yield name, definition
    except NotThisFormat:
        _log.exception("the catalogue of %s", path)


def _text(element: Any, name: str) -> str:
    found = element.find(name)
    return (found.text or "").strip() if found is not None else ""


def _column(name: str, title: str, values: dict[str, str]) -> Column:
    """Words in Arabic letters are the Arabic ones."""
    arabic = {code: words for code, words in values.items() if _ARABIC.search(words)}
    english = {code: words for code, words in values.items() if words and code not in arabic}
    in_arabic = bool(_ARABIC.search(title))
    return Column(
        name=name,
        type="",
        title_en="" if in_arabic else title,
        title_ar=title if in_arabic else "",
        values_en=english,
        values_ar=arabic,
    )
