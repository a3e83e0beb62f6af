"""A filter that can't be asked is told in plain words: what is wrong, and what to do next."""

from __future__ import annotations

import pyarrow as pa
import pytest
import shapely

from twin.core.errors import Refused
from twin.core.i18n import tongue, unmarked
from twin.model.layer import Column, Layer
from twin.store.adding import NewLayer
from twin.store.city import City
from twin.store.finding import Query

COLUMNS = (
    Column(name="height", type="DOUBLE", title_en="Height", title_ar="الارتفاع"),
    Column(name="year", type="BIGINT", title_en="Year built", title_ar="سنة البناء"),
    Column(name="use", type="VARCHAR", title_en="Use", title_ar="الاستعمال"),
    Column(name="listed", type="BOOLEAN"),
    Column(name="seen", type="DATE"),
)


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    table = pa.table(
        {
            "uid": ["a", "b", "c"],
            "geometry": list(shapely.to_wkb(shapely.box([0, 10, 20], 0, [5, 15, 25], 5))),
            "height": [3.0, 30.5, None],
            "year": [1990, 2001, 2015],
            "use": ["school", "house in the park", None],
            "listed": [True, False, None],
            "seen": pa.array([0, 1, None], pa.date32()),
        }
    )
    with City.create(tmp_path_factory.mktemp("expressions") / "c.balad", "EPSG:9357") as made:
        made.add([NewLayer(Layer(id="b", kind="areas", columns=COLUMNS), table)], ("import", {}))
        yield made


def told(city, words):
    with pytest.raises(Refused) as why:
        city.ordered("b", Query(words))
    said = unmarked(str(why.value))
    for jargon in ("Binder", "syntax", "Conversion", "LINE", "Candidate", "VARCHAR", "SELECT", "FROM"):
        assert jargon not in said
    return said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("heigth > 3", "There is no column “heigth”. Did you mean “height”?"),
        ("الارتفاع > 3", "There is no column “الارتفاع”. Did you mean “height”?"),
        ('"yaer" = 3', "There is no column “yaer”. Did you mean “year”?"),
        ("Year built > 1990", "In an expression the column “Year built” is called “year”."),
        ("zzz = 3", "There is no column “zzz”. The layer has: height, year, use, listed, seen."),
        ("height > abc", "“height” holds numbers, and “abc” is none. Write, for instance, height > 30."),
        ("use = school", "There is no column “school”. A value stands in single quotes: use = 'school'"),
        ("use = “school”", "There is no column “school”. A value stands in single quotes: use = 'school'"),
        ("height > 'abc'", "“abc” is no number. Write, for instance, height > 30."),
        ("use = 3", "“use” holds words: its values stand in single quotes, as in use = 'school'."),
        ("use > 3", "Words and numbers can’t be compared: words stand in single quotes, numbers do not."),
        ("height >", "The expression is not finished: something must follow “>”, as in height > 30."),
        ("height > 3 AND", "The expression is not finished: something must follow “AND”, as in height > 30."),
        ("height IS", "The expression is not finished: something must follow “IS”, as in height > 30."),
        ("(height > 3", "A bracket is opened and not closed: put “)” where it ends."),
        ("height > 3)", "A bracket is closed that was not opened: take one “)” away."),
        ("use = 'sch", "A quotation mark is opened and not closed: put ' where the value ends."),
        ("height > 10 m", "“m” is not understood where it stands. An expression is written like height > 30."),
        ("listed = 'maybe'", "“maybe” is neither true nor false: write true or false."),
        ("seen > 'soon'", "“soon” is no date. Write one so: '2026-11-30'"),
        ("seen > 2020", "A date can be compared with a date alone. Write one so: '2026-11-30'"),
        (
            "height LIKE 'a'",
            "LIKE compares words with a pattern in single quotes: '%A%'. Numbers take <, = and >.",
        ),
        ("lower(year) = 'a'", "“lower” can’t be used with values of this kind."),
        (
            "avg(height) > 3",
            "A filter asks each feature by itself: sums, counts and averages can’t stand in it.",
        ),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(city, words, said):
    assert told(city, words) == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("heigth > 3", "لا يوجد عمود باسم «heigth». هل المقصود «height»؟"),
        ("height >", "التعبير غير مكتمل: أكمِل ما بعد «>»، مثل height > 30."),
        ("height > abc", "قيم العمود «height» أرقام، و«abc» ليست رقمًا. اكتب مثلًا height > 30."),
    ],
)
def test_it_is_said_in_arabic_too(city, words, said):
    tongue.set("ar")
    try:
        assert told(city, words) == said
    finally:
        tongue.set("en")


@pytest.mark.parametrize(
    ("words", "uids"),
    [
        ("in the park", ["b"]),
        ("not in hamra", []),
        ("'", []),
        ("school", ["a"]),
        ("height > ٣", ["b"]),
        ("height ≥ 3", ["a", "b"]),
        ("height ≤ ٣٠٫٥", ["a", "b"]),
        ("use LIKE '%park'", ["b"]),
        ("NOT listed", ["b"]),
        ("use = '≥'", []),
    ],
)
def test_words_that_are_no_expression_are_looked_for_and_either_digits_compare(city, words, uids):
    fids = city.ordered("b", Query(words)).tolist()
    assert [row["uid"] for row in city.features("b", ["uid"], fids=fids).to_pylist()] == uids
