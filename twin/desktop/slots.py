"""What the window itself does for each command: choosers, camera, panels, looks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFileDialog, QWidget

from twin import __version__
from twin.core.i18n import isolate, tongue, tr
from twin.desktop import answering, going, pictures
from twin.host import listing
from twin.host.commands import PluginCommand, declared
from twin.model.feature import BOX

if TYPE_CHECKING:
    from twin.desktop.desk import Desk

_CITY = "*.balad"


def slots(desk: Desk) -> dict[str, Callable[[], object]]:
    """By command id; a command without one here is not offered by the window."""
    return {**_files(desk), **_layer(desk), **_camera(desk), **_looks(desk), **_plugins(desk)}


def _files(desk: Desk) -> dict[str, Callable[[], object]]:
    window, opening = desk.window, desk.opening
    return {
        "open": lambda: _opened(window, tr("Open a city…"), opening.open, _CITY),
        "new": lambda: _saved(window, tr("New city…"), opening.new, _CITY, ".balad"),
        "sample": lambda: _saved(window, tr("Make the sample city of Jeddah…"), opening.sample, _CITY, ".balad"),
        "import": lambda: _opened(window, tr("Add a layer from a file…"), lambda path: desk.take([path])),
        "add-service": lambda: _service(desk),
        "samples": desk.asking.samples,
        "import-otherwise": lambda: _opened(window, tr("Add a layer, and say how it is read…"), desk.asking.bring),
        "render": lambda: _saved(window, tr("Save a picture…"), lambda out: pictures.save(desk, out), "*.png", ".png"),
        "copy-picture": lambda: pictures.copy(desk),
        "pack": lambda: _folder(window, tr("Pack the city and its files…"), lambda to: desk.command("pack", folder=to)),
        "info": lambda: desk.command("info"),
        "check": lambda: desk.command("check"),
        "undo": lambda: desk.command("undo"),
        "redo": lambda: desk.command("redo"),
        "quit": window.close,
        "plugins": lambda: answering.answered(desk, listing.listed(None)),
        "about": lambda: window.messages.say(
            tr("Balad {version}: a city's digital twin on one desk. Apache License 2.0.", version=isolate(__version__))
        ),
    }


def _layer(desk: Desk) -> dict[str, Callable[[], object]]:
    def on(act: Callable[[str], object]) -> Callable[[], object]:
        def do() -> None:
            layer = desk.window.layers.chosen()
            if layer is None:
                desk.window.messages.say(tr("Choose a layer first."))
            else:
                act(layer)

        return do

    def export(layer: str) -> None:
        formats = "*.gpkg;;*.parquet;;*.geojson;;*.city.json;;*.csv;;*.inp;;*.glb;;*tileset.json"
        _saved(
            desk.window,
            tr("Export a layer…"),
            lambda out: desk.command("export", layer=layer, out=out),
            formats,
            "",
            layer,
        )

    def update(layer: str) -> None:
        title = tr("Bring the layer up to date…")
        _opened(desk.window, title, lambda file: desk.command("update", layer=layer, file=file))

    def relink(layer: str) -> None:
        found = next((one for one in desk.known.layers if one.id == layer), None) if desk.known else None
        if found and found.link:
            desk.astray.find(found)

    renamed = on(lambda _layer: desk.window.layers.rename())
    return {
        "remove-layer": on(lambda layer: desk.command("remove-layer", layer=layer)),
        "colour-layer": on(lambda _layer: desk.window.show_style()),
        "rename-layer": lambda: desk.window.bookmarks.rename() if desk.window.left.page else renamed(),
        "about-layer": on(lambda layer: desk.command("about-layer", layer=layer)),
        "zoom-layer": on(lambda layer: _zoom(desk, layer)),
        "show-all": on(desk.filters.show_all),
        "export": on(export),
        "update": on(update),
        "relink-layer": on(relink),
    }


def _plugins(desk: Desk) -> dict[str, Callable[[], object]]:
    """The commands of plugins: run with what they need of the window, the chosen layer, and else as they are."""

    def run(command: PluginCommand) -> None:
        layer = desk.window.layers.chosen()
        if command.when != "layer":
            desk.command(command.id)
        elif layer is None:
            desk.window.messages.say(tr("Choose a layer first."))
        else:
            desk.command(command.id, layer=layer)

    found = [one for one in declared().values() if isinstance(one, PluginCommand)]
    return {one.id: lambda one=one: run(one) for one in found}  # type: ignore[misc]


def _camera(desk: Desk) -> dict[str, Callable[[], object]]:
    view = desk.window.view
    return {
        "zoom-full": lambda: view.fly(view.whole()),
        "reset-view": lambda: view.fly(view.beginning()),
        "bookmark": lambda: going.keep(desk),
        "bookmarks": desk.window.show_bookmarks,
        "look-north": lambda: view.turn(azimuth=0.0),
        "look-down": lambda: view.turn(pitch=-90.0),
        "plan-view": view.plan,
        "night": lambda: view.shine("day" if view.light == "night" else "night"),
        "underground": desk.window.underground.toggle,
        "select-box": lambda: desk.selection.tool("box"),
        "select-polygon": lambda: desk.selection.tool("polygon"),
        "select-lasso": lambda: desk.selection.tool("lasso"),
        "select-none": desk.selection.clear,
        "zoom-selection": lambda: _zoom_selection(desk),
    }


def _looks(desk: Desk) -> dict[str, Callable[[], object]]:
    window, settings = desk.window, desk.settings

    def theme() -> None:
        settings.theme = "light" if settings.theme == "dark" else "dark"
        settings.save()
        window.retranslate()
        desk.reread()

    def language() -> None:
        settings.language = "en" if tongue.language == "ar" else "ar"
        settings.save()
        tongue.set(settings.language)

    def digits() -> None:
        settings.digits = "western" if tongue.digits == "arabic" else "arabic"
        settings.save()
        tongue.set(digits=settings.digits)

    def panels() -> None:
        shown = not (window.left.isHidden() and window.right.isHidden())
        window.left.setHidden(shown)
        window.right.setHidden(shown)

    return {
        "identify": lambda: window.right.setHidden(not window.right.isHidden()),
        "table": lambda: _table(desk),
        "log": lambda: window.show_below(1),
        "hide-panels": panels,
        "full-screen": lambda: window.showNormal() if window.isFullScreen() else window.showFullScreen(),
        "theme": theme,
        "language": language,
        "digits": digits,
        "palette": window.palette_of_commands.open,
        "find": lambda: window.palette_of_commands.open(places=True),
        "tips": window.tips.open,
    }


def _service(desk: Desk) -> None:
    # It knows coordinate systems, which a start needs not.
    from twin.desktop import services

    services.ask(desk)


def _table(desk: Desk) -> None:
    desk.window.show_below(0)
    desk.table()


def _zoom(desk: Desk, layer: str) -> None:
    view = desk.window.view
    extent = view.scene.extent(layer) if view.scene else None
    if extent:
        view.show_box([extent])


def _zoom_selection(desk: Desk) -> None:
    def there(row: dict[str, Any] | None) -> None:
        view = desk.window.view
        if row is None:
            return
        box = tuple(float(row[side]) for side in BOX if row[side] is not None)
        if len(box) == len(BOX):
            view.show_box([box])  # type: ignore[list-item]

    if desk.session and desk.selected:
        city, selected, scene = desk.session.city, desk.selected, desk.window.view.scene
        if selected[1] < 0:
            # A tileset's: the city has no row of it.
            held = scene.asking.holding(*selected) if scene else None
            if held is not None:
                points = held.points + held.origin
                desk.window.view.show_box([(*points.min(axis=0).tolist(), *points.max(axis=0).tolist())])
            return
        desk.read(lambda: city.feature(*selected), there)


def _opened(window: QWidget, title: str, then: Callable[[Path], object], pattern: str = "") -> None:
    name, _ = QFileDialog.getOpenFileName(window, title, "", pattern)
    if name:
        then(Path(name))


def _folder(window: QWidget, title: str, then: Callable[[Path], object]) -> None:
    """A new folder, named as a file is that is saved."""
    name, _ = QFileDialog.getSaveFileName(window, title, "", "", options=QFileDialog.Option.ShowDirsOnly)
    if name:
        then(Path(name))


def _saved(
    window: QWidget, title: str, then: Callable[[Path], object], pattern: str, suffix: str, first: str = ""
) -> None:
    name, chosen = QFileDialog.getSaveFileName(window, title, first, pattern)
    if name:
        wanted = suffix or chosen.removeprefix("*")
        then(Path(name) if name.endswith(wanted) or "." in Path(name).name else Path(name + wanted))
