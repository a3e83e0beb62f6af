"""The suite has a person's folders of its own: no test reads or writes anybody's settings."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True, scope="session")
def home(tmp_path_factory):
    before = os.environ.get("BALAD_HOME")
    os.environ["BALAD_HOME"] = str(tmp_path_factory.mktemp("home"))
    yield
    if before is None:
        del os.environ["BALAD_HOME"]
    else:
        os.environ["BALAD_HOME"] = before
