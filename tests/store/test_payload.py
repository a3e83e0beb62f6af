"""Tiles are kept small and come back as they were, those of an older city too."""

from __future__ import annotations

import numpy as np

from twin.store import payload


def test_a_payload_comes_back_as_it_was_and_takes_less_room():
    raw = np.arange(40_000, dtype=np.int64).tobytes()
    kept = payload.kept(raw)
    assert payload.given(kept) == raw
    assert len(kept) < 0.8 * len(raw)
    assert payload.given(payload.kept(b"")) == b""


def test_a_payload_of_before_is_taken_as_it_is():
    raw = b"BTL1" + bytes(range(200))
    assert payload.given(raw) == raw
