"""What was seen is kept within its bound, and the least looked at goes first."""

from __future__ import annotations

import os
import time

from twin.formats.web_cache import Cache


def test_what_is_kept_is_found_and_grows_old(tmp_path):
    cache = Cache(tmp_path)
    assert cache.get("a") is None
    cache.put("a", b"tile", "max-age=7200")
    assert cache.get("a").data == b"tile" and cache.get("a").fresh
    (file,) = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert 7000 < file.stat().st_mtime - time.time() <= 7200
    os.utime(file, (time.time(), time.time() - 1))
    assert cache.get("a").data == b"tile" and not cache.get("a").fresh
    cache.put("b", b"")
    assert cache.get("b").data == b"" and cache.get("b").fresh


def test_it_never_takes_more_than_its_bound(tmp_path):
    cache = Cache(tmp_path, most=1 << 20)
    for number in range(60):
        cache.put(str(number), bytes(50_000))
        os.utime(cache._file(str(number)), (1000 + number, time.time() + 1000))
        cache.get("0")
    size = sum(one.stat().st_size for one in tmp_path.rglob("*") if one.is_file())
    assert size <= (1 << 20) + (1 << 17)
    assert cache.get("0") and cache.get("59") and cache.get("5") is None


def test_a_folder_that_cannot_be_written_keeps_nothing_and_harms_nothing(tmp_path):
    (tmp_path / "file").write_bytes(b"x")
    cache = Cache(tmp_path / "file")
    cache.put("a", b"tile")
    assert cache.get("a") is None
