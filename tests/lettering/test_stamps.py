"""What is painted once is what painting it each time gives, whole, and takes little room."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from twin.core.i18n import tongue
from twin.lettering import paint, stamps
from twin.lettering.annotations import Annotations, Legend, Swatch
from twin.lettering.fonts import application

LEGEND = Legend("Buildings: Height", "m", (Swatch("#aa3322", "low", "12"), Swatch("#22aa33", "high", "7")))
SOURCES = "Balad sample (synthetic). Coast: GSHHG 2.3.7, Wessel and Smith (LGPL-3+)"


@pytest.fixture(autouse=True)
def letters():
    application()
    stamps._drawn.clear()
    before = tongue.language
    yield
    tongue.language = before
    stamps._drawn.clear()


def painted(said, size):
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(0xFFE0D8C8)
    painter = QPainter(image)
    paint.paint(painter, *size, said)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(size[1], size[0], 4)[:, :, :3].astype(int)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("sources", [SOURCES, " · ".join([SOURCES] * 6)])
@pytest.mark.parametrize("size", [(1280, 720), (760, 420)])
@pytest.mark.parametrize("legend", [LEGEND, None])
def test_nothing_of_it_is_cut_off(monkeypatch, language, sources, size, legend):
    tongue.language = language
    said = Annotations(title="Jeddah", synthetic="synthetic", legend=legend, sources=sources, metres_per_pixel=2.3)
    once = painted(said, size)
    again = painted(said, size)
    monkeypatch.setattr(paint, "still", lambda painter, _frame, _of, draw: draw(painter))
    each = painted(said, size)
    assert (once == again).all()
    assert np.abs(once - each).max() < 60, "the edges of letters alone may differ"
    assert (np.abs(once - each).max(axis=2) > 24).mean() < 0.004


def test_another_language_look_or_legend_is_painted_anew():
    said = Annotations(title="Jeddah", legend=LEGEND, sources=SOURCES, metres_per_pixel=2.3)
    pictures = [painted(said, (900, 500))]
    for other in ({"theme": "dark"}, {"legend": Legend("Roads: Width")}, {"title": "Jidda"}, {"night": True}):
        pictures.append(painted(Annotations(**{**vars(said), **other}), (900, 500)))
    tongue.language = "ar" if tongue.language == "en" else "en"
    pictures.append(painted(said, (900, 500)))
    assert all((one != pictures[0]).any() for one in pictures[1:])


@pytest.mark.parametrize(("first", "then"), [("en", "ar"), ("ar", "en")])
def test_after_another_language_the_sources_are_whole(first, then):
    for wide in range(700, 1300, 60):
        said = Annotations(sources=SOURCES, metres_per_pixel=0.7)
        tongue.language = then
        fresh = painted(said, (wide, 400))
        stamps._drawn.clear()
        paint._wrapped.cache_clear()
        tongue.language = first
        painted(said, (wide, 400))
        tongue.language = then
        assert (painted(said, (wide, 400)) == fresh).all()
        paint._wrapped.cache_clear()
        stamps._drawn.clear()


def test_a_long_zoom_keeps_little():
    for step in range(200):
        said = Annotations(title="Jeddah", sources=" · ".join([SOURCES] * 6), metres_per_pixel=1.0 + step / 100)
        painted(said, (1920, 1080))
    assert sum(image.sizeInBytes() for image in stamps._drawn.values()) < 8 << 20
