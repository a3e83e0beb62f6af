"""Two languages: words, plurals and digits as a person reads them."""

from __future__ import annotations

import pytest

from twin.core.i18n import number, tongue, tr, trn
from twin.core.units import UNITS, quantity


@pytest.fixture(autouse=True)
def english_after():
    yield
    tongue.set("en", "western")


def test_a_message_is_read_in_both_languages():
    tongue.set("ar")
    assert tr("Undo") == "تراجع"
    tongue.set("en")
    assert tr("Undo") == "Undo"


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "لا توجد معالم"),
        (1, "معلم واحد"),
        (2, "معلمان"),
        (3, "3 معالم"),
        (11, "11 معلمًا"),
        (100, "100 معلم"),
        (103, "103 معالم"),
    ],
)
def test_arabic_has_six_plural_forms(count, words):
    tongue.set("ar")
    assert trn("{n} feature", "{n} features", count) == words


def test_arabic_indic_digits_have_their_own_marks():
    tongue.set("ar", "arabic")
    assert number(1234.5, 1) == "١٬٢٣٤٫٥"
    tongue.set("ar", "western")
    assert number(1234.5, 1) == "1,234.5"


def test_a_minus_stands_left_of_its_number():
    assert number(-40) == "\u2066−40\u2069"


@pytest.mark.parametrize("unit", sorted(UNITS))
def test_every_unit_has_two_symbols(unit):
    tongue.set("ar")
    arabic = quantity(2, unit)
    tongue.set("en")
    assert unit in quantity(2, unit)
    # Read from the right an Arabic symbol follows its number; a Latin one stands to its right in either language.
    own = UNITS[unit].arabic
    assert arabic.startswith("\u2067" if any(letter >= "\u0600" for letter in own) else "\u2066")
    assert own in arabic and arabic.endswith("\u2069")
