"""Jobs: bounded, cancellable, and a crash is words."""

from __future__ import annotations

import ctypes
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from twin.core import priority
from twin.core.errors import Cancelled, NoCrs, ReaderFailed, Refused, TooLarge
from twin.core.i18n import tongue
from twin.work.jobs import Jobs

GIB = 1 << 30


def add(a: int, b: int, progress: Any) -> int:
    return a + b


def reports(progress: Any) -> str:
    for step in range(5):
        progress(step / 5, f"step {step} بلد")
        time.sleep(0.08)
    return "done"


def who(progress: Any) -> int:
    return os.getpid()


def nice(progress: Any) -> float:
    return psutil.Process().nice()


def modules(progress: Any) -> list[str]:
    return sorted({name.split(".")[0] for name in sys.modules})


def main_of_child(progress: Any) -> str | None:
    return getattr(sys.modules["__main__"], "__file__", None)


def segfault(progress: Any) -> None:
    ctypes.string_at(0)


def eat(progress: Any) -> int:
    eaten = []
    while True:
        eaten.append(bytearray(64 << 20))


def sleep(seconds: float, progress: Any) -> None:
    time.sleep(seconds)


def sleep_in_c(progress: Any) -> int:
    return len(str(7 ** (10**7))) if False else (7 ** (2 * 10**7)).bit_length()


def refuse(progress: Any) -> None:
    raise NoCrs("The file names no coordinate system: {hint}", "/a/ملف.gpkg", hint="choose one")


def stumble(progress: Any) -> None:
    raise KeyError("depth")


def language(progress: Any) -> str:
    return tongue.language


def prints(progress: Any) -> None:
    print("noise")
    os.write(1, b"noise from C\n")


def unpicklable(progress: Any) -> Any:
    return lambda: 1


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    with Jobs() as made:
        yield made


def run(jobs: Jobs, function: Any, *args: Any, timeout: float = 30, memory: int = GIB, **more: Any) -> Any:
    return jobs.run(function, *args, title="reading", timeout=timeout, memory=memory, **more)


@pytest.mark.parametrize("shown", [True, False])
def test_a_job_gives_way_to_a_screen_and_to_none(jobs: Jobs, shown: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(priority.screen, "there", shown)
    # On Windows a lower class is a higher number, too.
    assert (run(jobs, nice).result() > psutil.Process().nice()) == shown


def test_a_job_answers_and_its_process_is_used_again(jobs: Jobs) -> None:
    assert run(jobs, add, 2, 3).result() == 5
    assert run(jobs, who).result() == run(jobs, who).result() != os.getpid()


def test_progress_arrives_in_order(jobs: Jobs) -> None:
    seen: list[tuple[float, str]] = []
    assert run(jobs, reports, progress=lambda fraction, words: seen.append((fraction, words))).result() == "done"
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert "step 3 بلد" in [words for _, words in seen]


def test_the_child_has_no_window_no_store_and_not_our_main(jobs: Jobs) -> None:
    found = run(jobs, modules).result()
    assert not {"PySide6", "vtkmodules", "pyvista", "duckdb"} & set(found)
    assert run(jobs, main_of_child).result() is None


def test_a_segfault_is_words_and_the_next_job_works(jobs: Jobs, caplog: pytest.LogCaptureFixture) -> None:
    started = time.monotonic()
    with caplog.at_level(logging.INFO, "balad"), pytest.raises(ReaderFailed, match="died") as why:
        run(jobs, segfault, path="/a/city.gpkg").result()
    assert str(why.value).endswith("/a/city.gpkg")
    assert time.monotonic() - started < 5
    assert run(jobs, add, 1, 1).result() == 2
    assert "Segmentation fault" in caplog.text


@pytest.mark.skipif(sys.platform != "linux", reason="the address space is bounded on Linux")
def test_a_job_that_eats_memory_is_stopped_within_its_bound(jobs: Jobs) -> None:
    with pytest.raises(TooLarge, match="memory"):
        run(jobs, eat, memory=GIB // 2).result()
    assert run(jobs, add, 1, 1).result() == 2


@pytest.mark.parametrize(("function", "args"), [(sleep, (60,)), (sleep_in_c, ())])
def test_a_job_ends_at_its_time(jobs: Jobs, function: Any, args: tuple[Any, ...]) -> None:
    run(jobs, add, 1, 1).result()
    started = time.monotonic()
    with pytest.raises(TooLarge, match=r"longer than 0\.50? s"):
        run(jobs, function, *args, timeout=0.5).result()
    assert time.monotonic() - started < 5
    assert run(jobs, add, 1, 1).result() == 2


def test_cancel_frees_the_process(jobs: Jobs) -> None:
    first = run(jobs, who).result()
    job = run(jobs, sleep, 60)
    time.sleep(0.3)
    job.cancel()
    with pytest.raises(Cancelled, match="reading"):
        job.result()
    assert run(jobs, who).result() != first
    assert jobs.running() == []


def test_progress_that_raises_cancelled_stops_the_job(jobs: Jobs) -> None:
    def stop(fraction: float, words: str) -> None:
        raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        run(jobs, sleep, 60, progress=stop).result(10)


def test_a_job_not_yet_begun_can_be_cancelled(jobs: Jobs) -> None:
    first, second = run(jobs, sleep, 1), run(jobs, add, 1, 1)
    second.cancel()
    with pytest.raises(Cancelled):
        second.result()
    first.result()


def test_errors_cross_intact(jobs: Jobs) -> None:
    with pytest.raises(NoCrs) as why:
        run(jobs, refuse).result()
    assert why.value.values == {"hint": "choose one"}
    assert str(why.value) == "The file names no coordinate system: choose one\n/a/ملف.gpkg"


def test_a_surprise_is_words_to_a_person_and_a_traceback_to_the_log(
    jobs: Jobs, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "balad"), pytest.raises(ReaderFailed) as why:
        run(jobs, stumble).result()
    assert "something in it was not foreseen" in str(why.value) and "KeyError" not in str(why.value)
    assert "Traceback" in caplog.text and "KeyError: 'depth'" in caplog.text
    assert "stumble" in caplog.text


def test_the_child_speaks_the_language_in_use(jobs: Jobs) -> None:
    tongue.set("ar")
    try:
        assert run(jobs, language).result() == "ar"
    finally:
        tongue.set("en")
    assert run(jobs, language).result() == "en"


def test_what_the_child_prints_does_not_mix_with_our_output(jobs: Jobs, capfd: pytest.CaptureFixture[str]) -> None:
    run(jobs, prints).result()
    assert capfd.readouterr() == ("", "")


def test_an_answer_that_cannot_cross_is_a_failed_job(jobs: Jobs) -> None:
    with pytest.raises(ReaderFailed):
        run(jobs, unpicklable).result()
    assert run(jobs, add, 1, 1).result() == 2


def test_an_idle_child_that_dies_is_replaced(jobs: Jobs) -> None:
    psutil.Process(run(jobs, who).result()).kill()
    time.sleep(0.5)
    assert run(jobs, add, 1, 1).result() == 2


def test_children_that_rest_are_gone_and_those_at_work_stay(jobs: Jobs) -> None:
    first = run(jobs, who).result()
    jobs.rest()
    assert not psutil.pid_exists(first) or psutil.Process(first).status() == psutil.STATUS_ZOMBIE
    working = run(jobs, sleep, 1)
    jobs.rest()
    assert working.result() is None and run(jobs, who).result() != first


def test_close_leaves_no_process() -> None:
    with Jobs() as jobs:
        pid = run(jobs, who).result()
        running = run(jobs, sleep, 60)
        time.sleep(0.2)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    with pytest.raises(Cancelled):
        running.result()
    with pytest.raises(Refused):
        run(jobs, add, 1, 1)


def test_no_traceback_reaches_a_terminal(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    script = (
        f"import sys; sys.path[:0] = [{str(Path(__file__).parent)!r}, {str(root)!r}]\n"
        "import test_jobs as t\n"
        "with t.Jobs() as jobs:\n"
        "    for function in (t.stumble, t.segfault):\n"
        "        try: t.run(jobs, function).result()\n"
        "        except t.ReaderFailed as why: print(why)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=False, capture_output=True, text=True, cwd=root, timeout=60
    )
    assert done.stdout.count("\n") == 2
    assert done.stderr == ""


def test_children_die_with_a_killed_parent(tmp_path: Path) -> None:
    script = (
        "import sys, time\n"
        f"sys.path[:0] = [{str(Path(__file__).parent)!r}, {str(Path(__file__).parents[2])!r}]\n"
        "import test_jobs as t\n"
        "jobs = t.Jobs()\n"  # no guard: a person's script need not have one
        "print(t.run(jobs, t.who).result(), flush=True)\n"
        "t.run(jobs, t.sleep, 60)\n"
        "time.sleep(60)\n"
    )
    file = tmp_path / "script.py"
    file.write_text(script)
    with subprocess.Popen([sys.executable, str(file)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        time.sleep(0.3)
        parent.kill()
    deadline = time.monotonic() + 5
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the child outlives its parent"
        time.sleep(0.05)
