"""The catalog's captures as lines of a WACZ's index, in the order of their keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from archive.catalog import Catalog
from archive.catalog.former_files import FormerFile
from archive.clock import parse_warc_date
from archive.warc import cdxj

Place: TypeAlias = tuple[str, str, int]
"""Where a capture stands in the index: urlkey, WARC-Date, id."""

# With a plus the bound is no reason to go through all captures by id, instead of by key
_CAPTURES = """SELECT c.urlkey, c.captured_at, c.url, f.name, c.offset, c.length, c.status,
    CASE c.type WHEN 'revisit' THEN :revisit ELSE c.mime END, c.payload_digest
    FROM captures c JOIN warc_files f ON f.id = c.file_id
    WHERE {} AND +c.id <= :until AND c.offset + c.length <= f.committed ORDER BY c.urlkey, c.captured_at, c.id"""
_AFTER = _CAPTURES.format("c.id > :after")
_FROM_PLACE = _CAPTURES.format("(c.urlkey, c.captured_at, c.id) >= (:key, :time, :id)")
_BETWEEN = _CAPTURES.format(
    "(c.urlkey, c.captured_at, c.id) >= (:key, :time, :id)"
    " AND (c.urlkey, c.captured_at, c.id) < (:next_key, :next_time, :next_id)"
)
_SAMPLED = """WITH RECURSIVE sampled (id) AS (SELECT :step WHERE :step <= :until
    UNION ALL SELECT id + :step FROM sampled WHERE id + :step <= :until)
    SELECT c.urlkey, c.captured_at, c.id, c.record_id FROM sampled s CROSS JOIN captures c ON c.id = s.id
    ORDER BY c.urlkey, c.captured_at, c.id"""


def lines_entered(catalog: Catalog, after: int, until: int) -> Iterator[str]:
    """The lines of all captures with an id above `after` and up to `until`."""
    return _lines(catalog.connection.execute(_AFTER, {"after": after, "until": until, "revisit": cdxj.REVISIT}))


class FormerPlaces:
    """Where records were before their files were joined to others: in the first of these former files."""

    def __init__(self, formers: Sequence[FormerFile] = ()) -> None:
        """Args: formers: those that were joined first before the others."""
        self._of_file: dict[str, list[FormerFile]] = {}
        for former in formers:
            self._of_file.setdefault(former.file, []).append(former)

    def of(self, file: str, offset: int) -> tuple[str, int]:
        """File and offset of a record that is there now."""
        for former in self._of_file.get(file, ()):
            if former.offset <= offset < former.offset + former.length:
                return former.name, offset - former.offset
        return file, offset


_NO_FORMER_PLACES = FormerPlaces()


def lines_between(
    catalog: Catalog, first: Place, after: Place | None, until: int, places: FormerPlaces = _NO_FORMER_PLACES
) -> Iterator[str]:
    """The lines from one place on to before another, or to the end, of captures with an id up to `until`."""
    values: dict[str, object] = {"until": until, "revisit": cdxj.REVISIT}
    values |= zip(("key", "time", "id"), first, strict=True)
    if after is None:
        return _lines(catalog.connection.execute(_FROM_PLACE, values), places)
    values |= zip(("next_key", "next_time", "next_id"), after, strict=True)
    return _lines(catalog.connection.execute(_BETWEEN, values), places)


def first_place(catalog: Catalog, until: int) -> Place | None:
    """Where the first of the captures with an id up to `until` stands; None where there is none."""
    row = catalog.connection.execute(
        "SELECT urlkey, captured_at, id FROM captures WHERE +id <= ? ORDER BY urlkey, captured_at, id LIMIT 1", (until,)
    ).fetchone()
    return (row[0], row[1], row[2]) if row else None


def sampled_places(catalog: Catalog, step: int, until: int) -> tuple[list[Place], list[str]]:
    """The places of the captures whose ids are multiples of `step` up to `until`, in order; and their record ids.

    Ids follow the order in which pages were captured, which says nothing of their keys: so about `step` captures stand
    between two places. Looked up by id, whatever the number of captures.
    """
    rows = catalog.connection.execute(_SAMPLED, {"step": step, "until": until}).fetchall()
    return [(key, captured_at, number) for key, captured_at, number, _ in rows], [record_id for *_, record_id in rows]


def beginning(place: Place) -> str:
    """What a line at this place begins with: key and time."""
    return cdxj.beginning(place[0], parse_warc_date(place[1]), is_precise=True)


def _lines(rows: Iterable[tuple[Any, ...]], places: FormerPlaces = _NO_FORMER_PLACES) -> Iterator[str]:
    for key, captured_at, url, present_file, present_offset, length, status, mime, digest in rows:
        file, offset = places.of(present_file, present_offset)
        # As a revisit's original the viewer uses the first capture of its address from WARC-Refers-To-Date on. That
        # is as precise as a WARC-Date, so an original with a time in whole seconds would be before it
        yield cdxj.line(
            key, parse_warc_date(captured_at), url=url, file=file, offset=offset, length=length, status=status,
            mime=mime, digest=digest, is_precise=True,
        )  # fmt: skip
