"""The errors that a person reads.

TwinError                 what went wrong, what to do next, and last the path
├── CannotRead            a file that can't be taken in
│   ├── NoCrs             it names no coordinate system: a person must say which
│   ├── NotThisFormat     it isn't what its name says
│   ├── TooLarge          it passes a bound on size, depth, time or memory
│   ├── Unreachable       a server that doesn't answer now
│   └── ReaderFailed      the process that read it died
├── CannotWrite           a disk, a folder or a file that can't be written
├── CannotOpen            a city that can't be opened
│   ├── CityBusy          another process has it
│   ├── NewerCity         a newer Balad wrote it
│   ├── LogMissing        it was copied while open, without its .wal
│   └── LogTorn           its .wal was damaged: a choice is needed
├── Refused               a request that can't be granted as put
└── Cancelled             the person stopped it
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from twin.core.i18n import isolate, tr


class TwinError(Exception):
    """What went wrong, what to do next, and last the path.

    ``message`` is a catalogue message with ``{name}`` fields filled from ``values``;
    it is translated when it is shown, so that one error can be read in two languages.
    """

    def __init__(self, message: str, path: str | Path | None = None, **values: Any) -> None:
        super().__init__(message)
        self.message = message
        self.path = None if path is None else str(path)
        self.values = values

    def __str__(self) -> str:
        words = tr(self.message, **self.values)
        return words if self.path is None else f"{words}\n{self.path}"

    def shown(self) -> str:
        """As a window shows it: the path is read left to right in either language."""
        words = tr(self.message, **self.values)
        return words if self.path is None else f"{words}\n{isolate(self.path)}"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.message, self.path, self.values)


def _rebuild(kind: type[TwinError], message: str, path: str | None, values: dict[str, Any]) -> TwinError:
    return kind(message, path, **values)


class CannotRead(TwinError):
    """A file that can't be taken in."""


class Suggested(Protocol):
    """What a person may say, so that a request can be granted."""

    def lines(self) -> Iterable[str]:
        """As a terminal prints it, in the language in use."""

    def printed(self) -> object:
        """As ``--json`` prints it."""


class NoCrs(CannotRead):
    """The file names no coordinate system, or one that nobody knows."""

    suggested: Suggested | None = None
    """Those that would fit, where somebody looked for them; it doesn't cross between processes."""

    def __str__(self) -> str:
        if self.suggested is None:
            return super().__str__()
        words, *path = super().__str__().rsplit("\n", 1) if self.path else [super().__str__()]
        return "\n".join([words, *self.suggested.lines(), *path])


class NotThisFormat(CannotRead):
    """The file isn't what its name says, or breaks its format's rules."""


class TooLarge(CannotRead):
    """The file passes a bound on size, depth, time or memory."""


class Unreachable(CannotRead):
    """A server that doesn't answer now.

    Among its values may be ``quiet``, the seconds that it wants to be left alone, and ``answered``, whether it did
    answer, but stumbled over just this.
    """


class ReaderFailed(CannotRead):
    """The process that read the file died."""


class CannotWrite(TwinError):
    """A disk, a folder or a file that can't be written."""


class CannotOpen(TwinError):
    """A city that can't be opened."""


class CityBusy(CannotOpen):
    """Another process has the city open."""


class NewerCity(CannotOpen):
    """A newer Balad wrote the city."""


class LogMissing(CannotOpen):
    """The city was copied while it was open, without its .wal."""


class LogTorn(CannotOpen):
    """The city's .wal was damaged: a choice is needed."""


class Refused(TwinError):
    """A request that can't be granted as it was put."""


class Cancelled(TwinError):
    """The person stopped it."""
