"""Point clouds made by the tests: LAS and LAZ by laspy, COPC by its specification (version 1.0), chunk by chunk."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import laspy
import lazrs
import numpy as np

WKT = (
    'PROJCS["WGS 84 / UTM zone 37N",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",39],PARAMETER["scale_factor",0.9996],'
    'PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["metre",1],AXIS["Easting",EAST],'
    'AXIS["Northing",NORTH],AUTHORITY["EPSG","32637"]]'
)
SCALE = 0.01


def town(count: int, side: float = 1000.0, seed: int = 11, west: float = 517_000.0, south: float = 2_378_000.0) -> Any:
    """(count, 3) points of a made town: waves of ground and blocks that stand on it, in EPSG:32637."""
    chance = np.random.default_rng(seed)
    x, y = chance.random((2, count)) * side
    return np.column_stack([west + x, south + y, surface(x, y)])


def surface(x: Any, y: Any) -> Any:
    """How high the made town is at a place of it, in metres."""
    z = 10 + 4 * np.sin(x / 90) * np.cos(y / 70)
    block = ((x // 40) % 2 == 0) & ((y // 40) % 2 == 0)
    return z + np.where(block, 6 + ((x // 40 * 7 + y // 40 * 13) % 5) * 3.2, 0)


def records(points: Any, form: int = 7) -> Any:
    """LAS records of points, ground or building by their height, with colours."""
    header = laspy.LasHeader(point_format=form, version="1.4")
    header.scales, header.offsets = np.full(3, SCALE), np.array([517_000.0, 2_378_000.0, 0.0])
    made = laspy.ScaleAwarePointRecord.zeros(len(points), header=header)
    made.x, made.y, made.z = points.T
    high = points[:, 2] > 15
    made.classification = np.where(high, 6, 2).astype(np.uint8)
    made.intensity = (points[:, 2] * 100).astype(np.uint16)
    if "red" in made.point_format.dimension_names:
        made.red, made.green, made.blue = (np.where(high, a, b).astype(np.uint16) << 8 for a, b in _COLOURS)
    return made


_COLOURS = ((200, 150), (180, 140), (150, 110))


def las(path: Path, points: Any, wkt: str | None = WKT, form: int = 7) -> Path:
    """A LAS or, by its suffix, a LAZ file."""
    made = records(points, form)
    header = laspy.LasHeader(point_format=form, version="1.4")
    header.scales, header.offsets = np.full(3, SCALE), np.array([517_000.0, 2_378_000.0, 0.0])
    if wkt:
        header.vlrs.append(laspy.vlrs.known.WktCoordinateSystemVlr(wkt))
        header.global_encoding.wkt = True
    data = laspy.LasData(header)
    data.points = made
    data.write(str(path))
    return path


def copc(path: Path, levels: Iterable[tuple[tuple[int, int, int, int], Any]], centre: Any, half: float) -> Path:
    """A COPC of nodes: each a key (level, x, y, z) and its points (n, 3)."""
    vlr = lazrs.LazVlr.new_for_compression(7, 0, True)
    told = bytes(vlr.record_data())
    wkt = WKT.encode() + b"\0"
    blocks = [_vlr("copc", 1, bytes(160)), _vlr("laszip encoded", 22204, told), _vlr("LASF_Projection", 2112, wkt)]
    start = 375 + sum(map(len, blocks))
    entries, count, low, high = [], 0, np.full(3, np.inf), np.full(3, -np.inf)
    with path.open("wb+") as file:
        file.write(bytes(start))
        compressor = lazrs.LasZipCompressor(file, vlr)
        compressor.reserve_offset_to_chunk_table()
        for key, points in levels:
            at = file.tell()
            compressor.compress_many(np.frombuffer(records(points).array.tobytes(), np.uint8))
            compressor.finish_current_chunk()
            entries.append(struct.pack("<iiiiQii", *key, at, file.tell() - at, len(points)))
            count += len(points)
            low, high = np.fmin(low, points.min(axis=0)), np.fmax(high, points.max(axis=0))
        compressor.done()
        file.seek(0, 2)
        hierarchy = file.tell()
        page = b"".join(entries)
        file.write(struct.pack("<H16sHQ32s", 0, b"copc", 1000, len(page), b"") + page)
        about = struct.pack("<ddddd", *centre, half, 2 * half / 128)
        about += struct.pack("<QQdd", hierarchy + 60, len(page), 0.0, 0.0) + bytes(88)
        blocks[0] = _vlr("copc", 1, about)
        file.seek(0)
        file.write(_header(count, low, high, start, len(blocks), hierarchy) + b"".join(blocks))
    return path


def nodes(points: Any, deepest: int, centre: Any, half: float) -> list[tuple[tuple[int, int, int, int], Any]]:
    """Points spread over an octree: four times as many on each level."""
    chance = np.random.default_rng(1)
    weights = 4.0 ** np.arange(deepest + 1)
    level = chance.choice(deepest + 1, len(points), p=weights / weights.sum())
    cells = ((points - (centre - half)) / (2 * half) * (1 << level)[:, None]).astype(int)
    keys, first = np.unique(np.column_stack([level, cells]), axis=0, return_inverse=True)
    order = np.argsort(first.ravel(), kind="stable")
    parts = np.split(points[order], np.cumsum(np.bincount(first.ravel()))[:-1])
    return [(tuple(key), part) for key, part in zip(keys.tolist(), parts, strict=True)]


def _vlr(user: str, record: int, body: bytes) -> bytes:
    return struct.pack("<H16sHH32s", 0, user.encode(), record, len(body), b"") + body


def _header(count: int, low: Any, high: Any, start: int, vlrs: int, evlr: int) -> bytes:
    made = struct.pack("<4sHHIHH8s", b"LASF", 0, 16, 0, 0, 0, b"")
    made += struct.pack("<BB32s32sHHH", 1, 4, b"", b"made by a test", 1, 2026, 375)
    made += struct.pack("<IIBHI20s", start, vlrs, 7 | 0x80, 36, 0, b"")
    made += struct.pack("<6d", SCALE, SCALE, SCALE, 517_000.0, 2_378_000.0, 0.0)
    made += struct.pack("<6d", high[0], low[0], high[1], low[1], high[2], low[2])
    made += struct.pack("<QQIQ", 0, evlr, 1, count)
    made += struct.pack("<15Q", count, *[0] * 14)
    assert len(made) == 375
    return made
