"""Checks the values of WARC's named fields by their grammar (ISO 28500, 5), whatever the record's type."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from archive.warc.check.findings import WARC_1_1, Departure, Severity

# How a value departs from the grammar, if it does
Problem = tuple[Severity, Departure]
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
# Characters that browsers and servers leave unescaped in addresses, though RFC 3986 requires it
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


def token(value: bytes, version: str) -> Problem | None:
    """1*<any US-ASCII character except CTLs or separators>"""
    return None if _TOKEN_ALONE.fullmatch(value) else ("breach", Departure.NO_TOKEN)


def digits(value: bytes, version: str) -> Problem | None:
    """1*DIGIT"""
    return None if _DIGITS.fullmatch(value) else ("breach", Departure.NO_DIGITS)


def media_type(value: bytes, version: str) -> Problem | None:
    """type "/" subtype *( ";" parameter ) (ISO 28500:2017, 5.6)"""
    return None if _MEDIA_TYPE.fullmatch(value) else ("breach", Departure.NO_MEDIA_TYPE)


def instant(value: bytes, version: str) -> Problem | None:
    """YYYY-MM-DDThh:mm:ssZ in WARC 1.0; in 1.1 any granularity of W3CDTF, up to nine fractional digits (5.4)."""
    match = (_DATE_1_1 if version == WARC_1_1 else _DATE_1_0).fullmatch(value)
    if match is None:
        return "breach", Departure.NO_TIME if version == WARC_1_1 else Departure.NO_TIME_1_0
    groups = match.groups()
    try:
        date(int(groups[0]), int(groups[1] or 1), int(groups[2] or 1))
    except ValueError:
        return "breach", Departure.NO_CALENDAR_DAY
    if len(groups) > 6 and len(groups[6] or b"") > 9:
        return "breach", Departure.LONG_FRACTION
    if b"t" in value or b"z" in value:
        return "warning", Departure.SMALL_T_OR_Z
    return None


def reference_date(value: bytes, version: str) -> Problem | None:
    """The date of WARC-Refers-To-Date, which only WARC 1.1 defines, by the grammar of 1.1."""
    return instant(value, WARC_1_1)


def bare_uri(value: bytes) -> Problem | None:
    """A URI without brackets around it, as RFC 3986 has it."""
    if _URI.fullmatch(value) and not _misplaced_bracket(value):
        return None
    if _WEB_URI.fullmatch(value):
        return "warning", Departure.UNESCAPED_URI
    return "breach", Departure.NO_URI


def _misplaced_bracket(value: bytes) -> bool:
    # "[" and "]" are allowed only in the host, around an IPv6 address
    if b"[" not in value and b"]" not in value:
        return False
    return not _BRACKETED_HOST.fullmatch(value)


def uri(value: bytes, version: str) -> Problem | None:
    """A URI; angle brackets around it are allowed by the grammar of WARC 1.0 and forbidden by that of 1.1."""
    if value[:1] == b"<" and value[-1:] == b">":
        problem = bare_uri(value[1:-1])
        if problem and problem[0] == "breach":
            return problem
        severity: Severity = "breach" if version == WARC_1_1 else "warning"
        return severity, Departure.BRACKETED_URI
    return bare_uri(value)


def strict_uri(value: bytes, version: str) -> Problem | None:
    """A URI of a profile; brackets as in `uri`."""
    problem = uri(value, version)
    if problem is None and not _PROFILES.fullmatch(value):
        return "warning", Departure.UNKNOWN_PROFILE
    return problem


def identifier(value: bytes, version: str) -> Problem | None:
    """ "<" uri ">", whose scheme says what it conforms to (5.2)."""
    if value[:1] != b"<" or value[-1:] != b">" or len(value) < 2:
        if _URI.fullmatch(value):
            severity: Severity = "breach" if version == WARC_1_1 else "warning"
            return severity, Departure.NO_BRACKETS
        return "breach", Departure.NO_IDENTIFIER
    if not _URI.fullmatch(value[1:-1]):
        return "breach", Departure.NO_IDENTIFIER
    return None


def address(value: bytes, version: str) -> Problem | None:
    """A dotted quad, or an IPv6 address as in RFC 4291, 2.2."""
    text = value.decode("latin-1")
    try:
        IPv6Address(text) if ":" in text and "%" not in text else IPv4Address(text)
    except (AddressValueError, ValueError):
        return "breach", Departure.NO_IP_ADDRESS
    return None


def labelled_digest(value: bytes, version: str) -> Problem | None:
    """algorithm ":" digest-value; '=' and '/' of base 32 and 64 are accepted, as all tools do."""
    return None if _DIGEST.fullmatch(value) else ("breach", Departure.NO_DIGEST)


def reason(value: bytes, version: str) -> Problem | None:
    """length, time, disconnect, unspecified, or a token that an extension defines (5.15)."""
    if value.lower() in _REASONS:
        return None
    return token(value, version) or ("warning", Departure.UNKNOWN_REASON)


def text(value: bytes, version: str) -> Problem | None:
    """TEXT or quoted-string, not empty."""
    return None if value else ("breach", Departure.EMPTY)
