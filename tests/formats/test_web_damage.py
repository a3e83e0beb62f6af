"""What a server sends may be damaged anywhere: words or a whole answer, and nothing else."""

from __future__ import annotations

import random
import tempfile

import pytest

from tests import services, tiles
from tests.formats.test_web_features import api, wfs
from tests.serving import Reply, serving
from twin.core.errors import ReaderFailed, TwinError
from twin.formats import web_tiles, windows
from twin.formats.web_offers import ServiceRequest
from twin.formats.web_take import take
from twin.model.patches import Square

CITY = (tiles.EAST - 1500, tiles.NORTH - 1500, tiles.EAST + 1500, tiles.NORTH + 1500)
TILEJSON = Reply(
    f'{{"tiles": ["/{{z}}/{{x}}/{{y}}.png"], "minzoom": 13, "maxzoom": 16, "bounds": {list(tiles.degrees())}}}',
    "application/json",
)
SERVERS = {
    "wms": (services.wms(), "/ows?map=town&service=WMS", "plans"),
    "wms 1.1.1": (services.wms("1.1.1"), "/ows?map=town&service=WMS", "plans"),
    "wmts": (services.wmts(True), "/1.0.0/WMTSCapabilities.xml", None),
    "tilejson": (lambda asked: TILEJSON if asked.path == "/t" else services.xyz(asked), "/t", None),
    "features": (api(), "/api", "trees"),
    "wfs as GeoJSON": (wfs(), "/wfs?service=wfs", None),
    "wfs as GML": (wfs(json_too=False), "/wfs?service=wfs", None),
}
TIMES = 12


@pytest.mark.parametrize("name", SERVERS)
def test_damage_ends_in_words_or_in_a_whole_answer(name):
    damaged(name, TIMES)


@pytest.mark.long
@pytest.mark.parametrize("name", SERVERS)
def test_two_hundred_kinds_of_damage_to_each(name):
    damaged(name, 200)


def damaged(name, times):
    chance = random.Random(name)
    server, way, layer = SERVERS[name]
    which = [0]

    def answer(asked):
        found = server(asked)
        body = bytearray(found.body.encode() if isinstance(found.body, str) else found.body)
        which[0] -= 1
        if which[0] == 0 and body:
            if chance.random() < 0.3:
                del body[chance.randrange(len(body)) :]
            else:
                for _ in range(chance.choice((1, 5, 40))):
                    body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
        return Reply(bytes(body), found.kind, found.status, found.headers)

    with serving(answer) as one:
        for number in range(times):
            web_tiles.of.cache_clear()
            which[0] = number % 4 + 1
            ask = ServiceRequest(
                url=one.url + way, scratch=tempfile.mkdtemp(), layer=layer, city_crs=tiles.CRS, extent=CITY
            )
            try:
                taken = take(ask)
                assert all(part.report.adds_up() for part in taken.layers)
                if taken.link:
                    square = Square(tiles.EAST - 100, tiles.NORTH - 100, 200.0 + number)
                    windows.seen(taken.link.service, taken.crs, square, lambda *_: None)
            except TwinError as why:
                assert not isinstance(why, ReaderFailed) and str(why)
