"""What a person may choose from, where a file leaves something to be said; looked for in a child process."""

from __future__ import annotations

import logging

from twin.core.errors import Cancelled, TwinError
from twin.formats.looking import Look, look
from twin.formats.request import Request
from twin.formats.suggesting import Suggestions, suggest
from twin.work.context import Context

SECONDS = 60.0
"""How long it may take: a person waits for it."""
MEMORY = 4 << 30
_log = logging.getLogger("balad")


def suggested(context: Context, request: Request) -> Suggestions | None:
    """The CRSs that a file may be in; None where its outlines can't be had, since the refusal says why already."""
    plain = request.model_copy(update={"crs": None, "local": None, "join": None})
    job = context.jobs.run(
        suggest, plain, title=request.path, timeout=SECONDS, memory=MEMORY, progress=context.progress, path=request.path
    )
    try:
        found: Suggestions | None = job.result()
    except Cancelled:
        raise
    except TwinError as why:
        _log.info("no suggestions for %s: %s", request.path, why)
        return None
    return found


def looked(context: Context, request: Request) -> Look:
    """What can be said of a file before it is read."""
    job = context.jobs.run(
        look, request, title=request.path, timeout=SECONDS, memory=MEMORY, progress=context.progress, path=request.path
    )
    found: Look = job.result()
    return found
