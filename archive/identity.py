"""The identity of an address: its article's id, or the address without session ids and campaign parameters."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# Session ids that servers write into paths for visitors without cookies (Java, PHP, ASP.NET).
_IN_PATH = re.compile(
    r";(?:jsessionid|phpsessid|sid|sessionid)=[^/;?#]*|(?<=/)\((?:[A-Z]\([^()/]{1,200}\)){1,9}\)/", re.IGNORECASE
)
# Parameters that name a visitor, a session, or the link that was followed.
_VISITOR = re.compile(
    r"phpsessid|jsessionid|aspsessionid\w*|asp\.net_sessionid|session_?id|oscsid|zenid|cfid|cftoken|utm_\w+|fbclid|gclid"
    r"|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|ttclid|twclid|igshid|igsh|zarsrc|mc_cid|mc_eid|_ga|_gl|_hsenc|_hsmi|mtm_\w+"
    r"|pk_(?:campaign|kwd|source|medium)|_openstat",
    re.IGNORECASE,
)
# These may also be the number of an article or section: only a long value is a session id.
_PERHAPS = re.compile(
    r"(?:sid|s|sess|session)=(?:(?=[a-f]{0,99}\d)(?=\d{0,99}[a-f])[0-9a-f]{12,99}|[0-9a-z,-]{20,128})", re.IGNORECASE
)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
# escaped, these characters mean something else than unescaped
_DELIMITERS = frozenset("/?#%&=+;\\ ")


def plain_path(url: str) -> str:
    """An address's path without the session ids that servers write into it."""
    return without_session(urlsplit(url).path)


def without_session(path: str) -> str:
    """A path without the session ids that servers write into it."""
    return _IN_PATH.sub("", path) if ";" in path or "(" in path else path


def plain_address(url: str) -> str:
    """An address without fragment and session, in one form of escaping; for comparison, not for requests."""
    written = url.partition("#")[0]
    if "%" in written:
        written = _ESCAPE.sub(_unescaped, written)
    address, _, query = written.partition("?")
    address = without_session(address)
    kept = "&".join(part for part in query.split("&") if part and not _names_visitor(part))
    return f"{address}?{kept}" if kept else address


def identity_of(newspaper: str, url: str, pattern: str) -> str:
    """The identity of an article's address: the article's id where the newspaper's pattern finds it in the path.

    All addresses with one id are of one article; see `Article.id`.
    """
    found = re.search(pattern, plain_path(url))
    own = found.groupdict().get("id") if found else None
    return f"{newspaper}:{own}" if own else plain_address(url)


def _names_visitor(parameter: str) -> bool:
    return bool(_VISITOR.fullmatch(parameter.partition("=")[0]) or _PERHAPS.fullmatch(parameter))


def _unescaped(found: re.Match[str]) -> str:
    sign = chr(int(found[1], 16))
    return sign if "!" <= sign <= "~" and sign not in _DELIMITERS else found[0].upper()
