"""Addresses of a search with changed filters, by the short way and the long one."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from archive.web.queries.search import NAMES, SearchQuery

TEXT = st.sampled_from(["", "lúa", "a b&c=d", '"thành phố"', "ảnh", "%00"])
QUERIES = st.builds(
    SearchQuery, q=TEXT, section=TEXT, newspaper=TEXT, author=TEXT, since=st.sampled_from([None, date(2026, 1, 31)]),
    pictures=st.sampled_from(["", "1", "0"]), changed=st.sampled_from(["", "1"]), grain=st.sampled_from(["", "day"]),
    page=st.integers(1, 3),
)  # fmt: skip


@given(QUERIES, st.dictionaries(st.sampled_from(NAMES), TEXT))
def test_a_changed_filter_gives_the_address_of_the_changed_search(query: SearchQuery, changes: dict[str, Any]) -> None:
    assert query.address(**changes) == query.address(page=1, **changes)
