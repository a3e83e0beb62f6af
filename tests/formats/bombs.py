"""Files made to harm whoever opens them: zips that unpack to far more than they seem to hold, and their kin.

``bombs`` makes them all in a folder. The zip of overlapping files is after David Fifield's "A better zip bomb".
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

MB = 1 << 20
_STORED = 0xFFFF
"""Bytes of a block that deflate keeps as it is."""


def zeros(archive: zipfile.ZipFile, name: str, size: int, head: bytes = b"", tail: bytes = b"") -> None:
    """A member that is little but one letter over and over."""
    with archive.open(name, "w", force_zip64=True) as out:
        out.write(head)
        for _ in range(size // MB):
            out.write(b" " * MB)
        out.write(tail)


def packed(path: Path, name: str, size: int, *also: tuple[str, str], head: bytes = b"") -> Path:
    """A zip of one such member beside sound ones."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for other, content in also:
            archive.writestr(other, content)
        zeros(archive, name, size, head)
    return path


def nested(path: Path, depth: int = 3, each: int = 16) -> Path:
    """Zips in zips, 16 in each."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        zeros(archive, "a.geojson", 64 * MB)
    for _ in range(depth):
        outer = io.BytesIO()
        with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(each):
                archive.writestr(f"{number}.zip", inner.getvalue())
        inner = outer
    path.write_bytes(inner.getvalue())
    return path


def many(path: Path, count: int = 70_000) -> Path:
    """More members than a person could mean."""
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number}.geojson", "")
    return path


def overlapping(path: Path, count: int = 150, size: int = 30 * MB) -> Path:
    """Members that all unpack the same bytes: each one's stream quotes the header of the next and goes on into it."""
    whole = bytes(size)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    kernel = packer.compress(whole) + packer.flush()
    body, crc, length = kernel, zlib.crc32(whole), size
    data, offsets = b"", []
    for number in reversed(range(count)):
        name = f"{number}.geojson".encode()
        header = struct.pack("<4s5HIIIHH", b"PK\3\4", 20, 0, 8, 0, 33, crc, len(body), length, len(name), 0) + name
        offsets.append((name, crc, len(body), length, len(header) + len(body)))
        data = header + body
        if len(data) < _STORED:
            quote = struct.pack("<BHH", 0, len(header), len(header) ^ 0xFFFF)
            crc, length = zlib.crc32(header + whole), length + len(header)
            whole, body = header + whole, quote + data
    central = b""
    for name, check, short, long, reach in offsets:
        at = len(data) - reach
        central += struct.pack(
            "<4s6H3I5HII", b"PK\1\2", 20, 20, 0, 8, 0, 33, check, short, long, len(name), 0, 0, 0, 0, 0, max(0, at)
        )
        central += name
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(central), len(data), 0)
    path.write_bytes(data + central + end)
    return path


def twins(path: Path, count: int = 400, size: int = 20 * MB) -> Path:
    """Members of different names that share one body."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        zeros(archive, "000.geojson", size)
    raw = path.read_bytes()
    start, end = raw.index(b"PK\1\2"), raw.rindex(b"PK\5\6")
    entry = raw[start:end]
    central = b"".join(entry.replace(b"000.geojson", f"{number:03d}.geojson".encode()) for number in range(count))
    tail = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(central), start, 0)
    path.write_bytes(raw[:start] + central + tail)
    return path


def declaring(path: Path, said: int, real: int, name: str = "a.geojson") -> Path:
    """A member that says another size than it has."""
    packed(path, name, real)
    raw = bytearray(path.read_bytes())
    central = raw.rindex(b"PK\1\2")
    raw[central + 24 : central + 28] = struct.pack("<I", said)
    raw[22:26] = struct.pack("<I", said)
    path.write_bytes(raw)
    return path


def climbing(path: Path, name: str, kind: int = 0) -> Path:
    """A member that would be written elsewhere, or is a link."""
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (kind | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("good.geojson", '{"type":"FeatureCollection","features":[]}')
        archive.writestr(info, "/etc/passwd")
    return path


_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default '
    'Extension="xml" ContentType="application/xml"/></Types>'
)
_BOOK = (
    '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://'
    'schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="r1"/>'
    "</sheets></workbook>"
)
_LINKS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>'
)
_SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
_FIRST = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>'
)
BOOK = (
    ("[Content_Types].xml", _TYPES),
    ("_rels/.rels", _FIRST),
    ("xl/workbook.xml", _BOOK),
    ("xl/_rels/workbook.xml.rels", _LINKS),
)
_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_LISTED = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
_OPEN = (("mimetype", _ODS), ("META-INF/manifest.xml", _LISTED))
_TRIPS = "trip_id,route_id,service_id\n1,1,1\n"
_FEED = (
    ("stops.txt", "stop_id,stop_name,stop_lat,stop_lon\na,b,21.5,39.2\n"),
    ("routes.txt", "route_id,route_type\n1,3\n"),
    ("trips.txt", _TRIPS),
)
_TIMES = b"trip_id,stop_id,stop_sequence\n"
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    + "]><{root}>&l9;</{root}>"
)


def far(path: Path) -> Path:
    """A spreadsheet of two cells, of which one lies in the very last corner."""
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>lon</t></is></c></row><row r="1048576"><c r="XFD1048576"><v>1</v>'
        "</c></row></sheetData></worksheet>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (*BOOK, ("xl/worksheets/sheet1.xml", _SHEET + rows)):
            archive.writestr(name, content)
    return path


def laughing(path: Path, root: str, member: str = "") -> Path:
    """XML whose entities multiply, alone or in a zip."""
    text = LAUGHS.replace("{root}", root)
    if not member:
        path.write_text(text)
        return path
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (*(BOOK if path.suffix == ".xlsx" else ()), (member, text)):
            archive.writestr(name, content)
    return path


def parquet(path: Path, rows: int = 100_000_000) -> Path:
    """A column of nothing, over and over: some kilobytes for hundreds of millions of rows."""
    geo = (
        '{"version":"1.0.0","primary_column":"geometry","columns":{"geometry":{"encoding":"WKB","geometry_types":[]}}}'
    )
    schema = pa.schema([("geometry", pa.binary()), ("a", pa.float64())], metadata={"geo": geo})
    part = pa.table({"geometry": pa.nulls(10_000_000, pa.binary()), "a": pa.nulls(10_000_000, pa.float64())}, schema)
    with pyarrow.parquet.ParquetWriter(path, schema, compression="zstd") as out:
        for _ in range(rows // 10_000_000):
            out.write_table(part, row_group_size=10_000_000)
    return path


def sparse(path: Path, head: bytes = b"", size: int = 10 << 30) -> Path:
    """A file of 10 GB that takes no room."""
    with path.open("wb") as out:
        out.write(head)
        out.truncate(size)
    return path


def raster(path: Path, side: int = 50_000) -> Path:
    """A GeoTIFF of 10 GB of heights, none of which is written."""
    import rasterio
    from rasterio.transform import Affine

    from twin.formats import raster_drivers

    raster_drivers.ready()
    shape = {"width": side, "height": side, "count": 1, "dtype": "float32"}
    with rasterio.open(
        path, "w", driver="GTiff", crs="EPSG:32637", transform=Affine(1, 0, 517_000, 0, -1, 2_380_000),
        tiled=True, blockxsize=256, blockysize=256, SPARSE_OK=True, BIGTIFF="YES", **shape,
    ) as made:  # fmt: skip
        made.write(np.ones((1, 256, 256), np.float32), window=((0, 256), (0, 256)))
    return path


QUICK = ("nested.zip", "overlapping.zip", "twins.zip", "device.zip", "flat.ifczip", "far.xlsx", "laughs.xlsx",
         "laughs.kmz", "gtfs.zip", "unasked.gdb.zip", "nothing.parquet", "sparse.tif")  # fmt: skip
"""Those that are made within a second or two, and that no other test makes."""


def bombs(folder: Path, names: Collection[str] = ()) -> Iterator[Path]:
    """All of them, or those of these names, one at a time."""
    made: dict[str, Callable[[Path], Path]] = {
        "flat.zip": lambda path: packed(path, "a.geojson", 300 * MB),
        "unasked.zip": lambda path: packed(path, "a.geojson", 60 * MB),
        "nested.zip": nested,
        "many.zip": many,
        "overlapping.zip": overlapping,
        "twins.zip": twins,
        "liar.zip": lambda path: declaring(path, 1000, 200 * MB),
        "boaster.zip": lambda path: declaring(path, 0xFFFFFFF0, 2 * MB),
        "climbing.zip": lambda path: climbing(path, "../../../evil.geojson"),
        "absolute.zip": lambda path: climbing(path, "/tmp/evil.geojson"),
        "windows.zip": lambda path: climbing(path, "C:\\evil.geojson"),
        "link.zip": lambda path: climbing(path, "a.geojson", stat.S_IFLNK),
        "device.zip": lambda path: climbing(path, "a.geojson", stat.S_IFCHR),
        "deep.zip": lambda path: climbing(path, "a/" * 2000 + "a.geojson"),
        "flat.kmz": lambda path: packed(path, "doc.kml", 300 * MB, head=b"<kml>"),
        "unasked.kmz": lambda path: packed(path, "doc.kml", 60 * MB, head=b"<kml>"),
        "climbing.kmz": lambda path: climbing(path, "../doc.kml"),
        "laughs.kmz": lambda path: laughing(path, "kml", "doc.kml"),
        "flat.ifczip": lambda path: packed(path, "a.ifc", 300 * MB, head=b"ISO-10303-21;"),
        "unasked.ifczip": lambda path: packed(path, "a.ifc", 60 * MB, head=b"ISO-10303-21;"),
        "flat.xlsx": lambda path: packed(path, "xl/worksheets/sheet1.xml", 900 * MB, *BOOK, head=_SHEET.encode()),
        "larger.xlsx": lambda path: packed(path, "xl/worksheets/sheet1.xml", 1100 * MB, *BOOK, head=_SHEET.encode()),
        "far.xlsx": far,
        "laughs.xlsx": lambda path: laughing(path, "worksheet", "xl/worksheets/sheet1.xml"),
        "flat.ods": lambda path: packed(path, "content.xml", 900 * MB, *_OPEN),
        "gtfs.zip": lambda path: packed(path, "stop_times.txt", 300 * MB, *_FEED, head=_TIMES),
        "unasked gtfs.zip": lambda path: packed(path, "stop_times.txt", 60 * MB, *_FEED, head=_TIMES),
        "flat.gdb.zip": lambda path: packed(path, "a.gdb/a00000001.gdbtable", 300 * MB),
        "unasked.gdb.zip": lambda path: packed(path, "a.gdb/a00000001.gdbtable", 60 * MB, ("a.gdb/gdb", "")),
        "laughs.gml": lambda path: laughing(path, "CityModel"),
        "laughs.kml": lambda path: laughing(path, "kml"),
        "laughs.gpx": lambda path: laughing(path, "gpx"),
        "laughs.osm": lambda path: laughing(path, "osm"),
        "nothing.parquet": parquet,
        "sparse.tif": raster,
    }  # fmt: skip
    for name, make in made.items():
        if names and name not in names:
            continue
        path = make(folder / name)
        yield path
        path.unlink()


def giants(folder: Path, suffixes: tuple[str, ...]) -> Iterator[Path]:
    """10 GB of nothing under each name that is read, with a beginning as its format has it."""
    heads = {
        ".gpkg": b"SQLite format 3\0", ".geojson": b'{"type":"FeatureCollection"', ".shp": b"\0\0\x27\x0a",
        ".fgb": b"fgb\3fgb\0", ".parquet": b"PAR1", ".las": b"LASF", ".laz": b"LASF", ".glb": b"glTF\2\0\0\0",
        ".kml": b"<kml>", ".gpx": b"<gpx>", ".gml": b"<CityModel>", ".osm": b"<osm>", ".tif": b"II\x2b\0\x08\0\0\0",
        ".ifc": b"ISO-10303-21;", ".zip": b"PK\3\4",
        ".inp": b"[TITLE]\n", ".dxf": b"0\nSECTION\n", ".csv": b"lon,lat\n",
    }  # fmt: skip
    for suffix in suffixes:
        path = sparse(folder / f"giant{suffix}", heads.get(suffix, b"{"))
        yield path
        path.unlink()
