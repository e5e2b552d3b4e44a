"""The catalog's schema, as the steps from each version to the next; a step that was released never changes."""

from __future__ import annotations

from archive.catalog import (
    changes,
    counts,
    early_steps,
    former_files,
    imported_pages,
    indexes,
    lines,
    marked_keys,
    other_addresses,
    picture_hashes,
    pictures,
    readings,
    reprints,
    withholdings,
)

# Each step brings a catalog from the version before it to its own.
STEPS: tuple[str, ...] = (
    *early_steps.EARLY_STEPS,
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
    other_addresses.REDIRECTS_STEP,
    picture_hashes.ANCHORS_STEP,
    marked_keys.STEP,
)
