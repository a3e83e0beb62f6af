"""Commands that read a city and change nothing: info, check, sql."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import pyarrow as pa

from twin.core.i18n import isolate, mark, number, tr
from twin.model.layer import Layer
from twin.model.link import State
from twin.store.check import CheckReport
from twin.store.check import check as check_city
from twin.store.console import ROWS, is_cut
from twin.work.commands import Help
from twin.work.context import Context

STATES: dict[State, str] = {
    "present": mark("linked file"),
    "missing": mark("linked file, missing"),
    "changed": mark("linked file, changed since it was linked"),
}


SERVICE = mark("service, fetched when it is looked at")


@dataclass(frozen=True)
class Info:
    """A city's CRS, schema and layers."""

    crs: str
    schema: int
    synthetic: bool
    layers: list[Layer]
    path: Path

    def lines(self) -> Iterable[str]:
        """A line for the city and one for each layer."""
        yield tr("CRS: {crs}", crs=isolate(self.crs or "—"))
        if self.synthetic:
            yield tr("Synthetic data: generated, not measured.")
        for layer in self.layers:
            yield f"{isolate(layer.id)}  {layer.title}  {layer.amount}"
            if layer.link:
                words = SERVICE if layer.link.service else STATES[layer.link.state(self.path)]
                yield f"  {tr(words)}  {isolate(layer.link.path)}"

    def printed(self) -> object:
        """As the issue of the grammar says: crs, schema, layers."""
        return {
            "crs": self.crs,
            "schema": self.schema,
            "synthetic": self.synthetic,
            "layers": [_layer(layer, self.path) for layer in self.layers],
        }


@dataclass(frozen=True)
class Rows:
    """The answer to a SELECT."""

    table: pa.Table
    format: str

    def lines(self) -> Iterable[str]:
        """A table, or CSV, or one JSON document."""
        if self.format == "json":
            yield json.dumps(self.printed(), ensure_ascii=False, default=str)
        elif self.format == "csv":
            yield _csv(self.table)
        else:
            yield from _columns(self.table)

    def remarks(self) -> Iterable[str]:
        """Whether there is more than is answered."""
        if is_cut(self.table):
            yield tr("These are the first {rows} rows, and there are more: narrow the question down.", rows=ROWS)

    def printed(self) -> object:
        """A list of rows, each by column name."""
        return [{name: _plain(value) for name, value in row.items()} for row in self.table.to_pylist()]


@dataclass(frozen=True)
class Checked:
    """What a check found."""

    report: CheckReport

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.report.ok

    def lines(self) -> Iterable[str]:
        """One line if all is well, else a line for each problem."""
        if self.report.ok:
            yield tr("The city is whole.")
        yield from self.report.problems

    def printed(self) -> object:
        """``{"ok", "content", "audit_head", "problems"}``."""
        return self.report.printed()


def info(context: Context) -> Info:
    """The city's CRS and layers."""
    city = context.city
    return Info(city.crs, city.schema, city.synthetic, city.layers(), context.path)


def sql(
    context: Context,
    select: Annotated[str, Help("one SELECT; its functions are on an allow-list")],
    format: Annotated[Literal["table", "csv", "json"], Help("how the rows are printed")] = "table",
) -> Rows:
    """Answer one SELECT over the city's tables."""
    return Rows(context.city.sql(select), format)


def check(context: Context) -> Checked:
    """Integrity, audit chain and invariants."""
    return Checked(check_city(context.city))


def _layer(layer: Layer, city: Path) -> dict[str, object]:
    link = layer.link
    many = link is not None and link.holds == "points"
    return {
        "id": layer.id,
        "kind": layer.kind,
        "title_en": layer.title_en,
        "title_ar": layer.title_ar,
        "count": link.amount if link and many else layer.count,
        "columns": [{"name": c.name, "type": c.type, "unit": c.unit} for c in layer.columns],
        "extent": layer.extent,
        "heights": layer.heights,
        "source": layer.source.model_dump(mode="json"),
        "link": None if link is None else {**link.model_dump(mode="json"), "state": link.state(city)},
    }


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return f"<{number(len(value))} B>" if isinstance(value, bytes) else str(value)


def _csv(table: pa.Table) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(table.column_names)
    writer.writerows([_plain(value) for value in row.values()] for row in table.to_pylist())
    return text.getvalue().rstrip("\r\n")


def _columns(table: pa.Table) -> Iterable[str]:
    rows = [table.column_names, *([_shown(value) for value in row.values()] for row in table.to_pylist())]
    widths = [max(len(row[column]) for row in rows) for column in range(table.num_columns)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
