"""A map that leaves memory for a file says what a dictionary says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.warc.check.between import numbers
from archive.warc.check.between.numbers import Numbers

NUMBERS = st.integers(-(2**63), 2**63 - 1)
FEW = st.integers(-4, 4)


@given(st.lists(st.tuples(st.booleans(), FEW | NUMBERS, NUMBERS)))
def test_it_is_a_dictionary(changes: list[tuple[bool, int, int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numbers, "_IN_MEMORY", 3)
        found, expected = Numbers(), dict[int, int]()
        for is_default, key, value in changes:
            if is_default:
                assert found.setdefault(key, value) == expected.setdefault(key, value)
            else:
                found[key] = expected[key] = value
            assert all(found.get(one) == of for one, of in expected.items())
            assert (key + 1 in found) is (key + 1 in expected)
