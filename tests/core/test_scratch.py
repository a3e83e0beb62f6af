"""What a process that was killed has left in the temporary folder goes with the next start, and nothing else does."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.command import PROGRAM
from twin.core import paths, scratch

WORKING = "import sys\nfrom twin.core import paths\nprint(paths.scratch(), flush=True)\nsys.stdin.read()"


def working(folder):
    """A process with a scratch folder in which something lies, and the folder."""
    own = {**os.environ, "TMPDIR": str(folder), "PYTHONPATH": str(PROGRAM)}
    process = subprocess.Popen(
        [sys.executable, "-c", WORKING], env=own, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    place = Path(process.stdout.readline().strip())
    (place / "half.arrows").write_bytes(b"x" * 1000)
    return process, place


@pytest.mark.skipif(os.name != "posix", reason="what is open can't be removed there anyway")
def test_only_what_is_left_of_a_process_that_is_gone_is_removed(tmp_path, monkeypatch):
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    (killed, lost), (alive, kept) = working(folder), working(folder)
    try:
        strange = folder / "balad-notes"
        strange.mkdir()
        (strange / "a.txt").write_text("mine")
        (folder / "balad-link").symlink_to(strange)
        (lost / "link").symlink_to(strange)
        killed.kill()
        killed.wait()
        mine = paths.scratch()
        scratch.sweep()
        until = time.monotonic() + 20
        while lost.parent.exists():
            # The first scratch folder of a process sweeps too, beside it.
            assert time.monotonic() < until, "nobody has it any more"
            time.sleep(0.05)
        assert (kept / "half.arrows").exists() and mine.is_dir(), "somebody still works there"
        assert (strange / "a.txt").exists() and (folder / "balad-link").exists(), "it is none of ours"
        alive.communicate("", timeout=20)
        assert not kept.parent.exists(), "who ends by itself leaves nothing"
    finally:
        for one in (killed, alive):
            one.kill()
            one.wait()


def test_a_room_that_was_taken_away_is_made_again(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    first = paths.scratch()
    first.rmdir()
    for one in first.parent.iterdir():
        one.unlink()
    first.parent.rmdir()
    assert paths.scratch().is_dir()
