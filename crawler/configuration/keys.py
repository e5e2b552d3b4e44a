"""The table of all settings: their keys in baotinh.toml, their environment variables, and what they mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

import attrs

from crawler.configuration import kinds
from crawler.configuration.kinds import Kind
from crawler.configuration.texts import AGES, CHANNEL_KEYS, CONTACT, LOOPBACK, MACHINE_KEYS


@attrs.frozen(kw_only=True)
class Key:
    """A key of a table of baotinh.toml; `section` is "" for those above all tables.

    `variable` is its environment variable, and `setting` the setting of a crawl that it changes: such a key may also
    stand in the table of a newspaper or a job, there under the name `narrow`. `default` is for people where there is
    no such setting.
    """

    section: str
    name: str
    kind: Kind
    meaning: str
    variable: str | None = None
    setting: str | None = None
    default: str = ""
    is_secret: bool = False
    formerly: str | None = None

    @property
    def path(self) -> str:
        """`section.name`, or the name alone."""
        return f"{self.section}.{self.name}" if self.section else self.name

    @property
    def narrow(self) -> str | None:
        """Its name in the table of a newspaper or a job; None if it is not of crawls."""
        if self.setting is None:
            return None
        return f"browser_{self.name}" if self.section == "browser" else self.name

    def usual(self) -> str:
        """The default as text."""
        if self.setting is None:
            return self.default
        value = getattr(import_module("crawler.runs.settings"), self.setting)
        return self.kind.show(self.kind.read(value)) if value != "" else ""


def _crawl(
    section: str, name: str, kind: Kind, variable: str, meaning: str, *, setting: str = "", formerly: str | None = None
) -> Key:
    """A key of crawls, whose setting has the name of its variable unless another is given."""
    return Key(
        section=section, name=name, kind=kind, variable=variable, meaning=meaning, setting=setting or variable,
        formerly=formerly,
    )  # fmt: skip


def _span(least: float, example: str) -> Kind:
    return kinds.duration(least, example)


_COUNT = kinds.whole(0, 10**9)
_PAGES = kinds.whole(1, 10**6)

_WHOLE = (
    Key(section="", name="collection", kind=kinds.path("the collection's directory"), variable="BAOTINH_COLLECTION",
        default="data", meaning="the collection's directory, as `--collection`"),
    Key(section="", name="contact", kind=kinds.text('an e-mail or web address: "desk@example.org"', CONTACT.pattern),
        variable="BAOTINH_CONTACT", meaning="your e-mail address or web page, as `--contact`; newspapers see it, and "
        "no crawl of the network begins without"),
    Key(section="", name="declarations", kind=kinds.path("a folder of declarations"), variable="BAOTINH_NEWSPAPERS",
        default="baotinh/newspapers in the user's configuration", meaning="the folder of "
        "[your own newspapers' declarations](add-a-paper.md#in-your-own-hands)"),
    Key(section="", name="schedule", kind=kinds.path("a schedule's file"), variable="BAOTINH_SCHEDULE",
        default="schedule.toml, else this file", meaning="the [schedule](schedule.md), as `--schedule` of "
        "`baotinh jobs`, where the jobs are not in this file"),
    Key(section="", name="time_zone", kind=kinds.time_zone(), default="Asia/Ho_Chi_Minh",
        meaning="time zone of cron's fields"),
    Key(section="", name="at_once", kind=kinds.whole(1, 64), default="2",
        meaning="newspapers that are crawled at the same time"),
    Key(section="", name="compact", default="1d",
        kind=kinds.duration(3600, "1d", "off", mend='a duration of an hour or more, such as "1d", or "off"'),
        meaning="how old small WARC files become before they are joined"),
    Key(section="", name="heartbeat", is_secret=True, kind=kinds.text(
        'an address that a monitor gave: "https://hc.example.org/ping/..."', r"[Hh][Tt][Tt][Pp][Ss]?:\S+"),
        meaning="an address that the daemon asks for every minute while all is well: a monitor that is not asked any "
        "more [tells you](schedule.md#that-the-daemon-is-alive)"),
    Key(section="", name="loopback", kind=kinds.text(
        'host and port of the demonstration on this machine, such as "127.0.0.1:8063"', LOOPBACK),
        meaning="jobs crawl the demonstration's server, to try a schedule"),
)  # fmt: skip

_POLITENESS = (
    _crawl("politeness", "pause", _span(1, "2s"), "BAOTINH_PAUSE", "time between two requests to a newspaper, varied "
           "by half; a general one does not shorten what a declaration asks for", setting="DOWNLOAD_DELAY"),
    _crawl("politeness", "quiet_hours", kinds.hours(), "BAOTINH_QUIET_HOURS",
           "a part of the day without requests, by the newspaper's clock; it may go over midnight"),
    _crawl("politeness", "daily_requests", _COUNT, "BAOTINH_DAILY_REQUESTS",
           "how many requests a newspaper is asked in a day, over all runs; 0: as many as there are"),
    _crawl("politeness", "daily_bytes", kinds.size("500 MB"), "BAOTINH_DAILY_BYTES",
           "how many bytes likewise, as they come over the wire (of earlier runs as they were stored); 0: no limit"),
    _crawl("politeness", "first_rest", _span(0, "10s"), "BAOTINH_FIRST_REST",
           "how long a host which answers 429 or 503, or gave ten requests in a row no answer, is left alone where it "
           "names no time; twice as long each time it goes on"),
    _crawl("politeness", "longest_rest", _span(0, "2m"), "BAOTINH_LONGEST_REST",
           "a rest that is longer is left to the next run, and what was to be asked stays due"),
    _crawl("politeness", "robots_age", _span(0, "1d"), "BAOTINH_ROBOTS_SECONDS",
           "a robots.txt that was captured not longer ago is not asked for again"),
    _crawl("politeness", "private_addresses", kinds.switch(), "BAOTINH_PRIVATE_ADDRESSES",
           "whether a crawl of the network may reach this machine and private networks"),
)  # fmt: skip

_REVISITS = (
    _crawl("revisits", "revisit_ages", AGES, "BAOTINH_REVISIT_AGES", "an article is asked for again so long after its "
           "publication, or after its last edit that was seen; later every year. Formerly `BAOTINH_LOOKS`, which is "
           "deprecated and heeded until the next version", formerly="BAOTINH_LOOKS"),
    _crawl("revisits", "list_least", _span(1, "10m"), "BAOTINH_LIST_LEAST", "time between two looks at a section, feed "
           "or sitemap, at least: each look that finds something new halves it"),
    _crawl("revisits", "list_most", _span(1, "6h"), "BAOTINH_LIST_MOST",
           "and at most: each look that finds nothing new makes it half as long again"),
)  # fmt: skip

_WARC = (
    _crawl("warc", "rotate_size", kinds.size("1 GB"), "BAOTINH_ROTATE_BYTES",
           "size at which a WARC file is closed and another begun"),
    _crawl("warc", "rotate_age", _span(0, "1d"), "BAOTINH_ROTATE_SECONDS", "age at which a WARC file is closed"),
    _crawl("warc", "digest", kinds.choice("sha256", "sha1"), "BAOTINH_DIGEST", "algorithm of the records' digests; "
           "`sha1` for tools that know no other. Identical payloads are found among digests of one kind only"),
    _crawl("warc", "outlinks", kinds.switch(), "BAOTINH_OUTLINKS",
           "whether each page's metadata record lists what the page leads to"),
)  # fmt: skip

_LIMITS = (
    _crawl("limits", "list_pages", _PAGES, "BAOTINH_LIST_PAGES", "list pages of a section that one run reads: an end "
           "where a site pages for ever; the next run reads on"),
    _crawl("limits", "stop", _span(0, "30s"), "BAOTINH_STOP_SECONDS", "how long a crawl that was told to end may take "
           "for what is under way; the rest is cut and stays due"),
    _crawl("limits", "reading", _span(0, "1m"), "BAOTINH_READING_SECONDS", "how long reading one page may take; a page "
           "beyond that is tried once more, then [unread](how-it-works.md#pages-that-could-not-be-read), and harms no "
           "other"),
    _crawl("limits", "head", kinds.size("1 MiB"), "BAOTINH_HEAD_BYTES",
           "bytes beyond which the head of an answer is cut"),
    _crawl("limits", "queue", kinds.size("64 MiB"), "BAOTINH_QUEUE_BYTES", "bytes of exchanges that may wait for the "
           "disk before downloads are held back: bounds memory"),
    _crawl("limits", "set_back", _span(0, "1m"), "BAOTINH_SET_BACK_SECONDS",
           "how far the clock may go back before the crawl stops"),
    _crawl("limits", "compare_pictures", kinds.switch(), "BAOTINH_COMPARE_PICTURES", "whether a crawl, or "
           "another command that enters pictures, [compares them](pictures.md) with all others, which takes 10 to 20 "
           "ms of processor time for each; else `baotinh pictures update` does"),
)  # fmt: skip

_BROWSER = (
    _crawl("browser", "command", kinds.text("Chromium, a path or a command"), "BAOTINH_BROWSER",
           "Chromium, a path or a command, for newspapers whose [pages scripts draw]"
           "(crawl-a-paper.md#pages-that-scripts-draw); else the one in `PATH`, `chromium-headless-shell` first"),
    _crawl("browser", "time", _span(1, "30s"), "BAOTINH_BROWSER_SECONDS", "how long drawing a page may take, and each "
           "time that a list loads more; the time in which it waits for answers is not counted"),
    _crawl("browser", "requests", _COUNT, "BAOTINH_BROWSER_REQUESTS", "requests that a page may make while it is "
           "drawn; pictures and what the run has captured already are not among them"),
    _crawl("browser", "size", kinds.size("32 MiB"), "BAOTINH_BROWSER_BYTES", "bytes of their answers, decoded"),
    _crawl("browser", "memory", kinds.size("2 GiB"), "BAOTINH_BROWSER_MEMORY", "memory of the browser's processes "
           "together; beyond it the largest is ended, which costs the page that it shows"),
    _crawl("browser", "pages", _PAGES, "BAOTINH_BROWSER_PAGES", "pages that are drawn at the same time"),
    _crawl("browser", "restart", _PAGES, "BAOTINH_BROWSER_RESTART", "pages after which the browser is begun anew"),
    _crawl("browser", "loads", _COUNT, "BAOTINH_BROWSER_LOADS", "how often a list is made to load more, by scrolling "
           "or by its button; a backfill goes on to `list_pages`"),
    _crawl("browser", "screenshots", kinds.switch(), "BAOTINH_SCREENSHOTS", "whether a screenshot of each drawn page "
           "is kept beside its DOM; its own pictures are then fetched for the browser too"),
)  # fmt: skip

_KEPT = kinds.duration(86_400, "90d", "forever")
_OTHERS = (
    Key(section="site", name="viewer", kind=kinds.path("a folder"), variable="BAOTINH_VIEWER",
        default="node_modules/replaywebpage in the checkout", meaning="folder of the viewer for `baotinh serve`"),
    Key(section="log", name="format", kind=kinds.choice("text", "json"), variable="BAOTINH_LOG_FORMAT", default="text",
        meaning="the form of the lines of logs"),
    Key(section="retention", name="logs", kind=_KEPT, variable="BAOTINH_KEEP_LOGS", default="180d",
        meaning="how long logs are kept when the collection is pruned"),
    Key(section="retention", name="reports", kind=_KEPT, variable="BAOTINH_KEEP_REPORTS", default="forever",
        meaning="how long reports are kept likewise"),
    Key(section="retention", name="catalogs", kind=kinds.whole(0, 10**6), variable="BAOTINH_KEEP_CATALOGS",
        default="2", meaning="how many of the catalogs that a rebuild replaced are kept likewise"),
    *(Key(section="alarms", **values) for values in CHANNEL_KEYS),
    *(Key(section="machines", **values) for values in MACHINE_KEYS),
)  # fmt: skip

KEYS: tuple[Key, ...] = (*_WHOLE, *_POLITENESS, *_REVISITS, *_WARC, *_LIMITS, *_BROWSER, *_OTHERS)
SECTIONS: Mapping[str, Mapping[str, Key]] = {
    section: {key.name: key for key in KEYS if key.section == section}
    for section in dict.fromkeys(key.section for key in KEYS)
}
NARROW: Mapping[str, Key] = {key.narrow: key for key in KEYS if key.narrow}
# Tables of the schedule, and of single newspapers.
JOBS, GROUPS, NEWSPAPERS = "jobs", "groups", "newspapers"


def key_of(path: str) -> Key:
    """The key of a path such as `politeness.pause`."""
    section, _, name = path.rpartition(".")
    return SECTIONS[section][name]


def of_crawls() -> Iterator[Key]:
    """The keys that change a crawl's settings."""
    yield from NARROW.values()
