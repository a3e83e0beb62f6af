"""Services from the command line: a layer of a city like any other, offline too."""

from __future__ import annotations

import multiprocessing

import pytest

from tests import services, tiles
from tests.command import answered, balad
from tests.rasters import slope, tiff
from tests.serving import serving
from twin.core.errors import Cancelled
from twin.host.session import Session
from twin.model.patches import Square

SQUARE = Square(tiles.EAST - 150, tiles.NORTH - 150, 300.0)


@pytest.fixture
def city(tmp_path):
    """A city whose only layer is a small terrain where the tiles are."""
    from rasterio import Affine

    place = Affine(10, 0, tiles.EAST - 1500, 0, -10, tiles.NORTH + 1500)
    dem = tiff(tmp_path / "dem.tif", slope(300, 300), crs=tiles.CRS, transform=place)
    path = tmp_path / "town.balad"
    answered("import", path, dem)
    return path


def test_a_service_is_added_seen_and_taken_back(city):
    with serving(services.wms()) as one:
        url = f"{one.url}/ows?map=town"
        listed = balad("add-service", city, url)
        assert listed.returncode == 1 and "air:photo" in listed.stderr and "plans" in listed.stderr
        assert len(answered("info", city)["layers"]) == 1
        report = answered("add-service", city, url, "--layer", "plans", "--id", "plans")
        assert report["served"] and report["format"] == "WMS" and report["layers"][0]["kept"] == 1
    (layer,) = [one for one in answered("info", city)["layers"] if one["id"] == "plans"]
    assert layer["link"]["service"]["kind"] == "wms" and layer["link"]["state"] == "present"
    assert "fetched when it is looked at" in balad("info", city).stdout
    assert answered("check", city)["ok"]


def test_what_goes_wrong_is_words_and_leaves_the_city_as_it_is(city):
    before = answered("check", city)["content"]
    with serving(services.everything) as one:
        url = one.url
        done = balad("add-service", city, f"{url}/x", "--kind", "wms")
    assert done.returncode == 1 and "No WMS answers there" in done.stderr and done.stderr.strip().endswith(f"{url}/x")
    done = balad("add-service", city, f"{url}/x")
    assert done.returncode == 1 and "doesn’t answer" in done.stderr
    assert answered("check", city)["content"] == before


def test_a_picture_is_drawn_of_what_was_seen_when_its_server_is_gone(city, tmp_path):
    import numpy as np
    from PIL import Image

    with serving(services.xyz) as one:
        answered("add-service", city, f"{one.url}/{{z}}/{{x}}/{{y}}.png", "--attribution", "© Flyers", "--id", "air")
        assert balad("render", city, "-o", tmp_path / "on.png").returncode == 0
        asked = len(one.asked)
    assert asked > 3
    assert balad("render", city, "-o", tmp_path / "off.png").returncode == 0
    on, off = (np.asarray(Image.open(tmp_path / name).convert("RGB")).astype(int) for name in ("on.png", "off.png"))
    assert np.abs(on - off).max() <= 2
    # The tiles' blue of 120 to 180 lies over their red and green: none of it is in the terrain's own colours.
    assert np.ptp(on[..., 0] - on[..., 1]) > 60
    with Session.open(city) as session:
        source = session.city.layer("air").source
        assert source.attribution == "© Flyers"


def test_standing_is_told_once_and_what_was_lacking_can_be_asked_again(city):
    with serving(services.xyz) as one:
        answered("add-service", city, f"{one.url}/{{z}}/{{x}}/{{y}}.png", "--id", "air")
        port = int(one.url.rpartition(":")[2])
    with Session.open(city) as session:
        links, layer, told = session.tiles.links, session.city.layer("air"), []
        links.services.stood.connect(lambda: told.append(links.services.standing()["air"][0]))
        patch = links.patch(layer, SQUARE)
        assert patch is not None and not patch.whole and links.lacking("air", SQUARE)
        links.patch(layer, SQUARE)
        assert told == ["offline"] and "doesn’t answer" in links.services.standing()["air"][1]
        assert not links.services.retry([layer])
        with serving(services.xyz, port=port):
            assert links.services.retry([layer])
            patch = links.patch(layer, SQUARE)
        assert patch.whole and (patch.picture[..., 3] == 255).all() and not links.lacking("air", SQUARE)
        assert told == ["offline", "online"]


def test_a_service_has_no_file_to_be_found_or_packed(city, tmp_path):
    with serving(services.xyz) as one:
        answered("add-service", city, f"{one.url}/{{z}}/{{x}}/{{y}}.png", "--id", "air")
    done = balad("relink-layer", city, "air", tmp_path / "dem.tif")
    assert done.returncode == 1 and "no file beside the city" in done.stderr
    made = answered("pack", city, tmp_path / "packed")
    assert made["files"] == 1 and not made["missing"]


def test_tile_sets_are_packed_along(city, tmp_path):
    answered("import", city, tiles.mbtiles(tmp_path / "air.mbtiles"))
    answered("import", city, tiles.folder(tmp_path / "xyz"))
    made = answered("pack", city, tmp_path / "packed")
    assert made["files"] == 3 and not made["missing"]
    packed = tmp_path / "packed"
    assert (packed / "files" / "xyz" / "16").is_dir() and (packed / "files" / "air.mbtiles").is_file()
    states = {one["id"]: one["link"]["state"] for one in answered("info", packed / "town.balad")["layers"]}
    assert set(states.values()) == {"present"}
    with Session.open(packed / "town.balad") as session:
        for layer in session.city.layers():
            assert session.tiles.links.patch(layer, SQUARE) is not None


def test_nothing_is_asked_once_the_city_is_closed(city):
    with serving(services.wms()) as one:
        answered("add-service", city, f"{one.url}/ows?map=town", "--layer", "plans", "--id", "plans")
        with Session.open(city) as session:
            layer, links = session.city.layer("plans"), session.tiles.links
            before, children = len(one.asked), set(multiprocessing.active_children())
            links.close()
            with pytest.raises(Cancelled, match="being closed"):
                links.services.patch(layer, layer.link.service, SQUARE)
            assert len(one.asked) == before and set(multiprocessing.active_children()) <= children
