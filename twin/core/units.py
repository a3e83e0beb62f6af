"""Units of measure: one registry, two symbol columns (ARABIC rule: number, no-break space, unit, in one isolate)."""

from __future__ import annotations

from dataclasses import dataclass

from twin.core.i18n import isolate, number, right_to_left, tongue


@dataclass(frozen=True)
class Unit:
    """A unit's international symbol (SI brochure, 9th ed.) and its Arabic one."""

    symbol: str
    arabic: str

    @property
    def shown(self) -> str:
        """The symbol in the language in use."""
        return self.arabic if tongue.language == "ar" else self.symbol


UNITS = {
    unit.symbol: unit
    for unit in (
        Unit("m", "م"),
        Unit("km", "كم"),
        Unit("m²", "م²"),
        Unit("km²", "كم²"),
        Unit("m³", "م³"),
        Unit("°", "°"),
        Unit("%", "%"),
        Unit("kW", "ك.و."),
        Unit("kWh", "ك.و.س"),
        Unit("°C", "°م"),
        Unit("s", "ث"),
        Unit("mm", "مم"),
        Unit("ft", "قدم"),
        Unit("in", "بوصة"),
        Unit("ft³", "قدم³"),
        Unit("L/s", "ل/ث"),
        Unit("L/min", "ل/د"),
        Unit("ML/d", "م.ل/يوم"),
        Unit("m³/h", "م³/س"),
        Unit("m³/d", "م³/يوم"),
        Unit("m³/s", "م³/ث"),
        Unit("ft³/s", "قدم³/ث"),
        Unit("gal/min", "غالون/د"),
        Unit("hp", "حصان"),
        Unit("kV", "ك.ف."),
        Unit("kA", "ك.أ."),
        Unit("MW", "م.و."),
        Unit("MWh", "م.و.س"),
        Unit("MVA", "م.ف.أ."),
        Unit("Mvar", "م.ف.أ.ر."),
        Unit("Hz", "هرتز"),
        Unit("bar", "بار"),
        Unit("kg/s", "كغ/ث"),
    )
}


def symbol(unit: str) -> str:
    """A unit's symbol in the language in use; a unit that nobody registered keeps its own."""
    known = UNITS.get(unit)
    return known.shown if known else unit


def quantity(value: float, unit: str, decimals: int = 0) -> str:
    """A number with its unit, kept together, in the direction of its symbol: ``12.5 m``."""
    shown = symbol(unit)
    if not shown:
        return number(value, decimals)
    words = f"{number(value, decimals)}\u00a0{shown}"
    # An Arabic symbol follows its number as Arabic is read: it stands to the number's left.
    return right_to_left(words) if any("\u0600" <= letter <= "\u06ff" for letter in shown) else isolate(words)
