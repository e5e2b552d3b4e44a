"""Scrapy's settings for every crawl; `crawler.crawl.arguments` changes those that a run's arguments set."""

import archive
from archive import robots
from crawler.scrapy_internals import components_without

BOT_NAME = "baotinh"
SPIDER_MODULES = ["spiders"]

# An address at which newspapers can reach the operator; without it a crawl of the network is refused.
BAOTINH_CONTACT = ""
USER_AGENT = f"baotinh/{archive.VERSION}"
# The name of this crawler in robots.txt, without version and address.
ROBOTSTXT_USER_AGENT = robots.AGENT
ROBOTSTXT_OBEY = True
DOWNLOADER_MIDDLEWARES = {
    # First of all: what was removed by order comes neither from the network nor from another archive.
    "crawler.politeness.purged.Purged": 40,
    # Before robots.txt and backoff, which a response from a record does not need.
    "crawler.http.archive_handler.FromRecord": 50,
    # Scrapy's lets requests pass while robots.txt is being fetched, and takes an unreachable one for permission.
    "crawler.politeness.robots.Robots": 100,
    # Nearer to the downloader than robots.txt, so that it also defers the request for robots.txt.
    "crawler.politeness.backoff.Backoff": 110,
    # Replaces Scrapy's, and counts bodies that are too large.
    "crawler.http.bounds.BoundedDecompression": 590,
    # Replaces Scrapy's, which decodes every page on the event loop to look for one.
    "crawler.politeness.redirects.RareMetaRefresh": 580,
    # Replaces Scrapy's, which follows a circle twenty times, and keeps If-None-Match.
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

# A provincial server is small: a request every two seconds, slower when it responds slowly; two may be in progress.
DOWNLOAD_DELAY = 2.0
CONCURRENT_REQUESTS_PER_DOMAIN = 2
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 2.0
AUTOTHROTTLE_MAX_DELAY = 60.0
CONCURRENT_REQUESTS = 16
DOWNLOAD_TIMEOUT = 60
# Seconds: a meta refresh after as long or longer is no redirect (browsers read 1.5 as 1).
METAREFRESH_MAXDELAY = 2
# A browser that runs scripts ignores both.
METAREFRESH_IGNORE_TAGS = ["noscript", "template"]
# A page or picture beyond this is cut and marked as truncated; compressed bodies are decompressed up to it.
DOWNLOAD_MAXSIZE = 64 * 1024 * 1024
# An incomplete response is archived and fails, so that Scrapy retries the request.
DOWNLOAD_FAIL_ON_DATALOSS = True
RETRY_TIMES = 3
# 429 and 503, of a busy server, are left to backoff.py, which backs off from the host as a whole.
RETRY_HTTP_CODES = [500, 502, 504, 522, 524, 408]
# All that download_handler.py raises.
RETRY_EXCEPTIONS = [
    "scrapy.exceptions.CannotResolveHostError",
    "scrapy.exceptions.DownloadConnectionRefusedError",
    "scrapy.exceptions.DownloadFailedError",
    "scrapy.exceptions.DownloadTimeoutError",
    "scrapy.exceptions.ResponseDataLossError",
    "builtins.OSError",
]
# Cookies would make the archive that of one reader; sections do not need them.
COOKIES_ENABLED = False

# Both open ports on which anyone can run Python.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# Connections that keep the exact bytes need asyncio's loop. HTTP/1.1 only: WARC has no standard for HTTP/2.
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
DOWNLOAD_HANDLERS = {
    "http": "crawler.http.download_handler.CaptureDownloadHandler",
    "https": "crawler.http.download_handler.CaptureDownloadHandler",
    # Only http and https are fetched, whatever a page links to.
    "file": None,
    "ftp": None,
    "s3": None,
    "data": None,
}

EXTENSIONS = {
    # Before all others, which may use its session.
    "crawler.runs.session_extension.Archiving": 0,
    "crawler.reading.pool.Readers": 0,
    # Requests, responses and bytes of each host, for the live view and the report.
    "crawler.http.traffic.Traffic": 10,
    # Where several machines crawl: keeps the newspaper from the others.
    "crawler.runs.held_lease.HeldLease": 20,
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
    "pipelines.pictures.Pictures": 600,
}
# Scrapy starts so many workers for every response, and a page gives one article.
CONCURRENT_ITEMS = 2

BAOTINH_COLLECTION = "data"
# Bytes of exchanges that may wait for the disk; beyond it downloads wait.
BAOTINH_QUEUE_BYTES = 64 * 1024 * 1024
# A WARC file is closed at this size, and at this age.
BAOTINH_ROTATE_BYTES = 1_000_000_000
BAOTINH_ROTATE_SECONDS = 24 * 60 * 60
# sha256, or sha1 for tools that know no other. Identical payloads are found by digests of the same algorithm only.
BAOTINH_DIGEST = "sha256"
# Whether the metadata record of each page lists the page's links.
BAOTINH_OUTLINKS = False
# Seconds that a crawl has for exchanges in progress after it was told to end: less than systemd and docker wait.
BAOTINH_STOP_SECONDS = 30
# Seconds by which the clock may be set back while a crawl runs; set back further, captures would be out of order.
BAOTINH_SET_BACK_SECONDS = 60
# Seconds for reading a page: then its worker process is ended, and the page is listed as unread.
BAOTINH_READING_SECONDS = 60
# A response's head that is longer than this is cut; DOWNLOAD_MAXSIZE bounds bodies only.
BAOTINH_HEAD_BYTES = 1024 * 1024
# Whether addresses of this machine and of private networks may be fetched.
BAOTINH_PRIVATE_ADDRESSES = False
# Most list pages of a section that a run reads, as some sites page without end. The next run reads the others.
BAOTINH_LIST_PAGES = 2000
# A part of the day without requests, in the newspaper's time zone, such as "06:00-08:30".
BAOTINH_QUIET_HOURS = ""
# Most requests to a newspaper, and most bytes of bodies, in a day; 0: no limit.
BAOTINH_DAILY_REQUESTS = 0
BAOTINH_DAILY_BYTES = 0
# Seconds of the first backoff from a busy host without Retry-After, doubled each time. A host whose backoff is longer
# than the longest is left to the next run.
BAOTINH_FIRST_REST = 10.0
BAOTINH_LONGEST_REST = 120.0
# Ages at which an article is revisited, since its publication or its last known edit; then every year.
BAOTINH_REVISIT_AGES = "1h 6h 1d 7d 30d 365d"
# Seconds after which an article's picture is requested again when the article is; 0: never. So many that the visit at
# an age of seven days has the picture too, which was captured some hours later.
BAOTINH_PICTURE_AGE = 5 * 24 * 60 * 60
# Seconds between two visits of a section, feed or sitemap: fewer if it named something new, more if not.
BAOTINH_LIST_LEAST = 10 * 60
BAOTINH_LIST_MOST = 6 * 60 * 60
# robots.txt is fetched again after so many seconds (RFC 9309, 2.4).
BAOTINH_ROBOTS_SECONDS = 24 * 60 * 60
# Chromium, a path or a command, for newspapers whose pages scripts draw; empty: the one in PATH.
BAOTINH_BROWSER = ""
# Seconds for such a page, beside those in which it waits for answers; its requests and their bytes.
BAOTINH_BROWSER_SECONDS = 30
BAOTINH_BROWSER_REQUESTS = 60
BAOTINH_BROWSER_BYTES = 32 * 1024 * 1024
# Bytes of memory of all processes of the browser; beyond it the largest is ended, which costs the page that it shows.
BAOTINH_BROWSER_MEMORY = 2 * 1024**3
# Pages that are drawn at the same time, and pages after which the browser is begun anew.
BAOTINH_BROWSER_PAGES = 2
BAOTINH_BROWSER_RESTART = 200
# How often a list is made to load more.
BAOTINH_BROWSER_LOADS = 20
# Whether a screenshot of each drawn page is kept; its pictures are then fetched for the browser too.
BAOTINH_SCREENSHOTS = False
# Whether a crawl compares its pictures with all others; else `baotinh pictures update` does.
BAOTINH_COMPARE_PICTURES = True
BAOTINH_FROM_ARCHIVE = None
BAOTINH_LOOPBACK = None
# Name of this process's log file in the collection's logs.
BAOTINH_LOG = None
# A log of this size is begun anew; two former ones are kept.
BAOTINH_LOG_BYTES = 50_000_000

# Logs name addresses, never an item's text.
LOG_LEVEL = "INFO"
LOG_FORMATTER = "crawler.runs.logs.TerseFormatter"
FEED_EXPORT_ENCODING = "utf-8"
