"""GDAL's own C functions, for what pyogrio can't write: domains, aliases and curves of a geodatabase."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyogrio

INTEGER, REAL, STRING = 0, 2, 4
MULTIPOLYGON, MULTISURFACE, MULTIPOLYGON_Z = 6, 12, 1006
_TYPES = {"int": INTEGER, "float": REAL, "str": STRING}


def library() -> Any:
    """The GDAL that pyogrio came with."""
    folder = Path(pyogrio.__file__).parent.parent / "pyogrio.libs"
    (found,) = folder.glob("libgdal-*")
    gdal = ctypes.CDLL(str(found))
    for name in (
        "GDALGetDriverByName GDALCreate GDALDatasetCreateLayer OSRNewSpatialReference OGR_Fld_Create "
        "OGR_L_GetLayerDefn OGR_F_Create OGR_CodedFldDomain_Create"
    ).split():
        getattr(gdal, name).restype = ctypes.c_void_p
    gdal.CPLGetLastErrorMsg.restype = ctypes.c_char_p
    return gdal


class _Coded(ctypes.Structure):
    _fields_ = [("code", ctypes.c_char_p), ("value", ctypes.c_char_p)]


def geodatabase(
    path: Path,
    layer: str,
    columns: Mapping[str, str],
    rows: Sequence[tuple[str, Mapping[str, Any]]],
    *,
    epsg: int = 32637,
    geometry: int = MULTIPOLYGON,
    alias: str = "",
    aliases: Mapping[str, str] | None = None,
    domains: Mapping[str, Mapping[str, str]] | None = None,
) -> Path:
    """Write a File Geodatabase; ``rows`` are WKT and values, ``domains`` coded values of text or integer columns."""
    gdal, p = library(), ctypes.c_void_p
    gdal.OGRRegisterAll()
    driver = p(gdal.GDALGetDriverByName(b"OpenFileGDB"))
    dataset = p(gdal.GDALCreate(driver, str(path).encode(), 0, 0, 0, 0, None))
    crs = p(gdal.OSRNewSpatialReference(None))
    assert gdal.OSRImportFromEPSG(crs, epsg) == 0
    options = (ctypes.c_char_p * 2)(f"LAYER_ALIAS={alias}".encode() if alias else None, None)
    made = p(gdal.GDALDatasetCreateLayer(dataset, layer.encode(), crs, geometry, options))
    for name, kind in columns.items():
        field = p(gdal.OGR_Fld_Create(name.encode(), _TYPES[kind]))
        if aliases and name in aliases:
            gdal.OGR_Fld_SetAlternativeName(field, aliases[name].encode())
        if domains and name in domains:
            coded = [_Coded(code.encode(), words.encode()) for code, words in domains[name].items()]
            listed = (_Coded * (len(coded) + 1))(*coded, _Coded(None, None))
            domain = p(gdal.OGR_CodedFldDomain_Create(f"{name}_d".encode(), b"", _TYPES[kind], 0, listed))
            assert gdal.GDALDatasetAddFieldDomain(dataset, domain, None)
            gdal.OGR_Fld_SetDomainName(field, f"{name}_d".encode())
        assert gdal.OGR_L_CreateField(made, field, 1) == 0, gdal.CPLGetLastErrorMsg()
    for wkt, values in rows:
        feature = p(gdal.OGR_F_Create(p(gdal.OGR_L_GetLayerDefn(made))))
        for name, value in values.items():
            at = gdal.OGR_F_GetFieldIndex(feature, name.encode())
            if isinstance(value, str):
                gdal.OGR_F_SetFieldString(feature, at, value.encode())
            elif isinstance(value, float):
                gdal.OGR_F_SetFieldDouble(feature, at, ctypes.c_double(value))
            else:
                gdal.OGR_F_SetFieldInteger(feature, at, value)
        shape, text = p(), ctypes.c_char_p(wkt.encode())
        assert gdal.OGR_G_CreateFromWkt(ctypes.byref(text), None, ctypes.byref(shape)) == 0
        assert gdal.OGR_F_SetGeometryDirectly(feature, shape) == 0
        assert gdal.OGR_L_CreateFeature(made, feature) == 0
        gdal.OGR_F_Destroy(feature)
    gdal.GDALClose(dataset)
    return path


def written(path: Path, driver: str, geometry: int, shapes: Sequence[str], *, epsg: int = 9357, **options: str) -> Path:
    """Write a layer of WKT without attributes in any type of geometry that GDAL knows."""
    gdal, p = library(), ctypes.c_void_p
    gdal.OGRRegisterAll()
    made = p(gdal.GDALCreate(p(gdal.GDALGetDriverByName(driver.encode())), str(path).encode(), 0, 0, 0, 0, None))
    crs = p(gdal.OSRNewSpatialReference(None))
    assert gdal.OSRImportFromEPSG(crs, epsg) == 0
    told = (ctypes.c_char_p * (len(options) + 1))(
        *[f"{name}={value}".encode() for name, value in options.items()], None
    )
    layer = p(gdal.GDALDatasetCreateLayer(made, path.stem.encode(), crs, geometry, told))
    assert gdal.OGR_L_CreateField(layer, p(gdal.OGR_Fld_Create(b"name", STRING)), 1) == 0
    for wkt in shapes:
        feature = p(gdal.OGR_F_Create(p(gdal.OGR_L_GetLayerDefn(layer))))
        shape, text = p(), ctypes.c_char_p(wkt.encode())
        assert gdal.OGR_G_CreateFromWkt(ctypes.byref(text), None, ctypes.byref(shape)) == 0
        assert gdal.OGR_F_SetGeometryDirectly(feature, shape) == 0
        assert gdal.OGR_L_CreateFeature(layer, feature) == 0, gdal.CPLGetLastErrorMsg()
        gdal.OGR_F_Destroy(feature)
    gdal.GDALClose(made)
    return path
