"""Map services over Jeddah as their standards have them: what a test's server answers."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image
from pyproj import Transformer

from tests import tiles
from tests.serving import Asked, Reply

LAYERS = """
 <Layer><Title>All</Title>{crs}{box}
  <Layer queryable="1"><Name>air:photo</Name><Title>Air photo {{2026}} &amp; more</Title>
   <Attribution><Title>© Survey of Jeddah</Title></Attribution>
   <Style><Name>default</Name><Title>d</Title></Style></Layer>
  <Layer><Name>plans</Name><Title>Plans</Title><Style><Name>thin</Name></Style></Layer>
 </Layer>"""


def wms(
    version: str = "1.3.0", crs: tuple[str, ...] = ("EPSG:3857", "EPSG:4326"), other: str = ""
) -> Callable[[Asked], Reply]:
    """A WMS; ``other`` is the host that its document names."""

    def answer(asked: Asked) -> Reply:
        query = asked.query
        if query.get("service") != "WMS":
            return Reply("<html><body>Hello</body></html>", "text/html")
        if query.get("request") == "GetCapabilities":
            address = other or f"http://{asked.headers['host']}/ows?map=town"
            return Reply(_capabilities(version, crs, address.replace("&", "&amp;")), "text/xml")
        assert query["version"] == version and query["request"] == "GetMap" and query.get("map") == "town"
        named = query["crs" if version == "1.3.0" else "srs"]
        if named not in crs or query["layers"] not in ("air:photo", "plans"):
            return exception("LayerNotDefined", "There is no such layer")
        return Reply(_map(named, version, query), "image/png")

    return answer


def exception(code: str, words: str) -> Reply:
    """As a WMS says that something is wrong: with status 200."""
    body = (
        '<?xml version="1.0"?><ServiceExceptionReport version="1.3.0" xmlns="http://www.opengis.net/ogc">'
        f'<ServiceException code="{code}">{words}</ServiceException></ServiceExceptionReport>'
    )
    return Reply(body, "text/xml")


def _capabilities(version: str, crs: tuple[str, ...], address: str) -> str:
    west, south, east, north = tiles.degrees()
    if version == "1.3.0":
        box = (
            f"<EX_GeographicBoundingBox><westBoundLongitude>{west}</westBoundLongitude><eastBoundLongitude>{east}"
            f"</eastBoundLongitude><southBoundLatitude>{south}</southBoundLatitude><northBoundLatitude>{north}"
            "</northBoundLatitude></EX_GeographicBoundingBox>"
        )
        head = '<?xml version="1.0"?><WMS_Capabilities version="1.3.0" xmlns="http://www.opengis.net/wms" xmlns:xlink="http://www.w3.org/1999/xlink">'
        systems = "".join(f"<CRS>{one}</CRS>" for one in crs)
    else:
        box = f'<LatLonBoundingBox minx="{west}" miny="{south}" maxx="{east}" maxy="{north}"/>'
        head = (
            '<?xml version="1.0"?><!DOCTYPE WMT_MS_Capabilities SYSTEM "http://127.0.0.1:9/wms/1.1.1/capabilities.dtd"'
            " [ <!ELEMENT VendorSpecificCapabilities EMPTY> ]>"
            '<WMT_MS_Capabilities version="1.1.1" xmlns:xlink="http://www.w3.org/1999/xlink">'
        )
        systems = f"<SRS>{' '.join(crs)}</SRS>"
    root = head[head.rindex("<") + 1 :].split()[0]
    return (
        f"{head}<Service><Name>WMS</Name><Title>Maps of the town</Title><MaxWidth>1000</MaxWidth></Service>"
        "<Capability><Request><GetMap><Format>image/gif</Format><Format>image/jpeg</Format><Format>image/png</Format>"
        f'<DCPType><HTTP><Get><OnlineResource xlink:type="simple" xlink:href="{address}"/></Get></HTTP></DCPType>'
        f"</GetMap></Request>{LAYERS.format(crs=systems, box=box)}</Capability></{root}>"
    )


def _map(named: str, version: str, query: dict[str, str]) -> bytes:
    sides = [float(side) for side in query["bbox"].split(",")]
    if version == "1.3.0" and named == "EPSG:4326":
        south, west, north, east = sides
    else:
        west, south, east, north = sides
    assert west < east and south < north
    wide, high = int(query["width"]), int(query["height"])
    x = west + (np.arange(wide) + 0.5) * (east - west) / wide
    y = north - (np.arange(high) + 0.5) * (north - south) / high
    source = {"CRS:84": "OGC:CRS84"}.get(named, named)
    turn = Transformer.from_crs(source, "EPSG:3857", always_xy=True)
    xs, ys = turn.transform(*np.meshgrid(x, y))
    out = io.BytesIO()
    Image.fromarray(tiles.colour(xs, ys, 1), "RGBA").save(out, "PNG")
    return out.getvalue()


def xyz(asked: Asked, side: int = 256, *, south: bool = False) -> Reply:
    """Tiles at ``/z/x/y.png``; none where none are covered."""
    z, x, y = (int(part) for part in asked.path.removesuffix(".png").split("/")[-3:])
    y = 2**z - 1 - y if south else y
    west, north, wide = tiles.corner(z, x, y)
    inside = west < tiles.X + tiles.REACH and west + wide > tiles.X - tiles.REACH
    inside &= north > tiles.Y - tiles.REACH and north - wide < tiles.Y + tiles.REACH
    return Reply(tiles.picture(z, x, y, side=side), "image/png") if inside and z <= 18 else Reply(b"no", status=404)


def wmts(rest: bool, crs: str = "EPSG:3857") -> Callable[[Asked], Reply]:
    """A WMTS whose tiles are had by path or by question, on the web's grid or on one in degrees."""
    degrees = crs == "EPSG:4326"

    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("WMTSCapabilities.xml") or asked.query.get("request") == "GetCapabilities":
            return Reply(document(f"http://{asked.headers['host']}"), "application/xml")
        if rest:
            _, _, style, name, z, y, x = asked.path.removesuffix(".png").split("/")
            assert (style, name) == ("plain", "grid")
        else:
            assert asked.query["layer"] == "ortho" and asked.query["tilematrixset"] == "grid"
            z, y, x = (asked.query[key] for key in ("tilematrix", "tilerow", "tilecol"))
        level = int(z.removeprefix("L"))
        return Reply(_degrees(level, int(x), int(y)) if degrees else tiles.picture(level, int(x), int(y)), "image/png")

    def document(here: str) -> str:
        west, south, east, north = tiles.degrees()
        matrices = "".join(
            f"<TileMatrix><ows:Identifier>L{z}</ows:Identifier>"
            f"<ScaleDenominator>{_scale(z, degrees)}</ScaleDenominator>"
            f"<TopLeftCorner>{'90 -180' if degrees else f'{-tiles.HALF} {tiles.HALF}'}</TopLeftCorner>"
            "<TileWidth>256</TileWidth><TileHeight>256</TileHeight>"
            f"<MatrixWidth>{2**z * (2 if degrees else 1)}</MatrixWidth><MatrixHeight>{2**z}</MatrixHeight></TileMatrix>"
            for z in (17, 14, 15, 16)
        )
        way = (
            f'<ows:DCP><ows:HTTP><ows:Get xlink:href="{here}/kvp?"><ows:Constraint name="GetEncoding">'
            "<ows:AllowedValues><ows:Value>KVP</ows:Value></ows:AllowedValues></ows:Constraint></ows:Get></ows:HTTP>"
            "</ows:DCP>"
        )
        template = (
            f'<ResourceURL format="image/png" resourceType="tile" template="{here}/t/{{Style}}/{{TileMatrixSet}}/'
            '{TileMatrix}/{TileRow}/{TileCol}.png"/>'
        )
        return (
            '<Capabilities xmlns="http://www.opengis.net/wmts/1.0" xmlns:ows="http://www.opengis.net/ows/1.1" '
            'xmlns:xlink="http://www.w3.org/1999/xlink" version="1.0.0"><ows:ServiceIdentification><ows:Title>Tiles'
            "</ows:Title></ows:ServiceIdentification><ows:ServiceProvider><ows:ProviderName>© Surveyors"
            f'</ows:ProviderName></ows:ServiceProvider><ows:OperationsMetadata><ows:Operation name="GetTile">{way}'
            "</ows:Operation></ows:OperationsMetadata><Contents><Layer><ows:Title>Ortho</ows:Title>"
            f"<ows:WGS84BoundingBox><ows:LowerCorner>{west} {south}</ows:LowerCorner><ows:UpperCorner>{east} {north}"
            "</ows:UpperCorner></ows:WGS84BoundingBox><ows:Identifier>ortho</ows:Identifier>"
            '<Style isDefault="true"><ows:Identifier>plain</ows:Identifier></Style><Format>image/png</Format>'
            "<TileMatrixSetLink><TileMatrixSet>grid</TileMatrixSet></TileMatrixSetLink>"
            f"{template if rest else ''}</Layer><TileMatrixSet><ows:Identifier>grid</ows:Identifier>"
            f"<ows:SupportedCRS>urn:ogc:def:crs:EPSG::{crs.split(':')[1]}</ows:SupportedCRS>{matrices}"
            "</TileMatrixSet></Contents></Capabilities>"
        )

    return answer


def _scale(z: int, degrees: bool) -> float:
    return 180 / 256 / 2**z * 111319.49079327358 / 0.00028 if degrees else 2 * tiles.HALF / 256 / 2**z / 0.00028


def _degrees(z: int, x: int, y: int) -> bytes:
    side = 180 / 2**z
    along = (np.arange(256) + 0.5) * side / 256
    lon, lat = np.meshgrid(x * side - 180 + along, 90 - y * side - along)
    xs, ys = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True).transform(lon, lat)
    out = io.BytesIO()
    Image.fromarray(tiles.colour(xs, ys, z), "RGBA").save(out, "PNG")
    return out.getvalue()


def everything(asked: Any) -> Reply:
    """Nothing that is known."""
    return Reply("<html><body>Welcome</body></html>", "text/html")
