"""The pointer and the keys of the X server, moved as a person moves them, and what the screen then shows."""

from __future__ import annotations

import subprocess
import time

from PySide6.QtCore import QPoint, QPointF, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog

from twin.scene import camera


def still(desk):
    view = desk.window.view
    return view.scene is not None and not view.scene.busy and not view.streaming


class Hand:
    """The pointer and the keys of the X server, moved as a person moves them."""

    def __init__(self, qtbot):
        self.qtbot = qtbot

    def do(self, *words):
        with subprocess.Popen(["xdotool", *map(str, words)]) as process:
            self.qtbot.waitUntil(lambda: process.poll() is not None, timeout=20_000)
            assert process.returncode == 0
        self.qtbot.wait(30)
        assert QApplication.activeModalWidget() is None, "nothing is modal but the file chooser"

    def to(self, point, steps=1):
        x, y = (point.x(), point.y()) if isinstance(point, QPoint) else point
        was = getattr(self, "at", (x, y))
        for step in range(1, steps + 1):
            share = step / steps
            self.do("mousemove", round(was[0] + (x - was[0]) * share), round(was[1] + (y - was[1]) * share))
        self.at = (x, y)

    def drag(self, start, end, button=1):
        self.to(start)
        self.do("mousedown", button)
        self.to(end, steps=12)
        self.do("mouseup", button)

    def click(self, point, times=1):
        self.to(point)
        self.do("click", "--repeat", times, "--delay", 80, 1)

    def write(self, words):
        if words.isascii():
            self.do("type", "--delay", 25, words)
        else:
            # The server's keys have no Arabic letters: xdotool lends them some, and now and then one is lost.
            QApplication.clipboard().setText(words)
            self.do("key", "ctrl+v")

    def key(self, *keys):
        for key in keys:
            self.do("key", key)

    def choose_file(self, key, path):
        """Press a key that opens the file chooser, and name a file there once it is ready for it.

        The chooser has an event loop of its own, in which whoever opened it waits: what goes wrong here ends it.
        """
        typing = []
        until = time.monotonic() + 30

        def look():
            chooser = QApplication.activeModalWidget()
            if time.monotonic() > until:
                if chooser is not None:
                    chooser.reject()
            elif not typing and isinstance(chooser, QFileDialog) and chooser.isActiveWindow():
                typed = f"xdotool type --delay 12 '{path}'; sleep 0.3; xdotool key Return"
                typing.append(subprocess.Popen(["sh", "-c", typed]))

        timer = QTimer(interval=50)
        timer.timeout.connect(look)
        timer.start()
        subprocess.run(["xdotool", "key", key], check=True, timeout=20)
        self.qtbot.waitUntil(lambda: bool(typing) and typing[0].poll() is not None, timeout=40_000)
        timer.stop()
        assert typing[0].wait() == 0 and time.monotonic() < until, "the file chooser took no name"


def screen():
    return QGuiApplication.primaryScreen().grabWindow(0, 0, 0, 1366, 768).toImage()


def widget_at(widget):
    return widget.mapToGlobal(widget.rect().center())


def pixel(desk, point):
    view = desk.window.view
    return view.mapToGlobal(QPointF(*camera.pixel(view.scene.camera, point, view.width(), view.height())).toPoint())
