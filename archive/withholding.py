"""Withholds articles, addresses and hosts from readers, and lifts that; nothing is deleted, and all of it is logged."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import cattrs

from archive.catalog.withheld import (
    captured_spellings,
    complete_withholding,
    enter_withholding,
    is_host_captured,
)
from archive.catalog.withholdings import (
    Withholding,
    WithholdingScope,
    all_withholdings,
    lift,
    withheld_addresses,
    withheld_hosts,
)
from archive.clock import Clock, now
from archive.collection import Collection
from archive.durable import connect, put_pieces
from archive.errors import NothingToWithhold, NotWithheld
from archive.identity import uniform_key
from archive.plain_values import plain_converter
from archive.reasons import WithholdingReason
from archive.warc.cdxj import pywb_key, urlkey

LOG, RULES = "withholdings.jsonl", "withheld.aclj"


def withhold(
    collection: Collection,
    subject: str,
    reason: WithholdingReason,
    note: str,
    *,
    until: datetime | None = None,
    is_held: Callable[[Withholding], bool] = lambda one: False,
    clock: Clock = now,
) -> Withholding:
    """Withhold an article, an address or all of a host from readers.

    An article is withheld with the addresses where it was read and those of its pictures; an address or a host with
    the articles that were read there.

    Args:
        subject: an article's id, a web address, or a host.
        note: the operator's words; readers are told the reason's class alone.
        until: when it ends by itself; None: when it is lifted.
        is_held: whether the collection holds something of an address or host of which it has no capture.

    Raises:
        NothingToWithhold: the collection holds nothing of that name.
    """
    with collection.whole.catalog(writable=True) as catalog, catalog.transaction() as connection:
        try:
            scope, known = _known(connection, subject)
        except NothingToWithhold:
            scope, known = _scope_of(subject), subject
            unknown = Withholding(scope=scope, subject=known, reason=reason, note=note, withheld_at=clock())
            if scope is WithholdingScope.ARTICLE or not is_held(unknown):
                raise
        for active in all_withholdings(connection):
            if active.scope is scope and _names(active, known) and active.is_active(clock()) and active.until == until:
                complete_withholding(connection, active, urlkey)
                return active
        entered = Withholding(
            scope=scope, subject=known, reason=reason, note=note, withheld_at=clock(), until=until
        )  # fmt: skip
        enter_withholding(connection, entered, urlkey)
        write_log(collection, connection)
    return entered


def lift_withholding(collection: Collection, subject: str, note: str, *, clock: Clock = now) -> WithholdingScope:
    """Show readers again what was withheld under this name; what is withheld under another stays so.

    Raises:
        NotWithheld: nothing is withheld under that name.
    """
    with collection.whole.catalog(writable=True) as catalog, catalog.transaction() as connection:
        active = [one for one in all_withholdings(connection) if one.is_active(clock())]
        found = [one for one in active if _names(one, subject)]
        if not found:
            raise NotWithheld(subject, [one.subject for one in active])
        for one in found:
            lift(connection, one.scope, one.subject, clock(), note)
        write_log(collection, connection)
    return found[0].scope


def keep_withholdings(connection: sqlite3.Connection, collection: Collection) -> None:
    """Enter in a catalog that is made anew what its former one withheld, or else the log; within no transaction."""
    kept: list[Withholding] = []
    with suppress(sqlite3.Error), closing(connect(collection.catalog_path, "ro")) as former:
        kept = all_withholdings(former)
    for one in kept or read_log(collection):
        enter_withholding(connection, one, urlkey)


def bring_withholdings(into: Collection, sources: Sequence[Collection]) -> None:
    """Enter what other collections withheld, once each."""
    brought: list[Withholding] = []
    for source in sources:
        with source.whole.catalog() as catalog:
            brought += all_withholdings(catalog.connection)
    if not brought:
        return
    with into.whole.catalog(writable=True) as catalog, catalog.transaction() as connection:
        known = set(all_withholdings(connection))
        for one in sorted(set(brought) - known, key=lambda one: one.withheld_at):
            enter_withholding(connection, one, urlkey)
        write_log(into, connection)


def read_log(collection: Collection) -> list[Withholding]:
    """What the log says was withheld, the oldest first; a line that nobody can read is left out."""
    try:
        lines = (collection.root / LOG).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        with suppress(ValueError, TypeError, KeyError, cattrs.BaseValidationError):
            found.append(_CONVERTER.structure(json.loads(line), Withholding))
    return found


def values_of(one: Withholding) -> dict[str, Any]:
    """Its plain values, as in the log."""
    values: dict[str, Any] = _CONVERTER.unstructure(one)
    return values


_CONVERTER = plain_converter()


def _known(connection: sqlite3.Connection, subject: str) -> tuple[WithholdingScope, str]:
    """What a subject names, and how it is named in the catalog."""
    if connection.execute("SELECT 1 FROM main.articles WHERE id = ?", (subject,)).fetchone():
        return WithholdingScope.ARTICLE, subject
    if subject.startswith(("http://", "https://")):
        if captured_spellings(connection, [urlkey(subject)]):
            return WithholdingScope.ADDRESS, subject
    elif subject and is_host_captured(connection, subject, urlkey):
        return WithholdingScope.HOST, subject.lower()
    raise NothingToWithhold(subject)


def _scope_of(subject: str) -> WithholdingScope:
    """What a subject names by its form."""
    if subject.startswith(("http://", "https://")):
        return WithholdingScope.ADDRESS
    return WithholdingScope.HOST if "." in subject and "/" not in subject else WithholdingScope.ARTICLE


def _names(one: Withholding, subject: str) -> bool:
    if one.scope is WithholdingScope.ADDRESS:
        return uniform_key(urlkey(one.subject)) == uniform_key(urlkey(subject))
    return one.subject == (subject.lower() if one.scope is WithholdingScope.HOST else subject)


def write_log(collection: Collection, connection: sqlite3.Connection) -> None:
    """Write all rows to the log, durably, before they are committed: a rebuild without a catalog reads it."""
    lines = (json.dumps(values_of(one), ensure_ascii=False) + "\n" for one in all_withholdings(connection))
    put_pieces((line.encode() for line in lines), collection.root / LOG)
    write_rules(connection, collection.root / RULES)


def write_rules(connection: sqlite3.Connection, path: Path) -> None:
    """Write what is withheld now as rules by which pywb finds none of it, durably.

    A rule is for the address of a capture, in pywb's form, or for all addresses of a host; the last one comes first.
    """
    rules = {f"{pywb_key(url)}###" for url in withheld_addresses(connection)} | withheld_hosts(connection)
    lines = (f'{key.replace(" ", "%20")} - {{"access": "exclude"}}\n'.encode() for key in rules)
    put_pieces(iter(sorted(lines, reverse=True)), path)
