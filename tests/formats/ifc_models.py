"""IFC models made by IfcOpenShell: a house of two storeys with rooms, in IFC4 and IFC2x3."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ifcopenshell
import ifcopenshell.api.aggregate
import ifcopenshell.api.context
import ifcopenshell.api.feature
import ifcopenshell.api.geometry
import ifcopenshell.api.georeference
import ifcopenshell.api.material
import ifcopenshell.api.owner
import ifcopenshell.api.owner.settings
import ifcopenshell.api.project
import ifcopenshell.api.pset
import ifcopenshell.api.root
import ifcopenshell.api.spatial
import ifcopenshell.api.type
import ifcopenshell.api.unit
import numpy as np

api = ifcopenshell.api


def house(path: Path, schema: str = "IFC4", *, millimetres: bool = False, placed: dict[str, Any] | None = None) -> Path:
    """Four walls, two slabs, an opening, two rooms a storey; ``placed`` is a map conversion."""
    model = api.project.create_file(version=schema)
    if schema == "IFC2X3":
        _owned(model)
    project = api.root.create_entity(model, ifc_class="IfcProject", name="House")
    length = api.unit.add_si_unit(model, unit_type="LENGTHUNIT", prefix="MILLI" if millimetres else None)
    area = api.unit.add_si_unit(model, unit_type="AREAUNIT")
    api.unit.assign_unit(model, units=[length, area])
    step = 1000.0 if millimetres else 1.0
    whole = api.context.add_context(model, context_type="Model")
    body = api.context.add_context(
        model, context_type="Model", context_identifier="Body", target_view="MODEL_VIEW", parent=whole
    )

    def made(kind: str, name: str, at: tuple[float, float, float], size: tuple[float, float, float]) -> Any:
        one = api.root.create_entity(model, ifc_class=kind, name=name)
        profile = model.create_entity(
            "IfcRectangleProfileDef",
            ProfileType="AREA",
            Position=model.createIfcAxis2Placement2D(
                model.createIfcCartesianPoint((size[0] * step / 2, size[1] * step / 2))
            ),
            XDim=size[0] * step,
            YDim=size[1] * step,
        )
        origin = model.createIfcAxis2Placement3D(model.createIfcCartesianPoint((0.0, 0.0, 0.0)))
        up = model.createIfcDirection((0.0, 0.0, 1.0))
        solid = model.createIfcExtrudedAreaSolid(profile, origin, up, size[2] * step)
        form = model.createIfcShapeRepresentation(body, "Body", "SweptSolid", [solid])
        api.geometry.assign_representation(model, product=one, representation=form)
        matrix = np.eye(4)
        matrix[:3, 3] = at
        api.geometry.edit_object_placement(model, product=one, matrix=matrix, is_si=True)
        return one

    site = api.root.create_entity(model, ifc_class="IfcSite", name="Plot")
    site.RefLatitude, site.RefLongitude = (21, 32, 36), (39, 10, 22)
    building = api.root.create_entity(model, ifc_class="IfcBuilding", name="House")
    api.aggregate.assign_object(model, relating_object=project, products=[site])
    api.aggregate.assign_object(model, relating_object=site, products=[building])
    concrete = api.material.add_material(model, name="Concrete")
    kind = api.root.create_entity(model, ifc_class="IfcWallType", name="W20")
    for level in range(2):
        storey = api.root.create_entity(model, ifc_class="IfcBuildingStorey", name=f"Storey {level}")
        storey.Elevation = 3.0 * level * step
        api.aggregate.assign_object(model, relating_object=building, products=[storey])
        base = 3.0 * level
        walls = [
            made("IfcWall", "south", (0, 0, base), (10, 0.2, 3)),
            made("IfcWall", "north", (0, 7.8, base), (10, 0.2, 3)),
            made("IfcWall", "west", (0, 0, base), (0.2, 8, 3)),
            made("IfcWall", "east", (9.8, 0, base), (0.2, 8, 3)),
        ]
        slab = made("IfcSlab", "floor", (0, 0, base - 0.2), (10, 8, 0.2))
        api.spatial.assign_container(model, relating_structure=storey, products=[*walls, slab])
        api.type.assign_type(model, related_objects=walls, relating_type=kind)
        api.material.assign_material(model, products=walls, material=concrete)
        rooms = [made("IfcSpace", f"R{level}{n}", (0.2 + 4.8 * n, 0.2, base), (4.6, 7.6, 2.8)) for n in range(2)]
        api.aggregate.assign_object(model, relating_object=storey, products=rooms)
        for wall in walls:
            fire = api.pset.add_pset(model, product=wall, name="Pset_WallCommon")
            api.pset.edit_pset(model, pset=fire, properties={"FireRating": "REI 90", "IsExternal": True})
        for room in rooms:
            sizes = api.pset.add_qto(model, product=room, name="Qto_SpaceBaseQuantities")
            api.pset.edit_qto(model, qto=sizes, properties={"Height": 2.8 * step, "NetFloorArea": 34.96})
        hole = made("IfcOpeningElement", "window", (4, -0.1, base + 1), (1.5, 0.4, 1.2))
        api.feature.add_feature(model, feature=hole, element=walls[0])
    if placed:
        _place(model, project, whole, placed)
    model.write(str(path))
    return path


def _owned(model: Any) -> None:
    """IFC2x3 asks whose each thing is."""
    nobody = api.owner.add_person(model, identification="test", family_name="test", given_name="test")
    of = api.owner.add_organisation(model, identification="test", name="test")
    user = api.owner.add_person_and_organisation(model, person=nobody, organisation=of)
    program = api.owner.add_application(model, application_developer=of)
    api.owner.settings.get_user = lambda one: user if one == model else None
    api.owner.settings.get_application = lambda one: program if one == model else None


def _place(model: Any, project: Any, context: Any, placed: dict[str, Any]) -> None:
    moves = {key: value for key, value in placed.items() if key not in ("Name", "VerticalDatum")}
    names = {key: placed[key] for key in ("Name", "VerticalDatum") if key in placed}
    if model.schema == "IFC2X3":
        for name, said in (("ePSet_MapConversion", moves), ("ePSet_ProjectedCRS", names)):
            made = api.pset.add_pset(model, product=project, name=name)
            typed = {
                key: model.createIfcReal(value) if isinstance(value, float) else value for key, value in said.items()
            }
            api.pset.edit_pset(model, pset=made, properties=typed)
        return
    metre = model.createIfcSIUnit(None, "LENGTHUNIT", None, "METRE")
    crs = model.create_entity("IfcProjectedCRS", MapUnit=metre, **names)
    model.create_entity("IfcMapConversion", SourceCRS=context, TargetCRS=crs, **moves)
