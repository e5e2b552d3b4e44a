"""The lifecycle of an address: from its state and an answer to its next state, one function for crawl and rebuild."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import attrs

from archive.catalog.frontier import Address
from archive.identity import may_be_same
from archive.revisit_policy import FAR, YEAR, RevisitPolicy, after_failure, list_due

LISTS = ("section", "feed", "sitemap")
GONE = (404, 410)
# RFC 9110, 15.4: temporary redirects, after which the page counts as unchanged
TEMPORARY = (302, 303, 307)
# So many failures before it, over a day or more, a temporary redirect to no article stands for a page that went
_LASTING = 4


class PageStatus(enum.Enum):
    """What became of an article's page after it was captured."""

    GONE = "gone"
    WITHDRAWN = "withdrawn"
    MOVED = "moved"
    RESTORED = "restored"


ABSENT = (PageStatus.GONE, PageStatus.WITHDRAWN)


class Outcome(enum.Enum):
    """The result of reading the page of an answer.

    PENDING: the article of an article page is not released yet; never of a list.
    DONE: it was read.
    UNREAD: it holds nothing that is expected there.
    BROKEN: reading it failed, perhaps by a fault of the reader.
    """

    PENDING = "pending"
    DONE = "done"
    UNREAD = "unread"
    BROKEN = "broken"


class Revisited(enum.Enum):
    """Kinds of lists that are fetched regularly; NESTED: a sitemap that a sitemap index names."""

    FIRST = "first page"
    NESTED = "nested"


@attrs.frozen(kw_only=True)
class Answer:
    """The result of fetching an address.

    Args:
        fetched_at: when it was captured, or failed.
        status: of the answer; None where there was none.
        record_id, payload_digest: of the capture of this answer.
        leads_to: the address that it redirects to, after all redirects.
        leads_to_status: the status of that one; None: no answer.
        is_moved: an article may be there, or it is another host; otherwise the article was withdrawn.
        says_gone: an article's page says, with another status than 404, that the article is not there.
        revisited: of a list: its kind; None: a further page of a list, fetched once.
        is_changed: of a list: it named something new.
    """

    url: str
    kind: str
    section: str | None
    fetched_at: datetime
    status: int | None
    etag: str | None = None
    last_modified: str | None = None
    record_id: str | None = None
    payload_digest: str | None = None
    leads_to: str | None = None
    leads_to_status: int | None = 200
    is_moved: bool = True
    says_gone: bool = False
    outcome: Outcome = Outcome.DONE
    revisited: Revisited | None = None
    is_changed: bool = False


@attrs.frozen(kw_only=True)
class ArticleRead:
    """An article that was released from a capture of its address.

    Args:
        changed_at: when it was published, or when its last known edit was captured.
    """

    url: str
    captured_at: datetime
    record_id: str
    article_id: str
    content_hash: str
    changed_at: datetime


@attrs.frozen
class StatusChange:
    """A row of the status history: a change of the status of an article's page.

    A page that was gone and then leads to an address with its number or words is restored, and moved.

    Args:
        url: the address that was fetched.
        http_status: the status of its answer.
        leads_to: where a moved article is now.
        record_id: the capture of that answer.
    """

    article_id: str
    status: PageStatus
    at: datetime
    url: str
    http_status: int | None
    leads_to: str | None
    record_id: str | None


@attrs.frozen(kw_only=True)
class Elsewhere:
    """What is known of an article's other addresses.

    Args:
        last: the last change of status at any of them.
        is_there: one of them showed the article when it was fetched last.
    """

    last: StatusChange | None = None
    is_there: bool = False

    @classmethod
    def of(cls, told: Sequence[StatusChange], url: str, others: Iterable[Address]) -> Elsewhere:
        """Of an article's status history, oldest first, and the rows of its addresses but `url`."""
        last = next((one for one in reversed(told) if one.url != url), None)
        return cls(last=last, is_there=any(one.shows_article for one in others))


NOWHERE_ELSE = Elsewhere()


def is_failure(status: int | None) -> bool:
    """Whether fetching failed, so that the page counts as unchanged: no answer, 5xx, or 4xx other than 404 and 410."""
    return status is None or (status >= 400 and status not in GONE)


def transition(
    newspaper: str,
    row: Address | None,
    event: Answer | ArticleRead,
    policy: RevisitPolicy,
    history: Mapping[str, StatusChange],
    elsewhere: Elsewhere = NOWHERE_ELSE,
) -> tuple[Address | None, tuple[StatusChange, ...]]:
    """The next state of an address after an answer, or after an article was read, and the changes of status.

    An article is gone once none of its addresses shows it, and restored when any of them does.

    Args:
        row: the known state of the address; None where it is new.
        history: the last change of status of each article that was read at this address, by the article's id.
        elsewhere: of the article that is read, or was read at this address.
    """
    if isinstance(event, ArticleRead):
        return _read(row, event, policy, history.get(event.article_id), elsewhere)
    answer = _followed(event, row)
    failed = _failed(answer)
    before = row or _unknown(newspaper, answer)
    interval = _interval(row, answer, policy, failed=failed)
    values: dict[str, Any] = {
        "section": before.section or answer.section,
        "status": answer.status,
        "interval": interval or before.interval,
        "next_due_at": _due(row, answer, policy, interval, failed=failed),
        "changes": before.changes + answer.is_changed,
    }
    if failed:
        return attrs.evolve(before, failures=before.failures + 1, **values), ()
    values |= {"fetched_at": answer.fetched_at, "failures": 0}
    if answer.status != 304:
        is_confirmable = answer.outcome is Outcome.DONE and answer.leads_to is None and not answer.says_gone
        values["record_id"] = answer.record_id if is_confirmable else None
        values["etag"], values["last_modified"] = answer.etag, answer.last_modified
        values["payload_digest"] = answer.payload_digest or before.payload_digest
    if _is_gone(answer) or answer.leads_to is not None:
        values |= {"gone_at": before.gone_at or answer.fetched_at, "moved_to": answer.leads_to}
        own = history.get(before.article_id) if before.article_id else None
        return attrs.evolve(before, **values), _absence(before, answer, own, elsewhere)
    if answer.kind != "article":  # an article's page counts as restored only once an article is read from it again
        values |= {"gone_at": None, "moved_to": None}
    return attrs.evolve(before, **values), ()


def _followed(answer: Answer, row: Address | None) -> Answer:
    """The answer that a redirect stands for, where its target is gone or failed, or the redirect is temporary.

    Many sites answer for a page that was taken down with a temporary redirect to the front page: where it lasts, or the
    page was gone before, it counts as a permanent one.
    """
    if answer.leads_to is None:
        return answer
    if is_failure(answer.leads_to_status) or answer.leads_to_status in GONE:
        return attrs.evolve(answer, status=answer.leads_to_status, leads_to=None)
    is_lasting = row is not None and (row.failures >= _LASTING or row.gone_at is not None) and not answer.is_moved
    if answer.status in TEMPORARY and answer.kind == "article" and not is_lasting:
        return attrs.evolve(answer, leads_to=None)
    return answer


def _failed(answer: Answer) -> bool:
    if answer.kind in LISTS and answer.outcome in (Outcome.UNREAD, Outcome.BROKEN):
        return True
    is_passing = answer.kind == "article" and answer.status in TEMPORARY and answer.leads_to is None
    return is_failure(answer.status) or is_passing


def _is_gone(answer: Answer) -> bool:
    return answer.status in GONE or answer.says_gone


def _unknown(newspaper: str, answer: Answer) -> Address:
    at = answer.fetched_at
    return Address(
        newspaper=newspaper,
        url=answer.url,
        kind=answer.kind,
        section=answer.section,
        first_seen_at=at,
        fetched_at=None,
        status=None,
        etag=None,
        last_modified=None,
        record_id=None,
        failures=0,
        next_due_at=at,
    )


def _interval(row: Address | None, answer: Answer, policy: RevisitPolicy, *, failed: bool) -> timedelta | None:
    if answer.revisited is None:
        return None
    before = row.interval if row else None
    if failed and answer.outcome is Outcome.DONE:  # no answer
        return before or policy.interval(None, False)
    return policy.interval(before, answer.is_changed, is_nested=answer.revisited is Revisited.NESTED)


def _due(
    row: Address | None, answer: Answer, policy: RevisitPolicy, interval: timedelta | None, *, failed: bool
) -> datetime:
    at, failures = answer.fetched_at, row.failures if row else 0
    if answer.kind in LISTS:
        return _list_due(failures, answer, policy, interval, failed=failed)
    if failed:
        return after_failure(failures, at)
    if answer.kind == "picture":
        return at + FAR
    changed = (row.changed_at or row.first_seen_at) if row else None
    if _is_gone(answer) or (answer.leads_to is not None and not answer.is_moved):
        return policy.after_absence(changed, at, is_first=row is None or row.gone_at is None)
    if answer.leads_to is not None:
        return at + YEAR
    # after a crash before the article is released its address is due
    return at if answer.outcome is Outcome.PENDING else policy.due_again(changed, at)


def _list_due(
    failures: int, answer: Answer, policy: RevisitPolicy, interval: timedelta | None, *, failed: bool
) -> datetime:
    at = answer.fetched_at
    due = list_due(interval, at) if interval is not None else at + FAR
    if answer.outcome is Outcome.BROKEN:  # after the first failure the next run fetches it again
        return min(due, after_failure(failures - 1, at) if failures else at)
    if answer.outcome is Outcome.UNREAD:
        return min(due, after_failure(failures, at))
    if failed or answer.status in GONE:
        latest = list_due(policy.list_most, at) if answer.revisited is Revisited.FIRST else at + FAR
        return min(after_failure(failures, at), latest)
    return due


def _absence(row: Address, answer: Answer, own: StatusChange | None, elsewhere: Elsewhere) -> tuple[StatusChange, ...]:
    if row.article_id is None:
        return ()
    is_moved = answer.leads_to is not None and answer.is_moved
    last = own if is_moved else _later(own, elsewhere.last)
    was_absent = last is not None and last.status in ABSENT
    if is_moved:
        status = PageStatus.MOVED
    elif elsewhere.is_there or (own is not None and last is not own and last is not None and not was_absent):
        return ()  # what another address showed since, or where it leads to, says more
    else:
        # 410, or the second 404 or page that says it
        status = PageStatus.WITHDRAWN if answer.status == 410 or was_absent else PageStatus.GONE
    if last and (last.status, last.leads_to) == (status, answer.leads_to):
        return ()
    change = StatusChange(
        row.article_id, status, answer.fetched_at, row.url, answer.status, answer.leads_to, answer.record_id
    )
    if is_moved and was_absent and may_be_same(answer.leads_to or "", row.url):
        return (attrs.evolve(change, status=PageStatus.RESTORED), change)
    return (change,)


def _later(one: StatusChange | None, other: StatusChange | None) -> StatusChange | None:
    if one is None or other is None:
        return one or other
    return one if one.at >= other.at else other


def _read(
    row: Address | None, read: ArticleRead, policy: RevisitPolicy, own: StatusChange | None, elsewhere: Elsewhere
) -> tuple[Address | None, tuple[StatusChange, ...]]:
    if row is None or (row.fetched_at is not None and row.fetched_at > read.captured_at):
        return row, ()  # no crawl of the newspaper fetched it, or a later one did
    after = attrs.evolve(
        row,
        fetched_at=read.captured_at,
        status=200,
        failures=0,
        next_due_at=policy.due_again(read.changed_at, read.captured_at),
        record_id=read.record_id,
        changed_at=read.changed_at,
        article_id=read.article_id,
        content_hash=read.content_hash,
        changes=row.changes + (row.content_hash not in (None, read.content_hash)),
        gone_at=None,
        moved_to=None,
    )
    last = _later(own, elsewhere.last)
    if last is None or last.status is PageStatus.RESTORED or last.at > read.captured_at:
        return after, ()
    if row.gone_at is None if last is own else last.status not in ABSENT:
        return after, ()
    change = StatusChange(read.article_id, PageStatus.RESTORED, read.captured_at, row.url, 200, None, read.record_id)
    return after, (change,)


def as_relearned(row: Address, instant: datetime) -> Address:
    """An address in a rebuilt catalog: what a list named before is not known, so it is due and fetched in full."""
    if row.kind not in LISTS:
        return row
    return attrs.evolve(row, next_due_at=instant, etag=None, last_modified=None, record_id=None)
