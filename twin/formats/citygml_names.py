"""What CityGML 2.0 and 3.0 call things, and what CityJSON 2.0 does: the standards' own mapping (CityJSON 2.0, §2)."""

from __future__ import annotations

from twin.formats.cityjson_forms import unit

_BUILT = ("Part", "Installation", "ConstructiveElement", "Furniture", "Room")
TYPES: dict[str, str] = {
    **{f"{thing}{end}": f"{thing}{end}" for thing in ("Building", "Bridge", "Tunnel") for end in ("", *_BUILT)},
    **{f"Int{thing}Installation": f"{thing}Installation" for thing in ("Building", "Bridge", "Tunnel")},
    "Room": "BuildingRoom",
    "Storey": "BuildingStorey",
    "BuildingUnit": "BuildingUnit",
    "BridgeConstructionElement": "BridgeConstructiveElement",
    "HollowSpace": "TunnelHollowSpace",
    "OtherConstruction": "OtherConstruction",
    "Road": "Road",
    "Track": "Road",
    "TransportationComplex": "Road",
    "Section": "Road",
    "Intersection": "Road",
    "Railway": "Railway",
    "Square": "TransportSquare",
    "Waterway": "Waterway",
    "WaterBody": "WaterBody",
    "PlantCover": "PlantCover",
    "SolitaryVegetationObject": "SolitaryVegetationObject",
    "LandUse": "LandUse",
    "CityFurniture": "CityFurniture",
    "CityObjectGroup": "CityObjectGroup",
    "TINRelief": "TINRelief",
    "GenericCityObject": "GenericCityObject",
    "GenericOccupiedSpace": "GenericCityObject",
    "GenericUnoccupiedSpace": "GenericCityObject",
    "GenericLogicalSpace": "GenericCityObject",
    "BreaklineRelief": "GenericCityObject",
    "MassPointRelief": "GenericCityObject",
    "RasterRelief": "GenericCityObject",
}
"""Features by their CityJSON type; a TunnelRoom is nobody's and does no harm."""
CLASSED = frozenset({"Track", "Section", "Intersection", "BreaklineRelief", "MassPointRelief"})
"""Types that CityJSON lacks: told as the class of the nearest one, where they have none of their own."""
FOLDED = frozenset({"TrafficSpace", "AuxiliaryTrafficSpace", "ClearanceSpace", "Hole"})
"""Spaces of CityGML 3.0 whose boundaries are surfaces of the thing that they belong to."""
CONTAINERS = frozenset({"ReliefFeature"})
"""Features that only hold others."""

SURFACES: dict[str, str] = {
    **{
        name: name
        for name in (
            "RoofSurface", "GroundSurface", "WallSurface", "ClosureSurface", "OuterCeilingSurface", "OuterFloorSurface",
            "InteriorWallSurface", "CeilingSurface", "FloorSurface", "WaterSurface", "WaterGroundSurface",
            "WaterClosureSurface", "TrafficArea", "AuxiliaryTrafficArea", "Window", "Door",
        )
    },
    "WindowSurface": "Window",
    "DoorSurface": "Door",
    "HoleSurface": "TransportationHole",
    "Marking": "TransportationMarking",
    "GenericThematicSurface": "+GenericThematicSurface",
}  # fmt: skip
LINES_TOO = frozenset(
    {
        "Road", "Railway", "TransportSquare", "Waterway", "WaterBody", "CityFurniture", "OtherConstruction",
        "SolitaryVegetationObject", "GenericCityObject", "CityObjectGroup",
        *(f"{thing}{end}" for thing in ("Building", "Bridge", "Tunnel") for end in _BUILT[1:4]),
    }
)  # fmt: skip
"""Types that may be lines in CityJSON."""

INTEGERS = frozenset({"storeysAboveGround", "storeysBelowGround", "yearOfConstruction", "yearOfDemolition"})
METRES = frozenset(
    {"measuredHeight", "averageHeight", "height", "trunkDiameter", "crownDiameter", "rootBallDiameter",
     "maxRootBallDepth", "minHeight", "maxHeight"}
)  # fmt: skip
"""Lengths that CityJSON has as plain numbers, in metres."""
LISTS = frozenset({"storeyHeightsAboveGround", "storeyHeightsBelowGround"})
_LENGTHS = {"m": 1.0, "km": 1000.0, "cm": 0.01, "mm": 0.001, "ft": 0.3048, "foot": 0.3048, "feet": 0.3048}


def metres(uom: str) -> float:
    """What a length in this unit is multiplied by to be metres; 1 where the unit is none that is known."""
    return _LENGTHS.get(unit(uom).lower(), 1.0)
