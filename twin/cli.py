"""The same commands from a terminal."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence


def main(words: Sequence[str] | None = None) -> int:
    """Run a command line: 0 done, 1 refused with a reason, 2 usage."""
    words = list(sys.argv[1:] if words is None else words)
    if words in (["--version"], ["-V"]):
        from twin import __version__

        print(f"balad {__version__}")
        return 0
    _speak()
    if words[:1] in (["start"], ["open"], []):
        # Nothing of what a start makes is rubbish: the collector would only walk through it, again and again.
        gc.disable()
    if words == ["start"]:
        return _worded(_start)
    if words[:1] == ["bench"]:
        return _worded(lambda: _bench(words[1:]))
    return _printed(words or ["open"])


def _printed(words: Sequence[str]) -> int:
    """Run a command; whoever reads only the beginning of what it prints, as ``head`` does, is told of no error."""
    from twin.host import terminal

    try:
        code = terminal.run(words)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def window() -> int:
    """Open the window: what a desktop's launcher starts."""
    gc.disable()
    _speak()
    from twin.desktop.app import start

    return _worded(start)


def _worded(start: Callable[[], int]) -> int:
    """Run it; what is refused is told in words."""
    from twin.core.errors import TwinError

    try:
        return start()
    except TwinError as why:
        print(why, file=sys.stderr)
        return 1


def _start() -> int:
    """The window with the sample city, or the tour in pictures where there is no display."""
    from twin.host import display

    if display.present():
        return window()
    from twin.lettering.tour import pictures

    return pictures()


def _bench(words: Sequence[str]) -> int:
    """What drawing, storing and importing cost on this machine: the benchmarks lie beside the program, not in it."""
    import subprocess

    from twin.core import paths
    from twin.core.errors import Refused
    from twin.core.i18n import mark

    if not (paths.program() / "tests" / "benchmarks" / "__main__.py").exists():
        raise Refused(mark("The benchmarks are not part of this installation: they come with the program's source."))
    asked = [word for word in words if word != "--json"]
    return subprocess.call([sys.executable, "-m", "tests.benchmarks", *asked], cwd=paths.program())  # noqa: S603


def _speak() -> None:
    """Take the person's language, keep a log; a stream that can't write a letter writes its code instead of failing."""
    from twin.core import logs
    from twin.core.i18n import tongue
    from twin.core.settings import Settings

    for stream in (sys.stdout, sys.stderr):
        getattr(stream, "reconfigure", lambda **_: None)(encoding="utf-8", errors="backslashreplace")
    logs.keep()
    settings = Settings.load()
    tongue.set(settings.language, settings.digits)


if __name__ == "__main__":
    sys.exit(main())
