"""The 3D view: the scene in a Qt widget, drawn on demand, with the letters over it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from twin.desktop.areas import Areas
from twin.desktop.flight import Flight
from twin.desktop.hover import Hover
from twin.lettering.annotations import Annotations
from twin.lettering.paint import paint
from twin.model.view import Camera, Light
from twin.model.view import View as Seen
from twin.scene import camera, offscreen
from twin.scene.colours import Overlay
from twin.scene.listing import Listing
from twin.scene.scene import Scene
from twin.scene.source import TileSource
from twin.scene.stage import MOST

_CLICK = 4
"""Pixels that a click may wander."""
_SLOW = 0.045
"""Seconds a frame may take before the hand's movements are drawn at half size."""
_REST = 180
"""Milliseconds of rest before the whole picture."""
_FLATTEST = -20.0
"""Degrees: a box is looked at from no lower."""
_STREAM = 0.12
"""Seconds between two pictures while tiles arrive."""

Box = tuple[float, float, float, float, float, float]


class View(QWidget):
    """Holds the scene; the mouse and keys move its camera as QGIS's 3D view does.

    The scene is drawn off-screen and painted as a picture, so that letters and bars lie over it on every platform
    (a native OpenGL child would hide them), and the window and ``balad render`` draw alike.
    """

    picked = Signal(object, object)
    """The feature under a click, and what may be asked of linked files there; None where there is none."""
    pointed = Signal(object)
    moved = Signal()
    escaped = Signal()
    """Esc, with no area begun and no tool in hand."""
    shone = Signal()
    """Day became night, or night day."""
    seen_through = Signal(float)
    """How opaque the ground is now."""

    def __init__(self, compose: Callable[[], Annotations | None]) -> None:
        super().__init__()
        self.scene: Scene | None = None
        self.light: Light = "day"
        self.ground = 1.0
        """How opaque the ground is."""
        self._compose = compose
        self._window = offscreen.hidden()
        self._image: QImage | None = None
        self._stale = True
        self._slow = False
        self._moving = False
        self._drawn_at = self._took = 0.0
        self._shown = -1
        self._start: Camera | None = None
        self._depth: Camera | None = None
        """How it was looked at before the plan."""
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(320, 240)
        self._pump = QTimer(self, interval=15)
        self._pump.timeout.connect(self._take)
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self._rested)
        self._held: QPointF | None = None
        self._from: QPointF | None = None
        self.calm = False
        """Whether the camera jumps where it would fly: for people whom motion makes ill."""
        self.flight = Flight(self, self._flown)
        self.hover = Hover(self)
        self.areas = Areas()
        self.areas.changed.connect(self._drawing)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The scene, drawn anew only where something changed, and the words over it."""
        painter = QPainter(self)
        if self.scene is None:
            painter.fillRect(self.rect(), self.palette().window())
        else:
            if self._stale or self._image is None or self._image.size() != self._pixels():
                self._image = self._drawn()
                self._stale = False
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self.rect(), self._image)
            self.hover.paint(painter)
            self.areas.paint(painter)
            said = self._compose()
            if said:
                paint(painter, self.width(), self.height(), said)
            if self.scene.busy:
                # What the letters asked for comes later.
                self._pump.start()
        painter.end()

    @property
    def moving(self) -> bool:
        """Whether the camera is on its way."""
        return self._moving

    @property
    def streaming(self) -> bool:
        """Whether tiles are still to come."""
        return self._pump.isActive()

    def show_city(self, source: TileSource, listing: Listing, start: Camera | None, cache: int = MOST) -> None:
        """Draw a city instead of what was drawn; its tiles may take ``cache`` bytes."""
        self.leave()
        self.scene = Scene(self._window, source, listing, night=self.light == "night", cache=cache)
        self._measure()
        self._start = start
        self._shown = -1
        self.reset()
        self._pump.start()

    def leave(self) -> None:
        """Let go of the city."""
        self._pump.stop()
        self._rest.stop()
        self.flight.stop()
        if self.scene:
            self.scene.close()
        self.scene = None
        self.ground = 1.0
        self.seen_through.emit(1.0)
        self.draw()

    def reload(self, listing: Listing, *, astray: bool = False) -> None:
        """The city has other layers or tiles than before; an eye that has nothing left to look at goes back."""
        if self.scene:
            empty = self.scene.extent() is None
            self.scene.reload(listing)
            if empty or (astray and not self.scene.sees_something()):
                self.reset()
            self._pump.start()
            self.draw()

    def whole(self) -> Camera:
        """A camera that sees everything, in plan where that is how it looks now."""
        extent = self.scene.extent() if self.scene else None
        if extent is None or self.scene is None:
            return Camera()
        return camera.plan_of(extent) if self.scene.camera.parallel else camera.fitting(extent)

    def beginning(self) -> Camera:
        """Where the city begins: its own overview, or all of it."""
        return self._start or self.whole()

    def reset(self) -> None:
        """Be where the city begins."""
        self.look(self.beginning())

    def turn(self, **to: float) -> None:
        """Turn the camera to an azimuth or a pitch, in degrees."""
        if self.scene:
            self.look(self.scene.camera.model_copy(update=to))

    def plan(self) -> None:
        """From above with one scale; from there, back as it was, over what is looked at now."""
        if self.scene is None:
            return
        now = self.scene.camera
        if not now.parallel:
            self._depth = now
            self.look(camera.plan(now))
        elif self._depth is None:
            self.look(camera.plan(now))
        else:
            looks = {name: getattr(self._depth, name) for name in ("azimuth", "pitch", "field")}
            self.look(now.model_copy(update={"parallel": False, **looks}))

    def show_box(self, boxes: list[Box]) -> None:
        """Look at all of these boxes."""
        lows, highs = [min(side) for side in zip(*boxes, strict=True)], [max(side) for side in zip(*boxes, strict=True)]
        now = self.scene.camera if self.scene else Camera()
        box = (lows[0], lows[1], lows[2], highs[3], highs[4], highs[5])
        # A plan stays a plan; else it is seen from where the eye is, but never flat along the ground.
        self.fly(camera.plan_of(box) if now.parallel else camera.fitting(box, now.azimuth, min(now.pitch, _FLATTEST)))

    def fly(self, to: Camera) -> None:
        """Move there as a bird would; between a plan and a picture in depth there is no way but a jump."""
        if self.scene is None:
            return
        now = self.scene.camera
        if self.calm or now.parallel != to.parallel or now == to:
            self.look(to)
        else:
            self.flight.begin(now, to)

    def colour(self, overlays: Mapping[str, Overlay]) -> None:
        """Colour layers by these overlays and no others."""
        if self.scene:
            self.scene.colour(overlays)
            self.draw()

    def veil(self, layer: str, fids: Any) -> None:
        """Draw all of a layer but these features; None draws all."""
        if self.scene:
            self.hover.leave()
            self.scene.hide(layer, fids)
            # The ground's shade follows.
            self._pump.start()
            self.draw()

    def shine(self, light: Light) -> None:
        """By day or by night."""
        changed, self.light = light != self.light, light
        if self.scene:
            self.scene.light(night=light == "night")
            self.draw()
        if changed:
            self.shone.emit()

    def see_through(self, ground: float) -> None:
        """Make the ground so opaque; below 1 what lies in it is seen, and the eye may go there."""
        if self.scene is None:
            return
        self.ground = ground
        self.hover.leave()
        self.scene.see_through(ground)
        if ground >= 1 and not self.flight.under_way and self.scene.camera.pitch > camera.LEVEL:
            # Where one sees through it no more, the eye comes up again.
            self.turn(pitch=camera.LEVEL)
        self.draw()
        self.seen_through.emit(ground)

    def seen(self) -> Seen:
        """What is looked at, and how: what a bookmark keeps."""
        return Seen(camera=self.scene.camera if self.scene else Camera(), light=self.light, ground=self.ground)

    def look(self, to: Camera) -> None:
        """Move the camera and draw."""
        self.flight.stop()
        self._put(to)

    def _put(self, to: Camera) -> None:
        self.hover.leave()
        self.areas.drop()
        if self.scene:
            self.scene.look(to)
            self._pump.start()
            self.draw()
            self.moved.emit()
            self._point()

    def draw(self) -> None:
        """Draw once, soon."""
        self._stale = True
        self.update()

    def picture(self) -> QImage:
        """What is seen, with its letters, drawn with smooth edges: no hand waits for this one."""
        picture = QImage(self._pixels(), QImage.Format.Format_RGB888)
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        painter = QPainter(picture)
        rows = offscreen.drawn_fine(self._window, (picture.width(), picture.height()))
        image = QImage(rows.data, picture.width(), picture.height(), 3 * picture.width(), picture.format())
        painter.drawImage(self.rect(), image)
        said = self._compose()
        if said:
            paint(painter, self.width(), self.height(), said)
        painter.end()
        return picture

    def finish(self) -> None:
        """Give the window's resources back."""
        self.leave()
        self._window.Finalize()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click or a drag begins."""
        if self.scene and self.areas.press(event):
            return
        self._held = self._from = event.position()
        self.flight.stop()
        self.hover.leave()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A drag moves the camera; a free pointer says where it is."""
        at = event.position()
        if self.areas.move(event):
            return
        if self._held is None or event.buttons() == Qt.MouseButton.NoButton:
            self.pointed.emit(self._ground(at))
            self.hover.move(at)
        elif self._from is None or (at - self._from).manhattanLength() > _CLICK:
            self._from = None
            self._drag(event, self._held, at)
            self._held = at

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Where the pointer hardly moved, it was a click."""
        if self.areas.release(event):
            return
        if self._from is not None and self.scene and event.button() == Qt.MouseButton.LeftButton:
            at = event.position()
            where = (at.x(), at.y(), self.width(), self.height())
            self.picked.emit(self.scene.pick(*where), self.scene.probe(*where))
        self._held = self._from = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The last corner of a polygon; else a press like any other."""
        if not self.areas.twice(event):
            self.mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer is nowhere."""
        self.pointed.emit(None)
        self.hover.leave()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom to the pointer."""
        if self.scene:
            steps = event.angleDelta().y() / 120
            self._move(camera.zoomed(self.scene.camera, 0.85**steps, self._near(event.position())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, with Shift they turn; Page Up and Down change the height."""
        if self.areas.key(event):
            return
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif not self._key(event):
            super().keyPressEvent(event)

    def _drawing(self) -> None:
        if self.areas.shape:
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.unsetCursor()
        self.update()

    def _measure(self) -> None:
        """How large the picture is says how much detail is seen."""
        if self.scene:
            ratio = self.devicePixelRatioF()
            self.scene.viewport = (round(self.width() * ratio), round(self.height() * ratio))
            self.scene.look(self.scene.camera)
            self._pump.start()

    def _pixels(self) -> QSize:
        ratio = self.devicePixelRatioF() * (0.5 if self._moving and self._slow else 1.0)
        return QSize(round(self.width() * ratio), round(self.height() * ratio))

    def _drawn(self) -> QImage:
        size, began = self._pixels(), time.monotonic()
        rows = offscreen.draw(self._window, (size.width(), size.height()))
        self._drawn_at = time.monotonic()
        self._took = self._drawn_at - began
        if not self._moving:
            self._slow = self._took > _SLOW
        return QImage(rows.data, size.width(), size.height(), 3 * size.width(), QImage.Format.Format_RGB888).copy()

    def _take(self) -> None:
        if self.scene is None:
            return
        more = self.scene.pump()
        there = self.scene.turn
        # A picture for what has come, but not for each tile: drawing must leave time for the hand.
        due = time.monotonic() - self._drawn_at > max(_STREAM, 1.5 * self._took)
        if there != self._shown and (due or not more):
            self._shown = there
            self.draw()
        if not more:
            self._pump.stop()

    def _move(self, to: Camera) -> None:
        """By hand: at half size where full pictures are slow, and whole again at rest."""
        self._moving = True
        self._rest.start()
        self.look(to)

    def _point(self) -> None:
        """What lies under the pointer now, though it was the city that moved."""
        at = self.mapFromGlobal(QCursor.pos())
        self.pointed.emit(self._ground(QPointF(at)) if self.underMouse() and self.rect().contains(at) else None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The scale is another."""
        super().resizeEvent(event)
        self._measure()
        self.moved.emit()

    def _flown(self, to: Camera) -> None:
        self._moving = True
        self._rest.start()
        self._put(to)

    def _rested(self) -> None:
        self._moving = False
        if self._slow:
            self.draw()
        # Names are chosen at rest.
        self.update()

    def _drag(self, event: QMouseEvent, before: QPointF, at: QPointF) -> None:
        if self.scene is None:
            return
        now, by = self.scene.camera, at - before
        shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.buttons() & Qt.MouseButton.MiddleButton or shifted:
            self.setCursor(Qt.CursorShape.SizeAllCursor)
            self._move(camera.orbited(now, by.x() * 0.3, -by.y() * 0.25, self._highest))
        elif event.buttons() & Qt.MouseButton.LeftButton:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._move(self._pulled(now, before, at))
        elif event.buttons() & Qt.MouseButton.RightButton:
            self._move(camera.zoomed(now, 1.01 ** by.y()))

    def _pulled(self, now: Camera, before: QPointF, at: QPointF) -> Camera:
        """The ground under the hand goes with the hand."""
        start, end = self._near(before), self._near(at)
        if start and end:
            return now.model_copy(update={"east": now.east + start[0] - end[0], "north": now.north + start[1] - end[1]})
        metres = camera.metres_per_pixel(now, self.height())
        return camera.panned(now, (before.x() - at.x()) * metres, (at.y() - before.y()) * metres)

    def _key(self, event: QKeyEvent) -> bool:
        if self.scene is None:
            return False
        now, shift = self.scene.camera, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        step = now.distance * 0.06
        moves = {
            Qt.Key.Key_Left: camera.orbited(now, -8, 0) if shift else camera.panned(now, -step, 0),
            Qt.Key.Key_Right: camera.orbited(now, 8, 0) if shift else camera.panned(now, step, 0),
            Qt.Key.Key_Up: camera.orbited(now, 0, -5, self._highest) if shift else camera.panned(now, 0, step),
            Qt.Key.Key_Down: camera.orbited(now, 0, 5, self._highest) if shift else camera.panned(now, 0, -step),
            Qt.Key.Key_PageUp: camera.zoomed(now, 1.15),
            Qt.Key.Key_PageDown: camera.zoomed(now, 1 / 1.15),
        }
        to = moves.get(Qt.Key(event.key()))
        if to is None:
            return False
        self._move(to)
        return True

    @property
    def _highest(self) -> float:
        return camera.LEVEL if self.ground >= 1 else camera.BENEATH

    def _ground(self, at: QPointF) -> camera.Point | None:
        if self.scene is None:
            return None
        eye, way = camera.ray(self.scene.camera, at.x(), at.y(), self.width(), self.height())
        return camera.on_plane(eye, way, self.scene.camera.height)

    def _near(self, at: QPointF) -> camera.Point | None:
        """The ground under the pointer, unless it is so near the horizon that a pixel is a mile."""
        found = self._ground(at)
        if found is None or self.scene is None:
            return None
        now = self.scene.camera
        away = max(abs(found[0] - now.east), abs(found[1] - now.north))
        return found if away < 6 * now.distance else None
