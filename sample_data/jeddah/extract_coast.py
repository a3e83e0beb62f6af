"""Takes Jeddah's coast out of GSHHG once: ``python extract_coast.py binned_GSHHS_f.nc coast.json`` (needs netCDF4).

The file is the one of Debian's package gmt-gshhg-full; its one-degree bins hold segments of coast, their points
relative to the bin's south-west corner in 1/65,535 of a degree (Wessel and Smith 1996, GMT's file layout).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

WEST, SOUTH = 39, 21
EAST_END, SOUTH_END, NORTH_END = 39.35, 21.30, 21.98


def main(binned: str, out: str) -> None:
    """Write the level-1 segments (land against ocean) of Jeddah's bin that lie within the sample's reach."""
    import netCDF4
    import numpy as np

    data = netCDF4.Dataset(binned)
    cell = (89 - SOUTH) * 360 + WEST
    first = int(data["Id_of_first_segment_in_a_bin"][cell])
    lines = []
    for number in range(first, first + int(data["N_segments_in_a_bin"][cell])):
        packed = int(data["Embedded_npts_levels_exit_entry_for_a_segment"][number])
        count, level, at = packed >> 9, (packed >> 6) & 7, int(data["Id_of_first_point_in_a_segment"][number])
        if level != 1:
            continue
        x = np.asarray(data["Relative_longitude_from_SW_corner_of_bin"][at : at + count]).astype(np.uint16)
        y = np.asarray(data["Relative_latitude_from_SW_corner_of_bin"][at : at + count]).astype(np.uint16)
        points = np.column_stack([WEST + x / 65535, SOUTH + y / 65535]).round(6)
        near = (points[:, 0] < EAST_END) & (points[:, 1] > SOUTH_END) & (points[:, 1] < NORTH_END)
        if near.any():
            lines.append(points.tolist())
    Path(out).write_text(json.dumps({"crs": "EPSG:4326", "lines": lines}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
