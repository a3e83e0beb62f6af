"""The data sets that are damaged: every real file beside the project, and a made one of each format that has none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.formats import citygml_documents, ifc_models
from tests.formats.answering import Reader, Said
from tests.formats.books import book
from tests.formats.making import written, zipped
from tests.real import FOLDER
from twin.formats import archives, registry

LOCAL = (520_000.0, 2_370_000.0, 0.0, 1.0)
_SAID: tuple[dict[str, Any], ...] = (
    {"city_crs": "EPSG:32637"},
    {"city_crs": "EPSG:32637", "crs": "EPSG:32637"},
    {"city_crs": "EPSG:32637", "crs": "local", "local": LOCAL},
    {},
    {"crs": "EPSG:2994"},
)
_ASIDE = ("hostile", "cityjson_schemas")
MADE = (
    "made/a.fgb", "made/a.gdb", "made/a.tab", "made/a.mif", "made/a.kml", "made/a.kmz", "made/a.gpx", "made/a.dxf",
    "made/a.shp", "made/a.shp.zip", "made/a.gdb.zip", "made/citygml 2.0.gml", "made/citygml 3.0.gml", "made/IFC4.ifc",
    "made/IFC2X3.ifc", "made/poles.csv", "made/poles.xlsx", "made/a.copc.laz", "made/tiled.tif",
)  # fmt: skip
"""What is made without any real file."""
_VECTORS = ("a.fgb", "a.gdb", "a.tab", "a.mif", "a.kml", "a.kmz", "a.gpx", "a.dxf", "a.shp", "a.shp.zip", "a.gdb.zip")


@dataclass(frozen=True)
class DataSet:
    """A file or folder, by its name among the real ones."""

    name: str
    path: Path

    @property
    def size(self) -> int:
        """Bytes."""
        files = self.path.rglob("*") if self.path.is_dir() else (self.path,)
        return sum(one.stat().st_size for one in files)


def real() -> list[DataSet]:
    """Every real file whose name says that it is read, and the folders that are tilesets."""
    if not FOLDER.exists():
        return []
    ends = tuple({suffix for one in registry.formats() for suffix in one.SUFFIXES} | set(archives.SUFFIXES))
    found = []
    tilesets = [one.parent for one in sorted(FOLDER.rglob("tileset.json"))]
    tilesets = [one for one in tilesets if not any(other in one.parents for other in tilesets)]
    for path in sorted(FOLDER.rglob("*")):
        name = path.relative_to(FOLDER)
        inside = any(one in path.parents for one in tilesets)
        plain = path.is_file() and path.name.lower().endswith(ends) and not inside
        if (path in tilesets or plain) and name.parts[0] not in _ASIDE:
            found.append(DataSet(str(name), path))
    return found


def made(folder: Path) -> list[DataSet]:
    """One of each format that no real file has."""
    return [DataSet(f"made/{path.name}", path) for path in _made(folder)]


def _made(folder: Path) -> Iterator[Path]:
    for number, name in enumerate(_VECTORS):
        room = folder / str(number)
        room.mkdir(parents=True)
        if name.endswith(".zip"):
            yield zipped(room / name, written(room / name.removesuffix(".zip")))
        else:
            yield written(room / name)
    houses = {one: citygml_documents.house(one) for one in ("2.0", "3.0")}
    for version, house in houses.items():
        path = folder / f"citygml {version}.gml"
        path.write_text(citygml_documents.document(version, [house]), encoding="utf-8")
        yield path
    for schema in ("IFC4", "IFC2X3"):
        yield ifc_models.house(folder / f"{schema}.ifc", schema)
    yield from _tables(folder)
    yield from _linked(folder)
    yield from _models(folder)


def _tables(folder: Path) -> Iterator[Path]:
    import csv

    rows = [["id", "name", "lon", "lat", "height"]]
    rows += [[f"a{n}", f"عمود {n}", str(39.2 + n / 1e4), str(21.5 + n / 2e4), str(n)] for n in range(60)]
    with (folder / "poles.csv").open("w", newline="", encoding="windows-1256") as out:
        csv.writer(out, delimiter=";").writerows(rows)
    yield folder / "poles.csv"
    yield book(folder / "poles.xlsx", {"poles": rows})


def _linked(folder: Path) -> Iterator[Path]:
    """A point cloud with an octree, and a raster in tiles with overviews."""
    import numpy as np

    from tests import clouds
    from tests.rasters import slope, tiff

    centre = np.array([517_500.0, 2_378_500.0, 20.0])
    yield clouds.copc(folder / "a.copc.laz", clouds.nodes(clouds.town(20_000), 2, centre, 501.0), centre, 501.0)
    yield tiff(folder / "tiled.tif", slope(600, 600), tiled=True, compress="deflate", overviews=[2, 4])


def _models(folder: Path) -> Iterator[Path]:
    """Delft's buildings as they go out."""
    from twin.host.session import Session

    delft = FOLDER / "city3d" / "cjio" / "multi_lod.json"
    if not delft.exists():
        return
    with Session(folder / "models.balad") as session:
        session.run("import", file=delft, crs="EPSG:28992")
    with Session.open(folder / "models.balad") as session:
        layer = session.city.layers()[0].id
        for name in ("models.glb", "models.parquet", "models.geojson"):
            session.run("export", layer=layer, out=folder / name)
            yield folder / name


def understood(reader: Reader, one: DataSet) -> tuple[dict[str, Any], Said]:
    """What must be said of a whole file so that it is taken in, and its answer then; the first refusal else."""
    first: Said | None = None
    for said in _SAID:
        answer = reader.ask(one.path, **said)
        if answer.verdict in {"taken", "losses"}:
            return dict(said), answer
        first = first or answer
    assert first is not None
    return dict(_SAID[0]), first
