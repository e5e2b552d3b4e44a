"""The catalog's schema, as the steps from each version to the next; a step that was released never changes."""

from __future__ import annotations

from archive.catalog import (
    changes,
    counts,
    former_files,
    imported_pages,
    indexes,
    lines,
    other_addresses,
    picture_hashes,
    pictures,
    readings,
    reprints,
    withholdings,
)

# For runs of versions that stored why a run failed in words alone.
KINDS_OF_OLDER_FAILURES = """UPDATE runs SET failure_kind = CASE
        WHEN failure LIKE '%is already being crawled into%' THEN 'locked'
        WHEN failure LIKE 'no answer from %' OR failure LIKE 'no connection%' THEN 'unanswered'
        WHEN failure LIKE 'not one section of %' THEN 'sections unread'
        WHEN failure LIKE 'no page of the archive %' THEN 'fruitless'
        ELSE 'other' END WHERE failure IS NOT NULL AND failure_kind IS NULL"""
# Each step brings a catalog from the version before it to its own.
STEPS: tuple[str, ...] = (
    """
    CREATE TABLE newspapers (
        name TEXT PRIMARY KEY,
        card TEXT NOT NULL                 -- JSON: title, provinces, hosts, time zone, sections
    ) STRICT;
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,         -- newspaper and instant: names the JSON lines file and the report
        newspaper TEXT NOT NULL,
        started_at TEXT NOT NULL,
        finished_at TEXT,
        outcome TEXT,                      -- finished, stopped, failed, interrupted
        source TEXT NOT NULL,              -- network, demonstration, or the name of the archive that was read
        software TEXT NOT NULL,
        settings TEXT NOT NULL,            -- JSON
        counts TEXT NOT NULL DEFAULT '{}'  -- JSON
    ) STRICT;
    CREATE TABLE warc_files (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,         -- without '.open'
        newspaper TEXT NOT NULL,
        run_id INTEGER NOT NULL REFERENCES runs,
        origin TEXT NOT NULL CHECK (origin IN ('written', 'taken in')),
        state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
        committed INTEGER NOT NULL,        -- bytes that are on disk and accounted for
        crc32 INTEGER NOT NULL,            -- of the committed bytes, for ZIP directories
        sha256 TEXT                        -- of the whole file, where it was taken in
    ) STRICT;
    CREATE TABLE captures (
        id INTEGER PRIMARY KEY,
        record_id TEXT NOT NULL UNIQUE,
        file_id INTEGER NOT NULL REFERENCES warc_files,
        offset INTEGER NOT NULL,
        length INTEGER NOT NULL,
        run_id INTEGER NOT NULL REFERENCES runs,
        type TEXT NOT NULL CHECK (type IN ('response', 'revisit', 'resource')),
        url TEXT NOT NULL,
        urlkey TEXT NOT NULL,
        captured_at TEXT NOT NULL,
        status INTEGER,
        mime TEXT,
        payload_digest TEXT,
        refers_to TEXT                     -- record id, where a revisit names it
    ) STRICT;
    CREATE INDEX captures_by_urlkey ON captures (urlkey, captured_at);
    CREATE INDEX captures_by_url ON captures (url, captured_at);
    CREATE INDEX captures_by_digest ON captures (payload_digest);
    CREATE TABLE articles (
        id TEXT PRIMARY KEY,
        newspaper TEXT NOT NULL,
        latest INTEGER NOT NULL,           -- versions.seq with the latest captured_at
        first_captured_at TEXT NOT NULL,
        last_captured_at TEXT NOT NULL
    ) STRICT;
    CREATE TABLE versions (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        article_id TEXT NOT NULL REFERENCES articles,
        content_hash TEXT NOT NULL,
        run_id INTEGER NOT NULL REFERENCES runs,
        record_id TEXT NOT NULL REFERENCES captures (record_id),
        captured_at TEXT NOT NULL,
        line TEXT NOT NULL                 -- the article as one line of JSON
    ) STRICT;
    CREATE INDEX versions_by_article ON versions (article_id, captured_at);
    CREATE INDEX versions_by_run ON versions (run_id, seq);
    CREATE TABLE rejections (
        id INTEGER PRIMARY KEY,
        run_id INTEGER NOT NULL REFERENCES runs,
        url TEXT NOT NULL,
        record_id TEXT,
        reasons TEXT NOT NULL              -- JSON: field -> reason
    ) STRICT;
    CREATE TABLE addresses (
        newspaper TEXT NOT NULL,
        url TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('section', 'feed', 'sitemap', 'article', 'picture')),
        section TEXT,
        first_seen_at TEXT NOT NULL,
        fetched_at TEXT,
        status INTEGER,
        etag TEXT,
        last_modified TEXT,
        record_id TEXT,                    -- capture that a 304 would confirm
        failures INTEGER NOT NULL DEFAULT 0,
        next_due_at TEXT NOT NULL,
        PRIMARY KEY (newspaper, url)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX addresses_due ON addresses (newspaper, next_due_at);
    """,
    """
    ALTER TABLE runs ADD COLUMN job TEXT;      -- of the schedule; null where somebody called the command
    ALTER TABLE runs ADD COLUMN log TEXT;      -- name of its file among the logs
    ALTER TABLE runs ADD COLUMN failure TEXT;  -- why it failed, where that is known
    CREATE INDEX runs_by_newspaper ON runs (newspaper, started_at);
    CREATE INDEX captures_by_run ON captures (run_id, captured_at);
    ALTER TABLE articles ADD COLUMN section TEXT;       -- of the latest version
    ALTER TABLE articles ADD COLUMN published_at TEXT;  -- likewise, in UTC
    UPDATE articles SET (section, published_at) = (
        SELECT json_extract(line, '$.section'), strftime('%Y-%m-%dT%H:%M:%SZ', json_extract(line, '$.published_at'))
        FROM versions WHERE seq = latest);
    CREATE INDEX articles_by_day ON articles (newspaper, published_at);
    ALTER TABLE addresses ADD COLUMN changed_at TEXT;   -- when what is there appeared or last changed
    CREATE TABLE plans (
        job TEXT NOT NULL,
        newspaper TEXT NOT NULL,
        due_at TEXT NOT NULL,              -- when the next run is to begin
        patience INTEGER NOT NULL,         -- seconds after which one that has not begun is late
        PRIMARY KEY (job, newspaper)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE alarms (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        newspaper TEXT,
        subject TEXT NOT NULL,             -- section, field, job; empty where there is none
        detail TEXT NOT NULL,
        raised_at TEXT NOT NULL,
        cleared_at TEXT
    ) STRICT;
    """,
    """
    ALTER TABLE addresses ADD COLUMN last_seen_at TEXT;      -- when a list, feed, sitemap or page named it last
    ALTER TABLE addresses ADD COLUMN payload_digest TEXT;    -- of its last answer that had one
    ALTER TABLE addresses ADD COLUMN article_id TEXT;        -- of the article that was last read there
    ALTER TABLE addresses ADD COLUMN content_hash TEXT;      -- likewise
    ALTER TABLE addresses ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;  -- how often it was found changed
    ALTER TABLE addresses ADD COLUMN pace INTEGER;           -- of lists: seconds after which it is looked at again
    ALTER TABLE addresses ADD COLUMN gone_at TEXT;           -- since when its page is not there: 404, 410, moved
    ALTER TABLE addresses ADD COLUMN moved_to TEXT;          -- where it leads, while it does
    CREATE INDEX addresses_lists ON addresses (newspaper, section) WHERE kind = 'section';
    CREATE TABLE ways (
        newspaper TEXT NOT NULL,
        url TEXT NOT NULL,
        way TEXT NOT NULL CHECK (way IN ('section', 'feed', 'sitemap', 'front')),
        source TEXT NOT NULL,              -- the section's name, or the address of the feed, sitemap or front page
        found_at TEXT NOT NULL,            -- when it was first found so
        PRIMARY KEY (newspaper, url, way, source)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO ways SELECT newspaper, url, 'section', section, first_seen_at FROM addresses
        WHERE kind = 'article' AND section IS NOT NULL;
    CREATE INDEX versions_by_record ON versions (record_id);
    UPDATE addresses SET (article_id, content_hash) = (
        SELECT article_id, content_hash FROM versions WHERE versions.record_id = addresses.record_id
        ORDER BY seq DESC LIMIT 1) WHERE kind = 'article';
    CREATE TABLE fates (
        id INTEGER PRIMARY KEY,
        article_id TEXT NOT NULL REFERENCES articles,
        fate TEXT NOT NULL CHECK (fate IN ('gone', 'withdrawn', 'moved', 'returned')),
        at TEXT NOT NULL,                  -- when the answer that says so was captured
        url TEXT NOT NULL,                 -- the address that was asked for
        status INTEGER,
        leads_to TEXT,                     -- where a moved article is now
        record_id TEXT                     -- the capture of that answer
    ) STRICT;
    CREATE INDEX fates_by_article ON fates (article_id, at);
    CREATE TABLE walks (
        newspaper TEXT NOT NULL,
        section TEXT NOT NULL,
        since TEXT,                        -- day, as far as there is a bound
        until TEXT,                        -- likewise
        next_url TEXT NOT NULL,            -- the list page that is to be read next
        begun_at TEXT NOT NULL,
        PRIMARY KEY (newspaper, section)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE coverage (
        newspaper TEXT NOT NULL,
        section TEXT NOT NULL,
        since TEXT NOT NULL,               -- what the section listed from then
        until TEXT NOT NULL,               -- to then was asked for
        PRIMARY KEY (newspaper, section, since)
    ) STRICT, WITHOUT ROWID;
    """,
    """
    ALTER TABLE alarms ADD COLUMN untold TEXT NOT NULL DEFAULT '';  -- ways by which its begin or end is yet to be told
    ALTER TABLE walks ADD COLUMN ended_at TEXT;         -- when it came to its end; null: it goes on at next_url
    """,
    """
    CREATE TABLE identities (
        newspaper TEXT NOT NULL,
        identity TEXT NOT NULL,            -- an article's id, or an address without what names a visitor
        url TEXT NOT NULL,                 -- the address under which it is known, of several that lead to it
        PRIMARY KEY (newspaper, identity)
    ) STRICT, WITHOUT ROWID;
    INSERT OR IGNORE INTO identities SELECT newspaper, article_id, url FROM addresses
        WHERE kind = 'article' AND article_id IS NOT NULL ORDER BY gone_at IS NOT NULL, first_seen_at, url;
    """,
    """
    CREATE TABLE unread (
        newspaper TEXT NOT NULL,           -- the one whose runs read it again
        url TEXT NOT NULL,
        kind TEXT NOT NULL,                -- section, feed, sitemap, article, or page (of `baotinh capture`)
        section TEXT,
        record_id TEXT NOT NULL,           -- the capture that is to be read
        captured_at TEXT NOT NULL,
        failure TEXT NOT NULL CHECK (failure IN ('ended', 'late', 'raised')),
        detail TEXT NOT NULL,              -- exit code, seconds, or the error
        tries INTEGER NOT NULL,
        runs INTEGER NOT NULL,             -- in which it was tried
        failed_at TEXT NOT NULL,           -- first
        due_at TEXT NOT NULL,              -- when a run is to try again
        hints TEXT NOT NULL,               -- JSON: what the crawl knew of the page besides its bytes
        PRIMARY KEY (newspaper, url)
    ) STRICT, WITHOUT ROWID;
    -- older versions took a page whose reading failed for one that gives no article, and had it confirmed by 304
    INSERT OR IGNORE INTO unread SELECT a.newspaper, a.url, a.kind, a.section, c.record_id, c.captured_at, 'raised',
        json_extract(r.reasons, '$.page'), 1, 1, c.captured_at, c.captured_at, '{}'
        FROM rejections r JOIN runs ON runs.id = r.run_id JOIN captures c ON c.record_id = r.record_id
        JOIN addresses a ON a.newspaper = runs.newspaper AND a.url = r.url AND a.record_id = r.record_id
        WHERE a.kind = 'article' AND json_extract(r.reasons, '$.page') IS NOT NULL;
    UPDATE addresses SET record_id = NULL WHERE (newspaper, url) IN (SELECT newspaper, url FROM unread);
    """,
    """
    CREATE TABLE status_history (
        id INTEGER PRIMARY KEY,
        article_id TEXT NOT NULL REFERENCES articles,
        status TEXT NOT NULL CHECK (status IN ('gone', 'withdrawn', 'moved', 'restored')),
        at TEXT NOT NULL,                  -- when the answer that says so was captured
        url TEXT NOT NULL,                 -- the address that was fetched
        http_status INTEGER,
        leads_to TEXT,                     -- where a moved article is now
        record_id TEXT                     -- the capture of that answer
    ) STRICT;
    INSERT INTO status_history SELECT id, article_id, replace(fate, 'returned', 'restored'), at, url, status, leads_to,
        record_id FROM fates;
    DROP TABLE fates;
    CREATE INDEX status_history_by_article ON status_history (article_id, at);
    ALTER TABLE ways RENAME TO discovery_sources;
    ALTER TABLE discovery_sources RENAME COLUMN way TO kind;
    ALTER TABLE walks RENAME TO backfills;
    ALTER TABLE addresses RENAME COLUMN pace TO revisit_interval;
    ALTER TABLE newspapers RENAME COLUMN card TO profile;
    ALTER TABLE runs ADD COLUMN failure_kind TEXT;           -- as a value; `failure` is the same in words
"""
    + KINDS_OF_OLDER_FAILURES
    + """;
    -- the old names of three tables can be read until the next version
    CREATE VIEW fates AS SELECT id, article_id, replace(status, 'restored', 'returned') AS fate, at, url,
        http_status AS status, leads_to, record_id FROM status_history;
    CREATE VIEW ways AS SELECT newspaper, url, kind AS way, source, found_at FROM discovery_sources;
    CREATE VIEW walks AS SELECT newspaper, section, since, until, next_url, begun_at, ended_at FROM backfills;
    """,
    """
    ALTER TABLE alarms RENAME COLUMN untold TO unsent;       -- notifiers that have not sent yet what became of it
    """,  # also the reasons of rejections become codes
    """
    CREATE TABLE warc_files_anew (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,         -- without '.open'
        newspaper TEXT NOT NULL,
        run_id INTEGER NOT NULL REFERENCES runs,
        origin TEXT NOT NULL CHECK (origin IN ('written', 'imported')),
        state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
        committed INTEGER NOT NULL,        -- bytes that are on disk and accounted for
        crc32 INTEGER NOT NULL,            -- of the committed bytes, for ZIP directories
        sha256 TEXT                        -- of the whole file, where it was imported
    ) STRICT;
    INSERT INTO warc_files_anew SELECT id, name, newspaper, run_id, replace(origin, 'taken in', 'imported'), state,
        committed, crc32, sha256 FROM warc_files;
    DROP TABLE warc_files;
    ALTER TABLE warc_files_anew RENAME TO warc_files;
    """,
    indexes.STEP + counts.STEP,
    former_files.STEP,
    lines.STEP,
    """
    ALTER TABLE runs ADD COLUMN retry_of TEXT;               -- name of the scheduled run that this one makes up for
    CREATE INDEX runs_by_retry ON runs (retry_of) WHERE retry_of IS NOT NULL;
    CREATE TABLE pauses (
        job TEXT PRIMARY KEY,
        paused_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE host_requests (
        run_id INTEGER NOT NULL REFERENCES runs,
        host TEXT NOT NULL,
        requests INTEGER NOT NULL,         -- repeated ones included
        failed INTEGER NOT NULL,           -- answered with an error of the server, or not at all
        PRIMARY KEY (run_id, host)
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE alarms ADD COLUMN reminders INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE alarms ADD COLUMN reminded_at TEXT;
    ALTER TABLE alarms ADD COLUMN acknowledged_at TEXT;      -- since when nobody is reminded of it
    ALTER TABLE alarms ADD COLUMN acknowledgement TEXT;      -- what the operator said then
    CREATE TABLE mutes (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        newspaper TEXT,                    -- null: of all
        subject TEXT,                      -- null: any
        reason TEXT NOT NULL,
        muted_at TEXT NOT NULL,
        ends_at TEXT NOT NULL
    ) STRICT;
    CREATE TABLE maintenance (
        task TEXT PRIMARY KEY,             -- backup, verify, compact, prune: its last run that ended
        began_at TEXT NOT NULL,
        ended_at TEXT NOT NULL,
        outcome TEXT NOT NULL,             -- finished, failed
        detail TEXT NOT NULL               -- JSON
    ) STRICT, WITHOUT ROWID;
    """,
    withholdings.STEP,
    imported_pages.STEP,
    readings.STEP,
    readings.OTHER_CAPTURES_STEP + other_addresses.STEP,
    pictures.STEP,
    reprints.STEP,
    changes.STEP,
    picture_hashes.STEP,
)
