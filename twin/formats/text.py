"""Text as offices write it: its encoding where nobody tells it rightly, numbers in any digits, and Hijri days.

A reader asks ``encoding`` for bytes, ``number`` and ``day`` for a value, ``numbers`` and ``days`` for a whole column.
"""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

import pyarrow as pa

from twin.formats import hijri

ARABIC_DIGITS = "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹"
_WESTERN = str.maketrans(f"{ARABIC_DIGITS}٫−", "01234567890123456789.-", "٬\u200e\u200f\u061c\u2066\u2067\u2068\u2069")
_NUMBER = re.compile(r"[+-]?(?:0|[1-9]\d{0,14})(?:\.\d+)?")
_DAY = re.compile(r"(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})(?:\s*(?:هـ?|AH|م))?", re.IGNORECASE)
_WRITTEN_ARABIC = re.compile(f"[{ARABIC_DIGITS}]")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ONE_BYTE = ("windows-1256", "iso-8859-6", "windows-1252")
_SHARES = dict(
    zip(
        "اليمنورتعبةهدسأفحقكجىإشصطخضزثغذءئآؤظ",
        (125, 115, 70, 65, 60, 60, 50, 45, 37, 40, 35, 35, 32, 29, 24, 30, 22, 23, 20, 15, 12, 12, 12, 11, 10, 10, 8, 7,
         7, 6, 5, 5, 5, 3, 2, 2),
        strict=True,
    )
)  # fmt: skip
"""How many of a thousand letters of Arabic prose are this one."""
_MIXED = re.compile(r"(?<=[A-Za-z])[ء-ي]|[ء-ي](?=[A-Za-z])")
_ACCENTED = re.compile(r"(?<=[A-Za-z])[À-ÖØ-öø-ÿŠšŽžŒœŸ]|[À-ÖØ-öø-ÿŠšŽžŒœŸ](?=[A-Za-z])")
_SAMPLE = 1 << 20
_said: ContextVar[str | None] = ContextVar("said", default=None)


@contextmanager
def said(name: str | None) -> Iterator[None]:
    """Meanwhile text is in the encoding that a person says, whatever a file or its letters tell; None says nothing."""
    token = _said.set(codec(name))
    try:
        yield
    finally:
        _said.reset(token)


def spoken() -> str | None:
    """The encoding that a person said, by Python's name."""
    return _said.get()


def encoding(raw: bytes, told: str | None = None) -> str:
    """The encoding of some text, by Python's name; ``told`` is kept where it can be right.

    A mark at the beginning decides, then zeros in every other byte, then whether it is UTF-8; of the encodings of one
    byte a letter, that which makes the likeliest words. What a person said stands above all.
    """
    return _said.get() or _by_its_letters(raw, told)


def _by_its_letters(raw: bytes, told: str | None) -> str:
    for mark, name in _BOMS:
        if raw.startswith(mark):
            return name
    raw = raw[:_SAMPLE]
    wide = _utf16(raw)
    if wide:
        return wide
    known = codec(told)
    if raw.isascii():
        return known or "utf-8"
    if _is_utf8(raw):
        return "utf-8"
    ranked = {name: _likely(raw, name) for name in _ONE_BYTE}
    best = max(ranked, key=lambda name: ranked[name])
    if not known or known.startswith("utf"):
        return best
    return known if best == _ONE_BYTE[-1] or _likely(raw, known) >= ranked[best] - 0.7 else best


def codec(told: str | None) -> str | None:
    """Python's name of an encoding as files tell it (``UTF-8``, ``1256``, ``ANSI 1256``, ``WindowsArabic``)."""
    name = (told or "").strip().strip("\0").lower()
    name = {"windowsarabic": "cp1256", "windowslatin1": "cp1252", "utf-8": "utf-8"}.get(name, name)
    digits = re.fullmatch(r"(?:ansi|oem|cp|windows|ldid/)?[ _-]?(\d{3,5})", name)
    if digits:
        name = {"65001": "utf-8", "88591": "iso-8859-1", "88596": "iso-8859-6"}.get(digits[1], f"cp{digits[1]}")
    try:
        # Some of Python's codecs are no encodings of text: these refuse.
        return codecs.lookup(name).name if name and "a".encode(name) else None
    except LookupError:
        return None


def decoded(raw: bytes, told: str | None = None) -> str:
    """The text of some bytes in the encoding they are in; what can't be decoded is U+FFFD."""
    return raw.decode(encoding(raw, told), "replace")


def western(words: str) -> str:
    """The words with digits, decimal sign and minus as in ``-1234.5``, without thousands separators and marks."""
    return words.translate(_WESTERN)


def number(words: str) -> int | float | None:
    """A number in either digits (``١٬٢٣٤٫٥``); None where it is none, or an id that begins with zeros."""
    found = western(words).strip()
    if not _NUMBER.fullmatch(found):
        return None
    value = float(found)
    return value if "." in found else int(found) if math.isfinite(value) else None


def day(words: str) -> date | None:
    """A day in either digits, year first or last: Gregorian from 1800 on, Hijri (Umm al-Qura) in 1356 to 1500."""
    found = _DAY.fullmatch(western(words).strip())
    if not found:
        return None
    first, last = found[1], found[4]
    if len(first) == 4 and len(last) <= 2:
        year, month, of_month = int(first), int(found[3]), int(last)
    elif len(last) == 4 and len(first) <= 2:
        year, month, of_month = int(last), int(found[3]), int(first)
    else:
        return None
    if year <= hijri.LAST:
        return hijri.gregorian(year, month, of_month)
    try:
        return date(year, month, of_month) if year >= 1800 else None
    except ValueError:
        return None


def is_hijri(words: str) -> bool:
    """Whether a day is written by the Hijri calendar."""
    found = re.search(r"\d{4}", western(words))
    return found is not None and int(found[0]) <= hijri.LAST and day(words) is not None


def numbers(column: pa.Array | pa.ChunkedArray) -> pa.Array | None:
    """A text column as int64 or double; None unless all of it is numbers and some stand in Arabic digits."""
    told = _told(column)
    if not any(_WRITTEN_ARABIC.search(one) for one in told if one):
        return None
    found = [None if one is None else number(one) for one in told]
    if any(value is None for value, one in zip(found, told, strict=True) if one is not None):
        return None
    whole = all(isinstance(value, int) for value in found if value is not None)
    return pa.array(found, pa.int64() if whole else pa.float64())


def days(column: pa.Array | pa.ChunkedArray) -> pa.Array | None:
    """A text column as date32; None unless all of it is days and some are Hijri or stand in Arabic digits."""
    told = _told(column)
    found = [None if one is None else day(one) for one in told]
    if any(value is None for value, one in zip(found, told, strict=True) if one is not None):
        return None
    if not any(_WRITTEN_ARABIC.search(one) or is_hijri(one) for one in told if one):
        return None
    return pa.array(found, pa.date32())


def _told(column: pa.Array | pa.ChunkedArray) -> list[str | None]:
    """A column's words; blank ones are none."""
    return [one if one and one.strip() else None for one in column.to_pylist()]


def _utf16(raw: bytes) -> str:
    if len(raw) < 4:
        return ""
    for name, high in (("utf-16-le", raw[1::2]), ("utf-16-be", raw[::2])):
        # ASCII and Arabic alone: the upper byte of each letter is 0 or 6.
        if sum(high.count(byte) for byte in (0, 6)) >= 0.9 * len(high) and len(set(high)) <= 4:
            return name
    return ""


def _is_utf8(raw: bytes) -> bool:
    """Whether letters of several bytes are whole, a few broken ones aside: fields are cut in the middle of a letter."""
    text = raw.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(letter > "\x7f" for letter in text) - broken
    return whole >= broken / 2


def _likely(raw: bytes, name: str) -> float:
    """How likely the letters beyond ASCII are, as a mean of logarithms."""
    text = raw.decode(name, "replace")
    letters = [letter for letter in text if letter > "\x7f"]
    accented, mixed = len(_ACCENTED.findall(text)), len(_MIXED.findall(text))
    scores = [math.log(_SHARES[letter]) if letter in _SHARES else -2.0 for letter in letters]
    return (sum(scores) + accented * 7.0 - mixed * 7.0) / max(1, len(letters))
