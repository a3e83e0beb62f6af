"""Words made alike for finding: case, hamza, ta marbuta, alef maqsura, digits, marks, the article (ARABIC, rule 10)."""

from __future__ import annotations

import unicodedata

FROM, TO, DROPPED = "أإآٱىةؤئ٠١٢٣٤٥٦٧٨٩", "اااايهوي0123456789", "ـ"
"""Letters and what they are searched as; the store folds its columns by the same table."""
_TABLE = str.maketrans(FROM, TO, DROPPED)


def folded(words: str) -> str:
    """Words as they are searched; what is shown is never changed."""
    plain = unicodedata.normalize("NFKD", words.translate(_TABLE))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
    return " ".join(word.removeprefix("ال") for word in bare.split())
