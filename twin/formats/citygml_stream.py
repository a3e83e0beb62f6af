"""A CityGML document a member at a time: expat without entities, so that no file is ever whole in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from twin.core.errors import NotThisFormat
from twin.core.i18n import mark

GML = ("http://www.opengis.net/gml", "http://www.opengis.net/gml/3.2")
CITYGML = "http://www.opengis.net/citygml"
HREF = "http://www.w3.org/1999/xlink}href"
IDS = tuple(f"{uri}}}id" for uri in GML)
VERSIONS = ("1.0", "2.0", "3.0")
DEEPEST = 200
"""Levels of nesting: CityGML itself needs about 40."""
_CHUNK = 1 << 20
_MEMBERS = ("cityObjectMember", "featureMember", "featureMembers")


@cache
def local(tag: str) -> str:
    """A name without its namespace."""
    return tag.rpartition("}")[2]


def id_of(element: Element) -> str:
    """Its ``gml:id``, or nothing."""
    return element.get(IDS[1]) or element.get(IDS[0]) or ""


@dataclass
class Head:
    """What a document says about itself, as far as it was read."""

    version: str = ""
    envelope: Element | None = None
    left: Counter[str] = field(default_factory=Counter)
    """The properties of the city model that are no city objects: appearances, versions…"""
    linked: int = 0
    """City objects that stand in other files."""


def members(path: Path, head: Head) -> Iterator[Element]:
    """Each city object of the file; ``head`` is filled on the way. NotThisFormat where it is no CityGML."""
    parser = _Parser(path, head)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield from parser.feed(chunk)
    yield from parser.feed(b"", last=True)


class _Parser:
    """Builds the tree of one member after the other."""

    def __init__(self, path: Path, head: Head) -> None:
        self.path, self.head = path, head
        self.depth = 0
        self.property = ""
        self.builder: TreeBuilder | None = None
        self.done: list[Element] = []
        self.expat: Any = expat.ParserCreate(namespace_separator="}")
        self.expat.buffer_text = True
        self.expat.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.expat.StartDoctypeDeclHandler = self._doctype
        self.expat.StartElementHandler, self.expat.EndElementHandler = self._start, self._end

    def feed(self, chunk: bytes, *, last: bool = False) -> list[Element]:
        """The members that end in this chunk."""
        try:
            self.expat.Parse(chunk, last)
        except (expat.ExpatError, UnicodeDecodeError, LookupError, ValueError):
            words = mark("Its XML is broken in line {line}. Copy it again from where it came from.")
            raise NotThisFormat(words, self.path, line=self.expat.CurrentLineNumber) from None
        done, self.done = self.done, []
        return done

    def _doctype(self, *_: Any) -> None:
        words = mark(
            "It declares a document type, which can hide entities that harm: CityGML needs none. Export it "
            "anew without it."
        )
        raise NotThisFormat(words, self.path)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.builder is not None:
            if self.depth > DEEPEST:
                words = mark(
                    "This XML is nested too deep to be a city: {most} levels are read. Check where it came from, or "
                    "export it anew."
                )
                raise NotThisFormat(words, self.path, most=DEEPEST)
            self.builder.start(name, attributes)
        elif self.depth == 1:
            self._root(name)
        elif self.depth == 2:
            self.property = local(name)
            if self.property not in _MEMBERS and self.property != "boundedBy":
                self.head.left[self.property] += 1
            elif HREF in attributes:
                self.head.linked += 1
        elif self.depth == 3 and (self.property in _MEMBERS or self.property == "boundedBy"):
            self.builder = TreeBuilder()
            self.builder.start(name, attributes)
            self.expat.CharacterDataHandler = self.builder.data

    def _end(self, name: str) -> None:
        if self.builder is not None:
            self.builder.end(name)
            if self.depth == 3:
                self._member(self.builder.close())
        self.depth -= 1

    def _member(self, found: Element) -> None:
        self.builder = None
        self.expat.CharacterDataHandler = None
        if self.property == "boundedBy":
            self.head.envelope = found
        else:
            self.done.append(found)

    def _root(self, name: str) -> None:
        uri, _, kind = name.rpartition("}")
        if kind != "CityModel" or not uri.startswith(CITYGML):
            raise NotThisFormat(
                "This is XML, but no CityGML: it doesn’t begin with a CityModel. Check where it came from, or "
                "export it anew.",
                self.path,
            )
        self.head.version = uri.rpartition("/")[2]
        if self.head.version not in VERSIONS:
            words = mark("CityGML {version} can’t be read; 1.0, 2.0 and 3.0 can.")
            raise NotThisFormat(words, self.path, version=self.head.version[:20])
