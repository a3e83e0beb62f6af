"""``python -m tools.filetable [FOLDER]``: writes docs/files.md anew from the files in the folder."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tools.environment import PROGRAM
from tools.filetable.ours import Reader, reader
from tools.filetable.table import files, groups, row, summary

OUT = PROGRAM / "docs" / "files.md"
DATA = PROGRAM.parent / "shared" / "data"
_HEAD = """# Every file, read here and counted elsewhere

`python -m tools.filetable` makes this page; a test makes each row again and compares it. A row says what Balad read,
layer by layer, and beside it what a tool that is not Balad counts in the same file. `=` stands where both say the
same. Where features were repaired or refused the sum is told; each one's reason is in the import's report. A file
that names no coordinate system is asked about, and was placed by hand here. What holds no places, or isn't of a format
that Balad reads, is refused with the reason.

| file | format | Balad | | another tool |
|---|---|---|---|---|
"""
_CASES = """
## Folders of test cases

Files that are wrong on purpose must be refused, each with its reason, or read as far as they are sound.

| folder | files | opened | refused |
|---|---|---|---|
"""


def page(folder: Path, read: Reader) -> Iterator[str]:
    """The whole page, line by line."""
    yield _HEAD
    for path in files(folder):
        yield row(folder, path, read).line() + "\n"
        print(path.name, file=sys.stderr, flush=True)
    yield _CASES
    for name, paths in groups(folder).items():
        for line in summary(name, paths, read):
            yield line + "\n"


def main() -> int:
    """Write the page."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    with reader() as read:
        OUT.write_text("".join(page(folder, read)), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
