"""Decodes content codings (RFC 9110, 8.4.1), for crawler, archive and replay.

It is tolerant, because headers are often wrong: a body that is not coded is returned unchanged, one that has another
coding than its header says is decoded by that, and of a broken or cut body the part that can be decoded is returned.
Each of these is reported as a `CodingFault`.
"""

from __future__ import annotations

import enum
import io
from collections.abc import Callable, Iterator
from contextlib import suppress

import attrs
import brotli
import zstandard

from archive.warc.deflate import TRAILER, DeflateStream
from archive.warc.members import header_length

LARGEST = 64 * 1024 * 1024
# Headers name one coding, seldom two
_MOST_CODINGS = 8
_STEP = 64 * 1024
# Octets that are decoded at once: in the last step before an error all output is lost
_FINE_STEP = 4096
_LONGEST_GZIP_HEADER = 64 * 1024
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_SKIPPABLE = tuple(bytes((0x50 + number, 0x2A, 0x4D, 0x18)) for number in range(16))  # RFC 8878, 3.1.2
_SAMPLE = 1024
# Beginnings of formats that need no coding
_FORMATS = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF", b"%PDF", b"wOFF", b"wOF2", b"\xfe\xff", b"\xff\xfe")
_CONTROLS = bytes((*range(9), 11, *range(14, 27), *range(28, 32), 127))


class CodingFault(enum.Enum):
    """How a body differs from what its header says of its coding."""

    UNKNOWN = "an unknown coding"
    NOT_CODED = "not coded as its header says"
    OTHER = "coded otherwise than its header says"
    BROKEN = "cannot be decoded to its end"
    CUT = "ends before the coding does"
    CHECKSUM = "its checksum or length is another"
    BEHIND_END = "octets behind the end of the coding"
    FRAMED = "framed in chunks, which no header says"
    TOO_LONG = "longer than the bound once decoded"


@attrs.frozen
class Decoded:
    """A decoded body, and what was wrong with its codings: pairs of a coding's name and the fault."""

    content: bytes
    faults: tuple[tuple[str, CodingFault], ...] = ()

    @property
    def is_too_long(self) -> bool:
        """Whether it was cut because it is longer than the limit."""
        return any(fault is CodingFault.TOO_LONG for _, fault in self.faults)


def codings_of(*fields: str | None) -> list[str]:
    """The codings that header fields name, in the order in which they were applied; identity and chunked are none."""
    names = ",".join(field for field in fields if field).lower().split(",")
    return [name for name in map(str.strip, names) if name not in ("", "identity", "none", "chunked")]


def decode(body: bytes, codings: list[str], limit: int = LARGEST) -> Decoded:
    """Decode a body, the last coding first; it is cut after `limit` octets.

    Args:
        codings: as `codings_of` gives them.
    """
    faults: list[tuple[str, CodingFault]] = []
    for coding in codings[: -_MOST_CODINGS - 1 : -1]:
        body, fault = _undo(coding, body, limit)
        if fault is not None:
            faults.append((coding, fault))
    faults += [(coding, CodingFault.UNKNOWN) for coding in codings[:-_MOST_CODINGS]]
    if faults and all(fault is CodingFault.UNKNOWN for _, fault in faults) and len(faults) == len(codings):
        # all names are misspelt, quoted or have parameters: what the body shows counts
        content = None if _looks_plain(body) else _otherwise("", body, limit)
        if content is not None:
            body, faults[0] = content, (codings[-1], CodingFault.OTHER)
    if len(body) > limit:
        body = body[:limit]
        faults.append(("identity", CodingFault.TOO_LONG))
    return Decoded(body, tuple(faults))


def _undo(coding: str, body: bytes, limit: int) -> tuple[bytes, CodingFault | None]:
    name = coding.removeprefix("x-")
    if name not in _DECODERS:
        return body, CodingFault.UNKNOWN
    if not body:
        return body, None
    content, fault = _joined(_DECODERS[name](body), limit)
    if fault in (None, CodingFault.TOO_LONG, CodingFault.CHECKSUM):
        return content, fault
    if fault is CodingFault.BEHIND_END and content and not _looks_plain(body):
        return content, fault
    if _marked(name, body) is None and _looks_plain(body):
        return body, CodingFault.NOT_CODED
    if _marked(name, body) is None and content:
        return content, fault
    other = _otherwise(name, body, limit)
    return (body, CodingFault.NOT_CODED) if other is None else (other, CodingFault.OTHER)


def _marked(name: str, body: bytes) -> str | None:
    """The coding other than `name` whose mark a body begins with."""
    return next((other for other, begins in _BEGIN.items() if other != name and begins(body)), None)


def _otherwise(name: str, body: bytes, limit: int) -> bytes | None:
    """The content of a body that has another coding than `name`; None where no coding is recognised.

    deflate and br have no mark: only a body that is whole and has nothing behind it is theirs.
    """
    if (marked := _marked(name, body)) is not None:
        content, fault = _joined(_DECODERS[marked](body), limit)
        if content or fault is None:
            return content
    for other in ("deflate", "br"):
        if other == name:
            continue
        content, fault = _joined(_DECODERS[other](body), limit)
        if content and fault in (None, CodingFault.TOO_LONG):
            return content
    return None


def _looks_plain(body: bytes) -> bool:
    """Whether a body that cannot be decoded is plain text, or has a file format that needs no coding."""
    sample = body[:_SAMPLE]
    return sample.startswith(_FORMATS) or len(sample.translate(None, _CONTROLS)) == len(sample)


_Pieces = Iterator[bytes | CodingFault]


def _joined(pieces: _Pieces, limit: int) -> tuple[bytes, CodingFault | None]:
    taken, fault = bytearray(), None
    for piece in pieces:
        if isinstance(piece, CodingFault):
            fault = piece
            continue
        taken += piece[: limit + 1 - len(taken)]
        if len(taken) > limit:
            del taken[limit:]
            return bytes(taken), CodingFault.TOO_LONG
    return bytes(taken), fault


def _gzip(body: bytes) -> _Pieces:
    """The contents of all members (RFC 1952, 2.2)."""
    at = 0
    while at < len(body):
        length = header_length(body[at : at + _LONGEST_GZIP_HEADER])
        if length is None:
            # many servers fill the last block with zeros
            yield CodingFault.BEHIND_END if at else CodingFault.NOT_CODED
            return
        deflated = DeflateStream(io.BytesIO(body), at + length, step=_FINE_STEP)
        yield from deflated.pieces()
        if not deflated.has_ended:
            yield CodingFault.BROKEN if deflated.is_broken else CodingFault.CUT
            return
        at = deflated.behind + TRAILER
        trailer = body[deflated.behind : at]
        if len(trailer) < TRAILER:
            yield CodingFault.CUT
        elif trailer != deflated.gzip_trailer():
            yield CodingFault.CHECKSUM


def _deflate(body: bytes) -> _Pieces:
    # servers send zlib streams and bare deflate streams under the same name (RFC 9110, 8.4.1.2)
    is_wrapped = (
        len(body) > 1 and body[0] & 0x0F == 8 and not body[1] & 0x20 and int.from_bytes(body[:2], "big") % 31 == 0
    )
    deflated = DeflateStream(io.BytesIO(body), 2 if is_wrapped else 0, step=_FINE_STEP)
    yield from deflated.pieces()
    if not deflated.has_ended:
        yield CodingFault.BROKEN if deflated.is_broken else CodingFault.CUT
    else:
        checksum = deflated.adler32.to_bytes(4, "big") if is_wrapped else b""
        behind = body[deflated.behind :]
        if not behind.startswith(checksum):
            yield CodingFault.CHECKSUM
        elif len(behind) > len(checksum):
            yield CodingFault.BEHIND_END


def _brotli(body: bytes, fine_from: int | None = None) -> _Pieces:
    """A brotli stream (RFC 7932); from `fine_from` on its octets are decoded one by one."""
    decoder, at = brotli.Decompressor(), 0
    while at < len(body) and not decoder.is_finished():
        step = 1 if fine_from is not None and at >= fine_from else _FINE_STEP
        try:
            piece = decoder.process(body[at : at + step], output_buffer_limit=_STEP)
            while piece or not decoder.can_accept_more_data():  # a few octets can expand to a gigabyte
                if fine_from is None or at >= fine_from:
                    yield piece
                piece = decoder.process(b"", output_buffer_limit=_STEP)
        except brotli.error:
            if fine_from is None:
                yield from _brotli(body, at)  # the stream may end within the step, and other octets follow it
            else:
                yield CodingFault.BROKEN
            return
        at += step
    if not decoder.is_finished():
        yield CodingFault.CUT
    elif at < len(body):
        yield CodingFault.BEHIND_END


def _zstd(body: bytes) -> _Pieces:
    """All frames (RFC 8878, 3)."""
    if not _is_zstd(body):
        yield CodingFault.NOT_CODED
        return
    size = came = 0
    try:
        if body.startswith(_ZSTD):
            size = zstandard.get_frame_parameters(body).content_size
        with zstandard.ZstdDecompressor().stream_reader(body, read_across_frames=True) as reader:
            while piece := reader.read(_STEP):
                came += len(piece)
                yield piece
    except zstandard.ZstdError:
        yield from _zstd_octet_by_octet(body, came)
        yield CodingFault.BROKEN
        return
    if came < size < zstandard.CONTENTSIZE_UNKNOWN:
        yield CodingFault.CUT


def _zstd_octet_by_octet(body: bytes, skipped: int) -> Iterator[bytes]:
    """What a broken body gives before the octet that is wrong, such as its checksum, after `skipped` octets."""
    decoder = zstandard.ZstdDecompressor()
    source = io.BytesIO(body)
    with decoder.stream_reader(source, read_size=1, read_across_frames=True) as reader, suppress(zstandard.ZstdError):
        while (piece := reader.read1(_STEP)) or source.tell() < len(body):
            yield piece[skipped:]
            skipped = max(0, skipped - len(piece))


def _is_zstd(body: bytes) -> bool:
    return body.startswith((_ZSTD, *_SKIPPABLE))


_DECODERS: dict[str, Callable[[bytes], _Pieces]] = {
    "gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
_BEGIN: dict[str, Callable[[bytes], bool]] = {"gzip": lambda body: body.startswith(_GZIP), "zstd": _is_zstd}
