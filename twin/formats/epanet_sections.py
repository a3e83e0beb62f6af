"""An EPANET input file as its sections and their lines, split as EPANET's own parser does (input2.c, 2.2)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from pathlib import Path

from twin.core.errors import NotThisFormat
from twin.core.i18n import mark

_KNOWN = {
    name[:4]: name
    for name in (
        "TITLE", "JUNCTIONS", "RESERVOIRS", "TANKS", "PIPES", "PUMPS", "VALVES", "CONTROLS", "RULES", "DEMANDS",
        "SOURCES", "EMITTERS", "PATTERNS", "CURVES", "QUALITY", "STATUS", "ROUGHNESS", "ENERGY", "REACTIONS",
        "MIXING", "REPORT", "TIMES", "OPTIONS", "COORDINATES", "VERTICES", "LABELS", "BACKDROP", "TAGS", "LEAKAGE",
        "END",
    )
}  # fmt: skip
"""By their first four letters, which is all that EPANET looks at."""
_STORM = {"SUBC", "COND", "RAIN", "OUTF", "XSEC", "STOR", "SUBA"}
"""Sections of SWMM, whose files have the same suffix."""
_TOKEN = re.compile(r'"([^"]*)"?|(\S+)')
_ENDS = re.compile(r"\r\n|\n|\r")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Line:
    """A line of a section."""

    number: int
    """Counted from 1 in the file."""
    text: str
    tokens: tuple[str, ...]
    comment: str = ""
    """What stands after its first semicolon."""


@dataclass
class Sections:
    """A file's sections in their order; one that is there twice is one, as it is for EPANET."""

    path: Path
    lines: dict[str, list[Line]] = field(default_factory=dict)
    before: list[str] = field(default_factory=list)
    """What stands before the first section: comments."""
    ended: bool = False
    """Whether it says [END]."""

    def told(self, section: str) -> list[Line]:
        """The lines of a section that say something."""
        return [line for line in self.lines.get(section, []) if line.tokens]


def wrong(message: str, path: Path, line: Line, **values: object) -> NotThisFormat:
    """The error for a line of a file."""
    return NotThisFormat(message, path, line=str(line.number), **values)


def split(text: str, path: Path) -> Sections:
    """The sections of a file; NotThisFormat where it has none, or one that EPANET doesn't know."""
    found = Sections(path)
    section = ""
    for number, raw in enumerate(_ENDS.split(text), start=1):
        said, _, comment = raw.partition(";")
        if section != "TITLE" or said.lstrip().startswith("["):
            tokens = tuple(match[1] if match[1] is not None else match[2] for match in _TOKEN.finditer(said))
        else:
            tokens, comment = tuple(raw.split()), ""
        line = Line(number, raw.rstrip(), tokens, comment.strip())
        if tokens and tokens[0].startswith("["):
            section = _section(line, path)
            if section == "END":
                found.ended = True
                break
            found.lines.setdefault(section, [])
        elif section:
            found.lines[section].append(line)
        elif tokens:
            raise NotThisFormat(
                mark(
                    "It is no EPANET network: it does not begin with a section such as [TITLE]. Check where it came "
                    "from, or export it anew."
                ),
                path,
            )
        else:
            found.before.append(raw.strip())
    if not found.lines:
        raise NotThisFormat(
            mark(
                "It is no EPANET network: it has no sections such as [JUNCTIONS]. Check where it came from, or "
                "export it anew."
            ),
            path,
        )
    return found


def number(word: str, line: Line, path: Path) -> float:
    """A finite number; NotThisFormat names the line."""
    value = float(word) if _NUMBER.fullmatch(word) else math.nan
    if not math.isfinite(value):
        words = mark("Line {line}: “{word}” is no number. Correct it in EPANET, and bring the file again.")
        raise wrong(words, path, line, word=word[:60])
    return value


def _section(line: Line, path: Path) -> str:
    letters = line.tokens[0][1:5].upper().rstrip("]")
    if letters in _KNOWN:
        return _KNOWN[letters]
    if letters in _STORM:
        words = mark("It is a network of SWMM (storm water); of files named .inp those of EPANET can be read.")
        raise NotThisFormat(words, path)
    words = mark("Line {line}: EPANET has no section {section}. Take it out, and bring the file again.")
    raise wrong(words, path, line, section=line.tokens[0][:40])
