"""Founding a city: it appears under its name when its first content is whole, and not before."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from twin.core.errors import CannotWrite
from twin.core.i18n import mark
from twin.store.city import City
from twin.work.context import Context


@contextlib.contextmanager
def founding(context: Context, crs: str, *, synthetic: bool = False) -> Iterator[City]:
    """The context's city, made first where it is absent: under a draft name until the block has succeeded."""
    if context.path.exists():
        yield context.city
        return
    draft = context.path.with_name(f".{context.path.name}.part")
    for leaving in (draft, draft.with_name(draft.name + ".wal")):
        leaving.unlink(missing_ok=True)
    try:
        with City.create(draft, crs, synthetic=synthetic) as city:
            yield city
        try:
            draft.replace(context.path)
        except OSError as why:
            raise CannotWrite(
                mark("The city could not be put in its place: {why}."), context.path, why=why.strerror
            ) from why
    finally:
        for rest in context.path.parent.glob(f"{draft.name}*"):
            rest.unlink(missing_ok=True)
