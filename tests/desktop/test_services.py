"""Services in the window: named, listed, added, seen; offline a state in the layer tree that goes by itself."""

from __future__ import annotations

import threading
import time

import pytest

from tests import services, tiles
from tests.rasters import slope, tiff
from tests.serving import Reply, serving
from twin.core.i18n import tongue, unmarked
from twin.desktop.services import Service
from twin.host.session import Session


@pytest.fixture
def town(tmp_path):
    """A city with a small terrain where the tiles are."""
    from rasterio import Affine

    path = tmp_path / "town.balad"
    place = Affine(10, 0, tiles.EAST - 600, 0, -10, tiles.NORTH + 600)
    with Session(path) as session:
        session.run("import", file=tiff(tmp_path / "dem.tif", slope(120, 120), crs=tiles.CRS, transform=place))
    return path


def opened(bare, qtbot, path):
    bare.opening.open(path)
    qtbot.wait_until(lambda: bare.known is not None, timeout=20_000)
    settled(bare, qtbot)


def settled(bare, qtbot):
    qtbot.wait_until(lambda: not bare.window.view.streaming, timeout=60_000)


def form(bare):
    return bare.window.messages.findChild(Service)


def rows(bare):
    tree = bare.window.layers.tree
    tops = [tree.topLevelItem(n) for n in range(tree.topLevelItemCount())]
    return {item.text(0): [item.child(n).text(0) for n in range(item.childCount())] for item in tops}


def test_an_address_is_listed_and_a_layer_of_it_added(bare, qtbot, town):
    opened(bare, qtbot, town)
    with serving(services.wms()) as one:
        bare.window.trigger("add-service")
        asked = form(bare)
        assert not asked.add.isEnabled() and asked.layers.isHidden()
        asked.address.setText(f"{one.url}/ows?map=town&service=WMS")
        asked.list.click()
        qtbot.wait_until(lambda: asked.layers.count() == 2, timeout=30_000)
        assert "air:photo" in asked.layers.item(0).text() and "WMS · Maps of the town" in unmarked(asked.verdict.text())
        asked.layers.setCurrentRow(1)
        asked.credit.setText("© Office")
        asked.add.click()
        qtbot.wait_until(lambda: len(bare.known.layers) == 2, timeout=60_000)
        assert "fetched when they are looked at" in bare.window.messages.words
        settled(bare, qtbot)
        qtbot.wait_until(lambda: bare.known.layers[-1].source.attribution == "© Office")
        assert bare.session.city.layer("Plans").link.service.kind == "wms"
    assert rows(bare)["Plans"] == []
    bare.window.layers.choose("Plans")
    assert not bare.window.actions_by_id["relink-layer"].isEnabled()
    bare.command("undo")
    qtbot.wait_until(lambda: len(bare.known.layers) == 1, timeout=30_000)


def test_a_server_that_is_not_there_is_told_in_the_form(bare, qtbot, town):
    opened(bare, qtbot, town)
    with serving(services.everything) as one:
        url = one.url
    bare.window.trigger("add-service")
    asked = form(bare)
    asked.address.setText(url)
    asked.look()
    qtbot.wait_until(lambda: "doesn’t answer" in asked.verdict.text(), timeout=30_000)
    assert asked.list.isEnabled() and not asked.add.isEnabled()
    asked.address.setText("file:///etc/passwd")
    asked.look()
    qtbot.wait_until(lambda: "http://" in asked.verdict.text(), timeout=30_000)


def test_offline_is_said_in_the_layers_row_and_goes_when_the_server_is_back(bare, qtbot, town):
    with serving(services.xyz) as one:
        port = int(one.url.rpartition(":")[2])
        with Session.open(town) as session:
            session.run("add-service", url=f"{one.url}/{{z}}/{{x}}/{{y}}.png", id="air")
    opened(bare, qtbot, town)
    title = bare.known.layers[-1].title
    qtbot.wait_until(lambda: rows(bare)[title] == ["offline – shows what was seen"], timeout=30_000)
    assert not bare.window.messages.words or "answer" not in bare.window.messages.words
    tongue.set("ar")
    assert rows(bare)[title] == ["يعمل دون اتصال بما سبقت رؤيته"]
    tongue.set("en")
    bare.reach.look()
    qtbot.wait_until(lambda: not bare.reach._asking, timeout=30_000)
    assert rows(bare)[title]
    with serving(services.xyz, port=port) as one:
        bare.reach.look()
        qtbot.wait_until(lambda: rows(bare)[title] == [], timeout=60_000)
        settled(bare, qtbot)
        assert len(one.asked) > 2


def test_nobody_still_asks_a_server_when_the_window_has_closed(bare, qtbot, town):
    with serving(services.xyz) as one:
        port = int(one.url.rpartition(":")[2])
        with Session.open(town) as session:
            session.run("add-service", url=f"{one.url}/{{z}}/{{x}}/{{y}}.png", id="air")
    opened(bare, qtbot, town)
    title = bare.known.layers[-1].title
    qtbot.wait_until(lambda: bool(rows(bare)[title]), timeout=30_000)
    asked = threading.Event()

    def answer(_asked):
        asked.set()
        time.sleep(4)
        return Reply(b"")

    with serving(answer, port=port):
        bare.reach.look()
        assert asked.wait(20)
        began = time.monotonic()
        bare.window.close()
        assert time.monotonic() - began < 3.5, "a slow server is not waited for"
        assert not [one.name for one in threading.enumerate() if one.name.startswith("reach")]
