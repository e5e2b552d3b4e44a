"""Names of fields, reasons and doubts in the reader's language, and addresses of the site's pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from archive.doubts import Doubt, read_doubt
from archive.errors import FailureKind
from archive.language.catalogue import N_, gettext
from archive.language.forms import number as number
from archive.language.forms import volume as volume
from archive.reasons import Reason, read_reason

FIELDS = {
    "title": N_("title"),
    "published_at": N_("time of publication"),
    "section": N_("section"),
    "kicker": N_("kicker"),
    "lead": N_("lead"),
    "body": N_("body"),
    "authors": N_("author"),
    "byline": N_("byline"),
    "contributors": N_("contributors"),
    "source": N_("agency or source"),
    "modified_at": N_("time of the last edit"),
    "images": N_("pictures"),
    "tags": N_("tags"),
    "canonical_url": N_("canonical address"),
    "article_id": N_("the newspaper’s id of the article"),
    "text_encoding": N_("text encoding"),
    "page": N_("page"),
    "article": N_("article"),
    "start": N_("start"),
}

_LANGUAGES = {
    "vi": N_("Vietnamese"),
    "en": N_("English"),
    "km": N_("Khmer"),
    "zh": N_("Chinese"),
    "fr": N_("French"),
    "ru": N_("Russian"),
    "es": N_("Spanish"),
    "lo": N_("Lao"),
    "th": N_("Thai"),
    "ja": N_("Japanese"),
    "ko": N_("Korean"),
    "und": N_("unknown"),
}

_WHY_NO_PICTURE = {
    "missing": N_("the imported archive lacks the picture’s file"),
    "error": N_("fetching the picture failed"),
    "forbidden": N_("the newspaper does not allow this picture to be fetched"),
    "no picture": N_("there is no picture at its address"),
}
_NOT_ON_THE_PAGE = N_("the page does not have it")
_REASONS = {
    Reason.NOT_DECLARED: N_("the newspaper’s layout does not declare it"),
    Reason.NO_LAYOUT: N_("there is no layout for this page"),
    Reason.NO_ELEMENT: _NOT_ON_THE_PAGE,
    Reason.NAMES_SECTION: _NOT_ON_THE_PAGE,
    Reason.EMPTY_ELEMENT: _NOT_ON_THE_PAGE,
    Reason.NO_TIME: N_("“%(detail)s” is not a time"),
    Reason.DAY_ONLY: N_("the page gives only the day"),
    Reason.NO_AUTHOR: N_("the byline names no author"),
    Reason.NO_BYLINE: _NOT_ON_THE_PAGE,
    Reason.NO_CANONICAL: _NOT_ON_THE_PAGE,
    Reason.NO_PARAGRAPH: _NOT_ON_THE_PAGE,
    Reason.NO_HEADLINE: N_("the page has no headline"),
    Reason.NO_TIME_FOUND: N_("the page gives no time"),
    Reason.NO_BODY_FOUND: N_("the page has no paragraph"),
    Reason.NOTHING_FOUND: N_("not found"),
    Reason.EMPTY: N_("empty"),
    Reason.INVALID: N_("the value does not have the right form: %(detail)s"),
    Reason.HTTP: N_("answered HTTP %(detail)s"),
    Reason.FORBIDDEN: N_("the newspaper’s robots.txt forbids it"),
    Reason.BROKEN_OFF: N_("the answer broke off"),
    Reason.ELSEWHERE: N_("redirects to %(detail)s"),
    Reason.ITSELF: N_("redirects to itself"),
    Reason.NO_LIST: N_("redirects to %(detail)s, which is not a list"),
    Reason.NO_ARTICLE_PAGE: N_("redirects to %(detail)s, which is not an article"),
    Reason.NO_TEXT: N_("not a page of text"),
    Reason.NO_ARTICLES: N_("the page names no article"),
    Reason.TOO_MANY_PAGES: N_("longer than %(detail)s pages; the rest is left for the next run"),
    Reason.TOO_MANY_ADDRESSES: N_("%(detail)s more addresses than are read from one list"),
    Reason.NOT_MODIFIED: N_("answered HTTP 304 to a request that was not conditional"),
    Reason.EDITS_NOT_BELIEVED: N_("says that %(detail)s known articles were edited, which is not credible"),
    Reason.NEEDS_JAVASCRIPT: N_(
        "the newspaper builds its sections with JavaScript, which was not run; only links in the page were followed"
    ),
    Reason.NO_HOME_PAGE: N_("there is no front page"),
    Reason.NO_SUCH_SECTION: N_("the front page has no section %(detail)s"),
    Reason.BACKFILL_GOES_ON: N_("could not be read in five runs; the backfill continues from %(detail)s"),
    Reason.BACKFILL_ENDS: N_("could not be read in five runs; the backfill ends here"),
    Reason.NO_ARTICLE: N_("no article could be read: %(detail)s is missing"),
    Reason.NO_ANSWER: N_("the server did not answer (%(detail)s)"),
    Reason.NOT_IN_TIME: N_("the server answered too slowly"),
    Reason.NOT_RESOLVED: N_("no server of this name was found (%(detail)s)"),
    Reason.REFUSED: N_("the server refused the connection"),
    Reason.TOO_LONG: N_("the answer is longer than %(detail)s bytes"),
    Reason.PRIVATE_ADDRESS: N_("redirects to %(detail)s, which is not on the public network"),
    Reason.ROBOTS_UNREAD: N_("robots.txt of %(detail)s could not be fetched"),
    Reason.RECORD_UNREADABLE: N_("the record cannot be read: %(detail)s"),
    Reason.ORIGINAL_MISSING: N_("the imported archive has only a revisit record (%(detail)s), not the original"),
    Reason.BROWSER_LATE: N_("the page’s scripts took more than %(detail)s seconds"),
    Reason.BROWSER_CRASHED: N_("the page crashed the browser"),
    Reason.BROWSER_ENDED: N_("the browser ended while the page’s scripts ran"),
    Reason.BROWSER_MEMORY: N_("the page’s scripts took more than %(detail)s MB of memory"),
    Reason.BROWSER_TOO_LONG: N_("the page’s scripts draw more than %(detail)s letters"),
    Reason.BROWSER_FAILED: N_("the browser could not show the page: %(detail)s"),
    Reason.BROWSER_LACKED: N_("the page’s scripts got no answer from %(detail)s"),
    Reason.READER_ENDED: N_("the reading process ended with code %(detail)s"),
    Reason.READER_LATE: N_("reading took more than %(detail)s seconds"),
    Reason.READER_FAILED: N_("reading the page failed: %(detail)s"),
    Reason.READER_STOPPED: N_("the run ended before the page was read"),
    Reason.OTHER: "%(detail)s",
}
_DOUBTS = {
    Doubt.LOW_CONFIDENCE: N_("confidence %(confidence)s: taken from %(source)s; %(others)s"),
    Doubt.BODY_WITHOUT_RULE: N_(
        "confidence %(confidence)s: read without a layout, and %(ground)s (letters: %(kept)s kept, %(trafilatura)s by "
        "trafilatura, %(json_ld)s in JSON-LD, %(left_out)s left out)"
    ),
    Doubt.AFTER_CAPTURE: N_("later than the capture of the page, %(captured_at)s"),
    Doubt.OTHER_DAY: N_("the address says %(day)s"),
    Doubt.PAGES_UNREAD: N_("%(unread)s of %(pages)s further pages could not be read"),
    Doubt.CONVERTED: N_("converted from %(encoding)s"),
    Doubt.UNDECLARED_CHARSET: N_("read as %(encoding)s, which the page does not declare"),
    Doubt.UNREADABLE_BYTES: N_("some bytes cannot be read in the page’s encoding"),
}
_GROUNDS = {
    "paragraphs": N_("the other readers choose other paragraphs"),
    "trafilatura": N_("trafilatura reads another amount of text"),
    "json_ld": N_("JSON-LD has another amount of text"),
    "left_out": N_("a long passage beside the article was left out"),
}
_FAILURES = {
    FailureKind.LOCKED: N_("another run of the newspaper was under way"),
    FailureKind.UNANSWERED: N_("no answer came"),
    FailureKind.SECTIONS_UNREAD: N_("the newspaper answered, but no section could be read"),
    FailureKind.FRUITLESS: N_("no page of the imported archive gave an article"),
    FailureKind.REFUSED: N_("the disk, the catalog or the clock did not allow writing"),
    FailureKind.MISUSED: N_("a setting or an argument is wrong"),
    FailureKind.OTHER: N_("another error"),
}


def why_no_picture(reason: str | None) -> str:
    """Why a picture was not captured."""
    if not reason:
        return gettext("no reason was recorded")
    if reason in _WHY_NO_PICTURE:
        return gettext(_WHY_NO_PICTURE[reason])
    code, detail = read_reason(reason)
    if code is Reason.HTTP:
        return gettext("the newspaper’s server answered HTTP %(detail)s", detail=detail)
    return why(reason)


def why(reason: str) -> str:
    """A stored reason in words; the message of an error stays as it is."""
    code, detail = read_reason(reason)
    return gettext(_REASONS[code], detail=detail)


def why_doubtful(stored: str) -> str:
    """A stored doubt in words; a sentence that no version wrote stays as it is."""
    doubt, values = read_doubt(stored)
    if doubt is Doubt.OTHER:
        return values["sentence"]
    others, ground = values.get("others"), values.get("ground", "")
    others_in_words = (
        gettext("other sources differ: %(names)s", names=others.replace(",", ", "))
        if others
        else gettext("no other source confirms it")
    )
    named = {**values, "others": others_in_words, "ground": gettext(_GROUNDS[ground]) if ground in _GROUNDS else ground}
    try:
        return gettext(_DOUBTS[doubt], **named)
    except KeyError:  # an item that somebody changed
        return stored


def why_failed(kind: FailureKind) -> str:
    """Why a run failed."""
    return gettext(_FAILURES[kind])


def initial(text: str) -> str:
    """The text with a capital at its beginning; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def field(name: str) -> str:
    """The name of an article's field."""
    return gettext(FIELDS[name]) if name in FIELDS else name


def paper(name: str, profiles: Mapping[str, Mapping[str, Any]]) -> str:
    """A newspaper's title; its short name where the archive has no title of it."""
    return str(profiles.get(name, {}).get("title") or name)


def article_address(article_id: str) -> str:
    """The address of an article's page on the site."""
    return f"/article/{quote(article_id, safe=':~')}"


def version_address(article_id: str, content_hash: str) -> str:
    """The address of a version's page on the site, which a rebuilt collection and a copy have as well."""
    return f"{article_address(article_id)}?version={quote(content_hash, safe='')}"


def run_address(name: str) -> str:
    """The address of a run's page on the site."""
    return f"/runs/{quote(name, safe=':~')}"


def web_address(url: str | None) -> str | None:
    """The address if it may be linked: http or https only."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme.lower() in {"http", "https"} and parts.netloc else None


def language_name(code: str) -> str:
    """A language by its code; the code itself where it has no name here."""
    return gettext(_LANGUAGES[code]) if code in _LANGUAGES else code
