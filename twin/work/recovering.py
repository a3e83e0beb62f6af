"""A city that a power cut or a half copy has damaged, opened by a person's choice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal

from twin.core.i18n import tr
from twin.store import recovery
from twin.work.commands import Help
from twin.work.context import Context


@dataclass(frozen=True)
class Choices:
    """The ways back that a damaged city has."""

    choices: list[recovery.Choice]

    def lines(self) -> Iterable[str]:
        """A line for each way: its word, and what it would keep and lose."""
        if not self.choices:
            yield tr("Nothing is wrong with this city: it opens as it is.")
        for choice in self.choices:
            yield f"--from {choice.id}: {choice.words()}"

    def printed(self) -> object:
        """The choices as a list."""
        return {"choices": [{"id": choice.id, "words": choice.words()} for choice in self.choices]}


def recover(
    context: Context,
    start: Annotated[
        Literal["log", "last-good", "as-is"] | None, Help("which way back; without it, the ways are listed")
    ] = None,
) -> Choices:
    """List the ways back, or take one; the damaged files are kept beside the city under another name."""
    if start is None:
        return Choices(recovery.choices(context.path))
    recovery.recover(context.path, start)
    return Choices([])
