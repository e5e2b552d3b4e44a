"""What a notification says: one message for what a notifier has to send, in the operators' language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import attrs

from archive.health import wording
from archive.health.alarm import Alarm
from archive.health.history import AlarmChange, AlarmRecord, Unsent
from archive.language.catalogue import gettext, language_set, ngettext
from archive.language.forms import moment
from archive.printable import printable
from crawler.jobs.notifiers.declared import Notifiers

State = Literal["raised", "reminded", "cleared"]


@attrs.frozen(kw_only=True)
class Notice:
    """What is said of one alarm: a headline, and the lines below it; without control characters."""

    record: AlarmRecord
    state: State
    headline: str
    lines: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Message:
    """What one notification says.

    Args:
        link: the address of the site's page of alarms; None where no site is declared.
    """

    subject: str
    notices: tuple[Notice, ...]
    link: str | None

    @property
    def text(self) -> str:
        """All of it as plain text."""
        parts = ["\n".join((one.headline, *(f"  {line}" for line in one.lines))) for one in self.notices]
        return "\n\n".join([*parts, self.link] if self.link else parts)


def message_of(unsent: Unsent, notifiers: Notifiers, titles: Mapping[str, str]) -> Message:
    """The message for what is unsent; `titles`: the newspapers' titles, by name."""
    with language_set(notifiers.language):
        notices = (
            *(_notice(record, "raised", titles) for record in unsent.raised),
            *(_notice(record, "reminded", titles) for record in unsent.reminded),
            *(_notice(record, "cleared", titles) for record in unsent.cleared),
        )
        subject = notices[0].headline if len(notices) == 1 else _counted(notices)
    link = f"{notifiers.site.rstrip('/')}/runs" if notifiers.site else None
    return Message(subject=f"baotinh: {subject}", notices=notices, link=link)


def _counted(notices: Sequence[Notice]) -> str:
    count = len(notices)
    return ngettext("%(n)s message about alarms", "%(n)s messages about alarms", count, n=count)


def _notice(record: AlarmRecord, state: State, titles: Mapping[str, str]) -> Notice:
    alarm, since = record.alarm, moment(record.raised_at)
    headline = wording.headline(alarm, titles)
    if alarm.newspaper and titles.get(alarm.newspaper, alarm.newspaper) != alarm.newspaper:
        headline += f" ({alarm.newspaper})"
    if state == "cleared":
        headline = gettext("Over: %(alarm)s", alarm=headline)
        until = moment(record.cleared_at) if record.cleared_at else "?"
        said = [gettext("From %(since)s to %(until)s.", since=since, until=until)]
    else:
        if state == "reminded":
            headline = gettext("Reminder: %(alarm)s", alarm=headline)
        said = [
            wording.detail(alarm),
            gettext("Raised on %(since)s.", since=since),
            wording.meaning(alarm),
            gettext("What to do first: %(step)s", step=wording.first_step(alarm)) if wording.first_step(alarm) else "",
        ]
    return Notice(
        record=record,
        state=state,
        headline=_one_line(headline),
        lines=tuple(_one_line(line) for line in said if line),
    )


def _one_line(text: str) -> str:
    return " ".join(printable(text).split())


def lines(change: AlarmChange) -> list[str]:
    """A line of the log for each alarm, without control characters."""
    raised = [f"{_named(alarm)}: {alarm.detail}" for alarm in change.raised]
    return [printable(line) for line in (*raised, *(f"over: {_named(one.alarm)}" for one in change.cleared))]


def _named(alarm: Alarm) -> str:
    return " ".join(part for part in (alarm.newspaper, alarm.kind, alarm.subject) if part)
