"""Identities: the one address under which the catalog knows an article that has several."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, MutableMapping

from archive.identity import address_key, identity_of, is_other_form, plain_address, slug_of

SLUG = "slug:"
"""Ahead of what addresses are found by whose articles have no id: the first one of each slug."""


def known_as(
    connection: sqlite3.Connection,
    newspaper: str,
    identities: Mapping[str, str],
    new: MutableMapping[str, str] | None = None,
) -> dict[str, str]:
    """For each address the one under which the catalog knows its article; the address itself where there is none.

    Where the known address is gone, another one is returned unchanged, unless it differs in session ids alone. So is
    one that is no other form where the known address is one for telephones, for printing or as AMP.

    Args:
        identities: addresses with their identities; of several new addresses of one identity the first is used.
        new: identities with their first address that earlier calls found and that the catalog may not know yet;
            those that this call finds are added.
    """
    new = {} if new is None else new
    plain = {url: plain_address(url) for url in identities}
    rows = connection.execute(
        "SELECT url FROM addresses WHERE newspaper = ? AND url IN (SELECT value FROM json_each(?))",
        (newspaper, json.dumps([*identities, *plain.values()])),
    )
    addresses = {url for (url,) in rows}
    rows = connection.execute(
        """SELECT i.identity, i.url, a.gone_at FROM identities i JOIN addresses a ON a.newspaper = i.newspaper
        AND a.url = i.url WHERE i.newspaper = ? AND i.identity IN (SELECT value FROM json_each(?))""",
        (newspaper, json.dumps(list(identities.values()))),
    )
    known = {identity: (url, gone_at is not None) for identity, url, gone_at in rows}
    found: dict[str, str] = {}
    for url, identity in sorted(identities.items(), key=lambda one: is_other_form(one[0])):
        spelling, is_gone = known.get(identity, (None, False))
        if url in addresses:
            found[url] = url
        elif spelling is not None and not _is_better(url, spelling, is_gone=is_gone, plain=plain[url]):
            found[url] = spelling
        elif plain[url] in addresses:
            found[url] = plain[url]
        else:
            if spelling is not None and new.get(identity) == spelling:  # gone since it was found
                del new[identity]
            found[url] = new.setdefault(identity, url)
    return found


def _is_better(url: str, known: str, *, is_gone: bool, plain: str) -> bool:
    """Whether an address is looked at although another one of its article is known."""
    return (is_gone and plain_address(known) != plain) or (is_other_form(known) and not is_other_form(url))


def enter(connection: sqlite3.Connection, newspaper: str, identities: Mapping[str, str]) -> None:
    """Enter the identities of addresses; an address that is gone, or one for telephones, for printing or as AMP, is
    replaced by another."""
    connection.executemany(
        """INSERT INTO identities (newspaper, identity, url) VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET url = excluded.url WHERE EXISTS (SELECT 1 FROM addresses a
            WHERE a.newspaper = identities.newspaper AND a.url = identities.url AND a.gone_at IS NOT NULL)""",
        [(newspaper, name, url) for url, identity in identities.items() for name in _names(url, identity)],
    )
    better = {identity: url for url, identity in identities.items() if not is_other_form(url)}
    rows = connection.execute(
        "SELECT identity, url FROM identities WHERE newspaper = ? AND identity IN (SELECT value FROM json_each(?))",
        (newspaper, json.dumps(list(better))),
    ).fetchall()
    connection.executemany(
        "UPDATE identities SET url = ? WHERE newspaper = ? AND identity = ?",
        [(better[identity], newspaper, identity) for identity, known in rows if is_other_form(known)],
    )


def _names(url: str, identity: str) -> Iterator[str]:
    """What an address is entered by: its identity, and its slug where the newspaper gives no id."""
    yield identity
    if identity == address_key(url) and (slug := slug_of(url)) is not None:
        yield SLUG + slug


def articles_of_slug(connection: sqlite3.Connection, newspaper: str, url: str) -> str | None:
    """The id of the article without an id of the newspaper's that was first found with an address's slug."""
    slug = slug_of(url)
    row = connection.execute(
        """SELECT a.article_id FROM identities i JOIN addresses a ON a.newspaper = i.newspaper AND a.url = i.url
        WHERE i.newspaper = ? AND i.identity = ?""",
        (newspaper, SLUG + (slug or "")),
    ).fetchone()
    return row[0] if row else None


def enter_anew(connection: sqlite3.Connection, patterns: Mapping[str, str]) -> None:
    """Enter the identities of all articles' addresses: first those that are not gone, and of these the plain ones.

    Args:
        patterns: of the newspapers' article addresses.
    """
    connection.create_function("is_other_form", 1, is_other_form, deterministic=True)
    rows = connection.execute(
        """SELECT newspaper, url FROM addresses WHERE kind = 'article'
        ORDER BY gone_at IS NOT NULL, is_other_form(url), first_seen_at, url"""
    ).fetchall()
    enter_all(connection, rows, patterns)


def enter_all(connection: sqlite3.Connection, rows: Iterable[tuple[str, str]], patterns: Mapping[str, str]) -> None:
    """Enter the identities of pairs of newspaper and address, the first address of each identity."""
    connection.executemany(
        "INSERT OR IGNORE INTO identities (newspaper, identity, url) VALUES (?, ?, ?)", _identified(rows, patterns)
    )


def _identified(rows: Iterable[tuple[str, str]], patterns: Mapping[str, str]) -> Iterable[tuple[str, str, str]]:
    for newspaper, url in rows:
        identity = identity_of(newspaper, url, patterns.get(newspaper, r"(?!)"))
        for name in _names(url, identity):
            yield newspaper, name, url


def patterns_of(connection: sqlite3.Connection) -> dict[str, str]:
    """The patterns of the declared newspapers' article addresses, by name."""
    rows = connection.execute(
        """SELECT name, json_extract(profile, '$.article_pattern') FROM newspapers
        WHERE json_extract(profile, '$.family') IS NOT 'undeclared'"""
    )
    return {name: pattern for name, pattern in rows if pattern}


def identify_anew(connection: sqlite3.Connection) -> None:
    """Enter all identities by today's rules, in a catalog that has those of earlier ones."""
    connection.execute("DELETE FROM identities")
    enter_anew(connection, patterns_of(connection))
