"""Twenty hard Arabic strings (ARABIC, rule 13), each drawn over its feature: shaped, ordered, at its pixel."""

from __future__ import annotations

import os

import numpy as np
import pyarrow as pa
import pytest
import shapely

from tests.pictures import matches
from twin.core.i18n import isolate, tongue
from twin.core.units import quantity
from twin.host.session import Session
from twin.lettering.annotations import Annotations
from twin.lettering.compose import Words
from twin.lettering.fonts import application
from twin.model.layer import Column, Layer
from twin.model.view import Camera, View
from twin.scene.camera import pixel
from twin.store.adding import NewLayer
from twin.store.city import City
from twin.work.tiling import tile

EAST, NORTH, ACROSS, DOWN = 515_000.0, 2_380_000.0, 140.0, 60.0
COLUMNS, SIZE = 4, (1280, 720)
VIEW = View(
    camera=Camera(east=EAST + 1.5 * ACROSS, north=NORTH - 2 * DOWN, distance=470, pitch=-90, azimuth=0, parallel=True)
)
tongue.set("ar", "western")
STRINGS = (
    "برج 5G رقم 12",
    f"{isolate('EPSG:9357')} · 20,000 مبنى",
    "مبنى (Block B-12)",
    f"التغيّر {isolate('−40%')}",
    "من 10 إلى 20 نوفمبر 2026",
    f"المساحة {quantity(12.5, 'm²', 1)}",
    "مستودعات الميناء الجنوبي لتخزين الأغذية المبرّدة والمجمّدة رقم 7",
    f"جدول السمات {isolate('F6')}",
    "لا إله إلا الله",
    "مؤسّسةُ التَّعليمِ والتَّدريب",
    "شارع الأمير محمد بن عبدالعزيز (التحلية)",
    "الأحد 22 نوفمبر 2026، 12:00",
    "«بلد» — التوأم الرقمي",
    "جامع الملك سعود؟",
    "محطة تحويل 110/13.8 ك.ف.",
    "ﻣﺪﺭﺳﺔ ﺍﻟﻔﻼﺡ",
    "القطعة 436/12-ب",
    "كثافة الطاقة: 142.5 kWh/m²·a",
    "٦٨٫٤ م",
    "Hilton جدة",
)  # fmt: skip
tongue.set("en", "western")


@pytest.fixture
def arabic(request):
    if os.environ.get("DISPLAY"):
        # One application for all tests of the process, and one that can have windows.
        request.getfixturevalue("qapp")
    application()
    tongue.set("ar", "western")
    yield
    tongue.set("en", "western")


def place(number):
    return EAST + ACROSS * (number % COLUMNS), NORTH - DOWN * (number // COLUMNS)


@pytest.fixture
def session(tmp_path):
    """One post under each string, in a plan."""
    spots = np.array([place(n) for n in range(len(STRINGS))])
    table = pa.table(
        {
            "uid": [str(n) for n in range(len(STRINGS))],
            "geometry": list(shapely.to_wkb(shapely.box(*(spots - 2).T, *(spots + 2).T))),
            "height": [3.0] * len(STRINGS),
            "name_ar": list(STRINGS),
        }
    )
    columns = (Column(name="height", type="DOUBLE"), Column(name="name_ar", type="VARCHAR"))
    layer = Layer(id="posts", kind="buildings", columns=columns, labels="name")
    path = tmp_path / "h.balad"
    with City.create(path, "EPSG:9357") as made:
        made.add([NewLayer(layer, table)], ("import", {}))
        with Session(path, made) as session:
            tile(made, session.kinds, "posts", "buildings")
            yield session


def painted(background, said):
    from PySide6.QtGui import QImage, QPainter

    from twin.lettering.paint import paint

    rows = np.ascontiguousarray(background)
    image = QImage(rows.data, SIZE[0], SIZE[1], 3 * SIZE[0], QImage.Format.Format_RGB888).copy()
    painter = QPainter(image)
    paint(painter, *SIZE, said)
    painter.end()
    return (
        np.frombuffer(image.constBits(), np.uint8)
        .reshape(SIZE[1], -1)[:, : 3 * SIZE[0]]
        .reshape(SIZE[1], SIZE[0], 3)
        .copy()
    )


@pytest.mark.usefixtures("arabic")
def test_each_string_is_drawn_at_its_features_pixel_as_the_picture_shows_it(session):
    from twin.scene import offscreen

    background, hides = offscreen.seen(session.tiles, VIEW, SIZE)
    said = Words(session.city).composed(VIEW, SIZE, "light", {}, "", hides)
    assert len(said.labels) == len(STRINGS)
    picture = painted(background, said).astype(int)
    bare = painted(background, Annotations(theme=said.theme, metres_per_pixel=said.metres_per_pixel)).astype(int)
    changed = np.abs(picture - bare).max(axis=2) > 60
    for number in range(len(STRINGS)):
        x, y = pixel(VIEW.camera, (*place(number), 3.0), *SIZE)
        rows = changed[max(0, round(y) - 32) : round(y) + 12, max(0, round(x) - 139) : round(x) + 139]
        drawn = np.flatnonzero(rows.any(axis=0))
        assert len(drawn), STRINGS[number]
        middle = (drawn[0] + drawn[-1] + 1) / 2 + max(0, round(x) - 139)
        assert abs(middle - x) <= 1, (STRINGS[number], middle, x)
        foot = np.flatnonzero(rows.any(axis=1))[-1] + max(0, round(y) - 32)
        assert abs(foot + 6.5 - y) <= 1, (STRINGS[number], foot, y)
    matches(picture.astype(np.uint8), "hard-arabic")
