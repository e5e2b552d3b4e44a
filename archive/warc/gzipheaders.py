"""Gzip headers (RFC 1952, 2.3): how long one is, and whether one changed, though no checksum covers it."""

from __future__ import annotations

from collections import deque

from archive.warc.check.findings import Severity

_MAGIC = b"\x1f\x8b\x08"
_FLAG_CRC, _FLAG_EXTRA, _FLAG_NAME, _FLAG_COMMENT = 2, 4, 8, 16

# Places in a header behind the method
_TIME, _EXTRA_FLAGS, _SYSTEM = range(1, 5), 5, 6
# RFC 1952, 2.3.1
_SYSTEMS = frozenset((*range(14), 255))


def header_length(octets: bytes) -> int | None:
    """How long a gzip header is (RFC 1952, 2.3); None where none stands there, or it has no end in sight."""
    if len(octets) < 10 or not octets.startswith(_MAGIC):
        return None
    flags, length = octets[3], 10
    if flags & _FLAG_EXTRA:
        length += 2 + int.from_bytes(octets[length : length + 2], "little")
    for flag in (_FLAG_NAME, _FLAG_COMMENT):
        if flags & flag:
            length = octets.find(b"\0", length) + 1
            if not length:
                return None
    length += 2 if flags & _FLAG_CRC else 0
    return length if length <= len(octets) else None


class GzipHeaders:
    """Gzip headers seen one after the other, to notice a flipped bit in what no checksum covers (RFC 1952, 2.3.1)."""

    def __init__(self) -> None:
        self._runs: deque[tuple[int, bytes, int]] = deque(maxlen=3)
        self._odd: list[tuple[int, Severity, str]] = []

    def see(self, offset: int, header: bytes) -> None:
        """Take note of the next member's header, without its magic number and method."""
        runs = self._runs
        if runs and runs[-1][1] == header:
            first, _, count = runs[-1]
            runs[-1] = first, header, count + 1
            if count == 1 and len(runs) == 2 and runs[0][2] == 1:  # the file's first member stands alone
                self._compare(runs[0][0], runs[0][1], header)
            return
        runs.append((offset, header, 1))
        if len(runs) == 3 and runs[1][2] == 1 and runs[0][1] == header:
            self._compare(runs[1][0], runs[1][1], header)

    def odd(self) -> list[tuple[int, Severity, str]]:
        """Members whose header is not like those around it: offset, how grave that is, and what differs."""
        runs = self._runs
        if len(runs) > 1 and runs[-1][2] == 1 and runs[-2][2] > 1:
            self._compare(runs[-1][0], runs[-1][1], runs[-2][1])
        return self._odd

    def _compare(self, offset: int, odd: bytes, usual: bytes) -> None:
        # only where the others bear no time: times differ for good reasons
        if len(odd) != len(usual) or len(usual) != 7 or usual[1:5] != b"\0\0\0\0":
            return
        changed = [place for place in range(7) if odd[place] != usual[place]]
        if len(changed) != 1:
            return
        (place,) = changed
        is_flip = (odd[place] ^ usual[place]).bit_count() == 1
        if place in _TIME:
            self._odd.append((offset, "damage", "time in its gzip header, where all headers around it have none"))
        elif place == _EXTRA_FLAGS:
            # 2 and 4 tell how well it is compressed, which may be true
            severity: Severity = "warning" if odd[place] in (0, 2, 4) else "damage"
            self._odd.append((offset, severity, "extra flags in its gzip header differ from all headers around it"))
        elif is_flip or (place == _SYSTEM and odd[place] not in _SYSTEMS):
            self._odd.append((offset, "damage", "flags or system in its gzip header differ from all headers around it"))
