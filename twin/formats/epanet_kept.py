"""What an EPANET file says beyond its nodes and links: kept as it stands with the layer of junctions."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from twin.formats.epanet_network import Network
from twin.formats.epanet_parts import JUNCTIONS, PARTS, Part
from twin.formats.epanet_sections import Line
from twin.formats.reader import Place
from twin.formats.stamp import KEY as OURS
from twin.formats.stamp import Stamp

KEY = "epanet"
"""The name of what is kept, beside the layer."""
DRAWN = frozenset({"COORDINATES", "VERTICES", *(part.section for part in PARTS)})
"""Sections that are made from features."""
_NODES = {"DEMANDS", "EMITTERS", "QUALITY", "SOURCES", "MIXING"}
_LINKS = {"STATUS", "LEAKAGE"}
_HEAD = f";{OURS} "


def kept(found: Network, part: Part, place: Place) -> str:
    """Which part a layer is; with the junctions the other sections' lines, what is drawn in them brought to the city.

    JSON: ``part``, ``order`` (ids as the file has them: EPANET's last digits hang on it), ``flow``, ``headloss`` and
    ``sections``: name and lines, null for those that features are written to.
    """
    told: dict[str, Any] = {"part": part.name, "order": list(found.parts[part.name])}
    if part is not JUNCTIONS:
        return json.dumps(told, ensure_ascii=False)
    sections: list[tuple[str, list[str] | None]] = []
    for name, lines in found.sections.lines.items():
        if name in DRAWN:
            sections.append((name, None))
        else:
            texts = [_placed(name, line, place) for line in lines]
            while texts and not texts[-1].strip():
                texts.pop()
            sections.append((name, texts))
    told |= {"flow": found.flow, "headloss": found.headloss, "sections": sections}
    return json.dumps(told, ensure_ascii=False)


def written(name: str, texts: list[str], nodes: Collection[str], links: Collection[str]) -> list[str]:
    """A section's lines again; what speaks of a node or link that is gone is made a comment."""
    if name == "RULES":
        return list(_rules(texts, nodes, links))
    return [f";{text}" if _gone(name, text.partition(";")[0], nodes, links) else text for text in texts]


def head(crs: str, stamp: Stamp) -> str:
    """The comment by which our own file says what its coordinates are; empty where a CRS has no short name."""
    authority, _, code = crs.partition(":")
    if not (authority.isalnum() and code.isalnum()):
        return ""
    return _HEAD + json.dumps({"crs": crs, **stamp.model_dump(include={"synthetic"}, exclude_defaults=True)})


def stamp(before: list[str]) -> tuple[str | None, Stamp]:
    """The CRS and stamp of a file of ours, from what stands before its first section."""
    for line in before:
        if line.startswith(_HEAD):
            try:
                said = json.loads(line.removeprefix(_HEAD))
                return str(said.pop("crs")), Stamp.found(json.dumps(said)) or Stamp()
            except (ValueError, LookupError, AttributeError, RecursionError):
                break
    return None, Stamp()


def _placed(section: str, line: Line, place: Place) -> str:
    """Labels and the map's frame lie where the nodes lie."""
    if section == "LABELS" and len(line.tokens) >= 3:
        found = _moved(line.tokens[:2], place)
        if found is not None:
            label, *anchor = line.tokens[2:]
            return " ".join([*map(repr, found[0]), f'"{label}"', *anchor])
    if section == "BACKDROP" and len(line.tokens) >= 5 and line.tokens[0].upper().startswith("DIM"):
        left, low, right, high = line.tokens[1:5]
        found = _moved((left, low, right, low, right, high, left, high), place)
        if found is not None:
            corners = np.array(found)
            box = [*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist()]
            return " ".join(["DIMENSIONS", *map(repr, box)])
    return line.text


def _moved(words: tuple[str, ...], place: Place) -> list[list[float]] | None:
    try:
        given = np.array([float(word) for word in words]).reshape(-1, 2)
    except ValueError:
        return None
    placed = place(np.column_stack([given, np.zeros(len(given))]))[:, :2]
    return placed.tolist() if np.isfinite(placed).all() else None


def _gone(section: str, said: str, nodes: Collection[str], links: Collection[str]) -> bool:
    words = said.split()
    if not words:
        return False
    if section == "QUALITY" and len(words) > 2:
        return False
    if section in _NODES:
        return words[0] not in nodes and words[0].upper() != "MULTIPLY"
    if section in _LINKS:
        return words[0] not in links and len(words) < 3
    if section in ("TAGS", "CONTROLS", "RULES", "ENERGY"):
        return any(uid not in (nodes if node else links) for node, uid in _named(words))
    return False


def _named(words: list[str]) -> Iterator[tuple[bool, str]]:
    """The objects that a line names, each after what it is, and whether that is a node."""
    for what, uid in pairwise(words):
        if what.upper() in ("NODE", "JUNCTION", "JUNC", "RESERVOIR", "RESERV", "TANK"):
            yield True, uid
        elif what.upper() in ("LINK", "PIPE", "PUMP", "VALVE"):
            yield False, uid


def _rules(texts: list[str], nodes: Collection[str], links: Collection[str]) -> Iterator[str]:
    """Rules, each whole or not at all."""
    rule: list[str] = []
    for text in [*texts, "RULE"]:
        if text.split()[:1] and text.split()[0].upper() == "RULE":
            broken = any(_gone("RULES", one.partition(";")[0], nodes, links) for one in rule)
            yield from (f";{one}" if broken and one.strip() else one for one in rule)
            rule = []
        rule.append(text)
