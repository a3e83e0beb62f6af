"""What a file leaves to be said, asked in the bar: where it lies, and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog

from twin.core import paths
from twin.core.errors import CannotRead, NoCrs, NotThisFormat, ReaderFailed, TooLarge, TwinError
from twin.core.i18n import tr
from twin.desktop import answering
from twin.desktop.messages import Action
from twin.desktop.where import Where
from twin.host.session import Session

if TYPE_CHECKING:
    from twin.desktop.bridge import Running
    from twin.desktop.choices import Choices
    from twin.desktop.desk import Desk
    from twin.formats.looking import Look
    from twin.formats.suggesting import Suggestions
    from twin.host.samples import Sample
    from twin.model.report import ImportReport

Again = Callable[[dict[str, Any]], None]
"""Goes on with what was being done, with what a person said."""


class Asking:
    """Each question goes on with the import; what is said is added to what was said before."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def where(self, file: Path, again: Again, why: NoCrs | None = None, before: Where | None = None) -> None:
        """Ask where a file lies, with the CRSs that fit the city where they are known; ``before`` asked the same."""
        desk, messages = self._desk, self._desk.window.messages
        crs = desk.known.crs if desk.known else ""
        words = tr("The file doesn't say in which coordinate system it is, and Balad doesn't guess.")
        if why is not None and (why.values or not why.message):
            words = tr(why.message, **why.values) if why.message else tr("Look where each would put it, and choose.")

        def answered(said: dict[str, Any]) -> None:
            messages.clear()
            again(said)

        form = Where(file.name, words, crs, answered, messages.clear, self._readings(why))
        if before is not None:
            form.like(before)
        messages.ask(form, f"{form.title}\n{words}", lambda: self.where(file, again, why, form))
        form.grown = lambda: QTimer.singleShot(0, messages.settle)
        form.code.setFocus()

    def suggest(self, file: Path, again: Again) -> None:
        """Look which CRSs fit, then ask where a file lies, whatever it says of itself."""

        def work(session: Session, running: Running) -> Suggestions | None:
            from twin.work import choosing, imports

            with _scratch() as folder, session.reporting(running):
                return choosing.suggested(session, imports.asked(session, file, folder))

        def there(found: Suggestions | None) -> None:
            why = NoCrs("")
            why.suggested = found
            self.where(file, again, why)

        self._run(file, tr("Looking where it could lie…"), work, there)

    def choices(self, file: Path, again: Again) -> None:
        """Ask how a file is read: its text, its kind of layer, whose places its rows have."""

        def work(session: Session, running: Running) -> Look:
            from twin.work import choosing, imports

            with _scratch() as folder, session.reporting(running):
                return choosing.looked(session, imports.asked(session, file, folder))

        self._run(file, tr("Looking at the file…"), work, lambda found: self._choose(file, found, again))

    def bring(self, file: Path) -> None:
        """Take a file in after asking how."""
        self.choices(file, self.importing(file))

    def importing(self, file: Path) -> Again:
        """Takes a file in with what is said: into the open city, or as the first of a new one."""

        def again(said: dict[str, Any]) -> None:
            if self._desk.session is None:
                self._desk.opening.found(file, None, said)
            else:
                self._desk.command("import", file=file, **said)

        return again

    def samples(self) -> None:
        """Show the sample files: one is added to the city, or all are copied to a folder."""
        from twin.desktop.samples import SampleList
        from twin.host.samples import listed

        messages = self._desk.window.messages
        try:
            there = listed()
        except TwinError as why:
            self._desk.refused(why, lambda _said: None)
            return

        def add(one: Sample) -> None:
            messages.clear()
            if self._desk.session is None:
                self._found(one)
            else:
                self._desk.command("import", file=one.path, **one.said)

        form = SampleList(there, add, self._copy_samples, messages.clear)
        messages.ask(form, form.title, self.samples)

    def _found(self, one: Sample) -> None:
        """No city is open: the sample founds one, where a person says, since its own folder may be read-only."""
        name, _ = QFileDialog.getSaveFileName(self._desk.window, tr("New city…"), "", "*.balad")
        if name:
            city = Path(name) if name.endswith(".balad") else Path(f"{name}.balad")
            self._desk.opening.found(one.path, city, one.said)

    def _copy_samples(self) -> None:
        from twin.host.samples import samples

        desk = self._desk
        name, _ = QFileDialog.getSaveFileName(
            desk.window, tr("Copy all to a folder…"), "", "", options=QFileDialog.Option.ShowDirsOnly
        )
        if not name:
            return
        desk.window.messages.clear()
        desk.run(
            tr("Copy all to a folder…"),
            lambda _running: samples(None, Path(name)),
            lambda answer: answering.answered(desk, answer),
            lambda why: desk.refused(why, lambda _said: None),
        )

    def ways(self, why: TwinError, again: Again, file: Path | None) -> tuple[Action, ...]:
        """What can be done about a file that was refused for how it was read."""
        plain = isinstance(why, CannotRead) and not isinstance(why, NotThisFormat | TooLarge | ReaderFailed)
        if file is None or not plain:
            return ()
        return ((tr("Say how it is read…"), partial(self.choices, file, again)),)

    def after(self, report: ImportReport, file: Path) -> tuple[Action, ...]:
        """What can be done about a file that was taken in with doubts: taken back, and brought otherwise."""
        if not (report.notes or report.astray):
            return ()
        session = self._desk.session
        edit = session.edits.done[-1] if session and session.edits.done else None

        def back(ask: Callable[[Path, Again], None]) -> None:
            now = self._desk.session
            if now is not None and edit is not None and now.edits.done[-1:] == [edit]:
                self._desk.command("undo")
            else:
                for layer in report.layers:
                    self._desk.command("remove-layer", layer=layer.id)
            ask(file, self.importing(file))

        otherwise = (tr("Read it otherwise…"), partial(back, self.choices))
        return ((tr("Say where it lies…"), partial(back, self.suggest)), otherwise) if report.astray else (otherwise,)

    def _choose(self, file: Path, found: Look, again: Again, before: Choices | None = None) -> None:
        from twin.desktop.choices import Choices

        desk, messages = self._desk, self._desk.window.messages
        layers = [one for one in desk.known.layers if one.link is None] if desk.known else []

        def answered(said: dict[str, Any]) -> None:
            messages.clear()
            again(said)

        def where(said: dict[str, Any]) -> None:
            messages.clear()
            self.suggest(file, lambda more: again({**said, **more}))

        form = Choices(file.name, found, layers, answered, messages.clear, where)
        if before is not None:
            form.like(before)
        messages.ask(form, form.title, lambda: self._choose(file, found, again, form))
        form.grown = lambda: QTimer.singleShot(0, messages.settle)

    def _readings(self, why: NoCrs | None) -> Any:
        """What fits, beside a plan of the city; None where nothing was found."""
        if why is None or why.suggested is None:
            return None
        from twin.desktop.readings import Readings
        from twin.formats.suggesting import Suggestions
        from twin.host.streets import plan

        if not isinstance(why.suggested, Suggestions):
            return None
        session = self._desk.session
        drawn = partial(plan, session.city) if session and why.suggested.extent else None
        return Readings(why.suggested, self._desk.read, drawn, self._desk.settings.theme)

    def _run(
        self,
        file: Path,
        title: str,
        work: Callable[[Session, Running], Any],
        then: Callable[[Any], None],
    ) -> None:
        """Ask a child about a file, for the open city or for one that it would found."""
        desk, session = self._desk, self._desk.session

        def both(running: Running) -> Any:
            if session is not None:
                return work(session, running)
            with Session(file.with_suffix(".balad")) as alone:
                return work(alone, running)

        desk.run(title, both, then, lambda why: desk.refused(why, lambda _said: None))


@contextmanager
def _scratch() -> Iterator[Path]:
    import shutil

    folder = paths.scratch()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
