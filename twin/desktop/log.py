"""The log: lines that can be run again, and what was said."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QPlainTextEdit


class Log(QPlainTextEdit):
    """Code reads left to right in every language."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setMaximumBlockCount(5_000)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))

    def line(self, command: str) -> None:
        """A command that was run, as it can be run again."""
        self.appendPlainText(command)

    def say(self, words: str) -> None:
        """Words, as comments among the lines."""
        for part in words.splitlines():
            self.appendPlainText(f"# {part}")
