"""Says what subset of a collection an export of captures is: in its warcinfo records and in the manifest of a WACZ."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

import attrs

from archive import VERSION
from archive.catalog.database import Catalog
from archive.clock import parse_warc_date, warc_date
from archive.export.captures.wanted import Taken, WantedCaptures
from archive.export.freezing import plain_filters
from archive.warc.digests import digest
from archive.warc.record import FIELDS, serialise
from archive.warc.recordhead import warc_fields

SOFTWARE = f"baotinh {VERSION}"
_CONFORMS = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
# where nothing was captured, the time says nothing: it is the same in each such export
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


@attrs.frozen(kw_only=True)
class Description:
    """What an export holds, in words and values. The same collection and query give the same."""

    title: str
    description: str
    query: Mapping[str, str]
    counts: Mapping[str, int]
    first: datetime
    last: datetime

    @classmethod
    def of(cls, catalog: Catalog, wanted: WantedCaptures, taken: Taken) -> Description:
        """The description of an export, once its captures are chosen."""
        profiles = catalog.newspapers()
        names = list(taken.newspapers) or (list(profiles) if wanted.is_all else [])
        titles = [str(profiles.get(name, {}).get("title") or name) for name in names]
        first = parse_warc_date(taken.first) if taken.first else _NO_TIME
        last = parse_warc_date(taken.last) if taken.last else _NO_TIME
        query = _query(wanted)
        asked = "; ".join(f"{name}: {value}" for name, value in query.items())
        return cls(
            title=", ".join(titles) or "baotinh",
            description=f"{asked}. {taken.articles:,} articles, {taken.captures:,} captures from {first:%Y-%m-%d} to "
            f"{last:%Y-%m-%d}.",
            query=query,
            counts={"articles": taken.articles, "pages": taken.pages, "captures": taken.captures},
            first=first,
            last=last,
        )

    def warcinfo(self, filename: str) -> bytes:
        """The record that begins a file of the export, as a gzip member; its id follows from what it says."""
        block = warc_fields(
            [
                ("software", SOFTWARE),
                ("format", "WARC File Format 1.1"),
                ("conformsTo", _CONFORMS),
                ("isPartOf", self.title),
                ("description", f"Subset of a collection: {self.description} Records are copied byte for byte."),
                *((f"baotinh-subset-{name}", value) for name, value in self.query.items()),
                *((f"baotinh-subset-{name}", str(count)) for name, count in self.counts.items()),
            ]
        )
        record_id = uuid.uuid5(uuid.NAMESPACE_URL, f"{filename}\n{block.decode()}\n{warc_date(self.last)}")
        headers = [
            ("WARC-Type", "warcinfo"),
            ("WARC-Record-ID", f"<urn:uuid:{record_id}>"),
            ("WARC-Date", warc_date(self.last)),
            ("WARC-Filename", filename),
            ("WARC-Block-Digest", digest(block, "sha256")),
            ("Content-Type", FIELDS),
            ("Content-Length", str(len(block))),
        ]
        return serialise(headers, block)


def _query(wanted: WantedCaptures) -> dict[str, str]:
    """What was asked for, as texts."""
    frozen = wanted.frozen
    if frozen is not None:
        return {"set": frozen.name, "set-hash": frozen.hash}
    if wanted.is_all:
        return {"query": "everything that was captured"}
    one = wanted.selection
    asked = {"query": " ".join(one.query.split()), "scope": one.scope, "within": one.within}
    filters = {
        name: json.dumps(value) if isinstance(value, bool) else str(value) for name, value in plain_filters(one).items()
    }
    return {**({} if not one.query.strip() else asked), **filters}
