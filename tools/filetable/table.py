"""The rows of the table: which files there are, what is said of each, and whether the counts agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.filetable.ours import Ours, Reader
from tools.filetable.theirs import Theirs, count

NO_DATA = ("LICENSE", "LICENCE", "README")
"""How files begin that tell about others."""
BY_FOLDER = (
    "cityjson_conformance/cases/conformance",
    "cityjson_conformance/cases/operations",
    "cityjson_conformance/cases/invalid",
    "energy_meters",
    "hostile/json",
    "hostile/raster",
    "hostile/water",
    "hostile/xml",
)
"""Folders of test cases and of tables of one kind, which are counted together."""
_PARTS = (".b3dm", ".pnts")
"""Tiles, which belong to the tileset beside them."""
_ABOUT = ("case.json", "acquisition.json", "profile.json", "invariants.json", "metadata.json", "cases.json")


@dataclass(frozen=True)
class Row:
    """A file with both answers."""

    name: str
    """Below the folder of shared data."""
    ours: Ours
    theirs: Theirs

    @property
    def agrees(self) -> bool | None:
        """Whether the counts are the same; None where Balad refused it, or where nothing can be compared."""
        if self.ours.refusal:
            return None
        if self.ours.amount is not None:
            return self.ours.amount == sum(self.theirs.counts.values())
        own = {layer[0]: layer[1] for layer in self.ours.layers}
        same = {name: number for name, number in self.theirs.counts.items() if name in own}
        if same:
            return all(own[name] == number for name, number in same.items())
        return self.ours.read == sum(self.theirs.counts.values())

    def line(self) -> str:
        """As it stands in the table."""
        sign = {True: "=", False: "≠", None: ""}[self.agrees]
        return f"| `{self.name}` | {self.ours.format} | {self.ours.words()} | {sign} | {self._theirs()} |"

    def _theirs(self) -> str:
        """Of many tables, those that Balad's layers are named like."""
        own = {layer[0] for layer in self.ours.layers}
        same = {name: number for name, number in self.theirs.counts.items() if name in own}
        return Theirs(self.theirs.tool, same or self.theirs.counts, self.theirs.refusal).words()


def files(folder: Path) -> list[Path]:
    """Every data file that has a row of its own, sorted by name."""
    found = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith(NO_DATA)]
    return [path for path in found if not path.name.endswith((*_PARTS, *_ABOUT)) and _group(folder, path) is None]


def groups(folder: Path) -> dict[str, list[Path]]:
    """The files of each folder of test cases."""
    made: dict[str, list[Path]] = {name: [] for name in BY_FOLDER}
    for path in sorted(folder.rglob("*")):
        group = _group(folder, path)
        if group and path.is_file() and not path.name.startswith(NO_DATA) and not path.name.endswith(_ABOUT):
            made[group].append(path)
    return made


def _group(folder: Path, path: Path) -> str | None:
    return next((name for name in BY_FOLDER if path.is_relative_to(folder / name)), None)


def row(folder: Path, path: Path, read: Reader) -> Row:
    """A file's row."""
    return Row(path.relative_to(folder).as_posix(), read(path), count(path))


def summary(name: str, paths: list[Path], read: Reader) -> Iterator[str]:
    """A folder's line: how many of its files were opened, and for which reasons the others were refused."""
    reasons: dict[str, int] = {}
    opened, features = 0, 0
    for path in paths:
        ours = read(path)
        if ours.refusal:
            plain = _plain(ours.refusal)
            reasons[plain] = reasons.get(plain, 0) + 1
        else:
            opened, features = opened + 1, features + ours.read
    yield f"| `{name}` | {len(paths)} | {opened} ({features} features) | {len(paths) - opened} |"
    for reason, times in sorted(reasons.items(), key=lambda each: (-each[1], each[0])):
        yield f"| | | | {times} × {reason} |"


def _plain(refusal: str) -> str:
    """A reason without what differs from file to file."""
    import re

    return re.sub(r"“[^”]*”|\d+", "…", refusal)[:110]
