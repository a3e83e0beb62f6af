"""The JSON that pandapower and pandapipes write: a net's tables (pandas frames) and facts, without either."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twin.core.errors import NotThisFormat
from twin.core.i18n import mark

CLASSES = ("pandapowerNet", "pandapipesNet")
_DAMAGED = mark(
    "It is no net of pandapower or pandapipes that can be read, or it is damaged. Copy it again "
    "from where it came from, or write it anew with pandapower."
)
_FRAME = "DataFrame"


@dataclass(frozen=True)
class Frame:
    """A table of a net."""

    index: list[str]
    """Each row's id in the net."""
    columns: dict[str, list[Any]]
    """Values by column, None where there is none."""

    def by_id(self, column: str) -> dict[str, Any]:
        """A column's values by row's id."""
        return dict(zip(self.index, self.columns.get(column, []), strict=False))


@dataclass
class Net:
    """A net as it stands in a file."""

    kind: str
    """``pandapowerNet`` or ``pandapipesNet``."""
    frames: dict[str, Frame] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    """What is no table: frequency, reference power, version, standard types."""


def net(path: Path) -> Net:
    """The net of a file; NotThisFormat where it is none."""
    said = _parsed(path.read_bytes(), path)
    if not isinstance(said, dict) or said.get("_class") not in CLASSES:
        raise NotThisFormat(_DAMAGED, path)
    inner = said.get("_object")
    inner = _parsed(inner, path) if isinstance(inner, str) else inner
    if not isinstance(inner, dict):
        raise NotThisFormat(_DAMAGED, path)
    found = Net(str(said["_class"]))
    for name, value in inner.items():
        if isinstance(value, dict) and value.get("_class") == _FRAME:
            found.frames[name] = _frame(name, value, path)
        elif not name.startswith("_"):
            found.facts[name] = value
    return found


def as_id(value: Any) -> str:
    """A row's id as text: 3 and 3.0 are the same row."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _parsed(text: bytes | str, path: Path) -> Any:
    try:
        # pandas writes NaN where nothing is known.
        return _without_nan(json.loads(text, parse_constant=lambda _: None))
    except (ValueError, RecursionError) as why:
        raise NotThisFormat(_DAMAGED, path) from why


def _without_nan(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _frame(name: str, said: dict[str, Any], path: Path) -> Frame:
    inner: Any = said.get("_object")
    inner = _parsed(inner, path) if isinstance(inner, str) else inner
    try:
        if said.get("orient", "split") == "split":
            names, rows = [str(one) for one in inner["columns"]], inner["data"]
            if any(len(row) != len(names) for row in rows) or len(inner["index"]) != len(rows):
                raise ValueError("rows and columns differ in number")  # noqa: TRY301  told below with the table
            columns = {one: [_plain(row[place]) for row in rows] for place, one in enumerate(names)}
            return Frame([as_id(one) for one in inner["index"]], columns)
        index = list(dict.fromkeys(row for column in inner.values() for row in column))
        columns = {str(one): [_plain(column.get(row)) for row in index] for one, column in inner.items()}
        return Frame([as_id(one) for one in index], columns)
    except (TypeError, KeyError, ValueError, AttributeError) as why:
        words = mark(
            "The table “{table}” of the net is damaged. Copy the net again from where it came from, or "
            "write it anew with pandapower."
        )
        raise NotThisFormat(words, path, table=name) from why


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
