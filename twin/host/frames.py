"""GeoDataFrames and GeoParquet: what an engineer holds, and what a command takes."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from twin.core.errors import Refused
from twin.core.i18n import mark
from twin.formats import geoparquet
from twin.model.feature import CITYJSON, GEOMETRY, SURFACES, UID

if TYPE_CHECKING:
    import geopandas

_DOCUMENTS = (SURFACES, CITYJSON)
"""Columns that belong to a geometry and that no engineer edits: the city keeps them."""


def read(file: Path) -> geopandas.GeoDataFrame:
    """A layer that was exported: its index is ``uid``, whole numbers stay whole where some are missing."""
    import geopandas
    import pandas as pd

    table = pq.read_table(file)
    crs = geoparquet.survey(file).crs
    shapes = shapely.from_wkb(table.column(GEOMETRY).to_numpy())
    table = table.drop_columns([name for name in (GEOMETRY, *_DOCUMENTS) if name in table.column_names])
    whole = {pa.int64(): pd.Int64Dtype(), pa.int32(): pd.Int32Dtype(), pa.bool_(): pd.BooleanDtype()}
    gaps = {field.type for field, column in zip(table.schema, table.columns, strict=True) if column.null_count}
    plain = table.to_pandas(types_mapper={kind: whole[kind] for kind in gaps if kind in whole}.get)
    return geopandas.GeoDataFrame(plain, geometry=shapes, crs=crs).set_index(UID)


def write(frame: geopandas.GeoDataFrame, file: Path) -> None:
    """A frame as GeoParquet; Refused where it can't be told what or where its rows are."""
    import geopandas

    if not isinstance(frame, geopandas.GeoDataFrame) or not len(frame):
        raise Refused(mark("A layer is written from a GeoDataFrame with a row at the least."))
    if frame.crs is None:
        raise Refused(mark("The frame has no CRS: set one with frame.set_crs(…); Balad doesn't guess."))
    uids = _uids(frame)
    rest = frame.drop(columns=[frame.geometry.name, *({UID} & set(frame.columns))]).reset_index(drop=True)
    try:
        table = pa.Table.from_pandas(rest, preserve_index=False).replace_schema_metadata(None)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as why:
        words = mark("A column of the frame can't be kept as it is: {why}")
        raise Refused(words, why=str(why).splitlines()[0]) from None
    geometry = pa.array(shapely.to_wkb(frame.geometry.to_numpy()), pa.binary())
    table = table.add_column(0, UID, pa.array(uids, pa.string())).append_column(GEOMETRY, geometry)
    geoparquet.write(file, table, frame.crs.to_string(), file.stem)


def _uids(frame: Any) -> list[str]:
    """Each row's uid; a missing one gets a name that no other has."""
    if UID in frame.columns:
        said = frame[UID]
    elif frame.index.name == UID:
        said = frame.index.to_series()
    else:
        raise Refused(mark("The frame's rows have no uid: keep the index of to_geopandas(), or give a column “uid”."))
    told = [None if missing or not str(uid) else str(uid) for uid, missing in zip(said, said.isna(), strict=True)]
    taken = {uid for uid in told if uid}
    if len(taken) < sum(uid is not None for uid in told):
        twice = next(uid for uid in told if uid and told.count(uid) > 1)
        raise Refused(mark("The uid “{uid}” stands for more than one row of the frame."), uid=twice)
    # A name that no feature ever had: one of its own would give it a former feature's number.
    return [uid or f"new-{uuid.uuid4().hex[:12]}" for uid in told]
