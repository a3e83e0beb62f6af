"""Addresses of tiles: ``{z}/{x}/{y}`` and its kin, filled in."""

from __future__ import annotations

import re

from twin.core.errors import Refused
from twin.core.i18n import mark
from twin.formats import web_fetch
from twin.model.service import Service

_HOLE = re.compile(r"\{([^{}]*)\}")
_KNOWN = ("z", "x", "y", "-y", "s", "r", "bbox", "bbox:yx")
_USUAL = ("a", "b", "c")


def is_one(url: str) -> bool:
    """Whether an address has holes for a tile's place."""
    holes = set(_HOLE.findall(url.replace("${", "{")))
    return {"z", "x"} <= holes or {"zoom", "x"} <= holes


def read(url: str) -> tuple[str, tuple[str, ...]]:
    """An address as it is kept, and what stands for its ``{s}``; Refused where a hole is not known.

    ``{switch:a,b}`` is another way to write hosts, ``{zoom}`` and ``${z}`` others for the level.
    """
    template = url.replace("${", "{").replace("{zoom}", "{z}")
    hosts: tuple[str, ...] = _USUAL
    switch = re.search(r"\{switch:([^{}]*)\}", template)
    if switch:
        hosts = tuple(one.strip() for one in switch[1].split(",") if one.strip()) or _USUAL
        template = template.replace(switch[0], "{s}")
    check(template, url)
    there = set(_HOLE.findall(template))
    if not {"z", "x"} <= there or not {"y", "-y"} & there:
        words = mark("An address of tiles has {z}, {x} and {y} in it; this one hasn’t all of them.")
        raise Refused(words, url, z="{z}", x="{x}", y="{y}")
    return template, hosts if "{s}" in template else ()


def check(template: str, url: str) -> None:
    """Refuse an address with a hole that nobody can fill."""
    unknown = [hole for hole in _HOLE.findall(template) if hole not in _KNOWN]
    if unknown:
        words = mark("The address has {hole} in it, which nobody filled in: put your own key or value there.")
        raise Refused(words, url, hole=f"{{{unknown[0]}}}")


def hosts(service: Service) -> set[str]:
    """The hosts that a service's tiles may come from."""
    return {web_fetch.host(filled(service, 0, 0, 0, host)) for host in service.hosts or ("",)}


def each_host(template: str, hosts: tuple[str, ...]) -> tuple[str, ...]:
    """The host of an address for each that stands for its ``{s}``, in their order; of one without, its own."""
    return tuple(web_fetch.host(template.replace("{s}", one)) for one in hosts or ("",))


def filled(service: Service, place: int, x: int, y: int, host: str | None = None) -> str:
    """The address of a tile of a level by its place in the grid; hosts take turns."""
    level = service.grid.levels[place]
    west, south, east, north = (f"{side:.12g}" for side in level.box(x, y))
    turn = service.hosts[(x + y) % len(service.hosts)] if service.hosts else ""
    values = {
        "z": level.name, "x": str(x), "y": str(y), "-y": str((level.high or 0) - 1 - y), "r": "",
        "s": turn if host is None else host,
        "bbox": f"{west},{south},{east},{north}", "bbox:yx": f"{south},{west},{north},{east}",
    }  # fmt: skip
    return _HOLE.sub(lambda hole: values.get(hole[1], hole[0]), service.template)
