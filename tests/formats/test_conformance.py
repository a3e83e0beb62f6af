"""CityJSON's conformance cases: the valid ones open, the invalid ones are refused with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.real import FOLDER
from twin.core.errors import CannotRead, NotThisFormat
from twin.formats.intake import take_in
from twin.formats.request import Request

CASES = FOLDER / "cityjson_conformance" / "cases"
VALID = sorted([*CASES.glob("conformance/v2_0/*/*.city.json"), *CASES.glob("conformance/v2_0/*/*.city.jsonl")])
INVALID = sorted(path for path in CASES.glob("invalid/*/invalid_*") if path.is_file())


def _taken(path: Path, scratch: Path):
    return take_in(Request(path=str(path), scratch=str(scratch), crs="EPSG:32637"))


def test_the_cases_are_there():
    if not FOLDER.exists():
        pytest.skip("no real files are beside the project")
    assert len(VALID) >= 30
    assert len(INVALID) == 4


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.parent.name)
def test_a_valid_case_opens(path, tmp_path):
    try:
        answer = _taken(path, tmp_path)
    except CannotRead as why:
        # Cases without any object have nothing to take in, and say so.
        assert "no features" in str(why), why
        return
    assert all(layer.report.adds_up() for layer in answer.layers)
    assert not [verdict for layer in answer.layers for verdict in layer.report.refused]


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.parent.name)
def test_an_invalid_case_is_refused_with_its_reason(path, tmp_path):
    with pytest.raises(NotThisFormat) as why:
        _taken(path, tmp_path)
    assert str(path) in str(why.value)
