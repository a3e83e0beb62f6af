"""What the table and the finder ask of the store, beside what a bare DuckDB takes; and what the screen feels of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks import gaps
from tests.benchmarks.rows import Row, median, row, timed

_TIMES = 7
_PAGE = 256


def rows(size: int, city: Path) -> Iterator[Row]:
    """A jump to a far row, a sort, a filter by expression and by words, a name found; then frames meanwhile."""
    from twin.host.session import Session
    from twin.store.finding import Query

    session = Session.open(city)
    try:
        ask = session.city
        table = "buildings"
        names = ["fid", "uid", *(column.name for column in ask.layer("buildings").attributes)]
        fids = ask.ordered("buildings", Query(order="height", descending=True))
        far = fids[-_PAGE:].tolist()
        wide = ", ".join(f'"{name}"' for name in names)
        pairs: dict[str, tuple[Any, str]] = {
            "table.jump": (
                lambda: ask.features("buildings", names, fids=far),
                f"SELECT {wide} FROM {table} WHERE fid BETWEEN {min(far)} AND {min(far) + _PAGE}",
            ),
            "table.sort": (
                lambda: ask.ordered("buildings", Query(order="height", descending=True)),
                f"SELECT fid FROM {table} ORDER BY height DESC",
            ),
            "table.sort.text": (
                lambda: ask.ordered("buildings", Query(order="parcel")),
                f"SELECT fid FROM {table} ORDER BY parcel",
            ),
            "table.filter": (
                lambda: ask.ordered("buildings", Query("height > 30")),
                f"SELECT fid FROM {table} WHERE height > 30",
            ),
            "table.filter.words": (
                lambda: ask.ordered("buildings", Query("الحمراء")),
                f"SELECT fid FROM {table} WHERE name_ar LIKE '%حمراء%' OR district_ar LIKE '%حمراء%'",
            ),
            "find": (lambda: ask.find("hamra tower"), f"SELECT fid FROM {table} WHERE name_en ILIKE '%hamra tower%'"),
        }
        for name, (ours, bare) in pairs.items():
            plain = [
                timed(lambda bare=bare: ask.read(lambda c: c.execute(bare).to_arrow_table())) for _ in range(_TIMES)
            ]
            yield row(name, median([timed(ours) for _ in range(_TIMES)]), "s", median(plain))
    finally:
        session.close()
    yield from gaps.rows(size, city)
