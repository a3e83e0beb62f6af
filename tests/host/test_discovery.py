"""Plugins are found as data: one that is broken is told, and the rest runs."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from twin.host import discovery
from twin.host.manifest import Broken


@pytest.mark.parametrize("value", ["", "a b", ".x:y", "json:loads"])
def test_an_installed_package_that_names_no_plugin_is_told(monkeypatch, value):
    bad = EntryPoint("bad", value, "balad.plugins")
    monkeypatch.setattr(discovery, "entry_points", lambda group: [bad])
    (found,) = discovery._installed()
    assert isinstance(found, Broken) and (found.id, "plugin.toml" in found.reason) == ("bad", True)
