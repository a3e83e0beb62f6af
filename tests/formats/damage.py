"""Damaged copies of a data set: cut short at ten places, and with bytes changed at random by a seed.

``copies`` makes them, ``outcome`` takes one in as a person would, in a child process: a clear answer or refusal.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from twin.core.errors import ReaderFailed, TwinError
from twin.formats.intake import Request, take_in
from twin.work.jobs import Jobs

SECONDS = 20.0
PLACES = 10
FLIPS = 200
_MAIN = (".shp", ".tab", ".mif")
"""Files that others of their name belong to."""


def copies(data: Path, room: Path, *, places: int = PLACES, flips: int = FLIPS, seed: int = 7) -> Iterator[Path]:
    """Damaged copies, one at a time, each in the place of the last; of several files, one is damaged by turns."""
    chance = random.Random(f"{seed} {data.name}")
    for number in range(places + flips):
        shutil.rmtree(room, ignore_errors=True)
        room.mkdir(parents=True)
        copy, files = _copied(data, room)
        files = [one for one in files if one.stat().st_size]
        if number < places:
            for file in files:
                raw = file.read_bytes()
                # Of several files, the largest ones are cut: a cut .prj alone is no damage.
                if len(raw) * 4 >= max(one.stat().st_size for one in files):
                    file.write_bytes(raw[: len(raw) * (number + 1) // (places + 1)])
        else:
            file = chance.choices(files, [one.stat().st_size for one in files])[0]
            raw = bytearray(file.read_bytes())
            for _ in range(chance.choice((1, 1, 4, 40))):
                raw[chance.randrange(len(raw))] = chance.randrange(256)
            file.write_bytes(raw)
        yield copy


def outcome(jobs: Jobs, path: Path, scratch: Path, **said: Any) -> str:
    """``taken`` or ``refused``, whichever it is in good words; an AssertionError for anything else."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    request = Request(path=str(path), scratch=str(scratch), **said)
    job = jobs.run(take_in, request, title=path.name, timeout=SECONDS, memory=2 << 30, path=path)
    try:
        answer = job.result()
    except TwinError as why:
        words = str(why)
        assert not isinstance(why, ReaderFailed), words
        assert "Traceback" not in words and words.endswith(str(path)), words
        return "refused"
    assert all(layer.report.adds_up() for layer in answer.layers)
    return "taken"


def _copied(data: Path, room: Path) -> tuple[Path, list[Path]]:
    if data.is_dir():
        copy = Path(shutil.copytree(data, room / data.name))
        for one in copy.rglob("*"):
            one.chmod(0o700)
        return copy, sorted(one for one in copy.rglob("*") if one.is_file())
    beside = sorted(data.parent.glob(f"{data.stem}.*")) if data.suffix.lower() in _MAIN else [data]
    files = [Path(shutil.copyfile(one, room / one.name)) for one in beside]
    return room / data.name, files
