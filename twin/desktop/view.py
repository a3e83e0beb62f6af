"""The 3D view: the scene in a Qt widget, drawn on demand, with the letters over it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QStackedLayout, QWidget
from vtkmodules.qt.QVTKRenderWindowInteractor import QVTKRenderWindowInteractor
from vtkmodules.vtkInteractionStyle import vtkInteractorStyleUser

from twin.lettering.annotations import Annotations
from twin.lettering.paint import paint
from twin.model.view import Camera
from twin.scene import camera
from twin.scene.scene import Scene
from twin.scene.source import TileSource

_CLICK = 4
"""Pixels that a click may wander."""


class Letters(QWidget):
    """The words over the view; the mouse goes through it."""

    def __init__(self, parent: QWidget, compose: Callable[[], Annotations | None]) -> None:
        super().__init__(parent)
        self._compose = compose
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint what stands over the view now."""
        said = self._compose()
        if said:
            painter = QPainter(self)
            paint(painter, self.width(), self.height(), said)
            painter.end()


class View(QWidget):
    """Holds the scene; the mouse and keys move its camera as QGIS's 3D view does."""

    picked = Signal(object)
    pointed = Signal(object)
    moved = Signal()

    def __init__(self, compose: Callable[[], Annotations | None]) -> None:
        super().__init__()
        self.scene: Scene | None = None
        self._canvas = QVTKRenderWindowInteractor(self)
        self._canvas.SetInteractorStyle(vtkInteractorStyleUser())
        self._canvas.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._canvas.setAcceptDrops(False)
        self._canvas.setMouseTracking(True)
        self._canvas.installEventFilter(self)
        self.letters = Letters(self, compose)
        layout = QStackedLayout(self)
        layout.setStackingMode(QStackedLayout.StackingMode.StackAll)
        layout.addWidget(self.letters)
        layout.addWidget(self._canvas)
        layout.setCurrentWidget(self.letters)
        self._pump = QTimer(self, interval=15)
        self._pump.timeout.connect(self._take)
        self._held: QPointF | None = None
        self._from: QPointF | None = None
        self._canvas.Initialize()

    def show_city(self, source: TileSource, start: Camera | None) -> None:
        """Draw a city instead of what was drawn."""
        self.leave()
        self.scene = Scene(self._canvas.GetRenderWindow(), source)
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
        self._canvas.GetRenderWindow().Render()
        self.letters.update()

    def finish(self) -> None:
        """Give the window's resources back."""
        self.leave()
        self._canvas.Finalize()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take the mouse and keys before VTK's interactor does."""
        if isinstance(event, QWheelEvent):
            return self._wheel(event)
        if isinstance(event, QMouseEvent):
            return self._mouse(event)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        return False

    def _take(self) -> None:
        if self.scene is None:
            return
        more = self.scene.pump()
        self.draw()
        if not more:
            self._pump.stop()

    def _mouse(self, event: QMouseEvent) -> bool:
        at = event.position()
        if event.type() == QEvent.Type.MouseButtonPress:
            self._held = self._from = at
            self._canvas.setFocus()
        elif event.type() == QEvent.Type.MouseMove:
            if self._held is not None and event.buttons() != Qt.MouseButton.NoButton:
                self._drag(event, at - self._held)
                self._held = at
            else:
                self.pointed.emit(self._ground(at))
        elif event.type() == QEvent.Type.MouseButtonRelease:
            if self._from is not None and (at - self._from).manhattanLength() <= _CLICK:
                self._click(event, at)
            self._held = self._from = None
        return True

    def _drag(self, event: QMouseEvent, by: QPointF) -> None:
        if self.scene is None:
            return
        now = self.scene.camera
        shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.buttons() & Qt.MouseButton.MiddleButton or shifted:
            self.look(camera.orbited(now, by.x() * 0.3, -by.y() * 0.25))
        elif event.buttons() & Qt.MouseButton.LeftButton:
            metres = camera.metres_per_pixel(now, self._canvas.height())
            self.look(camera.panned(now, -by.x() * metres, by.y() * metres * 1.6))
        elif event.buttons() & Qt.MouseButton.RightButton:
            self.look(camera.zoomed(now, 1.01 ** by.y()))

    def _click(self, event: QMouseEvent, at: QPointF) -> None:
        if self.scene and event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(self.scene.pick(at.x(), at.y(), self._canvas.width(), self._canvas.height()))

    def _wheel(self, event: QWheelEvent) -> bool:
        if self.scene:
            about = self._ground(event.position())
            self.look(camera.zoomed(self.scene.camera, 0.85 ** (event.angleDelta().y() / 120), about))
        return True

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
        eye, way = camera.ray(self.scene.camera, at.x(), at.y(), self._canvas.width(), self._canvas.height())
        return camera.on_plane(eye, way, self.scene.camera.height)
