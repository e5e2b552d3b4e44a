"""A collection of a labelled set, and its articles one by one."""

from __future__ import annotations

import pytest

from archive.article import Article
from benchmarks.labelled import articles_of
from crawler.newsroom.reprints import LabelledSet, labelled_set


@pytest.fixture(scope="session")
def labelled() -> LabelledSet:
    return labelled_set(seed=11, originals=24, days=4)


@pytest.fixture(scope="session")
def printed(labelled: LabelledSet) -> list[Article]:
    """The set's articles in the order of their captures."""
    return list(articles_of(labelled))
