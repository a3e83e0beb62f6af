"""The SQL console answers questions, and nothing else."""

from __future__ import annotations

import pytest

from tests.store.conftest import new
from twin.core.errors import Refused
from twin.store.console import ROWS, is_cut


@pytest.fixture
def asked(city):
    city.add([new("buildings")], ("import", {}))
    return city


@pytest.mark.parametrize(
    "select",
    [
        "SELECT count(*), avg(height) FROM buildings",
        "SELECT uid FROM buildings WHERE name IS NOT NULL AND height BETWEEN 3 AND 30 ORDER BY height LIMIT 5",
        "SELECT CASE WHEN height > 9 THEN 'tall' ELSE 'low' END AS form, count(*) FROM buildings GROUP BY 1",
        "WITH tall AS (SELECT * FROM buildings WHERE height > 9) SELECT max(height) FROM tall",
        "SELECT b.uid FROM buildings b JOIN (SELECT max(height) AS h FROM buildings) m ON b.height = m.h",
    ],
)
def test_a_question_is_answered(asked, select):
    assert asked.sql(select).num_rows


@pytest.mark.parametrize(
    "select",
    [
        "SELECT * FROM enable_logging(storage='file')",
        "SELECT nextval('s')",
        "SELECT write_log('x')",
        "SELECT checkpoint()",
        "SELECT * FROM checkpoint()",
        "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM query_table('buildings')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_json('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM 'a.parquet'",
        "SELECT read_text('/etc/passwd')",
        "SELECT getenv('HOME')",
        "SELECT current_setting('threads')",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM balad.hidden",
        "SELECT 1; SELECT 2",
        "DELETE FROM buildings",
        "INSERT INTO buildings SELECT * FROM buildings",
        "COPY buildings TO 'x.csv'",
        "ATTACH 'x.db'",
        "SET threads = 1",
        "PRAGMA version",
        "CALL enable_logging()",
        "DROP TABLE buildings",
        "",
        "not SQL at all",
    ],
)
def test_anything_else_is_refused_in_words(asked, select):
    before = asked.content()
    with pytest.raises(Refused) as why:
        asked.sql(select)
    assert str(why.value)
    assert asked.content() == before


def test_a_question_without_end_is_stopped(asked):
    with pytest.raises(Refused, match="stopped"):
        asked.sql(
            "SELECT count(*) FROM range(1000000000) a, range(1000) b WHERE a.range * b.range % 7 = 3", seconds=0.5
        )


@pytest.mark.parametrize(
    "select",
    [
        "SELECT * FROM range(100000000000) t(n) WHERE n % 99999999999 = 7",
        "SELECT count(*) FROM range(100000) a, range(100000) b, range(100000) c",
    ],
)
def test_a_question_that_takes_too_long_is_stopped_in_words(asked, select):
    with pytest.raises(Refused, match="took longer than"):
        asked.sql(select, seconds=1.0)
    assert asked.sql("SELECT 1 AS one").to_pylist() == [{"one": 1}], "the city answers on"


def test_an_answer_that_is_cut_says_so_and_waits_for_no_more(asked):
    cut = asked.sql("SELECT range AS n FROM range(100000000000)", seconds=20.0)
    assert is_cut(cut)
    assert cut["n"].to_pylist() == list(range(ROWS))
    whole = asked.sql(f"SELECT * FROM range({ROWS})")
    assert whole.num_rows == ROWS and not is_cut(whole)
    assert asked.sql("SELECT 1 AS one").to_pylist() == [{"one": 1}], "the city answers on"


def test_a_cut_answer_holds_nothing_up(asked):
    assert is_cut(asked.sql("SELECT * FROM range(200000), buildings"))
    asked.set_meta("title", "another")
    # Raises where another transaction is still at work.
    asked._connection.execute("CHECKPOINT")
