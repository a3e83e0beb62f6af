"""Another program's window that gives a file away: ``python dragging.py FILE X Y``; press on it and drag."""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QApplication, QLabel


class Giver(QLabel):
    def mousePressEvent(self, _event):
        drag = QDrag(self)
        what = QMimeData()
        what.setUrls([QUrl.fromLocalFile(sys.argv[1])])
        drag.setMimeData(what)
        drag.exec(Qt.DropAction.CopyAction)


if __name__ == "__main__":
    application = QApplication(sys.argv[:1])
    giver = Giver("…")
    giver.setWindowFlags(Qt.WindowType.FramelessWindowHint)
    giver.setGeometry(int(sys.argv[2]), int(sys.argv[3]), 80, 80)
    giver.show()
    print("ready", flush=True)
    sys.exit(application.exec())
