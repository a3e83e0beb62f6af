"""Classes and colours: each method against what it promises."""

from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa
import pytest

from twin.model.style import RAMPS, Colouring
from twin.scene.classes import cuts
from twin.scene.colours import overlay, ramp


def spread(values, limits):
    parts = np.split(np.sort(values), np.searchsorted(np.sort(values), limits))
    return sum(((part - part.mean()) ** 2).sum() for part in parts if len(part))


@pytest.mark.parametrize("seed", range(5))
def test_natural_breaks_are_the_best_of_all(seed):
    values = np.round(np.random.default_rng(seed).gamma(2, 10, 14), 1)
    found = cuts(values, "natural", 4)
    kept = np.unique(values)
    best = min(spread(values, list(some)) for some in itertools.combinations(kept[1:], 3))
    assert spread(values, found) == pytest.approx(best)


def test_natural_breaks_of_many_values_find_the_gaps():
    rng = np.random.default_rng(1)
    values = np.concatenate([rng.normal(middle, 2, 30_000) for middle in (10, 50, 90)])
    low, high = cuts(values, "natural", 3)
    assert 20 < low < 45 and 60 < high < 85


def test_equal_intervals_and_equal_counts():
    values = np.arange(100.0) ** 2
    assert cuts(values, "equal", 3) == pytest.approx([3267, 6534])
    limits = cuts(values, "quantile", 4)
    assert np.bincount(np.searchsorted(limits, values, side="right")).tolist() == [25, 25, 25, 25]


def test_one_value_is_one_class():
    found = overlay(pa.table({"fid": [1, 2], "a": [7.0, 7.0]}), "x", Colouring(column="a"))
    assert [row.count for row in found.legend] == [2, 0]


def seen(values, method="quantile", classes=5):
    table = pa.table({"fid": np.arange(len(values)), "a": np.asarray(values, float)})
    found = overlay(table, "x", Colouring(column="a", method=method, classes=classes))
    assert [row.count for row in found.legend] == np.bincount(found.classes, minlength=len(found.legend)).tolist()
    return [(row.words.strip("\u2066\u2069"), row.count) for row in found.legend[:-1]]


def test_where_many_values_are_alike_no_class_is_empty_or_from_a_number_to_itself():
    # A fifth of all lies between two values that many share: its limit, 160, is none of theirs.
    assert seen([100] * 2 + [200] * 3 + [800] * 2) == [("100", 2), ("200", 3), ("800", 2)]
    found = seen([100] * 40 + list(range(200, 300, 5)) + [800] * 40)
    assert found[0] == ("100", 40) and found[-1] == ("800", 40) and all(count for _, count in found)
    assert len({words for words, _ in found}) == len(found)
    for seed in range(20):
        rng = np.random.default_rng(seed)
        values = rng.choice(rng.uniform(0, 50, 6).round(1), 200)
        for method in ("quantile", "natural"):
            found = seen(values, method)
            assert all(count for _, count in found) and len({words for words, _ in found}) == len(found)
            for words, _ in found:
                ends = words.split("–")
                assert len(ends) == len(set(ends))


def test_equal_intervals_stay_equal_though_one_is_empty():
    assert seen([0.0, 10.0, 90.0, 100.0], "equal", 4) == [("0–25", 2), ("25–50", 0), ("50–75", 0), ("75–100", 2)]


def test_limits_that_look_the_same_are_one():
    found = seen([10.0] * 20 + [799.996] * 20 + [800.0] * 20 + [800.004] * 20 + [1000.0] * 20)
    assert [words for words, _ in found] == ["10", "800", "1,000"] and sum(count for _, count in found) == 100


def test_by_night_more_is_lighter_and_words_keep_their_colours():
    numbers = overlay(pa.table({"fid": [1, 2], "a": [1.0, 9.0]}), "x", Colouring(column="a", classes=2))
    day, night = ([row.colour for row in numbers.by(night=dark).legend] for dark in (False, True))
    assert night[:-1] == day[:-1][::-1] and night[-1] != day[-1]
    difference = overlay(pa.table({"fid": [1, 2], "a": [1.0, 9.0]}), "x", Colouring(column="a", ramp="difference"))
    assert [row.colour for row in difference.by(night=True).legend[:-1]] == [
        row.colour for row in difference.legend[:-1]
    ]
    words = overlay(pa.table({"fid": [1, 2], "a": ["x", "y"]}), "x", Colouring(column="a"))
    assert [row.colour for row in words.by(night=True).legend[:-1]] == [row.colour for row in words.legend[:-1]]


def test_what_is_missing_is_no_data_and_never_nought():
    found = overlay(pa.table({"fid": [1, 2, 3], "a": [1.0, None, float("nan")]}), "x", Colouring(column="a", classes=2))
    assert found.legend[-1].count == 2 and found.legend[-1].words == ""
    assert found.classes.tolist() == [0, 1, 1]


@pytest.mark.parametrize("name", sorted(set(RAMPS) - {"difference"}))
def test_a_ramp_gets_darker_with_more(name):
    def lightness(code):
        red, green, blue = (int(code[n : n + 2], 16) / 255 for n in (1, 3, 5))
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for count in range(2, 10):
        found = [lightness(code) for code in ramp(name, count)]
        assert found == sorted(found, reverse=True)
