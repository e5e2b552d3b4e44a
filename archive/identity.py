"""The identity of an address: its article's id, or what all spellings and forms of the address share."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from urllib.parse import unquote, urlsplit

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
# Hosts and marks of the same page in another form: for telephones, for printing, as AMP
FORM_HOSTS = ("www", "m", "mobile", "wap", "amp", "touch")
_FORM_HOST = re.compile(rf"^(?:{'|'.join(FORM_HOSTS)})\.(?=[^.]+\.)")
_FORM_PATH = re.compile(
    r"^/(?:amp|m|mobile|print|in|ban-in)(?=/[^/])|(?:/(?:amp|print)|[./]amp(?=\.html?$))(?=\.html?$|$)"
    r"|(?:(?<=\.html)|(?<=\.htm))/(?:in|ban-in|m|mobile|wap|amphtml)$|(?<=[^/.])\.amp$"
)
_FORM_PARAMETER = re.compile(
    r"(?:amp|print|printable|in|mobile|m)(?:=(?:1|true|yes|on|amp|print|mobile)?)?|tmpl=component|(?:view|layout|type|mode"
    r"|output|outputtype|display|format|version|style|theme|template|device|task|action|do)=(?:amp|print|printable|mobile)",
    re.IGNORECASE,
)
# What stands beside a mark of printing (Joomla) and says nothing
_BESIDE_FORM = re.compile(r"layout=default|(?:page|limitstart|showall)=", re.IGNORECASE)
_SLASHES = re.compile(r"//+")
_FILE_ENDINGS = re.compile(r"\\(\.[a-z]{2,5})")
"""Of files' names, in the pattern of a newspaper's article addresses."""
_FEWEST_HYPHENS = 4
"""Of an id that is the words of a headline."""
_ENDING = re.compile(r"\.(?:html?|aspx?|php|amp|tpo|vov|ldo|antd)$")
_NUMBER_BEHIND = re.compile(r"[-_./]?(?:(?:post|tin|bai|[a-z])?\d{3,})$")
_NUMBER = re.compile(r"\d{4,}")
_DATE = re.compile(
    r"(?:19|20)\d\d(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?)?|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])20\d\d"
)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_QUESTION = r"\?"
"""In a pattern of article addresses that looks into the query."""
_ID, _FORMER_ID = "id", "former_id"
# What a urlkey may hold that other spellings of its address write otherwise, or leave out
_SPELLED = re.compile(r"[%;(?]|//|/\.|/$|[^ -~]")
# escaped, these characters mean something else than unescaped
_DELIMITERS = frozenset("/?#%&=+;\\ ")


def plain_path(url: str) -> str:
    """An address's path without the session ids that servers write into it."""
    return without_session(urlsplit(url).path)


def plain_target(url: str) -> str:
    """An address's path and query without session ids and marks of campaigns: what patterns of articles' addresses are
    held against."""
    parts = urlsplit(without_visitor(url))
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def without_session(path: str) -> str:
    """A path without the session ids that servers write into it."""
    return _IN_PATH.sub("", path) if ";" in path or "(" in path else path


def without_visitor(url: str) -> str:
    """An address as it is written, but for fragment, session and campaign: what is cited of it."""
    address, _, query = url.partition("#")[0].partition("?")
    kept = "&".join(part for part in query.split("&") if part and not _names_visitor(part))
    return f"{without_session(address)}?{kept}" if kept else without_session(address)


def plain_address(url: str) -> str:
    """An address without fragment and session, in one form of escaping; for comparison, not for requests."""
    return without_visitor(_escaped_once(url))


def names_visitor(url: str) -> bool:
    """Whether an address, or its urlkey, holds a session id or the mark of a campaign."""
    address, _, query = _escaped_once(url).partition("#")[0].partition("?")
    return without_session(address) != address or any(map(_names_visitor, query.split("&")))


def identity_of(newspaper: str, url: str, pattern: str) -> str:
    """The identity of an article's address: the article's id where the newspaper's pattern finds it.

    All addresses with one id are of one article; see `Article.id`. Without an id it is the `address_key`.
    """
    own = article_id(pattern, plain_target(url))
    return f"{newspaper}:{own}" if own else address_key(url)


def address_key(url: str) -> str:
    """What all spellings and forms of an address share: host, path and query, letters composed and unescaped.

    Left out are scheme, session, campaign, and the marks of the forms for telephones, for printing and as AMP.
    """
    address, _, query = plain_address(url).partition("?")
    host, slash, path = address.partition("://")[2].partition("/")
    host = plain_host(host.lower()).removesuffix(":80").removesuffix(":443")
    path = without_form(_composed(slash + path))
    kept = "&".join(_without_marks_of_form(part for part in _composed(query).split("&") if part))
    return f"{host}{path}?{kept}" if kept else host + path


def plain_host(host: str) -> str:
    """A host without the marks of the forms of its pages: www.baocantho.vn, m.baocantho.vn as baocantho.vn."""
    return _FORM_HOST.sub("", host)


def uniform_key(key: str) -> str:
    """What the urlkeys of all spellings of an address share, in a urlkey's form: vn,com,baocantho)/thoi-su?p=2

    Beyond what a urlkey leaves out, letters are composed and unescaped, and session, campaign, empty and dotted
    segments and a slash at the end left out; the host's letters are in ASCII. A key of no web address is its own.
    """
    host, mark, rest = key.partition(")")
    if not mark or not rest.startswith("/") or host.startswith("urn:"):
        return key
    if not host.isascii() or host.startswith(","):
        host = host_spellings(f"{host})")[0][:-1]
    if not _SPELLED.search(rest):
        return f"{host}){rest}"
    path, _, query = plain_address(f"http://h{rest}").removeprefix("http://h").partition("?")
    kept: list[str] = []
    for segment in _composed(path).split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    parameters = "&".join(sorted(part for part in _composed(query).split("&") if part))
    written = "/" + "/".join(kept) + (f"?{parameters}" if parameters else "")
    return f"{host}){written.replace(' ', '%20').lower()}"


def host_spellings(beginning: str) -> list[str]:
    """The beginnings of the urlkeys of a host, vn,com,baocantho), in all its spellings: the first with its letters in
    ASCII (RFC 3490), then composed and decomposed, and each with a dot at the end."""
    labels, colon, port = beginning[:-1].strip(",").partition(":")
    try:
        encoded = ",".join(label.encode("idna").decode() for label in labels.split(","))
        letters = ",".join(label.encode().decode("idna") for label in encoded.split(","))
    except UnicodeError:  # no name of a host
        return [beginning]
    forms = dict.fromkeys((encoded, letters, unicodedata.normalize("NFD", letters)))
    return [f"{dot}{form}{colon}{port})" for dot in ("", ",") for form in forms]


def is_other_form(url: str) -> bool:
    """Whether an address is one for telephones, for printing, or as AMP."""
    address, _, query = url.partition("#")[0].partition("?")
    host, slash, path = address.partition("://")[2].partition("/")
    is_of_host = _FORM_HOST.match(host) is not None and not host.startswith("www.")
    return (
        is_of_host
        or _FORM_PATH.search(_without_empty_segments(slash + path)) is not None
        or any(_FORM_PARAMETER.fullmatch(part) for part in query.split("&") if part)
    )


def without_form(path: str) -> str:
    """A path without the marks of the forms for telephones, for printing and as AMP, empty segments, and a slash at the
    end."""
    return _FORM_PATH.sub("", _without_empty_segments(path))


def _without_empty_segments(path: str) -> str:
    return _SLASHES.sub("/", path).rstrip("/")


def _without_marks_of_form(parameters: Iterable[str]) -> list[str]:
    """The parameters of a query that no form of the page adds."""
    given = list(parameters)
    kept = [one for one in given if not _FORM_PARAMETER.fullmatch(one)]
    return kept if len(kept) == len(given) else [one for one in kept if not _BESIDE_FORM.fullmatch(one)]


def _composed(part: str) -> str:
    """A part of an address with its letters unescaped and composed; signs stay escaped."""
    if "%" not in part and part.isascii():
        return part
    said = re.sub(r"(?:%[89A-Fa-f][0-9A-Fa-f])+", lambda found: unquote(found[0], errors="replace"), part)
    return part if "\ufffd" in said else unicodedata.normalize("NFC", said)


def slug_of(url: str) -> str | None:
    """The words of an address's last segment, without number and ending; None where they are too few to tell it."""
    last = address_key(url).partition("?")[0].rpartition("/")[2]
    words = _NUMBER_BEHIND.sub("", _ENDING.sub("", last.lower())).strip("-_.")
    return words if words.count("-") >= 2 or len(words) >= 24 else None


def may_be_same(named: str, url: str) -> bool:
    """Whether an address that a page calls its own may be that of its article: it shares the number or the words of
    the address under which the page was found, and no other number or date stands against it.

    A page that names the front page, a section or another article is not believed.
    """
    ours, theirs = address_key(url), address_key(named)
    if ours == theirs:
        return True
    if not theirs.partition("?")[0].partition("/")[2].strip("/"):
        return False
    own, other = (set(_NUMBER.findall(key.partition("/")[2])) for key in (ours, theirs))
    dates, other_dates = ({number for number in all_of if _DATE.fullmatch(number)} for all_of in (own, other))
    numbers, other_numbers = own - dates, other - other_dates
    if numbers and other_numbers:
        return not numbers.isdisjoint(other_numbers)
    slug = slug_of(url)
    is_other_day = bool(dates and other_dates) and dates.isdisjoint(other_dates)
    return slug is not None and slug == slug_of(named) and not is_other_day


def are_of_one_site(one: str, other: str) -> bool:
    """Whether two addresses are on one host, whatever form of its pages it serves, or one is below the other."""
    hosts = [address_key(url).partition("/")[0].partition("?")[0] for url in (one, other)]
    return hosts[0] == hosts[1] or any(hosts[n].endswith(f".{hosts[1 - n]}") for n in (0, 1))


def article_id(pattern: str, target: str) -> str | None:
    """The article's id that a pattern of article addresses finds in a path, or in path and query; None where it finds
    none.

    In another form of an article's address it finds that of the plain one. A number of a former scheme that numbered
    otherwise is no other article's: "former-195123".
    """
    found = _found_in(re.compile(pattern), target)
    named = found.groupdict() if found else {}
    own = next((value for name, value in named.items() if value and name.startswith(_ID)), None)
    former = next((value for name, value in named.items() if value and name.startswith(_FORMER_ID)), None)
    return own or (f"former-{former}" if former else None)


def names_article(pattern: re.Pattern[str], target: str) -> bool:
    """Whether a path, or path and query, is an article's by the pattern of article addresses, in whatever form."""
    return _found_in(pattern, target) is not None


def asks_query(pattern: str) -> bool:
    """Whether a pattern of article addresses finds the article in an address's query, as in chi-tiet.aspx?id=12345."""
    return _QUESTION in pattern


def _found_in(pattern: re.Pattern[str], target: str) -> re.Match[str] | None:
    path, _, query = target.partition("?")
    found = pattern.search(plain_form(pattern, path))
    return pattern.search(target) if found is None and query and asks_query(pattern.pattern) else found


def plain_form(pattern: re.Pattern[str], path: str) -> str:
    """The path of an article's address in the plain form, in which the pattern finds it; where it finds none, and
    where there is no other form, the path as it is."""
    plain = without_form(path)
    if plain == path or not plain:
        return path
    forms = [plain, f"{plain}/"]
    if plain != (whole := _without_empty_segments(path)) and whole.startswith(plain):
        # what stands in place of the file's ending, as in "x.amp" and "x/print"
        forms += [plain + ending for ending in dict.fromkeys(_FILE_ENDINGS.findall(pattern.pattern))]
    return next((form for form in forms if pattern.search(form)), path)


def is_of_words(own: str | None) -> bool:
    """Whether an article's id is the words of its address, which another article may share."""
    return own is not None and own.count("-") >= _FEWEST_HYPHENS


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


def _escaped_once(url: str) -> str:
    """An address without fragment, in one form of escaping."""
    written = url.partition("#")[0]
    return _ESCAPE.sub(_unescaped, written) if "%" in written else written


def _unescaped(found: re.Match[str]) -> str:
    sign = chr(int(found[1], 16))
    return sign if "!" <= sign <= "~" and sign not in _DELIMITERS else found[0].upper()
