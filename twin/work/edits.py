"""Undo and redo without Qt: an edit knows its inverse, and the views hear the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import RLock

from psygnal import Signal


@dataclass
class Edit:
    """A change of the city that can be taken back."""

    title: str
    """A catalogue message, its fields filled: what the menu shows after *Undo*."""
    do: Callable[[], None]
    undo: Callable[[], None]


class Edits:
    """What was done in this session, newest last."""

    changed = Signal()

    def __init__(self) -> None:
        self.done: list[Edit] = []
        self.undone: list[Edit] = []
        self._lock = RLock()

    def push(self, edit: Edit) -> None:
        """Do it, and remember it; what had been undone can't be done again."""
        with self._lock:
            edit.do()
            self.done.append(edit)
            self.undone.clear()
        self.changed.emit()

    def undo(self) -> str | None:
        """Take the last edit back; its title, or None where there is none."""
        return self._move(self.done, self.undone, lambda edit: edit.undo())

    def redo(self) -> str | None:
        """Do the last undone edit again; its title, or None where there is none."""
        return self._move(self.undone, self.done, lambda edit: edit.do())

    def _move(self, source: list[Edit], target: list[Edit], act: Callable[[Edit], None]) -> str | None:
        with self._lock:
            if not source:
                return None
            edit = source[-1]
            act(edit)
            target.append(source.pop())
        self.changed.emit()
        return edit.title
