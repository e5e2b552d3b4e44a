"""Names of fields, reasons and kinds of failures in the reader's language."""

from __future__ import annotations

from archive.errors import FailureKind
from archive.language.catalogue import N_, gettext
from archive.reasons import Reason, WithholdingReason, read_reason

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
    Reason.PAGE_TOO_LARGE: N_("the page is too large to be read as an article"),
    Reason.SAYS_GONE: N_("the page says: %(detail)s"),
    Reason.NOTHING_FOUND: N_("not found"),
    Reason.EMPTY: N_("empty"),
    Reason.FRONT_PAGE: N_("the page is the front page"),
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
_FAILURES = {
    FailureKind.LOCKED: N_("another run of the newspaper was under way"),
    FailureKind.UNANSWERED: N_("no answer came"),
    FailureKind.SECTIONS_UNREAD: N_("the newspaper answered, but no section could be read"),
    FailureKind.FRUITLESS: N_("no page of the imported archive gave an article"),
    FailureKind.REFUSED: N_("the catalog or the clock did not allow writing"),
    FailureKind.UNWRITABLE: N_("the collection could not be written"),
    FailureKind.MISUSED: N_("a setting or an argument is wrong"),
    FailureKind.OTHER: N_("another error"),
}
_WITHHELD = {
    WithholdingReason.COURT: N_("a court or an authority ordered it"),
    WithholdingReason.PRIVACY: N_("it concerns a person’s private life"),
    WithholdingReason.RIGHTS: N_("somebody else holds the rights"),
    WithholdingReason.PUBLISHER: N_("the newspaper asked for it"),
    WithholdingReason.MISTAKE: N_("it was captured by mistake"),
    WithholdingReason.OTHER: N_("another reason"),
}


def field(name: str) -> str:
    """The name of an article's field."""
    return gettext(FIELDS[name]) if name in FIELDS else name


def why(reason: str) -> str:
    """A stored reason in words; the message of an error stays as it is."""
    code, detail = read_reason(reason)
    return gettext(_REASONS[code], detail=detail)


def why_withheld(reason: WithholdingReason) -> str:
    """Why something is withheld from readers."""
    return gettext(_WITHHELD[reason])


def why_failed(kind: FailureKind) -> str:
    """Why a run failed."""
    return gettext(_FAILURES[kind])
