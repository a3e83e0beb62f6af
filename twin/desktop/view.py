"""The 3D view: the scene in a Qt widget, drawn on demand, with the letters over it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from twin.lettering.annotations import Annotations
from twin.lettering.paint import paint
from twin.model.view import Camera
from twin.scene import camera, offscreen
from twin.scene.scene import Scene
from twin.scene.source import TileSource

_CLICK = 4
"""Pixels that a click may wander."""


class View(QWidget):
    """Holds the scene; the mouse and keys move its camera as QGIS's 3D view does.

    The scene is drawn off-screen and painted as a picture, so that letters and bars lie over it on every platform
    (a native OpenGL child would hide them), and the window and ``balad render`` draw alike.
    """

    picked = Signal(object)
    pointed = Signal(object)
    moved = Signal()

    def __init__(self, compose: Callable[[], Annotations | None]) -> None:
        super().__init__()
        self.scene: Scene | None = None
        self._compose = compose
        self._window = offscreen.hidden()
        self._image: QImage | None = None
        self._stale = True
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(320, 240)
        self._pump = QTimer(self, interval=15)
        self._pump.timeout.connect(self._take)
        self._held: QPointF | None = None
        self._from: QPointF | None = None

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The scene, drawn anew only where something changed, and the words over it."""
        painter = QPainter(self)
        if self.scene is None:
            painter.fillRect(self.rect(), self.palette().window())
        else:
            if self._stale or self._image is None or self._image.size() != self._pixels():
                self._image = self._drawn()
                self._stale = False
            painter.drawImage(self.rect(), self._image)
            said = self._compose()
            if said:
                paint(painter, self.width(), self.height(), said)
        painter.end()

    def show_city(self, source: TileSource, start: Camera | None) -> None:
        """Draw a city instead of what was drawn."""
        self.leave()
        self.scene = Scene(self._window, source)
        self.look(start or self.whole())
        self._pump.start()

    def leave(self) -> None:
        """Let go of the city."""
        self._pump.stop()
        if self.scene:
            self.scene.close()
        self.scene = None
        self.draw()

    def reload(self) -> None:
        """The city has other layers or tiles than before."""
        if self.scene:
            self.scene.reload()
            self._pump.start()
            self.draw()

    def whole(self) -> Camera:
        """A camera that sees everything."""
        extent = self.scene.extent() if self.scene else None
        return camera.fitting(extent) if extent else Camera()

    def look(self, to: Camera) -> None:
        """Move the camera and draw."""
        if self.scene:
            self.scene.look(to)
            self.draw()
            self.moved.emit()

    def draw(self) -> None:
        """Draw once, soon."""
        self._stale = True
        self.update()

    def finish(self) -> None:
        """Give the window's resources back."""
        self.leave()
        self._window.Finalize()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click or a drag begins."""
        self._held = self._from = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A drag moves the camera; a free pointer says where it is."""
        at = event.position()
        if self._held is not None and event.buttons() != Qt.MouseButton.NoButton:
            self._drag(event, at - self._held)
            self._held = at
        else:
            self.pointed.emit(self._ground(at))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Where the pointer hardly moved, it was a click."""
        at = event.position()
        if self._from is not None and (at - self._from).manhattanLength() <= _CLICK:
            self._click(event, at)
        self._held = self._from = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom to the pointer."""
        if self.scene:
            about = self._ground(event.position())
            self.look(camera.zoomed(self.scene.camera, 0.85 ** (event.angleDelta().y() / 120), about))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, with Shift they turn; Page Up and Down change the height."""
        if not self._key(event):
            super().keyPressEvent(event)

    def _pixels(self) -> QSize:
        ratio = self.devicePixelRatioF()
        return QSize(round(self.width() * ratio), round(self.height() * ratio))

    def _drawn(self) -> QImage:
        size = self._pixels()
        rows = offscreen.draw(self._window, (size.width(), size.height()))
        return QImage(rows.data, size.width(), size.height(), 3 * size.width(), QImage.Format.Format_RGB888).copy()

    def _take(self) -> None:
        if self.scene is None:
            return
        more = self.scene.pump()
        self.draw()
        if not more:
            self._pump.stop()

    def _drag(self, event: QMouseEvent, by: QPointF) -> None:
        if self.scene is None:
            return
        now = self.scene.camera
        shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.buttons() & Qt.MouseButton.MiddleButton or shifted:
            self.look(camera.orbited(now, by.x() * 0.3, -by.y() * 0.25))
        elif event.buttons() & Qt.MouseButton.LeftButton:
            metres = camera.metres_per_pixel(now, self.height())
            self.look(camera.panned(now, -by.x() * metres, by.y() * metres * 1.6))
        elif event.buttons() & Qt.MouseButton.RightButton:
            self.look(camera.zoomed(now, 1.01 ** by.y()))

    def _click(self, event: QMouseEvent, at: QPointF) -> None:
        if self.scene and event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(self.scene.pick(at.x(), at.y(), self.width(), self.height()))

    def _key(self, event: QKeyEvent) -> bool:
        if self.scene is None:
            return False
        now, shift = self.scene.camera, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        step = now.distance * 0.06
        moves = {
            Qt.Key.Key_Left: camera.orbited(now, -8, 0) if shift else camera.panned(now, -step, 0),
            Qt.Key.Key_Right: camera.orbited(now, 8, 0) if shift else camera.panned(now, step, 0),
            Qt.Key.Key_Up: camera.orbited(now, 0, -5) if shift else camera.panned(now, 0, step),
            Qt.Key.Key_Down: camera.orbited(now, 0, 5) if shift else camera.panned(now, 0, -step),
            Qt.Key.Key_PageUp: camera.zoomed(now, 1.15),
            Qt.Key.Key_PageDown: camera.zoomed(now, 1 / 1.15),
        }
        to = moves.get(Qt.Key(event.key()))
        if to is None:
            return False
        self.look(to)
        return True

    def _ground(self, at: QPointF) -> camera.Point | None:
        if self.scene is None:
            return None
        eye, way = camera.ray(self.scene.camera, at.x(), at.y(), self.width(), self.height())
        return camera.on_plane(eye, way, self.scene.camera.height)
