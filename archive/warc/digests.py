"""Labelled digests (ISO 28500, 5.8 and 5.9): parses, compares and computes them, also of a payload in pieces."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Callable
from typing import Any

from archive.warc.chunks import Dechunker
from archive.warc.httphead import HeadFinder, HttpHead

# How much of a long block is searched for the head of its HTTP message
LONGEST_MESSAGE_HEAD = 1024 * 1024

# sha-1 and the like are spellings in use; the standard names no algorithm and no encoding
_ALGORITHMS: dict[bytes, tuple[Callable[..., Any], int]] = {
    b"sha1": (hashlib.sha1, 20),
    b"md5": (functools.partial(hashlib.md5, usedforsecurity=False), 16),
    b"sha224": (hashlib.sha224, 28),
    b"sha256": (hashlib.sha256, 32),
    b"sha384": (hashlib.sha384, 48),
    b"sha512": (hashlib.sha512, 64),
    b"sha3224": (hashlib.sha3_224, 28),
    b"sha3256": (hashlib.sha3_256, 32),
    b"sha3384": (hashlib.sha3_384, 48),
    b"sha3512": (hashlib.sha3_512, 64),
    b"blake2b": (hashlib.blake2b, 64),
    b"blake2s": (hashlib.blake2s, 32),
}
_LETTERS_32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz234567"
# int() reads base 32 with the digits 0 to V; other characters become invalid ones
_DIGITS_32 = dict(zip(_LETTERS_32, b"0123456789ABCDEFGHIJKLMNOP" * 2 + b"QRSTUV", strict=True))
_BASE_32 = bytes(_DIGITS_32.get(octet, ord("!")) for octet in range(256))
_BASE_64 = bytes.maketrans(b"-_", b"+/")


class Claim:
    """The digest in a field: its algorithm, and its value as a number."""

    __slots__ = ("_make", "number")

    def __init__(self, make: Callable[..., Any], number: int) -> None:
        self._make, self.number = make, number

    def new(self) -> Any:
        """A new hash of the algorithm."""
        return self._make()

    def fits(self, octets: bytes | memoryview) -> bool:
        """Whether the octets have this digest."""
        return int.from_bytes(self._make(octets).digest(), "big") == self.number

    def says(self, digest: bytes) -> bool:
        """Whether this is the digest that is claimed."""
        return int.from_bytes(digest, "big") == self.number

    def is_alike(self, other: Claim) -> bool:
        """Whether both are of one algorithm."""
        return self._make is other._make


class Unknown(Exception):
    """The algorithm is not known."""


class Impossible(Exception):
    """The value is no digest of the algorithm: its length or characters fit no encoding."""


def read_claim(said: bytes) -> Claim:
    """Parse a labelled digest in base 16, 32 or 64, padded or not; base 16 and 32 in any letter case.

    Raises:
        Unknown: its algorithm.
        Impossible: its value.
    """
    label, _, value = said.partition(b":")
    known = _ALGORITHMS.get(label) or _ALGORITHMS.get(label.lower().replace(b"-", b"").replace(b"_", b""))
    if known is None:
        raise Unknown
    make, size = known
    number = _number(value.rstrip(b"="), size)
    if number is None:
        raise Impossible
    return Claim(make, number)


def is_of_nothing(said: bytes) -> bool:
    """Whether it is the digest of no octets at all."""
    try:
        return read_claim(said).fits(b"")
    except (Unknown, Impossible):
        return False


def normal_form(said: bytes) -> tuple[bytes, bytes] | None:
    """Algorithm and value of a labelled digest, equal for all encodings; None where it cannot be parsed."""
    label, _, value = said.partition(b":")
    if label not in _ALGORITHMS:
        label = label.lower().replace(b"-", b"").replace(b"_", b"")
    known = _ALGORITHMS.get(label)
    if known is None:
        return None
    size, value = known[1], value.rstrip(b"=")
    if len(value) == -(-size * 8 // 5):
        return label, value.upper()
    number = _number(value, size)
    return None if number is None else (label, base64.b32encode(number.to_bytes(size, "big")).rstrip(b"="))


def _number(value: bytes, size: int) -> int | None:
    bits, length = size * 8, len(value)
    try:
        if length == size * 2:
            return int.from_bytes(bytes.fromhex(value.decode()), "big")
        padding = length * 5 - bits
        if 0 <= padding < 5:
            number = int(value.translate(_BASE_32), 32)
            if not padding:
                return number
            return None if number & ((1 << padding) - 1) else number >> padding
        if length == -(-bits // 6):
            octets = base64.b64decode(value.translate(_BASE_64) + b"=" * (-length % 4), validate=True)
            return int.from_bytes(octets, "big") if len(octets) == size else None
    except ValueError:
        return None
    return None


def digest(octets: bytes, algorithm: str = "sha256") -> str:
    """The octets' digest as in WARC-Block-Digest: algorithm, colon, base 32."""
    return _nothings(algorithm) if not octets else _digest(octets, algorithm)


@functools.cache
def _nothings(algorithm: str) -> str:
    return _digest(b"", algorithm)  # the payload of every GET request is empty


def _digest(octets: bytes, algorithm: str) -> str:
    hashed = (hashlib.sha256 if algorithm == "sha256" else hashlib.sha1)(octets)
    return f"{algorithm}:{base64.b32encode(hashed.digest()).decode()}"


class PayloadHash:
    """Hashes of the payload in a block that is read in pieces: of the body with its chunk framing, and without."""

    def __init__(self, new: Callable[[], Any], *, may_hold_message: bool) -> None:
        """Hashes made by `new`; `may_hold_message`: the block may be an HTTP message, whose head is no payload."""
        self.message: HttpHead | None = None
        self.dechunker = Dechunker()
        self._raw, self._chunks = new(), new()
        self._start, self._awaits_message = bytearray(), may_hold_message
        self._finder = HeadFinder(self._start)

    @property
    def is_chunked(self) -> bool:
        """Whether it is a body with chunk framing."""
        return self.dechunker.is_chunked

    def feed(self, piece: bytes) -> None:
        """Add the next piece of the block."""
        if not self._awaits_message:
            self._take(piece)
            return
        self._start += piece
        self.message = self._finder.find()
        if self.message is not None:
            self._begin()
        elif len(self._start) >= LONGEST_MESSAGE_HEAD:
            self.finish()

    def finish(self) -> None:
        """End the block."""
        if self._awaits_message:
            self.message = self._finder.end()
            self._begin()

    def of_raw(self) -> bytes:
        """The digest of the body with its framing."""
        digest: bytes = self._raw.digest()
        return digest

    def of_chunks(self) -> bytes:
        """The digest of the contents of the chunks."""
        digest: bytes = self._chunks.digest()
        return digest

    def _begin(self) -> None:
        self._awaits_message, start = False, bytes(self._start)
        self._start.clear()
        self._take(start[self.message.body_start :] if self.message else start)

    def _take(self, piece: bytes) -> None:
        self._raw.update(piece)
        if self.message and self.message.is_chunked:
            for chunk in self.dechunker.feed(piece):
                self._chunks.update(chunk)
