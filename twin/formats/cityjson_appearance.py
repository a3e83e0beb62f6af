"""Materials and textures of a file: each feature of a sequence brings its own, a layer has them together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twin.formats.cityjson_kept import canonical, through

_LISTS = ("materials", "textures", "vertices-texture")


class Appearances:
    """The file's own, and those of its features as they come."""

    def __init__(self, own: Any) -> None:
        self.whole: dict[str, Any] = dict(own) if isinstance(own, dict) else {}
        self._known: dict[str, dict[str, int]] | None = None

    def add(self, local: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
        """Take a feature's materials and textures in; gives what makes its geometries name them there."""
        if self._known is None:
            self.whole |= {name: list(_list(self.whole, name)) for name in _LISTS}
            self._known = {name: {canonical(one): n for n, one in enumerate(self.whole[name])} for name in _LISTS}
        for name, value in local.items():
            self.whole.setdefault(name, value)
        numbers = {name: [self._number(self._known[name], name, one) for one in _list(local, name)] for name in _LISTS}
        return lambda geometry: _renamed(geometry, numbers)

    def _number(self, known: dict[str, int], name: str, one: Any) -> int:
        text = canonical(one)
        if text not in known:
            known[text] = len(self.whole[name])
            self.whole[name].append(one)
        return known[text]


def _list(appearance: dict[str, Any], name: str) -> list[Any]:
    found = appearance.get(name)
    return found if isinstance(found, list) else []


def _renamed(geometry: dict[str, Any], numbers: dict[str, list[int]]) -> dict[str, Any]:
    made = dict(geometry)
    materials, textures, corners = (numbers[name] for name in _LISTS)
    if isinstance(made.get("material"), dict):
        made["material"] = {
            theme: {key: through(value, materials.__getitem__) for key, value in said.items()}
            for theme, said in made["material"].items()
        }
    if isinstance(made.get("texture"), dict):
        made["texture"] = {
            theme: {key: _ring(value, textures, corners) for key, value in said.items()}
            for theme, said in made["texture"].items()
        }
    return made


def _ring(values: Any, textures: list[int], corners: list[int]) -> Any:
    """A ring of texture values is the texture, then a corner of it for each vertex."""
    if not isinstance(values, list):
        return values
    if any(isinstance(one, list) for one in values):
        return [_ring(one, textures, corners) for one in values]
    image, *places = values or [None]
    return [through(image, textures.__getitem__), *through(places, corners.__getitem__)] if values else []
