"""CityGML written by hand after the OGC's schemas: one small city in 2.0, in 3.0, and as the CityJSON that it is."""

from __future__ import annotations

from typing import Any

EAST, NORTH = 565_000.0, 5_935_000.0
SRS = "urn:ogc:def:crs,crs:EPSG::25832,crs:EPSG::7837"
_SPACES = {
    "2.0": {"": "2.0", "gml": "http://www.opengis.net/gml"},
    "3.0": {"": "3.0", "gml": "http://www.opengis.net/gml/3.2"},
}
_MODULES = {
    "bldg": "building", "brid": "bridge", "tun": "tunnel", "tran": "transportation", "wtr": "waterbody",
    "veg": "vegetation", "luse": "landuse", "dem": "relief", "frn": "cityfurniture", "gen": "generics",
    "grp": "cityobjectgroup", "con": "construction", "app": "appearance",
}  # fmt: skip
FACES = {
    "GroundSurface": [(0, 3, 2, 1)],
    "RoofSurface": [(4, 5, 6, 7)],
    "WallSurface": [(0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7)],
}
"""A box's faces by its corners, looking outwards."""


def corners(x: float, y: float, z: float, wide: float, deep: float, high: float) -> list[tuple[float, float, float]]:
    """The eight corners of a box, the lower ones first, counter-clockwise."""
    ends = [(x, y), (x + wide, y), (x + wide, y + deep), (x, y + deep)]
    return [(EAST + e, NORTH + n, h) for h in (z, z + high) for e, n in ends]


def ring(points: list[tuple[float, ...]]) -> str:
    """A closed posList."""
    return " ".join(f"{value:.12g}" for point in [*points, points[0]] for value in point)


def polygon(points: list[tuple[float, ...]], name: str = "") -> str:
    """A polygon without holes."""
    named = f' gml:id="{name}"' if name else ""
    body = f"<gml:LinearRing><gml:posList>{ring(points)}</gml:posList></gml:LinearRing>"
    return f"<gml:Polygon{named}><gml:exterior>{body}</gml:exterior></gml:Polygon>"


def multi(polygons: list[str]) -> str:
    """A MultiSurface."""
    members = "".join(f"<gml:surfaceMember>{one}</gml:surfaceMember>" for one in polygons)
    return f"<gml:MultiSurface>{members}</gml:MultiSurface>"


def solid(members: list[str], shell: str) -> str:
    """A solid of polygons or links."""
    return f"<gml:Solid><gml:exterior><gml:{shell}>{''.join(members)}</gml:{shell}></gml:exterior></gml:Solid>"


def box(place: tuple[float, ...], name: str = "") -> dict[str, list[str]]:
    """A box's polygons by the meaning of each."""
    points = corners(*place)
    return {
        kind: [polygon([points[n] for n in face], f"{name}_{kind}_{k}" if name else "") for k, face in enumerate(faces)]
        for kind, faces in FACES.items()
    }


def document(version: str, members: list[str], *, srs: str = SRS, extra: str = "") -> str:
    """A CityModel of members."""
    spaces = _SPACES[version]
    names = " ".join(
        f'xmlns:{short}="http://www.opengis.net/citygml/{module}/{spaces[""]}"' for short, module in _MODULES.items()
    )
    head = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<CityModel xmlns="http://www.opengis.net/citygml/{spaces[""]}" '
        f'xmlns:gml="{spaces["gml"]}" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'xmlns:xAL="urn:oasis:names:tc:ciq:xsdschema:xAL:2.0" {names}>\n'
    )
    envelope = (
        f'<gml:boundedBy><gml:Envelope srsName="{srs}" srsDimension="3"><gml:lowerCorner>{EAST} {NORTH} 0'
        f"</gml:lowerCorner><gml:upperCorner>{EAST + 500} {NORTH + 500} 60</gml:upperCorner></gml:Envelope>"
        "</gml:boundedBy>\n"
        if srs
        else ""
    )
    body = "".join(f"<cityObjectMember>{one}</cityObjectMember>\n" for one in members)
    return f"{head}{envelope}{body}{extra}</CityModel>\n"


def house(version: str, name: str = "house", place: tuple[float, ...] = (0, 0, 5, 10, 8, 12)) -> str:
    """A building of LoD2 whose solid points to its surfaces, with every kind of attribute and a balcony."""
    faces = box(place, name)
    boundary, module = ("bldg:boundedBy", "bldg") if version == "2.0" else ("boundary", "con")
    lod = "bldg:" if version == "2.0" else ""
    surfaces = "".join(
        f'<{boundary}><{module}:{kind} gml:id="{name}_{kind}{k}"><{lod}lod2MultiSurface>{multi([one])}'
        f"</{lod}lod2MultiSurface></{module}:{kind}></{boundary}>"
        for kind, polygons in faces.items()
        for k, one in enumerate(polygons)
    )
    links = [
        f'<gml:surfaceMember xlink:href="#{name}_{kind}_{k}"/>'
        for kind, some in FACES.items()
        for k in range(len(some))
    ]
    shell = "CompositeSurface" if version == "2.0" else "Shell"
    form = f"<{lod}lod2Solid>{solid(links, shell)}</{lod}lod2Solid>"
    balcony = multi([polygon(corners(10, 2, 9, 1, 2, 1)[:4])])
    if version == "2.0":
        own = (
            "<bldg:function>1000</bldg:function><bldg:yearOfConstruction>1987</bldg:yearOfConstruction>"
            '<bldg:roofType>1000</bldg:roofType><bldg:measuredHeight uom="#m">12</bldg:measuredHeight>'
            "<bldg:storeysAboveGround>4</bldg:storeysAboveGround>"
        )
        rest = (
            f'<bldg:outerBuildingInstallation><bldg:BuildingInstallation gml:id="{name}_balcony"><bldg:lod2Geometry>'
            f"{balcony}</bldg:lod2Geometry></bldg:BuildingInstallation></bldg:outerBuildingInstallation>"
        )
        address = "bldg:address"
    else:
        own = (
            "<con:dateOfConstruction>1987-01-01</con:dateOfConstruction><con:height><con:Height>"
            "<con:highReference>highestRoofEdge</con:highReference><con:lowReference>lowestGroundPoint</con:lowReference>"
            '<con:status>measured</con:status><con:value uom="m">12</con:value></con:Height></con:height>'
            "<bldg:function>1000</bldg:function><bldg:roofType>1000</bldg:roofType>"
            "<bldg:storeysAboveGround>4</bldg:storeysAboveGround>"
        )
        rest = (
            f'<bldg:buildingInstallation><bldg:BuildingInstallation gml:id="{name}_balcony"><lod2MultiSurface>'
            f"{balcony}</lod2MultiSurface></bldg:BuildingInstallation></bldg:buildingInstallation>"
        )
        address = "bldg:address"
    where = (
        f"<{address}><Address><xalAddress><xAL:AddressDetails><xAL:Country><xAL:CountryName>Saudi Arabia"
        "</xAL:CountryName><xAL:Locality><xAL:LocalityName>Jeddah</xAL:LocalityName><xAL:Thoroughfare><xAL:ThoroughfareNumber>15"
        "</xAL:ThoroughfareNumber><xAL:ThoroughfareName>Corniche</xAL:ThoroughfareName></xAL:Thoroughfare></xAL:Locality>"
        f"</xAL:Country></xAL:AddressDetails></xalAddress></Address></{address}>"
    )
    shapes = surfaces + form if version == "3.0" else form + surfaces
    return (
        f'<bldg:Building gml:id="{name}"><gml:description>by hand</gml:description><gml:name>بيت البلد</gml:name>'
        f"<creationDate>2024-05-01</creationDate>{generics(version)}{own if version == '2.0' else ''}"
        f"{shapes}{own if version == '3.0' else ''}{rest}{where}</bldg:Building>"
    )


GENERIC = {
    "owner": ("string", "أمانة محافظة جدة", ""),
    "flats": ("int", "14", ""),
    "share": ("double", "0.25", ""),
    "surveyed": ("date", "2023-11-30", ""),
    "page": ("uri", "https://example.org/house", ""),
    "floor area": ("measure", "320.5", "m2"),
}


def generics(version: str) -> str:
    """Every type of generic attribute."""
    if version == "2.0":
        return "".join(
            f'<gen:{kind}Attribute name="{name}"><gen:value{unit and f" uom={unit!r}"}>{value}</gen:value>'
            f"</gen:{kind}Attribute>"
            for name, (kind, value, unit) in GENERIC.items()
        )
    return "".join(
        f"<genericAttribute><gen:{kind.title()}Attribute><gen:name>{name}</gen:name>"
        f"<gen:value{unit and f' uom={unit!r}'}>{value}</gen:value></gen:{kind.title()}Attribute></genericAttribute>"
        for name, (kind, value, unit) in GENERIC.items()
    )


def blocks(version: str) -> str:
    """A building of two parts, each a LoD1 solid."""
    prefix, step = ("bldg:", "bldg:consistsOfBuildingPart") if version == "2.0" else ("", "bldg:buildingPart")
    shell = "CompositeSurface" if version == "2.0" else "Shell"
    parts = ""
    for number, place in enumerate([(30, 0, 5, 10, 10, 20), (40, 0, 5, 6, 10, 9)]):
        members = [f"<gml:surfaceMember>{one}</gml:surfaceMember>" for some in box(place).values() for one in some]
        body = f"<{prefix}lod1Solid>{solid(members, shell)}</{prefix}lod1Solid>"
        parts += f'<{step}><bldg:BuildingPart gml:id="part{number}">{body}</bldg:BuildingPart></{step}>'
    return f'<bldg:Building gml:id="blocks">{parts}</bldg:Building>'


def flat(x: float, y: float, wide: float = 20, deep: float = 5, high: float = 5) -> str:
    """A level rectangle."""
    return polygon(corners(x, y, high, wide, deep, 1)[:4])


def others(version: str) -> list[str]:
    """One of every other theme."""
    two = version == "2.0"

    def lod(module: str, what: str, form: str) -> str:
        prefix = f"{module}:" if two else ""
        return f"<{prefix}{what}>{form}</{prefix}{what}>"

    if two:
        lanes = (
            f'<tran:trafficArea><tran:TrafficArea gml:id="lane"><tran:function>1</tran:function>'
            f"<tran:lod2MultiSurface>{multi([flat(0, 40)])}</tran:lod2MultiSurface></tran:TrafficArea>"
            "</tran:trafficArea>"
            f'<tran:auxiliaryTrafficArea><tran:AuxiliaryTrafficArea gml:id="verge">'
            f"<tran:lod2MultiSurface>{multi([flat(0, 45)])}</tran:lod2MultiSurface>"
            "</tran:AuxiliaryTrafficArea></tran:auxiliaryTrafficArea>"
        )
        water = (
            f'<wtr:boundedBy><wtr:WaterSurface gml:id="level"><wtr:lod2Surface>{flat(0, 80)}</wtr:lod2Surface>'
            "</wtr:WaterSurface></wtr:boundedBy>"
        )
        furniture = lod("frn", "lod1Geometry", multi([flat(0, 120, 1, 1)]))
        generic = lod("gen", "lod1Geometry", multi([flat(0, 130, 2, 2)]))
    else:
        lanes = (
            '<tran:trafficSpace><tran:TrafficSpace gml:id="way"><boundary><tran:TrafficArea gml:id="lane">'
            f"<lod2MultiSurface>{multi([flat(0, 40)])}</lod2MultiSurface><tran:function>1</tran:function>"
            "</tran:TrafficArea></boundary>"
            "<tran:granularity>way</tran:granularity></tran:TrafficSpace></tran:trafficSpace>"
            '<tran:auxiliaryTrafficSpace><tran:AuxiliaryTrafficSpace gml:id="side"><boundary>'
            f'<tran:AuxiliaryTrafficArea gml:id="verge"><lod2MultiSurface>{multi([flat(0, 45)])}</lod2MultiSurface>'
            "</tran:AuxiliaryTrafficArea></boundary></tran:AuxiliaryTrafficSpace></tran:auxiliaryTrafficSpace>"
        )
        water = (
            f'<boundary><wtr:WaterSurface gml:id="level"><lod2MultiSurface>{multi([flat(0, 80)])}</lod2MultiSurface>'
            "</wtr:WaterSurface></boundary>"
        )
        furniture = lod("frn", "lod1MultiSurface", multi([flat(0, 120, 1, 1)]))
        generic = lod("gen", "lod1MultiSurface", multi([flat(0, 130, 2, 2)]))
    kind = "GenericCityObject" if two else "GenericOccupiedSpace"
    tin_point = corners(0, 140, 3, 30, 30, 1)
    triangles = "".join(
        "<gml:Triangle><gml:exterior><gml:LinearRing><gml:posList>"
        f"{ring([tin_point[n] for n in face])}</gml:posList></gml:LinearRing></gml:exterior></gml:Triangle>"
        for face in [(0, 1, 2), (0, 2, 3)]
    )
    patches = "trianglePatches" if two else "patches"
    relief = (
        '<dem:ReliefFeature gml:id="relief"><dem:lod>2</dem:lod><dem:reliefComponent><dem:TINRelief gml:id="ground">'
        f"<dem:lod>2</dem:lod><dem:tin><gml:TriangulatedSurface><gml:{patches}>{triangles}</gml:{patches}>"
        "</gml:TriangulatedSurface></dem:tin></dem:TINRelief></dem:reliefComponent></dem:ReliefFeature>"
    )
    return [
        f'<brid:Bridge gml:id="bridge">{lod("brid", "lod2MultiSurface", multi([flat(0, 20)]))}</brid:Bridge>',
        f'<tun:Tunnel gml:id="tunnel">{lod("tun", "lod2MultiSurface", multi([flat(0, 30, high=-9)]))}</tun:Tunnel>',
        f'<tran:Road gml:id="road">{lanes}</tran:Road>',
        f'<wtr:WaterBody gml:id="water">{water}</wtr:WaterBody>',
        f'<veg:PlantCover gml:id="grass">{lod("veg", "lod1MultiSurface", multi([flat(0, 90)]))}'
        '<veg:averageHeight uom="m">0.3</veg:averageHeight></veg:PlantCover>',
        f'<luse:LandUse gml:id="plot">{lod("luse", "lod1MultiSurface", multi([flat(0, 100)]))}</luse:LandUse>',
        relief,
        f'<frn:CityFurniture gml:id="bench">{furniture}</frn:CityFurniture>',
        f'<gen:{kind} gml:id="thing">{generic}</gen:{kind}>',
        *palms(version),
    ]


def palms(version: str) -> list[str]:
    """Two trees of one form: the second points to the first's."""
    two = version == "2.0"
    prefix, form = ("veg:", "relativeGMLGeometry") if two else ("", "relativeGeometry")
    triangle = polygon([(0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 4.0)])
    made = []
    for number, held in enumerate(
        [
            f'<{form}><gml:MultiSurface gml:id="palm"><gml:surfaceMember>{triangle}</gml:surfaceMember>'
            f"</gml:MultiSurface></{form}>",
            f'<{form} xlink:href="#palm"/>',
        ]
    ):
        implicit = (
            f"<ImplicitGeometry><transformationMatrix>2 0 0 0 0 2 0 0 0 0 2 0 0 0 0 1</transformationMatrix>{held}"
            f"<referencePoint><gml:Point><gml:pos>{EAST + 60 + 5 * number} {NORTH} 5</gml:pos></gml:Point>"
            "</referencePoint></ImplicitGeometry>"
        )
        what = f"<{prefix}lod2ImplicitRepresentation>{implicit}</{prefix}lod2ImplicitRepresentation>"
        high = '<veg:height uom="m">8</veg:height>'
        body = high + what if two else what + high
        made.append(f'<veg:SolitaryVegetationObject gml:id="palm{number}">{body}</veg:SolitaryVegetationObject>')
    return made


def city(version: str, **said: Any) -> str:
    """All of it."""
    return document(version, [house(version), blocks(version), *others(version)], **said)


def cityjson(version: str) -> dict[str, Any]:
    """The same city as CityJSON 2.0, by the standard's mapping."""
    vertices: list[list[float]] = []

    def put(points: list[tuple[float, ...]]) -> list[int]:
        vertices.extend([list(point) for point in points])
        return list(range(len(vertices) - len(points), len(vertices)))

    def shell(place: tuple[float, ...]) -> list[Any]:
        numbers = put(corners(*place))
        return [[[numbers[n] for n in face]] for faces in FACES.values() for face in faces]

    def level(x: float, y: float, wide: float = 20, deep: float = 5, high: float = 5) -> list[Any]:
        return [put(corners(x, y, high, wide, deep, 1)[:4])]

    def surface(
        lod: str, faces: list[Any], meant: list[Any] | None = None, kind: str = "MultiSurface"
    ) -> dict[str, Any]:
        made = {"type": kind, "lod": lod, "boundaries": faces}
        return {**made, "semantics": {"surfaces": meant, "values": list(range(len(meant)))}} if meant else made

    typed = {"string": str, "int": int, "double": float, "date": str, "uri": str}
    attributes: dict[str, Any] = {
        name: {"value": float(value), "uom": unit} if kind == "measure" else typed[kind](value)
        for name, (kind, value, unit) in GENERIC.items()
    }
    year = {"yearOfConstruction": 1987} if version == "2.0" else {"dateOfConstruction": "1987-01-01"}
    attributes |= {
        "description": "by hand", "name": "بيت البلد", "creationDate": "2024-05-01", "function": "1000",
        "roofType": "1000", "measuredHeight": 12.0, "storeysAboveGround": 4, **year,
    }  # fmt: skip
    kinds = [kind for kind, faces in FACES.items() for _ in faces]
    house_faces = shell((0, 0, 5, 10, 8, 12))
    template = {"type": "MultiSurface", "lod": "2", "boundaries": [[[0, 1, 2]]]}

    def palm(number: int) -> dict[str, Any]:
        form = {
            "type": "GeometryInstance", "template": 0, "boundaries": put([(EAST + 60 + 5 * number, NORTH, 5.0)]),
            "transformationMatrix": [2.0, 0.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 0.0, 1.0],
        }  # fmt: skip
        return {"type": "SolitaryVegetationObject", "attributes": {"height": 8.0}, "geometry": [form]}

    def part(place: tuple[float, ...]) -> dict[str, Any]:
        form = {"type": "Solid", "lod": "1", "boundaries": [shell(place)]}
        return {"type": "BuildingPart", "parents": ["blocks"], "geometry": [form]}

    tin = put(corners(0, 140, 3, 30, 30, 1)[:4])
    lane = {"type": "TrafficArea", "function": "1"}
    objects: dict[str, Any] = {
        "house": {
            "type": "Building",
            "attributes": attributes,
            "children": ["house_balcony"],
            "address": [
                {
                    "Country": "Saudi Arabia", "Locality": "Jeddah",
                    "ThoroughfareNumber": "15", "ThoroughfareName": "Corniche",
                }
            ],
            "geometry": [
                {
                    "type": "Solid", "lod": "2", "boundaries": [house_faces],
                    "semantics": {"surfaces": [{"type": kind} for kind in kinds], "values": [list(range(6))]},
                }
            ],
        },
        "house_balcony": {
            "type": "BuildingInstallation", "parents": ["house"], "geometry": [surface("2", [level(10, 2, 1, 2, 9)])],
        },
        "blocks": {"type": "Building", "children": ["part0", "part1"]},
        "part0": part((30, 0, 5, 10, 10, 20)),
        "part1": part((40, 0, 5, 6, 10, 9)),
        "bridge": {"type": "Bridge", "geometry": [surface("2", [level(0, 20)])]},
        "tunnel": {"type": "Tunnel", "geometry": [surface("2", [level(0, 30, high=-9)])]},
        "road": {"type": "Road", "geometry": [
            surface("2", [level(0, 40), level(0, 45)], [lane, {"type": "AuxiliaryTrafficArea"}])]},
        "water": {"type": "WaterBody", "geometry": [surface("2", [level(0, 80)], [{"type": "WaterSurface"}])]},
        "grass": {"type": "PlantCover", "attributes": {"averageHeight": 0.3}, "geometry": [
            surface("1", [level(0, 90)])]},
        "plot": {"type": "LandUse", "geometry": [surface("1", [level(0, 100)])]},
        "ground": {"type": "TINRelief", "geometry": [
            surface("2", [[[tin[0], tin[1], tin[2]]], [[tin[0], tin[2], tin[3]]]], kind="CompositeSurface")]},
        "bench": {"type": "CityFurniture", "geometry": [surface("1", [level(0, 120, 1, 1)])]},
        "thing": {"type": "GenericCityObject", "geometry": [surface("1", [level(0, 130, 2, 2)])]},
        "palm0": palm(0),
        "palm1": palm(1),
    }  # fmt: skip
    return {
        "type": "CityJSON",
        "version": "2.0",
        "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/25832"},
        "CityObjects": objects,
        "vertices": vertices,
        "transform": {"scale": [1.0, 1.0, 1.0], "translate": [0.0, 0.0, 0.0]},
        "geometry-templates": {"templates": [template], "vertices-templates": [[0, 0, 0], [1, 0, 0], [0, 0, 4]]},
    }


_MODULE_OF = {
    "Building": "bldg", "Road": "tran", "PlantCover": "veg", "LandUse": "luse", "WaterBody": "wtr", "Bridge": "brid",
    "GenericCityObject": "gen",
}  # fmt: skip


def of_cityjson(found: dict[str, Any], srs: str) -> str:
    """A CityJSON document of plain surfaces and solids as CityGML 2.0, without its attributes."""
    scale, move = found["transform"]["scale"], found["transform"]["translate"]
    places = [tuple(v * s + m for v, s, m in zip(one, scale, move, strict=True)) for one in found["vertices"]]

    def face(rings: list[list[int]]) -> str:
        outer, *holes = [
            f"<gml:LinearRing><gml:posList>{ring([places[n] for n in one])}</gml:posList></gml:LinearRing>"
            for one in rings
        ]
        inner = "".join(f"<gml:interior>{hole}</gml:interior>" for hole in holes)
        return f"<gml:Polygon><gml:exterior>{outer}</gml:exterior>{inner}</gml:Polygon>"

    members = []
    for uid, thing in found["CityObjects"].items():
        kind = thing["type"].lstrip("+")
        module, body = _MODULE_OF[kind], ""
        for form in thing.get("geometry", []):
            if form["type"] == "Solid":
                faces = [f"<gml:surfaceMember>{face(one)}</gml:surfaceMember>" for one in form["boundaries"][0]]
                what, made = "Solid", solid(faces, "CompositeSurface")
            else:
                what = "Geometry" if module == "gen" else "MultiSurface"
                made = multi([face(one) for one in form["boundaries"]])
            lod = f"{module}:lod{form['lod'][0]}{what}"
            body += f"<{lod}>{made}</{lod}>"
        members.append(f'<{module}:{kind} gml:id="{uid}">{body}</{module}:{kind}>')
    return document("2.0", members, srs=srs)
