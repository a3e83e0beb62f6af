"""A city that a power cut or a half copy has damaged, opened by a person's choice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from twin.core.i18n import tr
from twin.store import recovery
from twin.work.commands import Help
from twin.work.context import Context


@dataclass(frozen=True)
class Choices:
    """The ways back that a damaged city has."""

    choices: list[recovery.Choice]
    kept: Path | None = None
    """Where the damaged file is kept, once a way back was taken."""

    def lines(self) -> Iterable[str]:
        """A line for each way: its word, and what it would keep and lose."""
        if self.kept is not None:
            yield tr("The city opens again. What was damaged is kept in {file}", file=str(self.kept))
        elif not self.choices:
            yield tr("Nothing is wrong with this city: it opens as it is.")
        for choice in self.choices:
            yield f"--from {choice.id}: {choice.words()}"

    def printed(self) -> object:
        """The choices as a list."""
        if self.kept is not None:
            return {"kept": str(self.kept)}
        return {"choices": [{"id": choice.id, "words": choice.words()} for choice in self.choices]}


def recover(
    context: Context,
    start: Annotated[
        Literal["log", "last-good", "as-is"] | None,
        Help("which way back; without it, they are listed", flag="from"),
    ] = None,
) -> Choices:
    """List the ways back, or take one; the damaged files are kept beside the city under another name."""
    if start is None:
        return Choices(recovery.choices(context.path))
    if not recovery.choices(context.path):
        return Choices([])
    return Choices([], recovery.recover(context.path, start))
