"""Text as offices write it: encodings that are told wrong or not at all, digits, and days of either calendar."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from twin.formats import hijri, text

ARABIC = "حي الرويس، شارع فلسطين، مبنى بلدية جدة التاريخية، عدد الأدوار والارتفاع واستعمال الأرض سكني تجاري\n"
FRENCH = "Bâtiment de la préfecture, rue des Écoles, hôtel, façade élevée\n"


@pytest.mark.parametrize("words", [ARABIC, f"id,name,use\n1,{ARABIC}", "مدرسة", "سكني"])
@pytest.mark.parametrize("name", ["utf-8", "windows-1256", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_arabic_is_read_in_whatever_encoding_it_came(words: str, name: str) -> None:
    raw = words.encode(name)
    assert raw.decode(text.encoding(raw)) == words


@pytest.mark.parametrize("told", [None, "ISO-8859-1", "UTF-8", "1252", "nonsense"])
def test_a_wrong_word_about_an_encoding_is_overruled(told: str | None) -> None:
    assert text.decoded(ARABIC.encode("windows-1256"), told) == ARABIC
    assert text.decoded(ARABIC.encode("utf-8"), told) == ARABIC
    assert text.decoded(ARABIC.encode("iso-8859-6", "ignore"), told) == ARABIC


def test_western_accents_are_not_taken_for_arabic() -> None:
    for name in ("windows-1252", "utf-8"):
        assert text.decoded(FRENCH.encode(name)) == FRENCH
    assert text.encoding(FRENCH.encode("windows-1252"), "ISO-8859-1") == "iso8859-1"
    assert text.encoding("Łódź, ulica Główna".encode("cp1250"), "1250") == "cp1250"


@pytest.mark.parametrize(
    ("told", "name"),
    [("UTF-8", "utf-8"), ("1256", "cp1256"), ("ANSI 1256", "cp1256"), ("WindowsArabic", "cp1256"), ("65001", "utf-8"),
     ("88591", "iso8859-1"), ("", None), (None, None), ("base64", None), ("42", None)],
)  # fmt: skip
def test_encodings_as_files_name_them(told: str | None, name: str | None) -> None:
    assert text.codec(told) == name


@pytest.mark.parametrize(
    ("words", "value"),
    [("١٢٣", 123), ("۱۲۳", 123), ("١٬٢٣٤٫٥", 1234.5), ("−٤٠", -40), (" 12 ", 12), ("0", 0), ("0.50", 0.5),
     ("٠٠١٢", None), ("12 m", None), ("", None), ("1e5", None), ("1234567890123456", None), ("٩٦٦/٢", None)],
)  # fmt: skip
def test_numbers_in_either_digits(words: str, value: float | None) -> None:
    found = text.number(words)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("١٤٤٥/٠٣/١٢", date(2023, 9, 27)),
        ("1445-03-12", date(2023, 9, 27)),
        ("12/03/1445", date(2023, 9, 27)),
        ("١٤٤٥/٠٩/٠١ هـ", date(2024, 3, 11)),
        ("1447-01-01", date(2025, 6, 26)),
        ("2023-09-27", date(2023, 9, 27)),
        ("٢٧/٠٩/٢٠٢٣", date(2023, 9, 27)),
        ("1445-13-01", None),
        ("1445-03-31", None),
        ("2023-02-30", None),
        ("1200-01-01", None),
        ("12/03/45", None),
        ("1445/03-12", None),
        ("soon", None),
    ],
)
def test_days_of_either_calendar(words: str, found: date | None) -> None:
    assert text.day(words) == found


def test_the_umm_al_qura_calendar_has_no_gap() -> None:
    last = date(1937, 3, 13).toordinal()
    for year in range(hijri.FIRST, hijri.LAST + 1):
        for month in range(1, 13):
            days = [found for day in range(1, 31) if (found := hijri.gregorian(year, month, day))]
            assert len(days) in (29, 30) and days[0].toordinal() == last + 1
            last = days[-1].toordinal()
    # As ICU 72 and Java 17 have it.
    assert last == date(2077, 11, 16).toordinal()
    assert hijri.gregorian(1301, 1, 1) is None


def test_a_column_is_numbers_or_days_as_a_whole_or_not_at_all() -> None:
    assert text.numbers(pa.array(["١٢", None, "3", " "])).to_pylist() == [12, None, 3, None]
    assert text.numbers(pa.array(["١٢", "٣٫٥"])).type == pa.float64()
    assert text.numbers(pa.array(["١٢", "G+2"])) is None
    assert text.numbers(pa.array(["12", "13"])) is None
    assert text.days(pa.array(["1445-03-12", None])).to_pylist() == [date(2023, 9, 27), None]
    assert text.days(pa.array(["2023-03-12"])) is None
    assert text.days(pa.array(["1445-03-12", "later"])) is None
