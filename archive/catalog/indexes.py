"""The step of the schema that serves large collections: indexes, the counts of runs as columns, recent versions."""

from __future__ import annotations

RECENT = 530
"""How many versions of a newspaper alarms compare."""
STEP = """
    CREATE TABLE recent_versions (         -- the last versions of each newspaper, as alarms compare them
        newspaper TEXT NOT NULL, seq INTEGER NOT NULL, url TEXT NOT NULL,
        missing TEXT NOT NULL, doubts TEXT NOT NULL, confidence TEXT NOT NULL, -- JSON, by field
        PRIMARY KEY (newspaper, seq)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO recent_versions SELECT newspaper, seq, json_extract(line, '$.url'),
        coalesce(json_extract(line, '$.missing'), '{}'), coalesce(json_extract(line, '$.doubts'), '{}'),
        coalesce(json_extract(line, '$.confidence'), '{}') FROM versions JOIN (
            SELECT a.newspaper, v.seq AS nth, row_number() OVER (PARTITION BY a.newspaper ORDER BY v.seq DESC) AS age
            FROM articles a JOIN versions v ON v.article_id = a.id) ON nth = seq
        WHERE age <= 530 AND json_valid(line);
    CREATE INDEX captures_by_file ON captures (file_id, offset);
    CREATE INDEX articles_by_section ON articles (newspaper, section, published_at);
    CREATE INDEX warc_files_by_newspaper ON warc_files (newspaper, state);
    CREATE INDEX warc_files_by_run ON warc_files (run_id);
    CREATE INDEX rejections_by_run ON rejections (run_id);
    DROP INDEX addresses_due;
    CREATE INDEX addresses_due ON addresses (newspaper, kind, next_due_at);
    DROP INDEX addresses_lists;
    CREATE INDEX addresses_revisited ON addresses (newspaper, kind) WHERE revisit_interval IS NOT NULL;
    CREATE INDEX addresses_unread_lists ON addresses (newspaper, next_due_at, section)
        WHERE kind = 'section' AND revisit_interval IS NULL AND status IS NOT 200;
    CREATE INDEX addresses_waiting ON addresses (newspaper, section, next_due_at)
        WHERE kind = 'article' AND fetched_at IS NULL AND failures = 0;
    ALTER TABLE runs ADD COLUMN pages INTEGER AS (json_extract(counts, '$.pages')) VIRTUAL;
    ALTER TABLE runs ADD COLUMN errors INTEGER AS (json_extract(counts, '$.errors')) VIRTUAL;
    ALTER TABLE runs ADD COLUMN rejected INTEGER AS (json_extract(counts, '$.rejected')) VIRTUAL;
    ALTER TABLE runs ADD COLUMN beside_rules INTEGER AS (json_extract(counts, '$."beside the rules"')) VIRTUAL;
    ALTER TABLE runs ADD COLUMN warc_bytes INTEGER AS (json_extract(counts, '$."WARC bytes"')) VIRTUAL;
    ALTER TABLE runs ADD COLUMN articles_read INTEGER AS (coalesce(json_extract(counts, '$."articles new"'), 0)
        + coalesce(json_extract(counts, '$."articles changed"'), 0)
        + coalesce(json_extract(counts, '$."articles duplicate"'), 0)) VIRTUAL;
    DROP INDEX runs_by_newspaper;
    CREATE INDEX runs_by_newspaper ON runs (newspaper, started_at, finished_at, source, outcome, pages, errors,
        rejected, beside_rules, articles_read, warc_bytes);
    CREATE INDEX runs_of_newspaper ON runs (newspaper);
    CREATE INDEX runs_of_job ON runs (job);
    CREATE INDEX runs_of_outcome ON runs (outcome);
"""
