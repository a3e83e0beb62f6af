"""What the tables and columns of pandapower and pandapipes are called, and what their columns' endings measure."""

from __future__ import annotations

from twin.model.layer import Column

TITLES = {
    "bus": ("Buses", "قضبان التوزيع"),
    "line": ("Lines", "خطوط الكهرباء"),
    "trafo": ("Transformers", "المحولات"),
    "trafo3w": ("Three-winding transformers", "محولات ثلاثية الملفات"),
    "load": ("Loads", "الأحمال"),
    "sgen": ("Static generators", "المولدات الموزعة"),
    "gen": ("Generators", "المولدات"),
    "ext_grid": ("External grids", "الشبكة المغذية"),
    "switch": ("Switches", "القواطع"),
    "storage": ("Storage", "وحدات التخزين"),
    "shunt": ("Shunts", "مكثفات ومفاعلات"),
    "junction": ("Junctions", "عقد الشبكة"),
    "pipe": ("Pipes", "الأنابيب"),
    "sink": ("Sinks", "نقاط الاستهلاك"),
    "source": ("Sources", "نقاط التغذية"),
    "valve": ("Valves", "المحابس"),
    "pump": ("Pumps", "المضخات"),
    "heat_exchanger": ("Heat exchangers", "المبادلات الحرارية"),
}
"""Tables; another is called as it is in the net."""
_COLUMNS = {
    "name": ("Name", "الاسم"),
    "type": ("Type", "النوع"),
    "std_type": ("Standard type", "الطراز القياسي"),
    "in_service": ("In service", "في الخدمة"),
    "closed": ("Closed", "مغلق"),
    "bus": ("Bus", "القضيب"),
    "from_bus": ("From bus", "من القضيب"),
    "to_bus": ("To bus", "إلى القضيب"),
    "hv_bus": ("High-voltage bus", "قضيب الجهد العالي"),
    "lv_bus": ("Low-voltage bus", "قضيب الجهد المنخفض"),
    "junction": ("Junction", "العقدة"),
    "from_junction": ("From junction", "من العقدة"),
    "to_junction": ("To junction", "إلى العقدة"),
    "vn_kv": ("Nominal voltage", "الجهد الاسمي"),
    "p_mw": ("Active power", "القدرة الفعالة"),
    "q_mvar": ("Reactive power", "القدرة غير الفعالة"),
    "sn_mva": ("Rated power", "القدرة المقننة"),
    "length_km": ("Length", "الطول"),
    "max_i_ka": ("Thermal limit", "الحد الحراري للتيار"),
    "diameter_m": ("Diameter", "القطر"),
    "height_m": ("Height", "المنسوب"),
    "pn_bar": ("Nominal pressure", "الضغط الاسمي"),
    "mdot_kg_per_s": ("Mass flow", "معدل التدفق الكتلي"),
    "scaling": ("Scaling", "معامل التحجيم"),
}
_UNITS = {
    "_ohm_per_km": "Ω/km", "_nf_per_km": "nF/km", "_us_per_km": "µS/km", "_w_per_m2k": "W/(m²·K)",
    "_kg_per_s": "kg/s", "_m_per_s": "m/s", "_percent": "%", "_degree": "°", "_mvar": "Mvar", "_mva": "MVA",
    "_mwh": "MWh", "_mw": "MW", "_kw": "kW", "_kv": "kV", "_ka": "kA", "_km": "km", "_ohm": "Ω", "_bar": "bar",
    "_mm": "mm", "_hz": "Hz", "_w": "W", "_m": "m", "_k": "K",
}  # fmt: skip
"""By the end of a column's name, the longest first."""


def column(name: str) -> Column:
    """What is known of a column by its name."""
    title, arabic = _COLUMNS.get(name, ("", ""))
    unit = next((unit for end, unit in _UNITS.items() if name.endswith(end)), "")
    return Column(name=name, type="", unit=unit, title_en=title, title_ar=arabic)
