"""The log file has what the screen has no room for."""

from __future__ import annotations

from tests.command import balad


def test_commands_and_faults_are_in_the_log_file(tmp_path, monkeypatch):
    monkeypatch.setenv("BALAD_HOME", str(tmp_path / "home"))
    balad("sample", tmp_path / "j.balad", "--buildings", 50)
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{", encoding="utf-8")
    assert balad("import", tmp_path / "j.balad", wrong).returncode == 1
    text = (tmp_path / "home" / "log" / "balad.log").read_text(encoding="utf-8")
    assert "city.run('sample', buildings=50" in text
    assert "import was refused" in text and "wrong.json" in text


def test_a_folder_that_cant_be_written_stops_nothing(tmp_path, monkeypatch):
    blocked = tmp_path / "home"
    blocked.mkdir()
    (blocked / "log").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("BALAD_HOME", str(blocked))
    assert balad("info", tmp_path / "no.balad").returncode == 1
