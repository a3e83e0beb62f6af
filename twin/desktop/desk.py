"""The desk: a session and a window, and what each asks of the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer

from twin.core import logs
from twin.core.errors import Cancelled, NoCrs, TwinError
from twin.core.i18n import isolate, tongue, tr
from twin.core.paths import dataset
from twin.core.settings import Settings
from twin.desktop import answering, going, undrawn
from twin.desktop.asking import Again, Asking
from twin.desktop.astray import Astray
from twin.desktop.bridge import Bridge, Running, Worker
from twin.desktop.filters import Filters
from twin.desktop.known import Known
from twin.desktop.messages import Tone
from twin.desktop.offers import Offers
from twin.desktop.opening import Opening
from twin.desktop.probing import Probing
from twin.desktop.reach import Reach
from twin.desktop.selection import Selection
from twin.desktop.slots import slots
from twin.desktop.window import Window
from twin.host.about import card
from twin.host.commands import PluginCommand, declared
from twin.host.identify import Card
from twin.host.session import Session
from twin.lettering.annotations import Annotations
from twin.model.change import Change
from twin.model.style import Colouring
from twin.scene import camera
from twin.scene.details import Hit
from twin.scene.grounds import GROUND_LAYERS
from twin.scene.probing import Probe
from twin.store.city import City

_LEAST_CACHE = 64
"""MB of tiles, whatever the settings say: less would draw the same tiles again and again."""
_LOOKS = ("look-north", "look-down", "plan-view", "night", "underground", "reset-view", "find")
_SETTLE = 40
"""Milliseconds in which changes gather, so that an import of ten layers is read once."""


Turn = Callable[[float, float], tuple[float, float]]


class Desk:
    """Brings the window to life."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.session: Session | None = None
        self.selected: tuple[str, int] | None = None
        self.about: str | None = None
        """The layer whose card is shown while no feature is selected."""
        self.bridge = Bridge()
        self.worker = Worker(self.bridge)
        self.window = Window(settings, self._letters, self.ask)
        self.opening = Opening(self)
        self.selection, self.filters = Selection(self), Filters(self)
        self.astray, self.probing, self.reach, self.asking = Astray(self), Probing(self), Reach(self), Asking(self)
        self.reading = Worker(self.bridge)
        """Short questions to the store, beside whatever command is under way."""
        self.known: Known | None = None
        self._globe: tuple[str, Turn | None] = ("", None)
        """The city's CRS, and what brings its coordinates to longitude and latitude."""
        self._said: tuple[object, Annotations | None, object] = ((), None, None)
        """The words over the view as they were last made, and of what: a pointer that hovers asks nothing again."""
        self._changes = QTimer(self.window, singleShot=True, interval=_SETTLE)
        self._changes.timeout.connect(self._show)
        self.window.slots.update(slots(self))
        self.window.retranslate()
        self._listen()
        self.enable()

    def start(self) -> None:
        """Nothing is open: show the ways to begin."""
        self.window.setWindowTitle(tr("Balad"))
        self.window.log.say(tr("This log is kept in {file}", file=isolate(str(logs.file()))))
        self.window.welcome.offer(self.settings.recent)

    def hold(self, session: Session, known: Known) -> None:
        """Put an open city on the desk, instead of the one before."""
        self.leave()
        self.session, self.known = session, known
        session.city.changed.connect(self._changed)
        session.edits.changed.connect(lambda: self.bridge.post(self.enable))
        session.logged.connect(lambda line: self.bridge.post(lambda: self.window.log.line(line)))
        session.tiles.failed.connect(lambda *said: self.bridge.post(lambda: undrawn.tell(self, *said)))
        if not session.city.read_only:
            session.share()
        self.astray.begin()
        self.reach.begin(session)
        self.settings.opened(session.path)
        self.window.welcome.hide()
        self.selection.clear()
        cache = max(_LEAST_CACHE, self.settings.tile_cache) << 20
        self.window.view.show_city(session.tiles, known.listing, known.start, cache)
        self.window.view.colour(known.overlays)
        self.reread()
        self.enable()
        self.window.tips.offer()
        self.astray.look()

    def take(self, paths: list[Path]) -> None:
        """Files or folders were dropped or chosen: a city is opened, anything else is taken in."""
        for path in map(dataset, paths):
            if path.suffix == ".balad":
                self.opening.open(path)
            elif self.session is None:
                self.opening.found(path)
            else:
                self.command("import", file=path)

    def command(self, name: str, **values: Any) -> None:
        """Run a command of the session, off the window's thread."""
        if self.session is None:
            self.window.messages.say(tr("Open a city first."), ((tr("Open a city…"), self.window.slots["open"]),))
            return
        session, title = self.session, tr(declared()[name].title).removesuffix("…")
        self.run(
            title,
            lambda running: session.run(name, running, **values),
            lambda answer: answering.answered(self, answer, values.get("file")),
            lambda why: self.refused(why, lambda said: self.command(name, **{**values, **said}), values.get("file")),
        )

    def run(
        self,
        title: str,
        work: Callable[[Running], Any],
        done: Callable[[Any], None],
        failed: Callable[[TwinError], None],
    ) -> None:
        """Work off the window's thread; its progress is in the status bar."""

        def ended(then: Callable[[Any], None]) -> Callable[[Any], None]:
            def both(what: Any) -> None:
                self.window.status.tell(1.0, "")
                then(what)
                self.enable()

            return both

        self.window.status.tell(0.0, title)
        self.worker.run(title, work, ended(done), ended(failed), self.window.status.tell)
        self.enable()

    def read(
        self, ask: Callable[[], Any], then: Callable[[Any], None], refused: Callable[[TwinError], None] | None = None
    ) -> None:
        """Ask the store something short, off the window's thread; an answer for a city that has left is dropped."""
        session = self.session

        def answered(what: Any) -> None:
            if session is self.session:
                then(what)

        # What can't be read any more was taken out meanwhile: the change that tells so is on its way.
        def failed(why: TwinError) -> None:
            if session is self.session and refused:
                refused(why)
            else:
                answered(None)

        self.reading.run("read", lambda _running: ask(), answered, failed, lambda *_: None)

    def refused(self, why: TwinError, again: Again, file: Path | None = None) -> None:
        """Say why in words, in another language too; ask where a file lies, where that is what is missing."""
        if isinstance(why, NoCrs) and file is not None:
            self.asking.where(file, again, why)
            return
        messages = self.window.messages
        tone: Tone = "info" if isinstance(why, Cancelled) else "critical"
        actions = self.asking.ways(why, again, file)

        def say() -> None:
            messages.say(why.shown(), actions, tone=tone, again=say)

        say()

    def title(self) -> str:
        """The open city's title."""
        return tr(self.known.title) if self.known else ""

    def reread(self) -> None:
        """Panels and card in the language in use."""
        if self.known is None:
            return
        self.window.status.system(self.known.crs)
        self.window.layers.fill(self.known.layers, self.known.legends(night=self.window.view.light == "night"))
        self.window.bookmarks.fill(self.known.bookmarks)
        self._style()
        self.table()
        self.card()
        self.selection.keep({layer.id for layer in self.known.layers})
        self.filters.keep(self.known.layers)
        self.window.setWindowTitle(f"{self.title()} — {tr('Balad')}")
        self.window.view.update()

    def select(self, feature: tuple[str, int] | None) -> None:
        """Light a feature up and show its card."""
        self.selected, self.about = feature, None
        self.probing.clear()
        view = self.window.view
        if view.scene:
            view.scene.select(feature)
            view.draw()
        self.card(shown=True)
        self.window.table.point(feature[1] if feature and feature[0] == self._layer_of_table() else None)
        self.enable()

    def card(self, *, shown: bool = False) -> None:
        """The chosen feature's card, in the language in use; its panel is opened where it is to be ``shown``."""
        session, selected = self.session, self.selected
        if session is None or selected is None:
            layers = self.known.layers if self.known else []
            of = next((card(one) for one in layers if one.id == self.about), None)
            if of is not None or session is None or not self.probing.show():
                self.window.identify.fill(of)
            return

        def ask() -> tuple[Card, list[Any]]:
            return session.identify(*selected), [] if self._drawn(*selected) else session.border(*selected)

        def there(found: tuple[Card, list[Any]] | None) -> None:
            if selected == self.selected:
                card, border = found or (None, [])
                scene = self.window.view.scene
                if scene and border:
                    scene.select(selected, border)
                    self.window.view.draw()
                # Where its layer was taken out since, there is none.
                self.selected = selected if card else None
                self.window.identify.fill(card)
                if card and shown:
                    self.window.show_card()
                self.enable()

        self.read(ask, there)

    def show_about(self, layer: str) -> None:
        """Show what is known about a layer where a feature's card stands."""
        self.select(None)
        self.about = layer
        self.card()
        self.window.show_card()

    def _drawn(self, layer: str, fid: int) -> bool:
        """Whether a feature is seen and so can be outlined as it stands."""
        scene = self.window.view.scene
        if self.known is None or (scene and scene.gone(layer, [fid])[0]):
            return self.known is None
        return any(one.id == layer and one.visible and one.id not in GROUND_LAYERS for one in self.known.layers)

    def leave(self) -> None:
        """Take the city off the desk and close it."""
        self.reach.end()
        if self.session:
            self.session.city.changed.disconnect(self._changed, missing_ok=True)
            self.filters.clear()
            self.window.table.show_layer(None)
            self.window.view.leave()
            # What is being read of a linked file is told that it won't come: nobody waits for a slow disk.
            self.session.tiles.links.close()
            self.reading.wait()
            self.session.close()
        self.session, self.selected, self.about, self.known = None, None, None, None
        self.probing.clear()
        self._said = ((), None, None)

    def close(self) -> None:
        """The window is going."""
        tongue.changed.disconnect(self.reread, missing_ok=True)
        self._changes.stop()
        self.worker.close()
        self.leave()
        self.reach.close()
        self.reading.close()

    def _listen(self) -> None:
        window = self.window
        window.dropped = self.take
        window.closing = self.close
        window.welcome.chosen = self.opening.open
        window.messages.heard = window.log.say
        window.view.picked.connect(self._picked)
        window.view.pointed.connect(self._at)
        window.palette_of_commands.offers = Offers(self)
        window.bookmarks.chosen.connect(lambda one: going.show(self, one))
        window.bookmarks.renamed.connect(lambda one, title: self.command("rename-bookmark", bookmark=one, title=title))
        window.bookmarks.removed.connect(lambda one: self.command("remove-bookmark", bookmark=one))
        window.view.moved.connect(self._scale)
        window.view.shone.connect(self.reread)
        window.below.turned.connect(lambda _place: self.table())
        window.table.chosen.connect(self._row_chosen)
        window.table.wanted.connect(self._row_wanted)
        window.layers.ticked.connect(lambda layer, shown: self.command("show-layer", layer=layer, visible=shown))
        window.layers.renamed.connect(lambda layer, title: self.command("rename-layer", layer=layer, title=title))
        window.layers.moved.connect(lambda layer, place: self.command("move-layer", layer=layer, position=place))
        window.layers.faded.connect(lambda layer, share: self.command("fade-layer", layer=layer, opacity=share))
        window.layers.tree.currentItemChanged.connect(self._layer_chosen)
        window.style_of_layer.changed.connect(self._coloured)
        window.style_of_layer.labelled.connect(
            lambda layer, column: self.command("label-layer", layer=layer, column=column)
        )
        window.status.cancel.clicked.connect(self.worker.cancel)
        tongue.changed.connect(self.reread)

    def _changed(self, change: Change) -> None:
        """Heard on the store's thread."""
        if change.what in {"layers", "tiles", "style", "views"}:
            self.bridge.post(self._changes.start)

    def _show(self) -> None:
        if self.session:
            session = self.session
            before = self.known
            self.read(lambda: Known.read(session, before), self._shown)

    def _shown(self, known: Known | None) -> None:
        if known is None:
            return
        gone = self.known is not None and {one.id for one in self.known.layers} - {one.id for one in known.layers}
        self.known = known
        self.window.view.reload(known.listing, astray=bool(gone))
        self.window.view.colour(known.overlays)
        self.reread()
        self.enable()
        self.astray.look()

    def _layer_chosen(self, *_: object) -> None:
        self.enable()
        self._style()
        self.table()

    def table(self) -> None:
        """The chosen layer's rows, where the table is seen."""
        table = self.window.table
        if not self.window.below.isHidden() and self.window.below.page == 0:
            chosen = self.window.layers.chosen() or self._layer_of_table()
            layers = self.known.layers if self.known else []
            found = next((layer for layer in layers if layer.id == chosen), layers[-1] if layers else None)
            if found != table.layer:
                kept = self.filters.of(found.id if found else "")
                table.show_layer(found, kept.words, alone=kept.alone)

    def _layer_of_table(self) -> str | None:
        return self.window.table.layer.id if self.window.table.layer else None

    def _row_chosen(self, fid: int) -> None:
        layer = self._layer_of_table()
        if layer and (layer, fid) != self.selected:
            self.select((layer, fid))

    def _row_wanted(self, fid: int) -> None:
        self._row_chosen(fid)
        self.window.trigger("zoom-selection")

    def ask(
        self,
        ask: Callable[[City], Any],
        then: Callable[[Any], None],
        refused: Callable[[TwinError], None] | None = None,
    ) -> None:
        """For panels: they know neither the session nor its threads."""
        session = self.session
        if session is not None:
            self.read(lambda: ask(session.city), then, refused)

    def _style(self) -> None:
        """The chosen layer's style."""
        chosen = self.window.layers.chosen()
        layers = self.known.layers if self.known else []
        self.window.style_of_layer.fill(next((layer for layer in layers if layer.id == chosen), None))

    def _coloured(self, layer: str, colouring: Colouring | None) -> None:
        self.command("colour-layer", layer=layer, **(colouring.model_dump() if colouring else {}))

    def _picked(self, hit: Hit | None, probe: Probe | None) -> None:
        if hit is None:
            self.selection.clear()
        if probe is None:
            self.select(hit[:2] if hit else None)
        else:
            self.probing.ask(probe, hit)

    def _at(self, point: tuple[float, float, float] | None) -> None:
        known, globe, scene = self.known, self._globe, self.window.view.scene
        if point and known and known.crs != globe[0] and scene and scene.complete:
            # pyproj is asked for when a pointer first moves over a city that is seen, and not while it opens.
            self._globe = globe = (known.crs, None)
            self.read(lambda: _degrees(known.crs), lambda turn: setattr(self, "_globe", (known.crs, turn)))
        turn = globe[1]
        self.window.status.at(point, turn(*point[:2]) if turn and point else None)

    def _scale(self) -> None:
        view = self.window.view
        self.window.status.one_to(camera.metres_per_pixel(view.scene.camera, view.height()) if view.scene else 0.0)

    def enable(self) -> None:
        """What can't be done now is grey; undo and redo say what they would do."""
        edits = self.session.edits if self.session else None
        actions = self.window.actions_by_id
        for name, stack in (("undo", edits.done if edits else []), ("redo", edits.undone if edits else [])):
            # While something is under way there may be something to undo by the time this is its turn.
            actions[name].setEnabled(bool(stack) or (edits is not None and self.worker.waiting > 0))
            self.window.tip(name, f"{tr(declared()[name].title)}: {stack[-1].title}" if stack else "")
        for name, command in declared().items():
            if isinstance(command, PluginCommand):
                needed = self.window.layers.chosen() if command.when == "layer" else self.session
                actions[name].setEnabled(bool(self.session and needed))
            elif command.menu == "layer" and name not in {"import", "import-otherwise", "add-service"}:
                actions[name].setEnabled(bool(self.session and self.window.layers.chosen()))
            elif name in {"info", "check", "render", "copy-picture", "bookmark", "zoom-full", *_LOOKS}:
                actions[name].setEnabled(self.session is not None)
        chosen = self.window.layers.chosen()
        links = [layer for layer in self.known.layers if layer.link] if self.known else []
        files = {layer.id for layer in links if layer.link and not layer.link.service}
        actions["relink-layer"].setEnabled(chosen in files)
        actions["pack"].setEnabled(self.session is not None)
        actions["zoom-selection"].setEnabled(self.selected is not None)
        actions["show-all"].setEnabled(self.filters.hides(self.window.layers.chosen()))

    def _letters(self) -> Annotations | None:
        view = self.window.view
        scene = view.scene
        if self.known is None or scene is None:
            return None
        size, look, known = (view.width(), view.height()), self.settings.theme, self.known
        of = (
            view.seen(),
            size,
            look,
            tongue.language,
            tongue.digits,
            view.moving,
            scene.sight.pictures,
            id(scene),
            id(known),
        )
        if of != self._said[0]:
            said = known.words.composed(
                *of[:3],
                known.overlays,
                self.title(),
                scene.sight,
                scene.gone,
                moving=view.moving,
                veiled=scene.veiled,
                depths=scene.depths,
            )
            # What they are of is kept along: so long nothing else has its number.
            self._said = (of, said, (scene, known))
        return self._said[1]


def _degrees(crs: str) -> Turn | None:
    from twin.formats.crs import degrees

    return degrees(crs)
