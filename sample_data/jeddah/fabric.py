"""The fabric of the gridded districts: villas, flats and mixed blocks, each superblock with its mosque and school."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from sample_data.jeddah.built import Built, ashore, clipped, geometries, shrunk
from sample_data.jeddah.frame import MOTORWAYS, behind, buildable
from sample_data.jeddah.lots import Cut, Manner, cut, inside, parcels
from sample_data.jeddah.shapes import footprints
from sample_data.jeddah.solids import mosques

_STOREY = {"commercial": 4.0, "health": 4.2, "government": 4.0, "educational": 3.8, "religious": 5.0}
_BACK_STREET = 20 + 62 + 8.5
"""Metres behind the coast road's middle to where streets end."""


def heights(use: Any, levels: Any) -> Any:
    """Metres to the top of the parapet."""
    storey = np.array([_STOREY.get(one, 3.2) for one in use.tolist()])
    return np.round(levels * storey + 1.0, 1)


def build(column: int, row: int, how: Manner, since: int, random: np.random.Generator) -> Built:
    """Cut a superblock up and build on it."""
    found = cut(column, row, how)
    plan = _plan(found, how, column, row)
    plots = np.flatnonzero(plan == "plots")
    boxes, fronts, owner = parcels(found.blocks[plots], how)
    owner = plots[owner]
    special = np.flatnonzero((plan != "plots") & (plan != "park"))
    lots = found.blocks[special].copy()
    # Beside the mosque lies a garden, on the other half of its block.
    mosque = plan[special] == "religious"
    lots[mosque, 3] = (lots[mosque, 1] + lots[mosque, 3]) / 2
    gardens = found.blocks[special][mosque].copy()
    gardens[:, 1] = lots[mosque, 3]
    boxes, fronts = np.concatenate([boxes, lots]), np.concatenate([fronts, np.full(len(special), -1)])
    what = np.concatenate([np.full(len(owner), "", object), plan[special]])
    owner = np.concatenate([owner, special])
    use, levels, what = _uses(found, boxes, owner, what, how, column, row, random)
    free = (use == "residential") & (random.random(len(boxes)) < 0.03)
    outlines = _outlines(use, what, how, random)
    flipped = random.random(len(boxes)) < 0.5
    plots_in = _plots(boxes, fronts, what, how)
    shapes = footprints(outlines, plots_in, fronts, flipped, found.frame)
    lots_on = clipped(found.frame.boxes(boxes), buildable())
    whole = shapely.contains(buildable(), found.frame.boxes(boxes))
    for n in np.flatnonzero(~whole):
        shapes[n] = shrunk(lots_on[n], how.setback[1] + 0.4) if lots_on[n] is not None else None
    return _built(found, plan, lots_on, owner, shapes, free, whole, use, levels, what, gardens, since)


def _built(
    found: Cut, plan: Any, lots: Any, owner: Any, shapes: Any, free: Any, whole: Any, use: Any,
    levels: Any, what: Any, gardens: Any, since: int,
) -> Built:  # fmt: skip
    blocks = clipped(found.frame.boxes(found.blocks), buildable(), 0.04)
    here = np.array([lot is not None and blocks[block] is not None for lot, block in zip(lots, owner, strict=True)])
    stands = here & ~free & np.array([shape is not None for shape in shapes])
    kept_blocks = np.flatnonzero(np.array([block is not None for block in blocks], bool))
    kept_lots = np.flatnonzero(here)
    number = np.full(len(lots), -1)
    number[kept_lots] = np.arange(len(kept_lots))
    block_number = np.full(len(blocks), -1)
    block_number[kept_blocks] = np.arange(len(kept_blocks))
    rows = np.flatnonzero(stands)
    height = heights(use[rows], levels[rows])
    gross = np.round(shapely.area(shapes[rows]) * levels[rows] * 0.92, 1)
    forms = shapes[rows]
    solid = (use[rows] == "religious") & whole[rows]
    forms[solid] = mosques(forms[solid], height[solid])
    green = np.concatenate([found.frame.boxes(found.blocks[plan == "park"]), found.frame.boxes(gardens)])
    parks = [park for park in clipped(green, buildable()) if park is not None]
    lines, widths = _streets(found)
    return Built(
        blocks[kept_blocks], lots[kept_lots], block_number[owner[kept_lots]], forms, number[rows], levels[rows],
        use[rows], what[rows], gross, height, since + 3 * (owner[rows] % 5), geometries(parks), lines, widths,
    )  # fmt: skip


def _streets(found: Cut) -> tuple[Any, Any]:
    if not len(found.streets):
        return np.empty(0, object), np.empty(0)
    region = behind(_BACK_STREET)
    lines = shapely.linestrings(found.frame.placed(found.streets))
    parts, whose = shapely.get_parts(ashore(lines, region), return_index=True)
    kept = (shapely.get_type_id(parts) == 1) & (shapely.length(parts) > 15)
    return shapely.set_precision(parts[kept], 0.01), found.widths[whose[kept]] - 5.0


def _plan(found: Cut, how: Manner, column: int, row: int) -> Any:
    """What each block is for: plots, or the quarter's mosque, school, park, or a landmark at its corner."""
    plan = np.full(len(found.blocks), "plots", object)
    if len(plan) < 9:
        return plan
    middle = (found.blocks[:, :2] + found.blocks[:, 2:]) / 2
    centre = (found.room[:2] + found.room[2:]) / 2
    order = np.argsort(np.abs(middle - centre).sum(axis=1), kind="stable")
    plan[order[0]], plan[order[1]] = "religious", "educational"
    turn = (column * 31 + row * 17) % 9
    if how.levels < 3 or turn in {2, 5}:
        plan[order[2]] = "park"
    corner = {0: "mall", 4: "health", 7: "government"}.get(turn)
    if corner:
        plan[-1 if column % 2 else 0] = corner
    return plan


def _uses(
    found: Cut, boxes: Any, owner: Any, what: Any, how: Manner, column: int, row: int, random: np.random.Generator
) -> tuple[Any, Any, Any]:
    """Use, storeys and landmark: by the fabric, the street in front, and the block."""
    low, high = found.room[:2] + 1, found.room[2:] - 1
    edge = (boxes[:, :2] < low).any(axis=1) | (boxes[:, 2:] > high).any(axis=1)
    corner = ((boxes[:, :2] < low) | (boxes[:, 2:] > high)).all(axis=1)
    fast = edge & (column in MOTORWAYS or column + 1 in MOTORWAYS)
    storeys = (owner * 7 + column * 3 + row * 5) % 3 == 0
    use = np.full(len(boxes), "residential", object)
    pick = random.random(len(boxes))
    use[edge & (pick < 0.55)] = "mixed"
    use[edge & (pick > 0.84)] = "commercial"
    levels = how.levels + storeys.astype(np.int64)
    levels[edge] = how.edge + 2 * storeys[edge]
    levels[fast & corner] += 3
    if how.levels > 4:
        tall = corner & ((column + row) % 2 == 0)
        levels[tall], use[tall] = 12 + (row % 3) * 3, "commercial"
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    span = found.room[2:] - found.room[:2]
    for share in (0.22, 0.78):
        order = np.argsort(np.abs(middle - found.room[:2] - span * (share, 1 - share)).sum(axis=1), kind="stable")
        first = order[what[order] == ""][:1]
        use[first], what[first] = "religious", "religious"
    for kind, purpose, storey in (
        ("religious", "religious", 2), ("educational", "educational", 3), ("mall", "commercial", 3),
        ("health", "health", 6), ("government", "government", 5),
    ):  # fmt: skip
        mine = what == kind
        use[mine], levels[mine] = purpose, storey
    return use, levels, what


def _outlines(use: Any, what: Any, how: Manner, random: np.random.Generator) -> Any:
    pick = (random.random(len(use)) * len(how.outlines)).astype(np.int64)
    names = np.array(how.outlines, object)[pick]
    for kind, name in (
        ("religious", "mosque"), ("educational", "school"), ("mall", "mall"), ("health", "hospital"),
        ("government", "court"),
    ):  # fmt: skip
        names[what == kind] = name
    return names


def _plots(boxes: Any, fronts: Any, what: Any, how: Manner) -> Any:
    """The ground that is built on: landmarks keep more free around them, and are no longer than they need be."""
    found = inside(boxes, fronts, how.setback)
    big = (what != "") & (boxes[:, 3] - boxes[:, 1] > 1.5 * how.front)
    found[big] = inside(boxes[big], fronts[big], (7.0, 8.0, 7.0))
    for kind, most in (("religious", 42.0), ("health", 78.0), ("government", 64.0), ("educational", 92.0)):
        mine = big & (what == kind)
        middle, half = (found[mine, 1] + found[mine, 3]) / 2, np.minimum(most, found[mine, 3] - found[mine, 1]) / 2
        found[mine, 1], found[mine, 3] = middle - half, middle + half
    return found
