"""The desk: a session and a window, and what each asks of the other."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QFileDialog

from twin.core.errors import CityBusy, LogMissing, LogTorn, NoCrs, TwinError
from twin.core.i18n import named, tongue, tr
from twin.core.settings import Settings
from twin.desktop import layer_menu
from twin.desktop.bridge import Bridge, Running, Worker
from twin.desktop.window import Window
from twin.host.commands import declared
from twin.host.session import Session
from twin.lettering.annotations import Annotations
from twin.lettering.compose import composed
from twin.model.change import Change
from twin.model.report import ImportReport
from twin.model.view import Camera
from twin.scene import camera
from twin.store import recovery


class Desk:
    """Brings the window to life."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.session: Session | None = None
        self.selected: tuple[str, int] | None = None
        self.bridge = Bridge()
        self.worker = Worker(self.bridge)
        self.window = Window(settings, self._letters)
        self.window.slots = self._slots()
        self.window.dropped = self.take
        self.window.closing = self._close
        self.window.view.picked.connect(self._picked)
        self.window.view.pointed.connect(self._pointed)
        self.window.layers.ticked.connect(lambda layer, shown: self.command("show-layer", layer=layer, visible=shown))
        self.window.layers.customContextMenuRequested.connect(self._layer_menu)
        self.window.cancel.clicked.connect(self.worker.cancel)
        self.window.retranslate()
        tongue.changed.connect(self._reread)

    def open(self, path: Path, *, copy: bool = False) -> None:
        """Open a city, or a copy to read of one that is open elsewhere, off the window's thread."""

        def done(session: Session) -> None:
            self._leave()
            self.session = session
            session.city.changed.connect(self._changed)
            session.edits.changed.connect(lambda: self.bridge.post(self._undoable))
            session.logged.connect(lambda line: self.bridge.post(lambda: self.window.log.appendPlainText(line)))
            if not copy:
                session.share()
            self.settings.opened(path)
            self.window.setWindowTitle(f"{tr(session.city.meta('title') or path.stem)} — {tr('Balad')}")
            self.window.say_crs(session.city.crs)
            kept = session.city.meta("view.overview")
            self.window.view.show_city(session.tiles, Camera.model_validate_json(kept) if kept else None)
            self._reread()
            self._undoable()
            self.window.tell(1.0, "")

        self._run(
            tr("Opening {name}…", name=path.name),
            lambda _: Session.open_copy(path) if copy else Session.open(path),
            done,
            lambda e: self._unopened(e, path),
        )

    def make_sample(self, path: Path) -> None:
        """Make the sample, then open it."""

        def work(running: Running) -> Any:
            with Session(path) as session:
                return session.run("sample", running)

        self._run(tr("Making the sample city…"), work, lambda _: self.open(path), lambda why: self._refused(why, {}))

    def take(self, path: Path) -> None:
        """A file was dropped: a city is opened, anything else is taken in."""
        if path.suffix == ".balad":
            self.open(path)
        elif self.session is None:
            self._found(path)
        else:
            self.command("import", file=path)

    def command(self, name: str, **values: Any) -> None:
        """Run a command of the session, off the window's thread."""
        if self.session is None:
            self.window.messages.say(tr("Open a city first."), ((tr("Open a city…"), self._choose_city),))
            return
        session, title = self.session, tr(declared()[name].title)
        self._run(
            title,
            lambda running: session.run(name, running, **values),
            self._answered,
            lambda e: self._refused(e, values),
        )

    def _run(
        self,
        title: str,
        work: Callable[[Running], Any],
        done: Callable[[Any], None],
        failed: Callable[[TwinError], None],
    ) -> None:
        self.window.tell(0.0, title)
        self.worker.run(title, work, done, failed, self.window.tell)

    def _answered(self, answer: Any) -> None:
        self.window.tell(1.0, "")
        if isinstance(answer, ImportReport):
            refused = sum(len(layer.refused) for layer in answer.layers)
            kept = sum(layer.kept + len(layer.repaired) for layer in answer.layers)
            words = tr(
                "{file}: {kept} features taken, {refused} refused.", file=answer.file, kept=kept, refused=refused
            )
            self.window.messages.say("\n".join([words, *answer.notes]))
            for line in answer.lines():
                self.window.log.appendPlainText(f"# {line}")
            if self.session:
                self.window.say_crs(self.session.city.crs)
            if answer.layers and answer.layers[0].extent:
                self._zoom(answer.layers[0].id)

    def _refused(self, why: TwinError, values: dict[str, Any]) -> None:
        self.window.tell(1.0, "")
        self.window.log.appendPlainText(f"# {why}")
        if isinstance(why, NoCrs) and "file" in values:
            words = tr("{file} names no coordinate system. Which is it in?", file=Path(values["file"]).name)
            self.window.messages.ask(
                words, "EPSG:9357", tr("Load"), lambda said: self.command("import", **{**values, "crs": _code(said)})
            )
            return
        self.window.messages.say(str(why), grave=True)

    def _unopened(self, why: TwinError, path: Path) -> None:
        self.window.tell(1.0, "")
        actions: tuple[tuple[str, Callable[[], None]], ...] = ()
        if isinstance(why, LogTorn | LogMissing):
            ways = recovery.choices(path)
            actions = tuple((choice.words(), partial(self._recover, path, choice.id)) for choice in ways)
        elif isinstance(why, CityBusy):
            actions = (
                (tr("Read a copy"), partial(self.open, path, copy=True)),
                (tr("Try again"), partial(self.open, path)),
            )
        self.window.messages.say(str(why), actions, grave=True)

    def _recover(self, path: Path, way: str) -> None:
        self._run(
            tr("Recovering…"),
            lambda _: recovery.recover(path, way),
            lambda _: self.open(path),
            lambda why: self.window.messages.say(str(why), grave=True),
        )

    def _found(self, file: Path) -> None:
        """The first file makes the city, beside it."""
        path = file.with_suffix(".balad")

        def work(running: Running) -> Any:
            with Session(path) as session:
                return session.run("import", running, file=file)

        def failed(why: TwinError) -> None:
            self._refused(why, {})

        self._run(tr("Reading the file…"), work, lambda _: self.open(path), failed)

    def _changed(self, change: Change) -> None:
        """Heard on the store's thread."""
        if change.what in {"layers", "tiles", "style"}:
            self.bridge.post(self._show)

    def _show(self) -> None:
        if self.session:
            self.window.view.reload()
            self._reread()

    def _reread(self) -> None:
        """Panels and card in the language in use."""
        if self.session is None:
            return
        self.window.layers.fill(self.session.city.layers())
        self._card()
        self.window.view.update()

    def _picked(self, hit: tuple[str, int, camera.Point] | None) -> None:
        self.selected = hit[:2] if hit else None
        scene = self.window.view.scene
        if scene:
            scene.select(self.selected)
            self.window.view.draw()
        self._card()

    def _card(self) -> None:
        if self.session is None or self.selected is None:
            self.window.identify.fill(None)
            return
        try:
            self.window.identify.fill(self.session.identify(*self.selected))
        except TwinError:
            # Its layer was taken out since.
            self.selected = None
            self.window.identify.fill(None)

    def _pointed(self, at: camera.Point | None) -> None:
        self.window.say_where(f"{at[0]:.1f}  {at[1]:.1f}" if at else "")

    def _undoable(self) -> None:
        edits = self.session.edits if self.session else None
        for name, stack in (("undo", edits.done if edits else []), ("redo", edits.undone if edits else [])):
            action = self.window.actions_by_id[name]
            action.setEnabled(bool(stack))
            action.setToolTip(
                f"{tr(declared()[name].title)}: {stack[-1].title}" if stack else tr(declared()[name].title)
            )

    def _letters(self) -> Annotations | None:
        scene = self.window.view.scene
        if self.session is None or scene is None:
            return None
        view = self.window.view
        title = tr(self.session.city.meta("title") or self.session.path.stem)
        return composed(
            self.session.city,
            scene.camera,
            (view.width(), view.height()),
            self.settings.theme,
            scene.overlay,
            title,
        )

    def _slots(self) -> dict[str, Callable[[], object]]:
        view = self.window.view
        return {
            "open": self._choose_city,
            "import": self._choose_file,
            "undo": lambda: self.command("undo"),
            "redo": lambda: self.command("redo"),
            "remove-layer": lambda: self._on_layer(lambda layer: self.command("remove-layer", layer=layer)),
            "rename-layer": lambda: self._on_layer(self._rename),
            "zoom-layer": lambda: self._on_layer(self._zoom),
            "zoom-full": lambda: view.look(view.whole()),
            "look-north": lambda: self._turn(azimuth=0.0),
            "look-down": lambda: self._turn(pitch=-90.0),
            "reset-view": lambda: view.look(view.whole()),
            "identify": lambda: self.window.docks[1].setVisible(not self.window.docks[1].isVisible()),
            "log": lambda: self.window.docks[2].setVisible(not self.window.docks[2].isVisible()),
            "hide-panels": self._hide_panels,
            "full-screen": lambda: (
                self.window.showNormal() if self.window.isFullScreen() else self.window.showFullScreen()
            ),
            "theme": self._theme,
            "language": self._language,
            "digits": self._digits,
            "palette": self.window.palette_of_commands.open,
            "info": self._about_city,
            "quit": self.window.close,
        }

    def _turn(self, **to: float) -> None:
        view = self.window.view
        if view.scene:
            view.look(view.scene.camera.model_copy(update=to))

    def _zoom(self, layer: str) -> None:
        view = self.window.view
        extent = view.scene.extent(layer) if view.scene else None
        if extent:
            view.look(camera.fitting(extent))

    def _on_layer(self, act: Callable[[str], None]) -> None:
        layer = self.window.layers.chosen()
        if layer is None:
            self.window.messages.say(tr("Choose a layer first."))
        else:
            act(layer)

    def _layer_menu(self, at: QPoint) -> None:
        if self.session:
            layer_menu.show(self.window, self.session.city.layers(), self.command, at)

    def _rename(self, layer: str) -> None:
        if self.session:
            now = self.session.city.layer(layer).title
            field = self.window.messages.ask(
                tr("A new title for “{title}”", title=now), now, tr("Rename"),
                lambda said: self.command("rename-layer", layer=layer, title=said),
            )  # fmt: skip
            field.setText(now)

    def _choose_city(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self.window, tr("Open a city…"), "", "*.balad")
        if name:
            self.open(Path(name))

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self.window, tr("Add a layer from a file…"))
        if name:
            self.take(Path(name))

    def _hide_panels(self) -> None:
        shown = any(dock.isVisible() for dock in self.window.docks[:2])
        for dock in self.window.docks[:2]:
            dock.setVisible(not shown)

    def _theme(self) -> None:
        self.settings.theme = "light" if self.settings.theme == "dark" else "dark"
        self.settings.save()
        self.window.retranslate()

    def _language(self) -> None:
        self.settings.language = "en" if tongue.language == "ar" else "ar"
        self.settings.save()
        tongue.set(self.settings.language)

    def _digits(self) -> None:
        self.settings.digits = "western" if tongue.digits == "arabic" else "arabic"
        self.settings.save()
        tongue.set(digits=self.settings.digits)

    def _about_city(self) -> None:
        if self.session:
            layers = self.session.city.layers()
            words = tr(
                "{layers} layers, {features} features", layers=len(layers), features=sum(one.count for one in layers)
            )
            self.window.messages.say(f"{named(self.session.path.name, None)}\n{self.session.city.crs}\n{words}")

    def _leave(self) -> None:
        if self.session:
            self.window.view.leave()
            self.session.close()
        self.session, self.selected = None, None

    def _close(self) -> None:
        tongue.changed.disconnect(self._reread, missing_ok=True)
        self.worker.close()
        self._leave()


def _code(said: str) -> str:
    """``28992`` means ``EPSG:28992``."""
    return f"EPSG:{said}" if said.isdigit() else said.upper()
