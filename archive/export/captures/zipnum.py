"""The index of a WACZ in compressed blocks (zipnum), as py-wacz and cdxj-indexer write it."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterable

BLOCK_LINES = 1024
NAME = "index.cdx.gz"
_FORMAT = "cdxj-gzip-1.0"


def write_zipnum(lines: Iterable[str], write: Callable[[bytes], object]) -> bytes:
    """Write sorted index lines in gzip members of 1,024 lines; the index of these members.

    Args:
        lines: without their line ends.
        write: takes the members, one after another.
    """
    index = [f"!meta 0 {json.dumps({'format': _FORMAT, 'filename': NAME})}"]
    block: list[str] = []
    offset = 0

    def end_block() -> None:
        nonlocal offset
        member = gzip.compress("".join(block).encode(), compresslevel=6, mtime=0)
        key, time, _ = block[0].split(" ", 2)
        place = {"offset": offset, "length": len(member), "digest": f"sha256:{hashlib.sha256(member).hexdigest()}"}
        index.append(f"{key} {time} {json.dumps(place)}")
        write(member)
        offset += len(member)
        block.clear()

    for line in lines:
        block.append(line + "\n")
        if len(block) == BLOCK_LINES:
            end_block()
    if block:
        end_block()
    return ("\n".join(index) + "\n").encode()
