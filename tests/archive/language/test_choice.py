"""The language that a reader gets: Accept-Language as browsers and others send it, the cookie, and the way there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.language.choice import accepted


@pytest.mark.parametrize(
    ("field", "language"),
    [
        ("vi", "vi"),
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("en-GB,en;q=0.9", "en"),
        ("EN", "en"),
        ("en;q=0.3, vi;q=0.7", "vi"),
        ("fr-FR, en;q=0.5, vi;q=0.2", "en"),
        ("en, vi", "en"),
        ("vi, en", "vi"),
        ("*", "vi"),
        ("fr, *;q=0.1", "vi"),
        ("vi;q=0, *", "en"),
        ("en;q=0.5, *;q=0.8", "vi"),
        ("en ; q = 1.000", "en"),
        ("fr, de;q=0.9", None),
        ("", None),
        ("en;q=0", None),
        ("en;q=0, vi;q=0", None),
        # malformed, or written to harm
        ("en;q=2", None),
        ("en;q=-1, vi;q=0.1", "vi"),
        ("en;q=1e9, vi;q=0.1", "vi"),
        ("en;q=nan", None),
        ("en;level=1", None),
        (";;;,,,===,q", None),
        ("english", None),
        ("en\x00", None),
        ("../../etc/passwd", None),
        ("x," * 100_000 + "en", None),
        ("en;q=0." + "9" * 100_000, None),
    ],
)
def test_the_language_that_a_browser_prefers(field: str, language: str | None) -> None:
    assert accepted(field) == language


@given(st.text())
def test_no_field_breaks_the_choice(field: str) -> None:
    assert accepted(field) in {"vi", "en", None}


@given(st.permutations([("en", 0.9), ("vi", 0.4), ("fr", 1.0)]))
def test_the_order_of_different_weights_does_not_matter(ranges: list[tuple[str, float]]) -> None:
    assert accepted(", ".join(f"{name};q={weight}" for name, weight in ranges)) == "en"
