"""Letters over a picture, in both languages and looks: title, tag, legend, names, sources, scale and north."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.command import answered, balad
from tests.pictures import matches


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    path = tmp_path_factory.mktemp("letters") / "j.balad"
    answered("sample", path, "--buildings", 400)
    return path


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("letters-en", ("--lang", "en", "--theme", "light", "--view", "overview")),
        ("letters-ar", ("--lang", "ar", "--theme", "dark", "--colour-by", "buildings.use", "--view", "street")),
    ],
)
def test_letters(city, tmp_path, name, words):
    out = tmp_path / "o.png"
    done = balad("render", city, "-o", out, "--size", "960x600", *words)
    assert done.returncode == 0, done.stderr
    matches(np.asarray(Image.open(out).convert("RGB")), name)


def test_a_view_that_the_city_keeps_is_drawn_by_its_name(city, tmp_path):
    out = tmp_path / "o.png"
    assert balad("render", city, "-o", out, "--view", "district", "--size", "320x200").returncode == 0
    refused = balad("render", city, "-o", out, "--view", "nowhere", "--size", "320x200")
    assert refused.returncode == 1 and "nowhere" not in refused.stdout


@pytest.mark.parametrize("name", ["o.jpg", "o", "folder"])
def test_a_picture_that_cant_be_written_is_refused_and_nothing_is_left(city, tmp_path, name):
    (tmp_path / "folder").mkdir()
    done = balad("render", city, "-o", tmp_path / name, "--size", "320x200")
    assert done.returncode == 1
    assert [path.name for path in tmp_path.rglob("*")] == ["folder"]
