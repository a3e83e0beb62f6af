"""The sample city, made by whichever plugin brings its generator."""

from __future__ import annotations

from typing import Annotated

from twin.core.errors import Refused
from twin.core.i18n import mark
from twin.host.discovery import entries
from twin.model.report import ImportReport
from twin.work.commands import Help
from twin.work.context import Context
from twin.work.sampling import found_sample

GENERATOR = "sample.jeddah"
MOST = 4_000_000


def make(
    context: Context,
    buildings: Annotated[int, Help("how many buildings", form="N")] = 20_000,
    seed: Annotated[int, Help("the same seed makes the same city", form="S")] = 1,
) -> ImportReport:
    """Make the synthetic sample of Jeddah; the same seed gives the same content hash."""
    if context.path.exists():
        raise Refused(mark("There is a file of this name already: choose another name for the sample."), context.path)
    if not 1 <= buildings <= MOST:
        raise Refused(mark("A sample has from 1 to {most} buildings."), most=MOST)
    run = next((entry.run for entry in entries("readers") if entry.id == GENERATOR), None)
    if run is None:
        raise Refused(mark("This installation has no sample: its folder sample_data is missing."))
    return found_sample(context, run, buildings, seed)
