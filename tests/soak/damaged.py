"""Every hostile file, bombs, and damaged copies of each real file: an answer in words each, and the city as it was.

The parts that are done are kept in ``build``, so that a run that was broken off goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tests.command import PROGRAM, balad
from tests.formats import bombs, damage, datasets
from tests.formats.answering import Reader, Said
from tests.formats.importing import Desk, flags
from tests.formats.making import written
from tests.real import FOLDER
from twin.formats import archives, registry
from twin.host.session import Session

SAMPLED = 10
"""One in so many goes through the whole import, with a city."""
_SHOWN = 40
_JOURNAL = PROGRAM / "build" / "soak" / "damaged.jsonl"


@dataclass
class Part:
    """What became of some files."""

    name: str
    format: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    """Files by verdict."""
    cities: Counter[str] = field(default_factory=Counter)
    """Of those that were brought into a city too."""
    messages: Counter[str] = field(default_factory=Counter)
    """The catalogue messages of refusals."""
    words: dict[str, str] = field(default_factory=dict)
    """Each of them as it was read once."""
    reasons: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")
    peak: tuple[int, str] = (0, "")
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def note(self, name: str, said: Said) -> None:
        """Count an answer of the child."""
        self.counts[said.verdict] += 1
        if said.verdict == "fault":
            self.faults.append(f"{name}: {said.words}")
        elif said.message:
            self.messages[said.message] += 1
            self.words.setdefault(said.message, said.words[:400])
        self.reasons.update(said.reasons)
        self.slowest = max(self.slowest, (round(said.seconds, 2), name))
        self.peak = max(self.peak, (said.peak >> 20, name))

    def note_city(self, name: str, said: Said) -> None:
        """Count an import."""
        self.cities[said.verdict] += 1
        if said.verdict == "fault":
            self.faults.append(f"{name} into the city: {said.words}")


def data_set(one: datasets.DataSet, city: Path, room: Path, seed: int, places: int, flips: int) -> Part:
    """Damaged copies of one data set."""
    part = Part(one.name)
    with Reader(room) as reader:
        said, whole = datasets.understood(reader, one)
        part.format = whole.format or f"refused whole: {Path(one.name).suffix}"
        own = {name: value for name, value in said.items() if name != "city_crs"}
        taken = whole.verdict in {"taken", "losses"}
        with Desk(city if "city_crs" in said else None, room / "desk") as desk:
            if taken:
                part.note_city(f"{one.name} whole", desk.bring(one.path, **own))
            for number, (name, copy) in enumerate(
                damage.copies(one.path, room / "copy", places=places, flips=flips, seed=seed)
            ):
                title = f"{one.name} {name}"
                part.note(title, reader.ask(copy, whole if taken else None, **said))
                if number % SAMPLED == SAMPLED // 2 and (taken or number == SAMPLED // 2):
                    part.note_city(title, desk.bring(copy, **own))
                if number == places // 2 and taken:
                    _as_a_person(part, title, copy, own, room)
    return part


def _as_a_person(part: Part, title: str, copy: Path, said: dict[str, Any], room: Path) -> None:
    """By ``balad`` in a process of its own: what is printed, and what it leaves."""
    city = room / "person.balad"
    try:
        done = balad("import", city, copy, *flags({"crs": "EPSG:32637", **said}), seconds=900)
        if done.returncode not in {0, 1} or (done.returncode and (str(copy) not in done.stderr or city.exists())):
            part.faults.append(f"{title} by balad: {done.stderr[:300]}")
    except AssertionError as why:
        part.faults.append(f"{title} by balad: {str(why)[:300]}")
    city.unlink(missing_ok=True)


def hostile(city: Path, room: Path) -> Part:
    """The hostile files as they are, and under other names that are read."""
    part = Part("hostile", "hostile")
    suffixes = sorted({suffix for one in registry.formats() for suffix in one.SUFFIXES} | set(archives.SUFFIXES))
    own = {"json": (".geojson", ".city.json", ".jsonl", ".gltf"), "xml": (".gml", ".kml", ".gpx", ".osm")}
    with Reader(room) as reader, Desk(city, room / "desk") as desk:
        for number, path in enumerate(sorted(one for one in (FOLDER / "hostile").rglob("*") if one.is_file())):
            kind = path.relative_to(FOLDER / "hostile").parts[0]
            names = [path.name, *(f"a{one}" for one in (suffixes if number % 10 == 0 else own.get(kind, ())))]
            for name in names:
                copy = room / "copy" / name
                copy.parent.mkdir(exist_ok=True, parents=True)
                shutil.copyfile(path, copy)
                title = f"{kind}/{path.name} as {name}"
                part.note(title, reader.ask(copy, city_crs="EPSG:32637"))
                if number % SAMPLED == 0 or name == path.name:
                    part.note_city(title, desk.bring(copy))
                copy.unlink()
    return part


def made(city: Path, room: Path, name: str, make: Callable[[Path], Iterator[Path]]) -> Part:
    """What is made on the spot: bombs and giants."""
    part = Part(name, name)
    folder = room / "made"
    folder.mkdir(parents=True)
    with Reader(room) as reader, Desk(city, room / "desk") as desk:
        for path in make(folder):
            said = reader.ask(path, city_crs="EPSG:32637")
            part.note(path.name, said)
            part.note_city(path.name, desk.bring(path))
            part.reasons[f"{path.name}: {said.verdict} {said.words}"] += 1
            escaped = [one.name for one in (*room.iterdir(), *folder.iterdir()) if "evil" in one.name]
            part.faults += [f"{path.name} wrote {one}" for one in escaped]
    return part


def parts(folder: Path, seed: int, places: int, flips: int) -> dict[str, Callable[[Path], Part]]:
    """All that is done, the longest first, each in a room of its own."""
    city = folder / "city.balad"
    with Session(city) as session:
        session.run("import", file=written(folder / "parcels.gpkg"))
    suffixes = tuple(sorted({suffix for one in registry.formats() for suffix in one.SUFFIXES}))
    sets = datasets.real() + datasets.made(folder / "whole")
    found: dict[str, Callable[[Path], Part]] = {
        "bombs": lambda room: made(city, room, "bombs", bombs.bombs),
        "giants": lambda room: made(city, room, "giants", lambda into: bombs.giants(into, suffixes)),
        "hostile": lambda room: hostile(city, room),
    }
    for one in sorted(sets, key=lambda each: -each.size):
        found[one.name] = partial(_of, one, city, seed, places, flips)
    return found


def _of(one: datasets.DataSet, city: Path, seed: int, places: int, flips: int, room: Path) -> Part:
    return data_set(one, city, room, seed, places, flips)


def prove(
    folder: Path, seed: int, *, places: int = damage.PLACES, flips: int = damage.FLIPS, only: str = "", workers: int = 2
) -> dict[str, Any]:
    """Do all parts, or those whose name holds ``only``; the figures."""
    os.environ["BALAD_HOME"] = str(folder / "home")
    done = _done(seed, places, flips)
    todo = {name: run for name, run in parts(folder, seed, places, flips).items() if only in name}
    found = [done[name] for name in todo if name in done]
    with ThreadPoolExecutor(workers) as pool:
        running = {
            pool.submit(_timed, name, run, folder / f"room {n}"): name
            for n, (name, run) in enumerate(todo.items())
            if name not in done
        }
        for future in as_completed(running):
            part = future.result()
            found.append(part)
            _keep(part, seed, places, flips)
            print(
                f"{part.name}: {dict(part.counts)} {part.seconds:.0f} s {part.faults[:3]}", file=sys.stderr, flush=True
            )
    return figures(found)


def _timed(name: str, run: Callable[[Path], Part], room: Path) -> Part:
    began = time.monotonic()
    room.mkdir()
    try:
        part = run(room)
    except Exception as why:  # noqa: BLE001  a fault of the parent is what is looked for too
        trace = traceback.format_exc()
        part = Part(name, faults=[f"{name}: the parent raised {why!r}: {trace[-1500:]}"])
    shutil.rmtree(room, ignore_errors=True)
    part.seconds = round(time.monotonic() - began, 1)
    return part


def figures(found: list[Part]) -> dict[str, Any]:
    """Counts by format, the slowest, the largest, and what was wrong."""
    by_format: dict[str, dict[str, Any]] = {}
    for part in found:
        kept = by_format.setdefault(part.format, {"data_sets": 0, "files": 0, "imports": 0})
        kept["data_sets"] += 1
        kept["files"] += part.counts.total()
        kept["imports"] += part.cities.total()
        for verdict in ("taken", "losses", "refused", "fault"):
            kept[verdict] = kept.get(verdict, 0) + part.counts[verdict]
        kept["seconds"] = round(max(kept.get("seconds", 0), part.slowest[0]), 2)
        kept["megabytes"] = max(kept.get("megabytes", 0), part.peak[0])
    total: Counter[str] = sum((part.counts for part in found), Counter())
    faults = sorted(fault for part in found for fault in part.faults)
    return {
        "data_sets": len(found),
        "files": total.total(),
        "imports": sum(part.cities.total() for part in found),
        **{verdict: total[verdict] for verdict in ("taken", "losses", "refused", "fault")},
        "slowest": max(part.slowest for part in found),
        "peak_megabytes": max(part.peak for part in found),
        "by_format": dict(sorted(by_format.items())),
        "faults": faults[:_SHOWN] + ([f"and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else []),
    }


def _key(seed: int, places: int, flips: int) -> str:
    """Of the code that is tried and the seed: with either changed, nothing is done yet."""
    whole = hashlib.sha256(f"{seed} {places} {flips}".encode())
    for folder in ("twin", "layers", "tests/formats", "tests/soak"):
        for path in sorted((PROGRAM / folder).rglob("*.py")):
            whole.update(path.read_bytes())
    return whole.hexdigest()[:16]


def _done(seed: int, places: int, flips: int) -> dict[str, Part]:
    key, found = _key(seed, places, flips), {}
    for line in _JOURNAL.read_text("utf-8").splitlines() if _JOURNAL.exists() else ():
        kept = json.loads(line)
        if kept.pop("key") == key:
            counted = {name: Counter(kept[name]) for name in ("counts", "cities", "messages", "reasons")}
            tuples = {name: tuple(kept[name]) for name in ("slowest", "peak")}
            found[kept["name"]] = Part(**{**kept, **counted, **tuples})
    return found


def _keep(part: Part, seed: int, places: int, flips: int) -> None:
    _JOURNAL.parent.mkdir(parents=True, exist_ok=True)
    part.reasons = Counter(dict(part.reasons.most_common(200)))
    with _JOURNAL.open("a", encoding="utf-8") as out:
        out.write(json.dumps({"key": _key(seed, places, flips), **vars(part)}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        print(
            json.dumps(
                prove(Path(place), 2026, only=(sys.argv[1:] or [""])[0], flips=int((sys.argv[2:] or [200])[0])),
                indent=1,
                ensure_ascii=False,
            )
        )
