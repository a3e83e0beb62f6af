"""The tiles that are there to be drawn: bounded in bytes, the least recently seen go first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer

from twin.scene.tiles import Node

MOST = 1 << 30
"""Bytes that tiles may take, here and on the card."""
_TWICE = 2
"""VTK keeps what it has sent."""


@dataclass
class Drawn:
    """A tile ready for the screen; without an actor there is nothing to see of it."""

    actor: vtkActor | None
    nbytes: int
    wood: bool = False
    near: bool = False
    grows: bool = False
    seen: int = 0
    """The last turn it was wanted in."""


class Stage:
    """Holds the actors of a renderer's tiles."""

    def __init__(self, renderer: vtkRenderer, most: int = MOST) -> None:
        self.there: dict[Node, Drawn] = {}
        self.shown: set[Node] = set()
        self.most = most
        self.nbytes = 0
        self._renderer = renderer
        self._turn = 0

    def add(self, node: Node, drawn: Drawn) -> None:
        """A tile has come; it is not shown yet."""
        self.drop(node)
        self.there[node] = drawn
        drawn.seen = self._turn
        self.nbytes += _TWICE * drawn.nbytes
        if drawn.actor:
            drawn.actor.SetVisibility(False)
            self._renderer.AddActor(drawn.actor)

    def drop(self, node: Node) -> None:
        """A tile goes."""
        gone = self.there.pop(node, None)
        self.shown.discard(node)
        if gone:
            self.nbytes -= _TWICE * gone.nbytes
            if gone.actor:
                self._renderer.RemoveActor(gone.actor)
                gone.actor.ReleaseGraphicsResources(self._renderer.GetRenderWindow())

    def show(self, nodes: Iterable[Node], wanted: Iterable[Node]) -> bool:
        """Show these and no others; what is ``wanted`` stays though it isn't shown. True where something changed."""
        self._turn += 1
        new = set(nodes)
        for node in (*new, *wanted):
            if node in self.there:
                self.there[node].seen = self._turn
        changed = new != self.shown
        for node in self.shown - new:
            self._see(node, shown=False)
        for node in new - self.shown:
            self._see(node, shown=True)
        self.shown = new
        self._evict()
        return changed

    def actors(self) -> Iterator[tuple[Node, Drawn, vtkActor]]:
        """All that can be seen, shown or not."""
        for node, drawn in self.there.items():
            if drawn.actor:
                yield node, drawn, drawn.actor

    def _see(self, node: Node, *, shown: bool) -> None:
        actor = self.there[node].actor if node in self.there else None
        if actor:
            actor.SetVisibility(shown)

    def _evict(self) -> None:
        if self.nbytes <= self.most:
            return
        for node, drawn in sorted(self.there.items(), key=lambda one: one[1].seen):
            if drawn.seen == self._turn or self.nbytes <= self.most:
                return
            self.drop(node)
