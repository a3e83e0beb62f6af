"""Undo and redo."""

from __future__ import annotations

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from twin.work.edits import Edit, Edits


@given(st.lists(st.sampled_from(["push", "undo", "redo"]), max_size=60))
def test_undo_and_redo_walk_one_history(steps):
    edits, state, shadow, at = Edits(), [], [], 0
    for number, step in enumerate(steps):
        if step == "push":
            edits.push(Edit(str(number), lambda n=number: state.append(n), state.pop))
            shadow = [*shadow[:at], number]
            at += 1
        elif step == "undo":
            assert (edits.undo() is None) == (at == 0)
            at = max(0, at - 1)
        else:
            assert (edits.redo() is None) == (at == len(shadow))
            at = min(len(shadow), at + 1)
        assert state == shadow[:at]


def test_an_edit_that_fails_to_undo_stays_in_the_history():
    edits = Edits()

    def fail():
        raise OSError

    edits.push(Edit("x", lambda: None, fail))
    with contextlib.suppress(OSError):
        edits.undo()
    assert [edit.title for edit in edits.done] == ["x"]
