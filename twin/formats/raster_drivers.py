"""Rasterio behind a short list: only GeoTIFF's drivers exist, and none of them may reach a network.

A file beside a GeoTIFF (its overviews, its statistics) may name any other file, and GDAL opens that with whatever
driver there is: so it is not enough to say which driver opens the first.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from twin.core.errors import ReaderFailed
from twin.core.i18n import mark

DRIVERS = ("GTiff", "COG")
"""What is written as COG is opened as GTiff."""
_KEPT = {*DRIVERS, "MEM"}
"""MEM holds what is reprojected."""
_SKIPPED = """
AAIGrid ACE2 ADRG AIG AVCBin AVCE00 AirSAR BAG BIGGIF BLX BMP BSB BT BYN CALS CEOS COASP COSAR CPG CTG CTable2
DAAS DERIVED DIMAP DIPEx DOQ1 DOQ2 DTED ECRGTOC EEDA EEDAI EHdr EIR ELAS ENVI ERS ESAT ESRI+Shapefile ESRIC
ESRIJSON FAST FIT GFF GIF GNMDatabase GNMFile GPKG GRASSASCIIGrid GRIB GS7BG GSAG GSBG GSC GTI GTX GXF GenBin
GeoJSON GeoJSONSeq HDF5 HDF5Image HF2 HFA HTTP ILWIS IRIS ISCE ISG ISIS2 ISIS3 JAXAPALSAR JDEM JP2OpenJPEG
JPEG KMLSUPEROVERLAY KRO L1B LAN LCP LOSLAS Leveller MAP MBTiles MFF MFF2 MRF MSGN MVT Memory NDF NGSGEOID
NITF NOAA_B NSIDCbin NTv2 NWT_GRC NWT_GRD OSM OZI PAux PCIDSK PCRaster PDF PDS PDS4 PLMOSAIC PNG PNM PRF R RIK
RMF ROI_PAC RPFTOC RRASTER RS2 RST Rasterlite S102 S104 S111 SAFE SAGA SAR_CEOS SDTS SENTINEL2 SGI SIGDEM
SNAP_TIFF SNODAS SQLite SRP SRTMHGT STACIT STACTA TGA TIL TSX Terragen TopoJSON USGSDEM VICAR VRT WCS WEBP WMS
WMTS XPM XYZ ZMap Zarr netCDF
"""
_OPTIONS = {
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{noop}",
    "GDAL_CACHEMAX": 64,
    "GDAL_NUM_THREADS": "1",
    "GDAL_MAX_DATASET_POOL_SIZE": "16",
    "GDAL_PAM_ENABLED": "NO",
    "GTIFF_VIRTUAL_MEM_IO": "NO",
}
"""Nothing is written beside a person's file, and blocks are kept in 64 MB."""


@cache
def ready() -> Any:
    """Rasterio, in an environment that lasts as long as the process."""
    os.environ.setdefault("PROJ_NETWORK", "OFF")
    had = os.environ.get("GDAL_SKIP")
    # GDAL reads what to skip when it registers its drivers, which rasterio has it do in its first environment.
    os.environ["GDAL_SKIP"] = ",".join(one.replace("+", " ") for one in _SKIPPED.split())
    try:
        import rasterio

        rasterio.Env(**_OPTIONS).__enter__()
    finally:
        if had is None:
            del os.environ["GDAL_SKIP"]
        else:
            os.environ["GDAL_SKIP"] = had
    left = set(rasterio.env.getenv() and rasterio._env.GDALEnv().drivers()) - _KEPT
    if left:
        raise ReaderFailed(mark("The raster library could not be locked down: {left}"), left=", ".join(sorted(left)))
    return rasterio
