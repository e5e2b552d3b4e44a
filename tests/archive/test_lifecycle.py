"""What answers make of an address: the same by the crawl's way, one by one, as by a rebuild from the captures."""

from __future__ import annotations

import itertools
import sqlite3
import tempfile
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st
from support.sessions import NOON, article, exchange, nothing, session, write

from archive.catalog.frontier import Address
from archive.catalog.lifecycle import (
    NOWHERE_ELSE,
    Answer,
    ArticleRead,
    Elsewhere,
    Outcome,
    PageStatus,
    StatusChange,
    transition,
)
from archive.ingest.session import Session
from archive.projections.json_lines import RunLines
from archive.rebuild.whole import rebuild
from archive.revisit_policy import DEFAULT_POLICY, FAR, RevisitPolicy

URL, TARGET, ELSEWHERE = "http://baocantho.test/a-a1.html", "http://baocantho.test/b-a1.html", "http://bao.test/a"
FRONT = "http://baocantho.test/"
POLICY = RevisitPolicy(ages=(timedelta(days=1),))

STEPS = st.one_of(
    st.builds(lambda text: ("article", text), st.sampled_from(["một", "hai", "ba"])),
    st.sampled_from([("answer", status) for status in (304, 403, 404, 410, 500, 503)]),
    st.builds(
        lambda status, final: ("redirect", (status, TARGET, final)),
        st.sampled_from([301, 302, 303, 307, 308]),
        st.sampled_from([200, 404, 410, 503]),
    ),
    st.sampled_from([("redirect", (301, ELSEWHERE, 200)), ("unreleased", "bốn"), ("unreleased", "năm")]),
)


def response(status: int, body: bytes = b"", **fields: str) -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} X\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def captured(writing: Session, url: str, at: datetime, sent: bytes, kind: str = "article") -> str:
    """A capture as a crawl makes it; its record's id."""
    one = exchange(url, began_at=at, response=sent, metadata=(("baotinh-kind", kind), ("baotinh-section", "Thời sự")))
    return write(writing, one).record_id


def enter(writing: Session, what: str, value: Any, at: datetime, url: str = URL) -> None:
    """One fetch of an address, entered as a crawl does."""
    answer = Answer(url=url, kind="article", section="Thời sự", fetched_at=at, status=200)
    if what in ("article", "unreleased"):
        sent = response(200, f"<p>{value}".encode(), **{"Content-Type": "text/html", "ETag": f'"{ord(value[0])}"'})
        etag = f'"{ord(value[0])}"'
        record_id = captured(writing, url, at, sent)
        answer = attrs.evolve(answer, record_id=record_id, etag=etag, outcome=Outcome.PENDING)
        writing.addresses.answered(answer).result(60)
        if what == "article":
            capture = writing.durable(record_id).result(60)
            writing.release(attrs.evolve(article(capture, value), url=url, captured_at=at, section="Thời sự")).result(
                60
            )
    elif what == "answer":
        record_id = captured(writing, url, at, response(value))
        writing.addresses.answered(attrs.evolve(answer, status=value, record_id=record_id)).result(60)
    else:
        status, leads_to, final = value
        captured(writing, url, at, response(status, Location=leads_to))
        if leads_to == TARGET:
            captured(writing, TARGET, at + timedelta(seconds=1), response(final), kind="picture")
        hop = attrs.evolve(
            answer, fetched_at=at + timedelta(seconds=2), status=status, leads_to=leads_to, leads_to_status=final
        )
        writing.addresses.answered(hop).result(60)


def state(root: Path) -> tuple[list[Any], list[Any]]:
    with closing(sqlite3.connect(root / "catalog.sqlite")) as connection:
        row = connection.execute(
            """SELECT kind, section, first_seen_at, fetched_at, status, etag, last_modified, record_id, failures,
            next_due_at, changed_at, gone_at, changes, payload_digest, article_id, content_hash, moved_to
            FROM addresses WHERE url = ?""",
            (URL,),
        ).fetchall()
        events = connection.execute(
            "SELECT article_id, status, at, url, http_status, leads_to, record_id FROM status_history ORDER BY id"
        ).fetchall()
    return row, events


@settings(max_examples=20)
@given(st.lists(STEPS, min_size=1, max_size=8))
def test_the_crawl_and_the_rebuild_come_to_the_same(steps: list[tuple[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        writing = session(root)
        writing._policy = POLICY
        for number, (what, value) in enumerate(steps):
            enter(writing, what, value, NOON + timedelta(hours=7 * number))
        RunLines(writing.collection, writing.run_id, writing.run_name).finish()
        writing.close("finished", nothing)
        before = state(root)
        rebuild(root, POLICY)
        assert state(root) == before


SECOND = "http://baocantho.test/xa-hoi/a-a1.html"


@settings(max_examples=20)
@given(
    st.lists(
        st.one_of(
            st.builds(lambda text: (URL, "article", text), st.sampled_from(["một", "hai"])),
            st.builds(lambda text: (SECOND, "article", text), st.sampled_from(["ba", "bốn"])),
            st.tuples(st.sampled_from([URL, SECOND]), st.just("answer"), st.sampled_from([304, 404, 410, 503])),
        ),
        min_size=2,
        max_size=9,
    )
)
def test_an_article_at_two_addresses_has_the_same_history_after_a_rebuild(steps: list[tuple[str, str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        writing = session(root)
        writing._policy = POLICY
        for number, (url, what, value) in enumerate(steps):
            enter(writing, what, value, NOON + timedelta(hours=7 * number), url)
        RunLines(writing.collection, writing.run_id, writing.run_name).finish()
        writing.close("finished", nothing)
        _, before = state(root)
        rebuild(root, POLICY)
        assert state(root)[1] == before
        told = [event[1] for event in before]
        assert all(one != other for one, other in itertools.pairwise(told))  # none is told twice in a row


# The transition itself

AT = NOON + timedelta(days=3)


def known(**values: object) -> Address:
    row = Address(
        "baocantho", URL, "article", None, NOON, NOON, 200, '"e"', None, "urn:1", 0, NOON, article_id="baocantho:1",
        content_hash="h", changed_at=NOON,
    )  # fmt: skip
    return attrs.evolve(row, **values)  # type: ignore[arg-type]


def answered(
    row: Address | None, *history: StatusChange, elsewhere: Elsewhere = NOWHERE_ELSE, **values: object
) -> tuple[Address, list[PageStatus]]:
    event = Answer(**({"url": URL, "kind": "article", "section": None, "fetched_at": AT} | values))  # type: ignore[arg-type]
    after, changes = transition(
        "baocantho", row, event, DEFAULT_POLICY, {change.article_id: change for change in history}, elsewhere
    )
    assert after is not None
    return after, [change.status for change in changes]


def test_a_page_that_is_not_there_is_gone_and_withdrawn_when_it_is_not_there_again() -> None:
    gone, said = answered(known(), status=404)
    assert said == [PageStatus.GONE] and gone.gone_at == AT and gone.next_due_at == AT + timedelta(hours=1)
    event = StatusChange("baocantho:1", PageStatus.GONE, AT, URL, 404, None, None)
    again, said = answered(gone, event, status=404)
    assert said == [PageStatus.WITHDRAWN] and again.gone_at == AT
    assert answered(known(), status=410)[1] == [PageStatus.WITHDRAWN]
    assert answered(known(article_id=None), status=410)[1] == []


def test_a_page_that_was_gone_and_leads_to_its_new_address_is_restored_and_moved() -> None:
    """As where a paper moves to a new host, and prints there again what it had taken down."""
    was, new_host = "http://baocantho.test/cho-lui-a195123.html", "https://baomoi.test/cho-lui-a195123.html"
    row = known(url=was, gone_at=NOON)
    for status in (PageStatus.GONE, PageStatus.WITHDRAWN):
        event = StatusChange("baocantho:1", status, NOON, was, 404, None, None)
        for target in (new_host, "http://baocantho.test/cho-lui-sang-xuan-a195123.html"):
            _, said = answered(row, event, status=301, leads_to=target)
            assert said == [PageStatus.RESTORED, PageStatus.MOVED]
        for target in (ELSEWHERE, "https://baomoi.test/", "https://baomoi.test/cho-noi-a195124.html"):
            assert answered(row, event, status=301, leads_to=target)[1] == [PageStatus.MOVED]
    assert answered(known(url=was), status=301, leads_to=new_host)[1] == [PageStatus.MOVED]


def test_an_article_is_gone_once_none_of_its_addresses_shows_it() -> None:
    gone, said = answered(known(), status=404, elsewhere=Elsewhere(is_there=True))
    assert said == [] and gone.gone_at == AT  # the address is gone, the article is not
    assert answered(known(), status=410, elsewhere=Elsewhere(is_there=True))[1] == []
    assert answered(known(), status=404, elsewhere=Elsewhere(is_there=False))[1] == [PageStatus.GONE]
    for told, status, expected in (
        (PageStatus.GONE, 404, [PageStatus.WITHDRAWN]),
        (PageStatus.WITHDRAWN, 404, []),
        (PageStatus.WITHDRAWN, 410, []),
        (PageStatus.RESTORED, 404, [PageStatus.GONE]),
        (PageStatus.MOVED, 404, [PageStatus.GONE]),
    ):
        other = StatusChange("baocantho:1", told, NOON, SECOND, 404, None, None)
        assert answered(known(), status=404 if status == 404 else 410, elsewhere=Elsewhere(last=other))[1] == expected
    # told of this address before the other one showed it
    own = StatusChange("baocantho:1", PageStatus.GONE, NOON - timedelta(days=1), URL, 404, None, None)
    other = StatusChange("baocantho:1", PageStatus.RESTORED, NOON, SECOND, 200, None, None)
    assert answered(known(gone_at=NOON), own, status=404, elsewhere=Elsewhere(last=other))[1] == []


def test_an_article_is_restored_by_any_of_its_addresses() -> None:
    read = ArticleRead(
        url=URL, captured_at=AT, record_id="urn:2", article_id="baocantho:1", content_hash="h", changed_at=NOON
    )

    def said(row: Address, told: PageStatus, at: datetime = NOON) -> list[PageStatus]:
        other = StatusChange("baocantho:1", told, at, SECOND, 404, None, None)
        changes = transition("baocantho", row, read, DEFAULT_POLICY, {}, Elsewhere(last=other))[1]
        return [change.status for change in changes]

    new = known(fetched_at=None, article_id=None)
    assert said(new, PageStatus.GONE) == said(new, PageStatus.WITHDRAWN) == [PageStatus.RESTORED]
    assert said(known(), PageStatus.WITHDRAWN) == [PageStatus.RESTORED]
    assert said(new, PageStatus.MOVED) == said(new, PageStatus.RESTORED) == []
    assert said(new, PageStatus.GONE, AT + timedelta(days=1)) == []  # it was seen gone later


def test_a_failure_leaves_what_is_known_as_it_is() -> None:
    for failing in (
        {"status": None}, {"status": 503}, {"status": 403}, {"status": 302, "leads_to": TARGET},
        {"status": 301, "leads_to": TARGET, "leads_to_status": 503},
        {"status": 301, "leads_to": TARGET, "leads_to_status": None},
    ):  # fmt: skip
        after, said = answered(known(failures=1), **failing)
        assert said == [] and after.gone_at is None and after.failures == 2
        assert (after.fetched_at, after.etag, after.record_id) == (NOON, '"e"', "urn:1")
        assert after.next_due_at == AT + timedelta(hours=4)


def test_a_redirect_tells_what_became_of_the_page_behind_it() -> None:
    moved, said = answered(known(), status=301, leads_to=TARGET)
    assert said == [PageStatus.MOVED] and moved.moved_to == TARGET
    gone, said = answered(known(), status=301, leads_to=TARGET, leads_to_status=404)
    assert said == [PageStatus.GONE] and (gone.status, gone.moved_to) == (404, None)
    taken_off, said = answered(known(), status=301, leads_to="http://baocantho.test/", is_moved=False)
    assert said == [PageStatus.GONE] and taken_off.moved_to == "http://baocantho.test/"


def test_a_temporary_redirect_to_no_article_that_lasts_takes_it_off() -> None:
    front: dict[str, object] = {"status": 302, "leads_to": FRONT, "is_moved": False}
    row, said = known(), []
    for _ in range(5):
        row, new = answered(row, **front)
        said += new
    assert said == [PageStatus.GONE] and (row.moved_to, row.gone_at) == (FRONT, AT)
    event = StatusChange("baocantho:1", PageStatus.GONE, AT, URL, 302, FRONT, None)
    assert answered(row, event, **front)[1] == [PageStatus.WITHDRAWN]
    assert answered(known(failures=9), status=302, leads_to=TARGET)[1] == []


def test_a_page_without_its_article_stays_due_and_may_not_be_confirmed() -> None:
    after, _ = answered(None, status=200, etag='"f"', record_id="urn:2", outcome=Outcome.PENDING)
    assert after.next_due_at == AT and after.record_id is None
    unread, _ = answered(known(), status=200, record_id="urn:2", outcome=Outcome.UNREAD)
    assert unread.record_id is None and unread.next_due_at > AT
    assert answered(known(), status=304, record_id="urn:2")[0].record_id == "urn:1"


def test_a_further_page_of_a_list_and_a_picture_are_not_due_by_themselves() -> None:
    for kind in ("section", "picture"):
        after, _ = answered(None, kind=kind, status=200)
        assert after.next_due_at == AT + FAR and after.interval is None


def test_a_list_that_is_there_again_is_not_gone() -> None:
    gone, _ = answered(known(kind="section", article_id=None), kind="section", status=404)
    assert gone.gone_at == AT
    assert answered(gone, kind="section", status=200)[0].gone_at is None
