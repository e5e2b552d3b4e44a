"""Why a field of an article is missing, or an address gave nothing: codes as they are stored, and their English words.

A stored reason is a code, and for some codes a detail behind a space: `no_element .byline`, `HTTP 404`.
"""

from __future__ import annotations

import enum
import re


class Reason(enum.StrEnum):
    """The codes; the comment says what the detail is, where there is one."""

    # fields
    NOT_DECLARED = "not_declared"
    NO_LAYOUT = "no_layout"
    NO_ELEMENT = "no_element"  # the selector
    NAMES_SECTION = "names_section"  # the text
    EMPTY_ELEMENT = "empty_element"  # the selector
    NO_TIME = "no_time"  # the text that is no time
    DAY_ONLY = "day_only"  # the text, where one was read
    NO_AUTHOR = "no_author"  # the byline as printed
    NO_BYLINE = "no_byline"
    NO_CANONICAL = "no_canonical"
    NO_PARAGRAPH = "no_paragraph"
    NO_HEADLINE = "no_headline"
    NO_TIME_FOUND = "no_time_found"
    NO_BODY_FOUND = "no_body_found"
    PAGE_TOO_LARGE = "page_too_large"
    SAYS_GONE = "says_gone"  # what the page says
    FRONT_PAGE = "front_page"  # the address that the page calls its own
    NOTHING_FOUND = "nothing_found"
    EMPTY = "empty"
    INVALID = "invalid"  # what the schema says
    # addresses
    HTTP = "HTTP"  # the status
    FORBIDDEN = "forbidden"  # by robots.txt
    BROKEN_OFF = "broken_off"
    ELSEWHERE = "elsewhere"  # the host that it leads to
    ITSELF = "itself"  # it redirects to itself
    NO_LIST = "no_list"  # the address that it leads to, which is none
    NO_ARTICLE_PAGE = "no_article_page"  # likewise
    NO_TEXT = "no_text"
    NO_ARTICLES = "no_articles"
    TOO_MANY_PAGES = "too_many_pages"  # how many were read
    TOO_MANY_ADDRESSES = "too_many_addresses"  # how many were left out
    NOT_MODIFIED = "not_modified"
    EDITS_NOT_BELIEVED = "edits_not_believed"  # how many of how many known articles: 60 of 60
    NEEDS_JAVASCRIPT = "needs_javascript"  # of runs before there was a browser for such papers
    NO_HOME_PAGE = "no_home_page"
    NO_SUCH_SECTION = "no_such_section"  # the section's name, and those that it names
    BACKFILL_GOES_ON = "backfill_goes_on"  # the page behind one that came to nothing in five runs
    BACKFILL_ENDS = "backfill_ends"
    NO_ARTICLE = "no_article"  # the fields that could not be read
    # addresses, where no answer could be had or read
    NO_ANSWER = "no_answer"  # what the system says
    NOT_IN_TIME = "not_in_time"
    NOT_RESOLVED = "not_resolved"  # what the system says
    REFUSED = "refused"
    TOO_LONG = "too_long"  # how many bytes an answer may have, where that is known
    PRIVATE_ADDRESS = "private_address"  # the address
    ROBOTS_UNREAD = "robots_unread"  # the host, and in parentheses what came instead
    RECORD_UNREADABLE = "record_unreadable"  # the message of the error
    ORIGINAL_MISSING = "original_missing"  # the id of the revisit
    # pages that scripts draw
    BROWSER_LATE = "browser_late"  # after how many seconds
    BROWSER_CRASHED = "browser_crashed"
    BROWSER_ENDED = "browser_ended"
    BROWSER_MEMORY = "browser_memory"  # how many megabytes its processes may hold
    BROWSER_TOO_LONG = "browser_too_long"  # how many letters the drawn page may have
    BROWSER_FAILED = "browser_failed"  # what it says
    BROWSER_LACKED = "browser_lacked"  # the address
    # pages that are archived and were not read yet
    READER_ENDED = "reader_ended"  # the exit code of the process
    READER_LATE = "reader_late"  # after how many seconds it was ended
    READER_FAILED = "reader_failed"  # the error
    READER_STOPPED = "reader_stopped"
    OTHER = "other"  # the message of an error that has no code

    def of(self, detail: object) -> str:
        """The reason with a detail, as it is stored."""
        return f"{self.value} {detail}"


SAYING_GONE = (Reason.SAYS_GONE, Reason.FRONT_PAGE, Reason.EMPTY)
"""Of a page: its article is not there any more."""
_WORDS = {
    Reason.NOT_DECLARED: "the layout declares none",
    Reason.NO_LAYOUT: "not found without a layout",
    Reason.NO_ELEMENT: "no element matches {}",
    Reason.NAMES_SECTION: "{!r} only names the section",
    Reason.EMPTY_ELEMENT: "{} holds no text",
    Reason.NO_TIME: "{!r} is no time",
    Reason.DAY_ONLY: "only the day is given",
    Reason.NO_AUTHOR: "{!r} names no author",
    Reason.NO_BYLINE: "no byline",
    Reason.NO_CANONICAL: "no link rel=canonical and no og:url",
    Reason.NO_PARAGRAPH: "the body has no paragraph",
    Reason.NO_HEADLINE: "no h1, no og:title and no JSON-LD headline",
    Reason.NO_TIME_FOUND: "no time in JSON-LD, meta elements or an element of class date or time",
    Reason.NO_BODY_FOUND: "no element holds paragraphs",
    Reason.PAGE_TOO_LARGE: "larger than what is read as an article",
    Reason.SAYS_GONE: "the page says {!r}",
    Reason.FRONT_PAGE: "the page is the front page, {}",
    Reason.NOTHING_FOUND: "nothing was found",
    Reason.EMPTY: "empty",
    Reason.INVALID: "{}",
    Reason.HTTP: "HTTP {}",
    Reason.FORBIDDEN: "forbidden by robots.txt",
    Reason.BROKEN_OFF: "the answer broke off",
    Reason.ELSEWHERE: "leads to {}",
    Reason.ITSELF: "leads to itself",
    Reason.NO_LIST: "leads to {}, which is no list",
    Reason.NO_ARTICLE_PAGE: "leads to {}, which is no article",
    Reason.NO_TEXT: "is no page of text",
    Reason.NO_ARTICLES: "names no article",
    Reason.TOO_MANY_PAGES: "more than {} list pages; the rest is for the next run",
    Reason.TOO_MANY_ADDRESSES: "names {} addresses more than are read of one list",
    Reason.NOT_MODIFIED: "HTTP 304, though the request was not conditional",
    Reason.EDITS_NOT_BELIEVED: "calls {} known articles changed: that is not believed",
    Reason.NEEDS_JAVASCRIPT: (
        "the paper shows its sections by JavaScript, which was not run: only links in its pages were followed"
    ),
    Reason.NO_HOME_PAGE: "no home page",
    Reason.NO_SUCH_SECTION: "the home page names no section {}",
    Reason.BACKFILL_GOES_ON: "nothing came of it in five runs: the backfill goes on at {}",
    Reason.BACKFILL_ENDS: "nothing came of it in five runs: the backfill ends",
    Reason.NO_ARTICLE: "gives no article, without {}",
    Reason.NO_ANSWER: "no answer ({})",
    Reason.NOT_IN_TIME: "no whole answer in time",
    Reason.NOT_RESOLVED: "the host's name was not resolved ({})",
    Reason.REFUSED: "the connection was refused",
    Reason.TOO_LONG: "the answer is longer than {} bytes",
    Reason.PRIVATE_ADDRESS: "leads to {}, which is not on the public network",
    Reason.ROBOTS_UNREAD: "robots.txt of {} could not be fetched",
    Reason.RECORD_UNREADABLE: "its record cannot be read: {}",
    Reason.ORIGINAL_MISSING: "the archive holds only a revisit of it ({}), and not its original",
    Reason.BROWSER_LATE: "its scripts took more than {} s to draw it",
    Reason.BROWSER_CRASHED: "the page crashed in the browser",
    Reason.BROWSER_ENDED: "the browser ended while its scripts drew it",
    Reason.BROWSER_MEMORY: "its scripts took more than {} MB of memory",
    Reason.BROWSER_TOO_LONG: "its scripts draw more than {} letters",
    Reason.BROWSER_FAILED: "the browser did not show it: {}",
    Reason.BROWSER_LACKED: "its scripts got no answer from {}",
    Reason.READER_ENDED: "the reading process ended with {}",
    Reason.READER_LATE: "reading it took more than {} s",
    Reason.READER_FAILED: "{}",
    Reason.READER_STOPPED: "the crawl ended before it was read",
    Reason.OTHER: "{}",
}
_CODES = {reason.value: reason for reason in Reason}

# What versions before step 8 of the catalog wrote in words, in reports, rejections and released articles
_OLDER = (
    (re.compile(r"no element matches (?P<detail>.+)"), Reason.NO_ELEMENT),
    (re.compile(r"(?P<detail>.+) (?:(?:holds|matches|finds|gives) (?:no|nothing)\b.*|is empty)"), Reason.EMPTY_ELEMENT),
    (re.compile(r"'(?P<detail>.+)' is no time"), Reason.NO_TIME),
    (re.compile(r"only the day is given: '(?P<detail>.+)'"), Reason.DAY_ONLY),
    (re.compile(r"'(?P<detail>.+)' names no author"), Reason.NO_AUTHOR),
    (re.compile(r"leads to (?P<detail>\S+), which is no list"), Reason.NO_LIST),
    (re.compile(r"leads to (?P<detail>\S+), which is no article"), Reason.NO_ARTICLE_PAGE),
    (re.compile(r"leads to (?P<detail>\S+)"), Reason.ELSEWHERE),
    (re.compile(r"more than (?P<detail>\d+) list pages; .+"), Reason.TOO_MANY_PAGES),
    (re.compile(r"names (?P<detail>\d+) addresses more .+"), Reason.TOO_MANY_ADDRESSES),
    (re.compile(r"calls (?P<detail>\d+ of \d+) known articles changed: .+"), Reason.EDITS_NOT_BELIEVED),
    (re.compile(r"the home page names no section (?P<detail>.+)"), Reason.NO_SUCH_SECTION),
    (re.compile(r"nothing came of it \d+ times: the walk goes on at (?P<detail>\S+)"), Reason.BACKFILL_GOES_ON),
)
_OLDER_PLAIN = {words: reason for reason, words in _WORDS.items() if "{" not in words} | {
    "HTTP 304, which nobody asked for": Reason.NOT_MODIFIED,
    "nothing came of it 5 times: the walk ends": Reason.BACKFILL_ENDS,
}


def read_reason(stored: str) -> tuple[Reason, str]:
    """Code and detail of a stored reason; what no version of the program wrote is `OTHER`."""
    if (plain := _OLDER_PLAIN.get(stored)) is not None:
        return plain, ""
    code, _, detail = stored.partition(" ")
    if (reason := _CODES.get(code)) is not None:
        return reason, detail.partition(";")[0] if reason is Reason.HTTP else detail
    for pattern, older in _OLDER:
        if found := pattern.fullmatch(stored):
            return older, found["detail"]
    return Reason.OTHER, stored


def coded_reason(stored: str) -> str:
    """A reason of any version as this one stores it."""
    reason, detail = read_reason(stored)
    return reason.of(detail) if detail else reason.value


def reason_words(stored: str) -> str:
    """A stored reason in English."""
    reason, detail = read_reason(stored)
    words = _WORDS[reason].format(detail)
    return f"{words}: {detail!r}" if reason is Reason.DAY_ONLY and detail else words


class WithholdingReason(enum.Enum):
    """Why something is withheld, as readers are told."""

    COURT = "court"  # a court or an authority ordered it
    PRIVACY = "privacy"  # it concerns a person's private life
    RIGHTS = "rights"  # somebody else holds the rights
    PUBLISHER = "publisher"  # the newspaper asked for it
    MISTAKE = "mistake"  # it should not have been captured
    OTHER = "other"

    @property
    def http_status(self) -> int:
        """What a server answers: 451 (RFC 7725) where the law asks for it, else 403."""
        legal = (WithholdingReason.COURT, WithholdingReason.PRIVACY, WithholdingReason.RIGHTS)
        return 451 if self in legal else 403
