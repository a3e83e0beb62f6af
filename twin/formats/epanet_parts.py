"""The parts of an EPANET network: which section, which values in what order and units (EPANET 2.2 manual, app. C)."""

from __future__ import annotations

from dataclasses import dataclass

FLOWS = {
    "CFS": "ft³/s", "GPM": "gal/min", "MGD": "Mgal/d", "IMGD": "Mgal(Imp.)/d", "AFD": "acre·ft/d",
    "LPS": "L/s", "LPM": "L/min", "MLD": "ML/d", "CMH": "m³/h", "CMD": "m³/d", "CMS": "m³/s",
}  # fmt: skip
"""EPANET's flow units and their symbols."""
AMERICAN = frozenset({"CFS", "GPM", "MGD", "IMGD", "AFD"})
"""Flow units that make all other units US customary."""
DEFAULT_FLOW = "GPM"
FOOT = 0.3048


@dataclass(frozen=True)
class Field:
    """A value of an object, in its place on the line after the id (and a link's two nodes)."""

    name: str
    title: str
    title_ar: str
    quantity: str = ""
    """What is measured; empty for a number without a unit, ``text`` for words."""
    needed: bool = False


@dataclass(frozen=True)
class Part:
    """One kind of nodes or links: a section of the file, a layer of the city."""

    name: str
    title: str
    title_ar: str
    node: bool
    fields: tuple[Field, ...]

    @property
    def section(self) -> str:
        """Its section's name."""
        return self.name.upper()

    @property
    def kind(self) -> str:
        """The layer kind that shows it."""
        return "pipes" if self.name == "pipes" else "nodes"

    @property
    def what(self) -> str:
        """What its objects are, as the layer kind knows them."""
        return self.name.removesuffix("s")


_PATTERN = Field("pattern", "Pattern", "التوزيع الزمني", "text")
_MINOR = Field("minor_loss", "Minor loss coefficient", "معامل الفاقد الموضعي")
NODE1 = Field("node1", "Start node", "عقدة البداية", "text", needed=True)
NODE2 = Field("node2", "End node", "عقدة النهاية", "text", needed=True)
DESCRIPTION = Field("description", "Description", "الوصف", "text")

JUNCTIONS = Part(
    "junctions",
    "Junctions",
    "عقد الشبكة",
    node=True,
    fields=(
        Field("elevation", "Elevation", "المنسوب", "length"),
        Field("demand", "Base demand", "الطلب الأساسي", "flow"),
        _PATTERN,
    ),
)
RESERVOIRS = Part(
    "reservoirs",
    "Reservoirs",
    "مصادر المياه",
    node=True,
    fields=(Field("head", "Total head", "الضاغط الكلي", "length"), _PATTERN),
)
TANKS = Part(
    "tanks",
    "Tanks",
    "الخزانات",
    node=True,
    fields=(
        Field("elevation", "Elevation", "المنسوب", "length"),
        Field("init_level", "Initial level", "منسوب الماء الابتدائي", "length", needed=True),
        Field("min_level", "Minimum level", "أدنى منسوب للماء", "length", needed=True),
        Field("max_level", "Maximum level", "أعلى منسوب للماء", "length", needed=True),
        Field("diameter", "Diameter", "القطر", "length", needed=True),
        Field("min_volume", "Minimum volume", "أدنى حجم", "volume"),
        Field("volume_curve", "Volume curve", "منحنى الحجم", "text"),
        Field("overflow", "Overflow", "الفيض", "text"),
    ),
)
PIPES = Part(
    "pipes",
    "Pipes",
    "الأنابيب",
    node=False,
    fields=(
        Field("length", "Length", "الطول", "length", needed=True),
        Field("diameter", "Diameter", "القطر", "bore", needed=True),
        Field("roughness", "Roughness", "معامل الخشونة", "roughness", needed=True),
        _MINOR,
        Field("status", "Status", "الحالة", "text"),
    ),
)
PUMPS = Part(
    "pumps",
    "Pumps",
    "المضخات",
    node=False,
    fields=(
        Field("head_curve", "Pump curve", "منحنى المضخة", "text"),
        Field("power", "Power", "القدرة", "power"),
        Field("speed", "Relative speed", "السرعة النسبية"),
        _PATTERN,
        Field("parameters", "Parameters (EPANET 1)", "المعاملات (EPANET 1)", "text"),
    ),
)
VALVES = Part(
    "valves",
    "Valves",
    "المحابس",
    node=False,
    fields=(
        Field("diameter", "Diameter", "القطر", "bore", needed=True),
        Field("valve_type", "Type", "النوع", "text", needed=True),
        Field("setting", "Setting", "قيمة الضبط"),
        _MINOR,
        Field("curve", "Curve", "المنحنى", "text"),
    ),
)
PARTS = (JUNCTIONS, RESERVOIRS, TANKS, PIPES, PUMPS, VALVES)
"""In the order that EPANET wants to read them: nodes before the links between them."""
VALVE_TYPES = frozenset({"PRV", "PSV", "PBV", "FCV", "TCV", "GPV", "PCV"})


def metres(length: float, flow: str) -> float:
    """A length or an elevation of a network of those flow units."""
    return length * FOOT if flow in AMERICAN else length


def unit(quantity: str, flow: str, headloss: str) -> str:
    """The symbol of what is measured in a network of those flow units; empty where it has none."""
    american = flow in AMERICAN
    if quantity == "roughness":
        # Hazen-Williams' and Chezy-Manning's coefficients have no unit that anyone writes.
        return "" if not headloss.startswith("D") else "10⁻³ ft" if american else "mm"
    symbols = {
        "flow": FLOWS[flow],
        "length": "ft" if american else "m",
        "bore": "in" if american else "mm",
        "volume": "ft³" if american else "m³",
        "power": "hp" if american else "kW",
    }
    return symbols.get(quantity, "")
