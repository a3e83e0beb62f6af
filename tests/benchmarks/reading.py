"""What a reader takes of a file, beside GDAL's bare Arrow of the same file.

``python -m tests.benchmarks.reading FILE``. Ours decodes, checks, measures and writes an Arrow stream as well: the
ratio says what those promises cost.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.rows import timed


def main(source: Path) -> dict[str, float]:
    """Seconds of both."""
    import pyogrio

    from twin.formats.intake import Request, take_in

    with tempfile.TemporaryDirectory() as scratch:
        ours = timed(lambda: take_in(Request(path=str(source), scratch=scratch)))
    return {"ours": ours, "bare": timed(lambda: pyogrio.read_arrow(source))}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
