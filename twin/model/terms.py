"""What well-known attributes are called in both languages, where their source has no titles of its own."""

from __future__ import annotations

from twin.model.feature import GROUND, HEIGHT, HEIGHT_ESTIMATED, LEVELS, OBJECT_TYPE
from twin.model.layer import Column

_ANY = {
    OBJECT_TYPE: ("", "Type", "النوع"),
    "lod": ("", "Level of detail", "مستوى التفصيل"),
}
_BUILDINGS = {
    HEIGHT: ("m", "Height", "الارتفاع"),
    GROUND: ("m", "Ground level", "منسوب الأرض"),
    LEVELS: ("", "Storeys", "عدد الأدوار"),
    HEIGHT_ESTIMATED: ("", "Height is estimated", "الارتفاع تقديري"),
    "use": ("", "Use", "الاستعمال"),
    "year": ("", "Year", "السنة"),
    # The building module of CityGML 2.0 and 3.0, whose names CityJSON takes over.
    "class": ("", "Class", "الصنف"),
    "function": ("", "Function", "الوظيفة"),
    "usage": ("", "Usage", "الاستعمال"),
    "roofType": ("", "Roof type", "نوع السقف"),
    "measuredHeight": ("m", "Measured height", "الارتفاع المقيس"),
    "storeysAboveGround": ("", "Storeys above ground", "الأدوار فوق الأرض"),
    "storeysBelowGround": ("", "Storeys below ground", "الأدوار تحت الأرض"),
    "yearOfConstruction": ("", "Year of construction", "سنة الإنشاء"),
    "yearOfDemolition": ("", "Year of demolition", "سنة الهدم"),
}
_RASTERS = {
    "cells_across": ("", "Cells across", "الخلايا عرضًا"),
    "cells_down": ("", "Cells down", "الخلايا طولًا"),
    "cell_size": ("m", "Cell size", "حجم الخلية"),
    "bands": ("", "Bands", "النطاقات"),
    "data_type": ("", "Data type", "نوع البيانات"),
    "lowest": ("m", "Lowest elevation", "أدنى منسوب"),
    "highest": ("m", "Highest elevation", "أعلى منسوب"),
}
_POINTS = {
    "points": ("", "Points", "النقاط"),
    "point_format": ("", "Point format", "صيغة النقاط"),
    "elevation": ("m", "Elevation", "المنسوب"),
    "classification": ("", "Class", "الصنف"),
    "intensity": ("", "Intensity", "شدة الانعكاس"),
    "lowest": ("m", "Lowest elevation", "أدنى منسوب"),
    "highest": ("m", "Highest elevation", "أعلى منسوب"),
}
_TILESETS = {
    "tiles": ("", "Tiles", "البلاطات"),
    "missing_tiles": ("", "Missing tiles", "البلاطات المفقودة"),
    "tiles_version": ("", "Version of 3D Tiles", "إصدار 3D Tiles"),
}
_CLASSES = {
    "0": ("Never classified", "لم يُصنَّف قط"),
    "1": ("Unclassified", "غير مصنَّف"),
    "2": ("Ground", "أرض"),
    "3": ("Low vegetation", "نبات منخفض"),
    "4": ("Medium vegetation", "نبات متوسط"),
    "5": ("High vegetation", "نبات مرتفع"),
    "6": ("Building", "مبنى"),
    "7": ("Low noise", "تشويش منخفض"),
    "8": ("Model key point", "نقطة أساسية للنموذج"),
    "9": ("Water", "ماء"),
    "10": ("Rail", "سكة حديدية"),
    "11": ("Road surface", "سطح طريق"),
    "12": ("Overlap", "تداخل"),
    "13": ("Wire guard", "سلك حماية"),
    "14": ("Wire conductor", "سلك ناقل"),
    "15": ("Transmission tower", "برج نقل كهرباء"),
    "16": ("Wire connector", "وصلة أسلاك"),
    "17": ("Bridge deck", "سطح جسر"),
    "18": ("High noise", "تشويش مرتفع"),
    "19": ("Overhead structure", "منشأة معلّقة"),
    "20": ("Ignored ground", "أرض مستبعدة"),
    "21": ("Snow", "ثلج"),
    "22": ("Temporal exclusion", "استبعاد زمني"),
}
"""ASPRS LAS 1.4 R15, table 17."""
_OF_KIND = {"buildings": _BUILDINGS, "terrain": _RASTERS, "imagery": _RASTERS, "pointcloud": _POINTS,
            "tilesets": _TILESETS}  # fmt: skip
"""Unit, English and Arabic; a unit only where the reader makes sure of it."""


def column(name: str, type: str, kind: str) -> Column:
    """A column of a layer kind; one that nobody knows keeps its own name."""
    known = _ANY | _OF_KIND.get(kind, {})
    unit, english, arabic = known.get(name, ("", "", ""))
    values = _CLASSES if (kind, name) == ("pointcloud", "classification") else {}
    return Column(
        name=name,
        type=type,
        unit=unit,
        title_en=english,
        title_ar=arabic,
        values_en={code: words for code, (words, _) in values.items()},
        values_ar={code: words for code, (_, words) in values.items()},
    )
