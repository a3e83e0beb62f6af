"""What a command answered, in the message bar; the whole of it in the log."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.core.i18n import first_strong, tr, trn
from twin.desktop.messages import Action
from twin.host.about import LayerCard
from twin.model.report import ImportReport
from twin.work.answers import Answer

if TYPE_CHECKING:
    from twin.desktop.desk import Desk

_LINES = 8
"""More than so many are in the log alone."""
_EXACT = 1.0
"""Metres that nobody minds."""


def answered(desk: Desk, answer: Any, file: Path | None = None) -> None:
    """Say it; an import of a ``file`` is shown where it lies, with what can be done about what is doubtful."""
    if isinstance(answer, ImportReport):
        _imported(desk, answer, file)
    elif isinstance(answer, LayerCard):
        desk.show_about(answer.layer.id)
    elif isinstance(answer, Answer):
        lines = list(answer.lines())
        _log(desk, lines)
        shown = lines[:_LINES] + (["…"] if len(lines) > _LINES else [])
        desk.window.messages.say("\n".join(shown), _whole(desk) if len(lines) > _LINES else (), tone="good")


def _imported(desk: Desk, report: ImportReport, file: Path | None) -> None:
    refused = sum(len(layer.refused) for layer in report.layers)
    repaired = sum(len(layer.repaired) for layer in report.layers)
    kept = sum(layer.kept for layer in report.layers) + repaired
    words = [
        tr("“{layer}” is a layer now; its pictures are fetched when they are looked at.", layer=report.file)
        if report.served
        else tr("{file} is linked: it stays where it is.", file=first_strong(report.file))
        if report.linked
        else tr("{file}: {counted} taken in.", file=first_strong(report.file), counted=_features(kept))
    ]
    if repaired:
        words.append(tr("{counted} repaired on the way.", counted=_features(repaired)))
    if refused:
        words.append(tr("{counted} refused; the log says which and why.", counted=_features(refused)))
    _log(desk, report.lines())
    tone = "warning" if refused or report.notes else "good"
    doubts = desk.asking.after(report, file) if file else ()
    actions = (*doubts, *(_whole(desk) if refused or repaired else ()))
    said = [" ".join(words), *_moved(report), *report.notes]
    desk.window.messages.say("\n".join(said), actions, tone=tone)  # type: ignore[arg-type]
    extents = [layer.extent for layer in report.layers if layer.extent]
    if extents:
        desk.window.view.show_box(extents)


def _moved(report: ImportReport) -> Iterable[str]:
    """How its coordinates were moved, where that is known to be less exact than a metre; the log has it always."""
    found = report.operation
    return found.lines() if found and found.name and (found.accuracy or 0.0) > _EXACT else ()


def _features(count: int) -> str:
    return trn("{n} feature", "{n} features", count)


def _log(desk: Desk, lines: Iterable[str]) -> None:
    for line in lines:
        desk.window.log.say(line)


def _whole(desk: Desk) -> tuple[Action, ...]:
    return ((tr("Show the log"), lambda: desk.window.show_below(1)),)
