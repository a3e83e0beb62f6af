"""Damaged copies of a data set: cut short at ten places, and with bytes changed at random by a seed.

``copies`` makes them; ``tests.formats.answering`` takes one in as a person would.
"""

from __future__ import annotations

import random
import shutil
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

PLACES = 10
FLIPS = 200
SEED = 2026
HEAD = 2000
"""Bytes at the beginning, where most of what a file says of itself stands."""
_MAIN = (".shp", ".tab", ".mif", ".gltf")
"""Files that others of their name belong to."""


def copies(
    data: Path, room: Path, *, places: int = PLACES, flips: int = FLIPS, seed: int = SEED
) -> Iterator[tuple[str, Path]]:
    """Damaged copies, each with its name and in the place of the last; of several files, one is changed by turns."""
    chance = random.Random(f"{seed} {data.name}")
    copy, files = copied(data, room)
    whole = {file: file.read_bytes() for file in files if file.stat().st_size}
    for number in range(places):
        for file, raw in whole.items():
            # Of several files, the largest ones are cut: a cut .prj alone is no damage.
            if len(raw) * 4 >= max(map(len, whole.values())):
                file.write_bytes(raw[: len(raw) * (number + 1) // (places + 1)])
        yield f"cut {number + 1}/{places + 1}", copy
    for file, raw in whole.items():
        file.write_bytes(raw)
    sizes = [len(raw) ** 0.5 for raw in whole.values()]
    for number in range(flips):
        file = chance.choices(list(whole), sizes)[0]
        file.write_bytes(_changed(whole[file], number, chance))
        yield f"flip {number}", copy
        file.write_bytes(whole[file])


def _changed(raw: bytes, number: int, chance: random.Random) -> bytes:
    """By turns: a byte anywhere, some of them, one in the head; what is packed is changed in the zip and within it."""
    if number % 2 and raw[:4] == b"PK\x03\x04":
        return _repacked(raw, number, chance)
    found = bytearray(raw)
    most = min(HEAD, len(found)) if number % 4 == 3 else len(found)
    for _ in range(chance.randint(2, 40) if number % 4 == 2 else 1):
        found[chance.randrange(most)] ^= chance.randrange(1, 256)
    return bytes(found)


def _repacked(raw: bytes, number: int, chance: random.Random) -> bytes:
    """The zip with one of its files changed: its checksum is right again."""
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        members = [(one, archive.read(one)) for one in archive.infolist() if not one.is_dir()]
    chosen = chance.choices(range(len(members)), [1 + len(body) ** 0.5 for _, body in members])[0]
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, (info, body) in enumerate(members):
            changed = _changed(body, number // 2, chance) if place == chosen and body[:4] != b"PK\x03\x04" else body
            archive.writestr(info.filename, changed[: len(body)] if body else body)
    return out.getvalue()


def copied(data: Path, room: Path) -> tuple[Path, list[Path]]:
    """A copy of a data set in a new folder, and the files it is made of."""
    shutil.rmtree(room, ignore_errors=True)
    room.mkdir(parents=True)
    if data.is_dir():
        copy = Path(shutil.copytree(data, room / data.name))
        for one in (copy, *copy.rglob("*")):
            one.chmod(0o700)
        return copy, sorted(one for one in copy.rglob("*") if one.is_file())
    beside = sorted(data.parent.glob(f"{data.stem}.*")) if data.suffix.lower() in _MAIN else [data]
    files = [Path(shutil.copyfile(one, room / one.name)) for one in beside]
    return room / data.name, files
