"""The Umm al-Qura calendar, Saudi Arabia's: days of 1356 to 1500 AH as days of the Gregorian calendar.

Its months follow no rule that could be computed: each has 29 or 30 days as it was published. A year is three
hexadecimal digits, twelve bits, Muharram's first; a bit that is set is a month of 30 days. ICU's ``islamic-umalqura``
and Java's ``Hijrah-umalqura`` agree on every one of them.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

FIRST, LAST = 1356, 1500
"""The years that are known, AH."""
_BEGINS = date(1937, 3, 14)
"""1 Muharram 1356."""
_MONTHS = (
    "55729754b6a3752b6556aaab52bc95d4ada55caad69574ab94baa5b52b6a5752768b745b5555a95b49da4dd26e936aaad54db25d52da95b4aba5"
    "5b49b64b715b4ab5a55d25e92ec96d4ae996b4aba93d49da4db2ab94baa5b52ba95b2ab5555c4bd23d91da95b4ab5a56d2b693b49b6556a9754b"
    "6a56caad555b29b92ba95d4ada55aaab595749764baa5b52b6a56e4db25b52b6a5ad2ae92f49764b6a56acad655d49da4dd16d955aa5b52da95b"
    "4ad5956ca6e4aea4f52b6956aaab54bd25d92ea96d4ada95b4aba55b29b54d6a97547693749b5556aa6b52b"
)


def gregorian(year: int, month: int, day: int) -> date | None:
    """The Gregorian day of a Hijri one; None where there is no such day, or its year isn't known."""
    if not (FIRST <= year <= LAST and 1 <= month <= 12):
        return None
    first, days = _months()[(year - FIRST) * 12 + month - 1]
    return _BEGINS + timedelta(days=first + day - 1) if 1 <= day <= days else None


@cache
def _months() -> list[tuple[int, int]]:
    """Of each month, how many days after the first one it begins, and how many it has."""
    found, begins = [], 0
    for year in range(LAST - FIRST + 1):
        bits = int(_MONTHS[year * 3 : year * 3 + 3], 16)
        for month in range(12):
            days = 30 if bits >> (11 - month) & 1 else 29
            found.append((begins, days))
            begins += days
    return found
