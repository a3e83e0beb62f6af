"""Opening a city, founding one, making the sample, and the ways back of a damaged one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.core.errors import CityBusy, LogMissing, LogTorn, TwinError
from twin.core.i18n import first_strong, tr
from twin.desktop import answering
from twin.desktop.bridge import Running
from twin.desktop.known import Known
from twin.desktop.messages import Action, Tone
from twin.host.session import Session
from twin.store import recovery

if TYPE_CHECKING:
    from twin.desktop.desk import Desk


class Opening:
    """Each way ends in a city on the desk, or in words with choices."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def open(self, path: Path) -> None:
        """Open a city, off the window's thread."""
        if self._desk.session and self._desk.session.path == path:
            return
        self._wait(
            tr("Opening {name}…", name=first_strong(path.name)),
            lambda running: _known(Session.open(path, progress=running)),
            self._held,
            lambda why: self._unopened(why, path),
        )

    def found(self, file: Path, path: Path | None = None, said: dict[str, Any] | None = None) -> None:
        """The first file makes the city, beside it unless a person said where."""
        city = path or file.with_suffix(".balad")

        def work(running: Running) -> Any:
            with Session(city) as session:
                return session.run("import", running, file=file, **(said or {}))

        def done(answer: Any) -> None:
            answering.answered(self._desk, answer, file)
            self.open(city)

        def failed(why: TwinError) -> None:
            self._begin()
            self._desk.refused(why, lambda more: self.found(file, city, {**(said or {}), **more}), file)

        self._wait(tr("Reading {name}…", name=first_strong(file.name)), work, done, failed)

    def sample(self, path: Path) -> None:
        """Make the sample, then open it."""

        def work(running: Running) -> Any:
            with Session(path) as session:
                return session.run("sample", running)

        self._wait(tr("Making the sample city…"), work, lambda _answer: self.open(path), self._failed)

    def new(self, path: Path) -> None:
        """An empty city; its first file gives it a CRS."""
        self._wait(
            tr("Opening {name}…", name=first_strong(path.name)),
            lambda _running: _known(Session.create(path)),
            self._held,
            self._failed,
        )

    def _held(self, opened: tuple[Session, Known]) -> None:
        self._desk.hold(*opened)

    def _wait(
        self,
        title: str,
        work: Callable[[Running], Any],
        done: Callable[[Any], None],
        failed: Callable[[TwinError], None],
    ) -> None:
        if self._desk.session is None:
            self._desk.window.welcome.wait(title)
        self._desk.run(title, work, done, failed)

    def _begin(self) -> None:
        if self._desk.session is None:
            self._desk.start()

    def _failed(self, why: TwinError) -> None:
        self._begin()
        self._desk.refused(why, lambda _said: None)

    def _unopened(self, why: TwinError, path: Path) -> None:
        self._begin()
        actions: tuple[Action, ...] = ()
        if isinstance(why, LogTorn | LogMissing):
            actions = tuple(
                (_upper(choice.words()), lambda way=choice.id: self._recover(path, way))  # type: ignore[misc]
                for choice in recovery.choices(path)
            )
        elif isinstance(why, CityBusy):
            actions = (
                (tr("Try again"), lambda: self.open(path)),
                (tr("Open a copy to read"), lambda: self._copy(path)),
            )
        messages = self._desk.window.messages
        tone: Tone = "warning" if actions else "critical"
        messages.say(why.shown(), actions, tone=tone, again=lambda: self._unopened(why, path))

    def _copy(self, path: Path) -> None:
        self._wait(
            tr("Opening {name}…", name=first_strong(path.name)),
            lambda _running: _known(Session.open_copy(path)),
            self._held,
            self._failed,
        )

    def _recover(self, path: Path, way: str) -> None:
        self._wait(
            tr("Recovering {name}…", name=first_strong(path.name)),
            lambda _running: recovery.recover(path, way),
            lambda _kept: self.open(path),
            self._failed,
        )


def _known(session: Session) -> tuple[Session, Known]:
    try:
        return session, Known.read(session)
    except BaseException:
        session.close()
        raise


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]
