"""Scrapy's settings for every crawl; what a run changes is in modes.py."""

import archive
from archive import robots
from crawler.scrapy_internals import components_without

BOT_NAME = "baotinh"
SPIDER_MODULES = ["spiders"]

# A newsroom must be able to write to whoever crawls it; modes.py refuses a network crawl while this is unset.
BAOTINH_CONTACT = ""
USER_AGENT = f"baotinh/{archive.VERSION}"
# The name under which robots.txt may speak to us, without version and address.
ROBOTSTXT_USER_AGENT = robots.AGENT
ROBOTSTXT_OBEY = True
DOWNLOADER_MIDDLEWARES = {
    # What is held is read again without a server, and so without what bounds requests to one.
    "crawler.http.archive_handler.FromRecord": 50,
    # Scrapy's lets requests pass that came while robots.txt was awaited, and takes a host's silence for a yes.
    "crawler.politeness.robots.Robots": 100,
    # Nearer to the downloader than robots.txt, whose own request it holds back as well.
    "crawler.politeness.backoff.Restraint": 110,
    # In the place of Scrapy's, with a count of what was too large.
    "crawler.http.bounds.BoundedDecompression": 590,
    # In the place of Scrapy's, which decodes every page on the event loop to find that it has none.
    "crawler.politeness.redirects.RareMetaRefresh": 580,
    # In the place of Scrapy's, which goes round in a circle twenty times, and takes If-None-Match along.
    "crawler.politeness.redirects.Redirects": 600,
    "crawler.scrapy_internals.CookiesIfEnabled": 700,
}
# Scrapy imports also what a project sets to None; what is left out here is not imported.
DOWNLOADER_MIDDLEWARES_BASE = components_without(
    "DOWNLOADER_MIDDLEWARES_BASE",
    {
        # Their places are taken above.
        "scrapy.downloadermiddlewares.cookies.CookiesMiddleware",
        "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware",
        "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware",
        "scrapy.downloadermiddlewares.redirect.RedirectMiddleware",
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware",
        # The catalog counts captures and bytes, and keeps them.
        "scrapy.downloadermiddlewares.stats.DownloaderStats",
    },
)
SPIDER_MIDDLEWARES_BASE = components_without(
    "SPIDER_MIDDLEWARES_BASE",
    {
        # The frontier remembers every address and newspaper.py bounds its length: these would only count again.
        "scrapy.spidermiddlewares.depth.DepthMiddleware",
        "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware",
        # Each costs every page a layer of generators: one looks for a developer's mistake, the other marks first
        # requests.
        "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware",
        "scrapy.spidermiddlewares.start.StartSpiderMiddleware",
    },
)

# A provincial server is small: a request every two seconds, slower when it answers slowly; a second may be under way.
DOWNLOAD_DELAY = 2.0
CONCURRENT_REQUESTS_PER_DOMAIN = 2
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 2.0
AUTOTHROTTLE_MAX_DELAY = 60.0
CONCURRENT_REQUESTS = 16
DOWNLOAD_TIMEOUT = 60
# Seconds: a meta refresh that waits this long or longer is none (of 1.5 browsers take 1), and its page is a page.
METAREFRESH_MAXDELAY = 2
# A browser that runs scripts shows neither.
METAREFRESH_IGNORE_TAGS = ["noscript", "template"]
# A page or picture beyond this is cut and marked as truncated; what is compressed is unpacked so far and no further.
DOWNLOAD_MAXSIZE = 64 * 1024 * 1024
# What arrived of a broken answer is worth keeping; Scrapy then retries where it matters.
DOWNLOAD_FAIL_ON_DATALOSS = True
RETRY_TIMES = 3
# Those of a busy server, 429 and 503, are restraint.py's: the host as a whole is left alone for a while.
RETRY_HTTP_CODES = [500, 502, 504, 522, 524, 408]
# All that capture.py raises.
RETRY_EXCEPTIONS = [
    "scrapy.exceptions.CannotResolveHostError",
    "scrapy.exceptions.DownloadConnectionRefusedError",
    "scrapy.exceptions.DownloadFailedError",
    "scrapy.exceptions.DownloadTimeoutError",
    "scrapy.exceptions.ResponseDataLossError",
    "builtins.OSError",
]
# One reader's cookies must not colour the archive, and sections do not need them.
COOKIES_ENABLED = False

# Both are ports on which anybody who reaches them runs Python.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# Connections that keep their bytes are made on asyncio's loop. HTTP/1.1 only: WARC has no standard for HTTP/2.
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
DOWNLOAD_HANDLERS = {
    "http": "crawler.http.download_handler.CaptureDownloadHandler",
    "https": "crawler.http.download_handler.CaptureDownloadHandler",
    # Nothing but the web is fetched, whatever a page links to.
    "file": None,
    "ftp": None,
    "s3": None,
    "data": None,
}

EXTENSIONS = {
    # Before all others: they may ask for its session.
    "crawler.runs.session_extension.Archiving": 0,
    "crawler.reading.pool.Readers": 0,
    # Requests, answers and bytes of each host, for the live view and the report.
    "crawler.http.traffic.Traffic": 10,
}
# Switched off above; here they are not even imported.
EXTENSIONS_BASE = components_without(
    "EXTENSIONS_BASE",
    {"scrapy.extensions.remote_control.RemoteControl", "scrapy.extensions.telnet.TelnetConsole"},
)
ITEM_PIPELINES = {
    # The order is the release protocol: validate, wait for the disk, decide, then bring the projections up to date.
    "pipelines.validate.Validate": 100,
    "pipelines.provenance.Provenance": 200,
    "pipelines.dedupe.Dedupe": 300,
    "pipelines.jsonl.JsonLines": 400,
    "pipelines.index.Index": 500,
}
# Scrapy starts as many workers for every response, and a page gives one article.
CONCURRENT_ITEMS = 2

BAOTINH_COLLECTION = "data"
# Bytes of exchanges that may wait for the disk before downloads are held back.
BAOTINH_QUEUE_BYTES = 64 * 1024 * 1024
# A WARC file is closed at this size, and at this age.
BAOTINH_ROTATE_BYTES = 1_000_000_000
BAOTINH_ROTATE_SECONDS = 24 * 60 * 60
# sha256 or, for tools that know no other, sha1. Identical payloads are found among digests of one kind only.
BAOTINH_DIGEST = "sha256"
# Whether the metadata record of each page lists what the page leads to.
BAOTINH_OUTLINKS = False
# Seconds that a crawl which was told to end has for what is under way: less than systemd and docker wait.
BAOTINH_STOP_SECONDS = 30
# By so much the clock may be corrected while a crawl runs; set back further, captures would be out of order.
BAOTINH_SET_BACK_SECONDS = 60
# A page that takes longer to be read ends the process that reads it, is listed, and harms no other.
BAOTINH_READING_SECONDS = 60
# An answer's head that is longer than this is cut: DOWNLOAD_MAXSIZE bounds bodies only.
BAOTINH_HEAD_BYTES = 1024 * 1024
# A link must not lead a crawl to this machine or the network behind it.
BAOTINH_PRIVATE_ADDRESSES = False
# List pages of a section that one run reads: an end where a site pages for ever. What is left is read by the next run.
BAOTINH_LIST_PAGES = 2000
# A part of the day without requests, by the newspaper's clock, such as "06:00-08:30".
BAOTINH_QUIET_HOURS = ""
# Requests, and bytes of bodies, that a newspaper is asked for in a day; 0 for as many as there are.
BAOTINH_DAILY_REQUESTS = 0
BAOTINH_DAILY_BYTES = 0
# Seconds that a busy host is left alone at first where it does not say how long, twice as long each time it goes on; a
# rest that is longer than the longest is left to the next run.
BAOTINH_FIRST_REST = 10.0
BAOTINH_LONGEST_REST = 120.0
# An article is looked at again so long after its publication, or after its last edit that was seen; later every year.
BAOTINH_REVISIT_AGES = "1h 6h 1d 7d 30d 365d"
# Seconds between two looks at a section, feed or sitemap: fewer where it named something new, more where it did not.
BAOTINH_LIST_LEAST = 10 * 60
BAOTINH_LIST_MOST = 6 * 60 * 60
# robots.txt that is younger is not asked for again (RFC 9309, 2.4).
BAOTINH_ROBOTS_SECONDS = 24 * 60 * 60
BAOTINH_FROM_ARCHIVE = None
BAOTINH_LOOPBACK = None
# Name of the log file that this process writes, among the collection's logs.
BAOTINH_LOG = None

# Addresses only, never an item's text: a log of years stays readable.
LOG_LEVEL = "INFO"
LOG_FORMATTER = "crawler.runs.logs.TerseFormatter"
FEED_EXPORT_ENCODING = "utf-8"
