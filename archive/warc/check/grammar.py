"""The values of WARC's named fields, judged by their grammar (ISO 28500, 5); knows no record type."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from archive.warc.check.findings import WARC_1_1, Severity

Problem = tuple[Severity, str]
Check = Callable[[bytes, str], Problem | None]

_TOKEN = rb"[!#$%&'*+\-.0-9A-Z^_`a-z|~]+"
# type "/" subtype *(";" parameter); white space around ";" by the erratum that RFC 7231, 3.1.1.1 made of it
_MEDIA_TYPE = re.compile(
    _TOKEN + rb"/" + _TOKEN + rb"(?:[ \t]*;[ \t]*" + _TOKEN + rb"=(?:" + _TOKEN + rb'|"(?:[^"\\\x00-\x08\x0a-\x1f\x7f]'
    rb'|\\[^\x00-\x1f\x7f])*"))*[ \t]*;?'
)
_TOKEN_ALONE = re.compile(_TOKEN)
# RFC 3986, appendix A
_URI = re.compile(rb"[A-Za-z][A-Za-z0-9+.\-]*:(?:[A-Za-z0-9\-._~:/?#@!$&'()*+,;=\[\]]|%[0-9A-Fa-f]{2})+")
_BRACKETED_HOST = re.compile(rb"[^:]+://(?:[^/?#\[\]@]*@)?\[[0-9A-Fa-f:.]+\](?::\d*)?(?:[/?#][^\[\]]*)?")
# what browsers and servers leave as it is in addresses, though RFC 3986 wants it escaped
_WEB_URI = re.compile(rb"[A-Za-z][A-Za-z0-9+.\-]*:(?:[!#-;=?-~])+")
_DATE_1_0 = re.compile(rb"(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)[Zz]")
_DATE_1_1 = re.compile(
    rb"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[Tt]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d|60)(?:\.(\d+))?)?(?:[Zz]|[+-]00:00))?)?)?"
)
_DIGITS = re.compile(rb"[0-9]+")
_DIGEST = re.compile(_TOKEN + rb":[!#$%&'*+\-./=0-9A-Z^_`a-z|~]+")
_PROFILES = re.compile(
    rb"http://netpreserve\.org/warc/1\.[01]/revisit/(?:identical-payload-digest|server-not-modified)"
)
_REASONS = frozenset((b"length", b"time", b"disconnect", b"unspecified"))


def shown(value: bytes, limit: int = 80) -> str:
    """A value as it can stand in a message."""
    text = repr(value[:limit].decode("utf-8", "backslashreplace"))
    return text if len(value) <= limit else text + "..."


def token(value: bytes, version: str) -> Problem | None:
    """1*<any US-ASCII character except CTLs or separators>"""
    return None if _TOKEN_ALONE.fullmatch(value) else ("breach", f"{shown(value)} is no token")


def digits(value: bytes, version: str) -> Problem | None:
    """1*DIGIT"""
    return None if _DIGITS.fullmatch(value) else ("breach", f"{shown(value)} is no number in digits")


def media_type(value: bytes, version: str) -> Problem | None:
    """type "/" subtype *( ";" parameter ) (ISO 28500:2017, 5.6)"""
    return None if _MEDIA_TYPE.fullmatch(value) else ("breach", f"{shown(value)} is no media type")


def instant(value: bytes, version: str) -> Problem | None:
    """YYYY-MM-DDThh:mm:ssZ in WARC 1.0; in 1.1 any granularity of W3CDTF, up to nine fractional digits (5.4)."""
    match = (_DATE_1_1 if version == WARC_1_1 else _DATE_1_0).fullmatch(value)
    if match is None:
        form = "a UTC time of W3CDTF" if version == WARC_1_1 else "YYYY-MM-DDThh:mm:ssZ"
        return "breach", f"{shown(value)} is not {form}"
    groups = match.groups()
    try:
        date(int(groups[0]), int(groups[1] or 1), int(groups[2] or 1))
    except ValueError:
        return "breach", f"{shown(value)} is no day of the calendar"
    if len(groups) > 6 and len(groups[6] or b"") > 9:
        return "breach", f"{shown(value)} has more than nine fractional digits"
    if b"t" in value or b"z" in value:
        return "warning", f"{shown(value)}: the standard writes T and Z as capitals"
    return None


def reference_date(value: bytes, version: str) -> Problem | None:
    """The date of WARC-Refers-To-Date, a field that WARC 1.0 does not know and 1.1 gives the 1.1 grammar."""
    return instant(value, WARC_1_1)


def bare_uri(value: bytes) -> Problem | None:
    """A URI without brackets around it, as RFC 3986 has it."""
    if _URI.fullmatch(value) and not _misplaced_bracket(value):
        return None
    if _WEB_URI.fullmatch(value):
        return "warning", f"{shown(value)} has characters that RFC 3986 wants escaped"
    return "breach", f"{shown(value)} is no URI (RFC 3986)"


def _misplaced_bracket(value: bytes) -> bool:
    # "[" and "]" stand in the host alone, around an IPv6 address
    if b"[" not in value and b"]" not in value:
        return False
    return not _BRACKETED_HOST.fullmatch(value)


def uri(value: bytes, version: str) -> Problem | None:
    """A URI; angle brackets around it are read from WARC 1.0's grammar and forbidden by 1.1's."""
    if value[:1] == b"<" and value[-1:] == b">":
        problem = bare_uri(value[1:-1])
        if problem and problem[0] == "breach":
            return problem
        severity: Severity = "breach" if version == WARC_1_1 else "warning"
        return severity, f"{shown(value)} stands in angle brackets"
    return bare_uri(value)


def strict_uri(value: bytes, version: str) -> Problem | None:
    """A URI of a profile; brackets as in `uri`."""
    problem = uri(value, version)
    if problem is None and not _PROFILES.fullmatch(value):
        return "warning", f"{shown(value)} is no profile of the standard: what the block means is not known here"
    return problem


def identifier(value: bytes, version: str) -> Problem | None:
    """ "<" uri ">", whose scheme says what it conforms to (5.2)."""
    if value[:1] != b"<" or value[-1:] != b">" or len(value) < 2:
        if _URI.fullmatch(value):
            severity: Severity = "breach" if version == WARC_1_1 else "warning"
            return severity, f"{shown(value)} stands without angle brackets"
        return "breach", f"{shown(value)} is no URI in angle brackets"
    if not _URI.fullmatch(value[1:-1]):
        return "breach", f"{shown(value)} is no URI (RFC 3986) in angle brackets"
    return None


def address(value: bytes, version: str) -> Problem | None:
    """A dotted quad, or an IPv6 address as in RFC 4291, 2.2."""
    text = value.decode("latin-1")
    try:
        IPv6Address(text) if ":" in text and "%" not in text else IPv4Address(text)
    except (AddressValueError, ValueError):
        return "breach", f"{shown(value)} is neither a dotted quad nor an IPv6 address"
    return None


def labelled_digest(value: bytes, version: str) -> Problem | None:
    """algorithm ":" digest-value; '=' and '/' of base 32 and 64 are let pass, as everybody does."""
    return None if _DIGEST.fullmatch(value) else ("breach", f"{shown(value)} is not algorithm:digest")


def reason(value: bytes, version: str) -> Problem | None:
    """length, time, disconnect, unspecified, or a token that an extension defines (5.15)."""
    if value.lower() in _REASONS:
        return None
    return token(value, version) or ("warning", f"{shown(value)} is no reason that the standard knows")


def text(value: bytes, version: str) -> Problem | None:
    """TEXT or quoted-string, not empty."""
    return None if value else ("breach", "it is empty")
