"""Arrow's arrays as its own converters make them, without pandas."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from twin.core import arrow


def test_arrays_are_those_of_arrow():
    some = np.array([1.5, np.nan, -2.0, np.inf] * 5)[1:]
    assert arrow.floats(some).equals(pa.array(some, from_pandas=True))
    assert arrow.floats(np.ones((4, 3))[:, 1]).equals(pa.array(np.ones(4)))
    assert arrow.integers(np.arange(20)[::2]).equals(pa.array(np.arange(0, 20, 2)))
    assert arrow.words(["", "a", "شارع"]).equals(pa.array(["", "a", "شارع"]))
    assert arrow.blobs([b"\0\1", b""]).equals(pa.array([b"\0\1", b""]))
    assert len(arrow.floats(np.empty(0))) == len(arrow.words([])) == 0
    for made in (arrow.floats(some), arrow.words(["", "a"]), arrow.blobs([b""])):
        made.validate(full=True)


@pytest.mark.parametrize("kind", [pa.float64(), pa.float32(), pa.int32(), pa.int64()])
def test_a_column_comes_back_with_its_gaps(kind):
    whole = pa.chunked_array(
        [pa.array([1, None, 3], kind), pa.array([None], kind), pa.array([], kind), pa.array([4], kind)]
    )
    np.testing.assert_array_equal(arrow.numbers(whole), [1, np.nan, 3, np.nan, 4])
    np.testing.assert_array_equal(arrow.numbers(whole.slice(2, 3)), [3, np.nan, 4])


def test_taking_a_linked_file_in_loads_no_pandas(tmp_path):
    pytest.importorskip("pandas")
    words = f"""
import sys
from pathlib import Path
from tests import clouds
from tests.rasters import slope, tiff
from twin.formats.intake import take_in
from twin.formats.request import Request
from twin.host.session import Session
from twin.store.city import City

folder = Path({str(tmp_path)!r})
files = tiff(folder / "dem.tif", slope(60, 60)), clouds.las(folder / "points.laz", clouds.town(500))
for file in files:
    (folder / file.stem).mkdir()
    take_in(Request(path=str(file), scratch=str(folder / file.stem), city_crs="EPSG:32637"))
City.create(folder / "town.balad", "EPSG:32637").close()
with Session.open(folder / "town.balad") as session:
    for file in files:
        session.run("import", file=file)
assert "pandas" not in sys.modules, "pandas was loaded"
"""
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
