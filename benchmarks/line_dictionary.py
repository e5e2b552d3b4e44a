"""`python -m benchmarks.line_dictionary COLLECTION FILE`: makes the dictionary with which articles' lines are packed.

Made once, from a demonstration of 1,200 articles: what is packed with a dictionary needs that dictionary for ever. So a
new one would get a number and a file of its own beside the first.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import zstandard

from archive.collection import Collection

SIZE = 64 * 1024


def main(collection: Path, file: Path) -> None:
    """Train on every second line, and print how well the others are packed with it and without."""
    with Collection.open(collection).catalog() as catalog:
        lines: list[Any] = [version.raw for version in catalog.versions_after(0, limit=1_000_000)]
    trained = zstandard.train_dictionary(SIZE, lines[::2], level=3, dict_id=1)
    file.write_bytes(trained.as_bytes())
    size = sum(map(len, lines[1::2]))
    for name, packer in (
        ("without", zstandard.ZstdCompressor(level=3)),
        ("with it", zstandard.ZstdCompressor(level=3, dict_data=trained)),
    ):
        packed = sum(len(packer.compress(line)) for line in lines[1::2])
        print(f"{name}: {size / packed:.2f} times smaller, {packed / len(lines[1::2]):.0f} bytes each")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
