"""What a newsroom logged at its transport, held against the records of a collection."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable
from typing import Any

from archive.warc.digests import digest
from archive.warc.http import parse_message
from archive.warc.reader import Record

Exchange = tuple[bytes, bytes]


def assert_each_exchange_is_kept(records: Iterable[Record], exchanges: Iterable[dict[str, Any]]) -> Counter[Exchange]:
    """Each request and response that crossed the transport is one pair of records, byte for byte; gives the exchanges.

    Where the payload was held already the exact head is kept, and the digest stands for the body.
    """
    sent = Counter((base64.b64decode(one["request"]), base64.b64decode(one["response"])) for one in exchanges)
    whole = {record.record_id: record for record in records}
    requests = {
        (record.header("WARC-Concurrent-To") or "").strip("<>"): record.block
        for record in whole.values()
        if record.type == "request"
    }
    answers = [record for record in whole.values() if record.type in ("response", "revisit")]
    unmatched = sent.copy()
    for record in answers:
        if record.type == "response":
            unmatched[requests[record.record_id], record.block] -= 1
        else:
            assert (record.header("WARC-Profile") or "").endswith("/revisit/identical-payload-digest")
            unmatched[_sent_as(sent, requests[record.record_id], record)] -= 1
    assert set(unmatched.values()) == {0} and len(answers) == len(requests) == sent.total()
    return sent


def _sent_as(sent: Counter[Exchange], request: bytes, revisit: Record) -> Exchange:
    for asked, answered in sent:
        message = parse_message(answered)
        if asked != request or not answered.startswith(revisit.block) or message is None:
            continue
        if digest(message.payload()) == revisit.header("WARC-Payload-Digest"):
            # a head of another transfer coding than the original's stands in the metadata record
            assert revisit.block in (message.head.octets, b"")
            return asked, answered
    raise AssertionError(f"{revisit.url} was never answered so")
