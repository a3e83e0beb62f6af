"""An error is read by a person: words first, the path last, in the language in use."""

from __future__ import annotations

import pickle

from twin.core.errors import NoCrs, TwinError
from twin.core.i18n import tongue


def test_the_path_stands_last():
    assert str(TwinError("Undo", "a/b.gpkg")).splitlines()[-1] == "a/b.gpkg"


def test_an_error_crosses_a_process_whole():
    sent = NoCrs("A sample has from 1 to {most} buildings.", "x.json", most=1234567)
    got = pickle.loads(pickle.dumps(sent))
    assert type(got) is NoCrs
    assert str(got) == str(sent)
    assert "1,234,567" in str(got)


def test_an_error_is_translated_when_it_is_shown():
    error = TwinError("Undo")
    tongue.set("ar")
    try:
        assert str(error) == "تراجع"
    finally:
        tongue.set("en")
