"""A crawl of papers that take each other's pictures: every pair of the truth is found, and no other."""

from __future__ import annotations

import itertools

from support.crawling import Demonstration

from archive.catalog.pictures import is_behind
from archive.pictures.hashing import METHOD


def test_the_crawl_finds_what_was_taken(demonstration: Demonstration) -> None:
    original = {
        image["url"]: image["url"] for article in demonstration.truth["articles"] for image in article["images"]
    }
    original |= {one["url"]: one["of"] for one in demonstration.truth["taken_pictures"]}
    expected = {pair for pair in itertools.combinations(sorted(original), 2) if original[pair[0]] == original[pair[1]]}
    with demonstration.collection.catalog() as catalog:
        rows = catalog.connection.execute(
            """SELECT c.url, p.same_as FROM captures c JOIN pictures p ON p.payload_digest = c.payload_digest
            WHERE p.outcome = 'hashed'"""
        )
        known = dict(rows.fetchall())
        assert not is_behind(catalog.connection, METHOD)
    assert set(original) <= set(known)
    found = {pair for pair in itertools.combinations(sorted(original), 2) if known[pair[0]] == known[pair[1]]}
    right = len(found & expected)
    assert expected and right >= 0.98 * len(expected) and right >= 0.98 * len(found), (
        expected - found,
        found - expected,
    )
