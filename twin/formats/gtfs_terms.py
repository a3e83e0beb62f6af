"""What the columns of a schedule are called, and what its codes mean (gtfs.org, with extended types)."""

from __future__ import annotations

import pyarrow as pa

from twin.model.layer import Column

_TITLES = {
    "name": ("Name", "الاسم"),
    "stop_code": ("Stop code", "رمز المحطة"),
    "stop_desc": ("Description", "الوصف"),
    "zone_id": ("Fare zone", "منطقة الأجرة"),
    "parent_station": ("Station", "المحطة الرئيسية"),
    "location_type": ("Kind of place", "نوع الموقع"),
    "departures_per_day": ("Departures a day", "عدد المغادرات في اليوم"),
    "first_departure": ("First departure", "أول مغادرة"),
    "last_departure": ("Last departure", "آخر مغادرة"),
    "route_short_name": ("Short name", "الاسم المختصر"),
    "route_long_name": ("Long name", "الاسم الكامل"),
    "route_type": ("Means of transport", "وسيلة النقل"),
    "route_color": ("Colour", "اللون"),
    "agency": ("Agency", "الجهة المشغلة"),
    "trips_per_day": ("Trips a day", "عدد الرحلات في اليوم"),
    "drawn_by": ("Drawn by", "مصدر المسار"),
}
_MEANS = {
    "0": ("Tram", "ترام"), "1": ("Metro", "مترو"), "2": ("Rail", "قطار"), "3": ("Bus", "حافلة"),
    "4": ("Ferry", "عبّارة"), "5": ("Cable tram", "ترام بالكابل"), "6": ("Aerial lift", "تلفريك"),
    "7": ("Funicular", "قطار جبلي"), "11": ("Trolleybus", "حافلة كهربائية"), "12": ("Monorail", "قطار أحادي"),
    "100": ("Rail", "قطار"), "200": ("Coach", "حافلة بين المدن"), "400": ("Metro", "مترو"), "700": ("Bus", "حافلة"),
    "800": ("Trolleybus", "حافلة كهربائية"), "900": ("Tram", "ترام"), "1000": ("Water transport", "نقل مائي"),
    "1100": ("Air service", "نقل جوي"), "1300": ("Aerial lift", "تلفريك"), "1400": ("Funicular", "قطار جبلي"),
    "1500": ("Taxi", "سيارة أجرة"),
}  # fmt: skip
_PLACES = {
    "0": ("Stop", "موقف"),
    "1": ("Station", "محطة"),
    "2": ("Entrance", "مدخل"),
    "3": ("Node", "نقطة"),
    "4": ("Boarding area", "منطقة الصعود"),
}
_DRAWN = {"shapes": ("its shapes", "مسارات الجدول"), "stops": ("its stops", "ترتيب المحطات")}
_CODES = {"route_type": _MEANS, "location_type": _PLACES, "drawn_by": _DRAWN}


def columns(table: pa.RecordBatch) -> dict[str, Column]:
    """What is known of a layer's columns."""
    return {name: _column(name) for name in table.schema.names if name in _TITLES}


def _column(name: str) -> Column:
    title, arabic = _TITLES[name]
    codes = _CODES.get(name, {})
    return Column(
        name=name,
        type="",
        title_en=title,
        title_ar=arabic,
        values_en={code: words[0] for code, words in codes.items()},
        values_ar={code: words[1] for code, words in codes.items()},
    )
