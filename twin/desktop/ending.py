"""Being told to end by the system: the city is closed cleanly, as by the person's own hand."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable

from PySide6.QtCore import QObject, QSocketNotifier, QTimer


class Ending(QObject):
    """Hears SIGTERM, SIGINT and SIGHUP while Qt waits for events; Windows closes windows by their own message.

    Python runs a handler between any two of its steps, so also in the midst of a frame: the close waits for its turn.
    """

    def __init__(self, parent: QObject, close: Callable[[], object]) -> None:
        super().__init__(parent)
        if sys.platform == "win32":
            return
        self._heard, self._told = socket.socketpair()
        for end in (self._heard, self._told):
            end.setblocking(False)
        signal.set_wakeup_fd(self._told.fileno())
        self._notifier = QSocketNotifier(self._heard.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(lambda: self._heard.recv(64))
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: QTimer.singleShot(0, self, close))
