"""Lines of articles' JSON: read back as they were written, whichever parser reads them."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.article import values_of

_PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(_PLAIN, st.booleans())
def test_a_lines_values_are_those_that_were_written(value: object, is_ascii: bool) -> None:
    """Also halves of surrogate pairs, which only escapes can write."""
    line = json.dumps(value, ensure_ascii=is_ascii)
    assert values_of(line) == value
    with contextlib.suppress(UnicodeEncodeError):
        assert values_of(line.encode()) == value


def test_what_is_no_json_is_refused() -> None:
    for line in ("", "{", b"\xff", '{"a": 1} x'):
        with pytest.raises(ValueError):
            values_of(line)
