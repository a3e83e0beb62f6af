"""Layers of services that a person names: features are taken in, pictures are linked and fetched when they are seen."""

from __future__ import annotations

from typing import Annotated, Literal

from twin.core.i18n import mark, tr
from twin.formats.web_offers import Offers, ServiceRequest
from twin.model.report import ImportReport
from twin.work import imports
from twin.work.commands import Help
from twin.work.context import Context

SECONDS, LOOKING = 1800.0, 120.0
"""How long a layer may take to come, and the list of what there is."""
_MEMORY = 4 << 30
Kind = Literal["wms", "wmts", "wfs", "features", "xyz"]


def add_service(
    context: Context,
    url: Annotated[str, Help("the service’s address, http or https; XYZ tiles with {z}, {x} and {y} in it")],
    layer: Annotated[str | None, Help("which of its layers; without it they are listed", form="NAME")] = None,
    kind: Annotated[Kind | None, Help("what it is, where the address doesn’t tell")] = None,
    id: Annotated[str | None, Help("the layer’s id in the city")] = None,
    attribution: Annotated[str | None, Help("whom its pictures or data are to be credited to", form="WORDS")] = None,
) -> ImportReport:
    """Add a layer of a WMS, WMTS, WFS, OGC API Features or XYZ service; one step of undo."""
    from twin.formats.web_take import take

    imports.check_id(id)
    with imports.scratch_folder() as scratch:
        ask = ServiceRequest(
            url=url.strip(),
            scratch=str(scratch),
            kind=kind,
            layer=layer,
            id=id,
            attribution=" ".join(attribution.split()) if attribution else None,
            city_crs=imports.city_crs(context),
            taken=imports.taken_ids(context),
            extent=imports.extent(context),
        )
        progress = imports.reading(context)
        job = context.jobs.run(take, ask, title=url, timeout=SECONDS, memory=_MEMORY, progress=progress, path=url)
        taken = job.result()
        return imports.written(context, taken, taken.layers[0].title or url)


def offered(context: Context, url: str, kind: Kind | None = None) -> Offers:
    """What a service offers, for a dialog to list."""
    from twin.formats.web_look import offers

    context.progress(0.0, tr(mark("Asking what there is…")))
    job = context.jobs.run(offers, url.strip(), kind, title=url, timeout=LOOKING, memory=_MEMORY, path=url)
    found: Offers = job.result()
    return found
