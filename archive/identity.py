"""The identity of an address: its article's id, or the address without session ids and campaign parameters."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
_ID, _FORMER_ID = "id", "former_id"
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
    own = article_id(pattern, plain_path(url))
    return f"{newspaper}:{own}" if own else plain_address(url)


def article_id(pattern: str, path: str) -> str | None:
    """The article's id that a pattern of article addresses finds in a path; None where it finds none.

    A number of a former scheme that numbered otherwise is no other article's: "former-195123".
    """
    found = re.search(pattern, path)
    named = found.groupdict() if found else {}
    own = next((value for name, value in named.items() if value and name.startswith(_ID)), None)
    former = next((value for name, value in named.items() if value and name.startswith(_FORMER_ID)), None)
    return own or (f"former-{former}" if former else None)


def with_former(pattern: str, former: Sequence[str]) -> str:
    """The pattern of a newspaper's article addresses with those of its former schemes, which count only for addresses
    that the first does not match.

    A former pattern names its group `id` where its numbers are those of today, so that both addresses of an article are
    one article's; else `former_id`.
    """
    if not former:
        return pattern
    bare = pattern.replace("(?P<id>", "(?:")
    parts = [f"(?:{pattern})"]
    for nth, one in enumerate(former):
        numbered = one.replace("(?P<id>", f"(?P<id_{nth}>").replace("(?P<former_id>", f"(?P<former_id_{nth}>")
        parts.append(f"^(?!.*?(?:{bare})).*?(?:{numbered})")
    return "|".join(parts)


def _names_visitor(parameter: str) -> bool:
    return bool(_VISITOR.fullmatch(parameter.partition("=")[0]) or _PERHAPS.fullmatch(parameter))


def _unescaped(found: re.Match[str]) -> str:
    sign = chr(int(found[1], 16))
    return sign if "!" <= sign <= "~" and sign not in _DELIMITERS else found[0].upper()
