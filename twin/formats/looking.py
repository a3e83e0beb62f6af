"""What can be said of a file before it is read: its text's encoding, its kind of layer, whose ids its rows hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from twin.core.i18n import tr
from twin.formats import at_hand, linking, registry, text
from twin.formats.reader import Report
from twin.formats.request import Request

ENCODINGS = {
    "utf-8": "UTF-8",
    "windows-1256": "Windows-1256",
    "utf-16": "UTF-16",
    "iso-8859-6": "ISO 8859-6",
    "windows-1252": "Windows-1252",
}
"""What a person may choose, by Python's names, and as they are called."""
_SHOWN = 4096


@dataclass(frozen=True)
class Look:
    """A file at a glance."""

    format: str
    letters: bytes
    """Some of its text as it stands there, a line each; none where its format says the encoding, or all is ASCII."""
    found: str
    """The encoding it is taken to be in, by Python's name."""
    told: str
    """The encoding that it names, in its own words; empty where it names none."""
    columns: tuple[str, ...]
    """A table's, which rows may be joined by; empty of what is no table."""
    kinds: tuple[str, ...]
    """The layer kinds that its format can be drawn as; empty where it may be any that isn't a linked file's."""

    def preview(self, encoding: str) -> list[str]:
        """Its lines, read in some encoding; what can't be read is U+FFFD."""
        words = self.letters.decode(encoding, "replace").lstrip("\ufeff")
        return [line for line in words.replace("\0", "").splitlines() if line.strip()]


def look(request: Request, progress: Report = lambda *_: None) -> Look:
    """Look at a file without reading its features; a TwinError says why that can't be."""
    progress(0.0, tr("Looking at the file…"))
    with at_hand.opened(request) as place:
        chosen, path = registry.found(place)
        module = cast(Any, chosen)
        letters: bytes = module.letters(path) if hasattr(chosen, "letters") else b""
        told: str = module.told(path) if hasattr(chosen, "told") else ""
        return Look(
            format=chosen.NAME,
            letters=letters[:_SHOWN],
            found=text.encoding(letters, told or None) if letters else "",
            told=told,
            columns=tuple(module.columns(path)) if hasattr(chosen, "read_joined") else (),
            kinds=tuple(module.KINDS) if linking.is_linked(chosen) else (),
        )
