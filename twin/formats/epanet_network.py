"""An EPANET file as a network: nodes and links with their values, each checked as EPANET would check it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from twin.core.errors import NotThisFormat
from twin.core.i18n import mark
from twin.formats.epanet_parts import (
    DEFAULT_FLOW,
    FLOWS,
    PARTS,
    PIPES,
    PUMPS,
    RESERVOIRS,
    TANKS,
    VALVE_TYPES,
    VALVES,
    Field,
    Part,
)
from twin.formats.epanet_sections import Line, Sections, number, wrong

Value = str | float | None
_PIPE_STATES = {"CV", "OPEN", "CLOSED"}
_PUMP_WORDS = {"HEAD": "head_curve", "POWE": "power", "SPEE": "speed", "PATT": "pattern"}
_DURATION = re.compile(r"\d+(\.\d*)?(:\d+(\.\d*)?){0,2}|\.\d+")
_TIME_UNITS = ("SEC", "MIN", "HOU", "DAY", "AM", "PM")


@dataclass
class Thing:
    """A node or a link."""

    uid: str
    line: Line
    values: dict[str, Value]
    description: str = ""
    ends: tuple[str, str] = ("", "")
    """A link's two nodes."""


@dataclass
class Network:
    """All of them, and where they lie in the file's own coordinates."""

    sections: Sections
    flow: str = DEFAULT_FLOW
    headloss: str = "H-W"
    parts: dict[str, dict[str, Thing]] = field(default_factory=lambda: {part.name: {} for part in PARTS})
    places: dict[str, tuple[float, float]] = field(default_factory=dict)
    vertices: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    strays: int = 0
    """Coordinates of nodes and links that are not there."""

    def nodes(self) -> Iterator[str]:
        """The ids of all nodes."""
        for part in PARTS:
            if part.node:
                yield from self.parts[part.name]

    def links(self) -> Iterator[str]:
        """The ids of all links."""
        for part in PARTS:
            if not part.node:
                yield from self.parts[part.name]


def network(sections: Sections) -> Network:
    """The network that a file describes; NotThisFormat, with the line, where EPANET would refuse it."""
    found = Network(sections)
    _options(found)
    _times(found)
    for part in PARTS:
        for line in sections.told(part.section):
            _add(found, part, line)
    _ends(found)
    for uid, place in _points(found, "COORDINATES"):
        found.places[uid] = place
    for uid, place in _points(found, "VERTICES"):
        found.vertices.setdefault(uid, []).append(place)
    _no_strays(found)
    return found


def _add(found: Network, part: Part, line: Line) -> None:
    if part is TANKS and len(line.tokens) <= 3:
        # EPANET takes a tank of so few values for a reservoir.
        part = RESERVOIRS
    uid = line.tokens[0]
    path = found.sections.path
    if any(uid in found.parts[other.name] for other in PARTS if other.node == part.node):
        node = mark("Line {line}: “{id}” is the id of another node already. Each needs its own: change one in EPANET.")
        link = mark("Line {line}: “{id}” is the id of another link already. Each needs its own: change one in EPANET.")
        raise wrong(node if part.node else link, path, line, id=uid)
    given = line.tokens[1:]
    ends = ("", "")
    if not part.node:
        if len(given) < 2:
            raise _missing(line, path)
        ends, given = (given[0], given[1]), given[2:]
    values = _pump(given, line, path) if part is PUMPS else _values(part, _ordered(part, given), line, path)
    if part is VALVES and len(given) < 3:
        raise _missing(line, path)
    if part is VALVES and str(values["valve_type"]).upper() not in VALVE_TYPES:
        words = mark(
            "Line {line}: EPANET has no valve of type “{type}”. Correct it in EPANET, and bring the file again."
        )
        raise wrong(words, path, line, type=values["valve_type"])
    found.parts[part.name][uid] = Thing(uid, line, values, line.comment, ends)


def _ordered(part: Part, given: tuple[str, ...]) -> tuple[str, ...]:
    """The values in the places that they have."""
    if part is PIPES and len(given) == 4 and given[3].upper() in _PIPE_STATES:
        return (*given[:3], "", given[3])
    if part is VALVES and len(given) > 2 and given[1].upper() == "GPV":
        # Its setting is a curve's id.
        return (*given[:2], "", *(given[3:4] or ("",)), given[2])
    return given


def _values(part: Part, given: tuple[str, ...], line: Line, path: Path) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for place, one in enumerate(part.fields):
        word = given[place] if place < len(given) else ""
        if not word and (one.needed or (place == 0 and part is RESERVOIRS)):
            raise _missing(line, path)
        values[one.name] = _value(one, word, line, path)
    return values


def _value(one: Field, word: str, line: Line, path: Path) -> Value:
    if not word or (word == "*" and one.quantity == "text"):
        return None
    return word if one.quantity == "text" else number(word, line, path)


def _pump(given: tuple[str, ...], line: Line, path: Path) -> dict[str, Value]:
    values: dict[str, Value] = {one.name: None for one in PUMPS.fields}
    if not given:
        raise _missing(line, path)
    if given[0].upper()[:4] not in _PUMP_WORDS:
        for word in given:
            number(word, line, path)
        return {**values, "parameters": " ".join(given)}
    for word, value in zip(given[::2], [*given[1::2], ""], strict=False):
        name = _PUMP_WORDS.get(word.upper()[:4])
        if name is None:
            words = mark("Line {line}: a pump has no “{word}”: HEAD, POWER, SPEED and PATTERN are what it may have.")
            raise wrong(words, path, line, word=word)
        if not value:
            raise _missing(line, path)
        values[name] = value if name in ("head_curve", "pattern") else number(value, line, path)
    return values


def _ends(found: Network) -> None:
    nodes = set(found.nodes())
    if not nodes:
        words = mark("The network has no junctions, reservoirs or tanks: there is nothing that it could be drawn by.")
        raise NotThisFormat(words, found.sections.path)
    for part in PARTS:
        for link in found.parts[part.name].values() if not part.node else ():
            for node in link.ends:
                if node not in nodes:
                    words = mark(
                        "Line {line}: the link “{link}” ends at “{node}”, which is no node of the network. Correct it "
                        "in EPANET, and bring the file again."
                    )
                    raise wrong(words, found.sections.path, link.line, link=link.uid, node=node)
            if link.ends[0] == link.ends[1]:
                words = mark(
                    "Line {line}: the link “{link}” begins and ends at the same node. Correct it in EPANET, and bring "
                    "the file again."
                )
                raise wrong(words, found.sections.path, link.line, link=link.uid)


def _points(found: Network, section: str) -> Iterator[tuple[str, tuple[float, float]]]:
    path = found.sections.path
    for line in found.sections.told(section):
        if len(line.tokens) < 3:
            raise _missing(line, path)
        yield line.tokens[0], (number(line.tokens[1], line, path), number(line.tokens[2], line, path))


def _no_strays(found: Network) -> None:
    nodes, links = set(found.nodes()), set(found.links())
    lost = [uid for uid in found.places if uid not in nodes], [uid for uid in found.vertices if uid not in links]
    for uid in lost[0]:
        del found.places[uid]
    for uid in lost[1]:
        del found.vertices[uid]
    found.strays = len(lost[0]) + len(lost[1])


def _options(found: Network) -> None:
    for line in found.sections.told("OPTIONS"):
        word = line.tokens[0].upper()
        value = line.tokens[1].upper() if len(line.tokens) > 1 else ""
        if word.startswith("UNIT"):
            flow = "LPS" if value == "SI" else value
            if flow not in FLOWS:
                words = mark("Line {line}: “{unit}” are no flow units of EPANET. They are: {known}.")
                raise wrong(words, found.sections.path, line, unit=value, known=", ".join(FLOWS))
            found.flow = flow
        elif word.startswith("HEADL"):
            found.headloss = value


def _times(found: Network) -> None:
    for line in found.sections.told("TIMES"):
        words = [word for word in line.tokens if not word.upper().startswith(_TIME_UNITS)]
        last = words[-1] if words else line.text
        if line.tokens[0].upper().startswith("STAT") or len(line.tokens) < 2:
            continue
        if not _DURATION.fullmatch(last):
            said = mark(
                "Line {line}: “{word}” is no time. It is written as 12, 12:30 or 12:30:00: correct it in EPANET."
            )
            raise wrong(said, found.sections.path, line, word=last)


def _missing(line: Line, path: Path) -> NotThisFormat:
    words = mark("Line {line} lacks a value that EPANET needs: “{text}”. Correct it there, and bring the file again.")
    return wrong(words, path, line, text=line.text.strip()[:80])
