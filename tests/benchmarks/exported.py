"""A city's footprints as the GeoParquet-like file that a script of one's own would read.

No more than a million: of four a script would need 20 GB, so that of larger cities it draws a part.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

_MOST = 1_000_000


def main(city: Path, to: Path) -> list[float]:
    """Write them, and say the middle of the city."""
    import pyarrow.parquet as pq

    from twin.host.session import Session

    with Session.open(city, read_only=True) as session:
        (layer,) = [one for one in session.city.layers() if one.id == "buildings"]
        west, south, _, east, north, _ = layer.extent or (0.0,) * 6
        pq.write_table(session.city.features("buildings", columns=["geometry", "ground", "height"], limit=_MOST), to)
    return [(west + east) / 2, (south + north) / 2]


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))
