"""XML looked through before a library reads it: whole, no deeper than it need be, and without entities of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

from twin.core.errors import NotThisFormat, TooLarge
from twin.core.i18n import mark

DEPTH = 200
_CHUNK = 1 << 20
_BROKEN = mark(
    "It is no {format} that can be read, or it is damaged: its XML breaks off or is wrong in line {line}. Copy it "
    "again from where it came from, or export it anew."
)

Begin = Callable[[str, dict[str, str]], None]


def look(path: Path, name: str, root: str, begin: Begin | None = None) -> None:
    """Go through the file once; ``begin`` is told each element's name and attributes.

    NotThisFormat where it isn't well formed, declares entities, or its root isn't named ``root``.
    """
    depth = 0
    parser = expat.ParserCreate()

    def began(element: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        if depth == 0 and element.rpartition(":")[2].lower() != root:
            raise NotThisFormat(
                "This is no {format}, though its name says so. Check where it came from, or export it anew.",
                path,
                format=name,
            )
        depth += 1
        if depth > DEPTH:
            raise TooLarge("Its XML is nested more than {depth} deep: no {format} is.", path, depth=DEPTH, format=name)
        if begin:
            begin(element, attributes)

    def ended(_element: str) -> None:
        nonlocal depth
        depth -= 1

    def declared(*_: object) -> int:
        raise NotThisFormat(
            "It declares XML entities, which may be a trap: it was not read. Export it anew without them.", path
        )

    parser.StartElementHandler, parser.EndElementHandler = began, ended
    parser.EntityDeclHandler = declared
    parser.ExternalEntityRefHandler = declared
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as why:
        raise NotThisFormat(_BROKEN, path, format=name, line=getattr(why, "lineno", "?")) from why
