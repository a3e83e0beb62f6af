"""Two languages: messages, plurals, digits and isolates.

Messages are written in English in the code, ``tr("Open the city")``, and looked up in the gettext
catalogues of ``resources/locale``. ``mark`` names a message that is translated later.
"""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path
from typing import Any, Literal

from psygnal import Signal

from twin.core.paths import resources

Language = Literal["en", "ar"]
Digits = Literal["western", "arabic"]
LANGUAGES: tuple[Language, ...] = ("en", "ar")
DOMAIN = "balad"

_LRI, _RLI, _FSI, _PDI = "\u2066", "\u2067", "\u2068", "\u2069"
_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
_ARABIC_INDIC = str.maketrans("0123456789.,%", "٠١٢٣٤٥٦٧٨٩٫٬٪")


class Tongue:
    """The language and digits in use; it says when either changes."""

    changed = Signal()

    def __init__(self) -> None:
        self.language: Language = "en"
        self.digits: Digits = "western"
        self._folders: list[Path] = [resources() / "locale"]
        self._catalogue: gettext.NullTranslations = gettext.NullTranslations()

    def set(self, language: Language | None = None, digits: Digits | None = None) -> None:
        """Switch at once; every listener draws its words again."""
        self.language = language or self.language
        self.digits = digits or self.digits
        self._load()
        self.changed.emit()

    def add_folder(self, folder: Path) -> None:
        """Take a plugin's catalogues in: ``folder/ar/LC_MESSAGES/balad.mo``."""
        self._folders.append(folder)
        self._load()

    def catalogue(self, language: Language) -> gettext.NullTranslations:
        """All that is known in a language: the program's catalogue first, then those of plugins."""
        found = gettext.NullTranslations()
        for folder in self._folders:
            found.add_fallback(gettext.translation(DOMAIN, folder, [language], fallback=True))
        return found

    def _load(self) -> None:
        self._catalogue = self.catalogue(self.language)

    def gettext(self, message: str) -> str:
        """The message in the language in use."""
        return self._catalogue.gettext(message) if message else ""

    def ngettext(self, one: str, many: str, count: int) -> str:
        """The counted message in the language in use, by its plural form."""
        return self._catalogue.ngettext(one, many, count)


tongue = Tongue()


def mark(message: str) -> str:
    """Name a message for the catalogue; it is translated where it is shown."""
    return message


def tr(message: str, **values: Any) -> str:
    """The message in the language in use, its ``{fields}`` filled; numbers take the digits in use."""
    words = tongue.gettext(message)
    return words.format(**{name: _shown(value) for name, value in values.items()}) if values else words


def trn(one: str, many: str, count: int, **values: Any) -> str:
    """The counted message: Arabic has six plural forms (CLDR), English two. ``{n}`` is the count."""
    words = tongue.ngettext(one, many, count)
    shown = {name: _shown(value) for name, value in values.items()}
    return words.format(n=number(count), **shown)


@cache
def in_arabic(message: str) -> str:
    """The message in Arabic, whatever the language in use: what a person may look for."""
    return tongue.catalogue("ar").gettext(message)


def number(value: float, decimals: int = 0) -> str:
    """A number with thousands marks in the digits in use: 1,234.5 or ١٬٢٣٤٫٥; a true minus sign, isolated."""
    plain = digits(f"{abs(value):,.{decimals}f}")
    return plain if value >= 0 else isolate(f"\u2212{plain}")


def digits(text: str) -> str:
    """The text's digits and number marks in the digits in use. Never for codes, ids or coordinates."""
    return text.translate(_ARABIC_INDIC) if tongue.digits == "arabic" and tongue.language == "ar" else text


def isolate(text: str) -> str:
    """The text kept left to right inside a sentence of either direction (Unicode LRI…PDI)."""
    return f"{_LRI}{text}{_PDI}"


def right_to_left(text: str) -> str:
    """The text kept right to left inside a sentence of either direction (Unicode RLI…PDI)."""
    return f"{_RLI}{text}{_PDI}"


def first_strong(text: str) -> str:
    """The text isolated with the direction of its own first letter (Unicode FSI…PDI)."""
    return f"{_FSI}{text}{_PDI}"


def unmarked(text: str) -> str:
    """The text without marks of direction: what another program reads."""
    return text.translate(_MARKS)


def led(words: str) -> str:
    """Each line begun in the direction of the language in use, whatever its first letter is."""
    first = "\u200f" if tongue.language == "ar" else "\u200e"
    return "\n".join(first + line for line in words.split("\n"))


def named(en: str | None, ar: str | None, otherwise: str = "") -> str:
    """A name in the language in use; the other language stands in, then the id."""
    first, second = (ar, en) if tongue.language == "ar" else (en, ar)
    return first or second or otherwise


def _shown(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return number(value, 0 if isinstance(value, int) else 2)
