"""The answers of the API about counts and frozen sets."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from archive.sets.check import SetFinding
from archive.sets.files import FrozenSet, ListedSet


class FrequencyAnswer(BaseModel):
    """A term in one period, and what is held of the period under the same filters."""

    term: str | None
    scope: str | None
    newspaper: str | None = Field(description="null where all newspapers are counted together")
    first: date = Field(description="the first day of the period")
    found: int = Field(description="articles that a search for the term finds")
    occurrences: int
    articles: int = Field(description="articles held")
    syllables: int
    pictures: int
    per_million: float | None = Field(description="occurrences in a million syllables held")
    per_article: float | None
    pictures_per_article: float | None


class CollocateAnswer(BaseModel):
    """A word, or a pair of words, that is more frequent near the term than elsewhere."""

    words: str
    near: int
    elsewhere: int
    expected: float
    log_likelihood: float


class CollocationsAnswer(BaseModel):
    """The words near a term, the strongest first."""

    term: str
    scope: str
    window: int
    articles: int
    occurrences: int
    near: int = Field(description="all words near the term")
    elsewhere: int = Field(description="all words elsewhere")
    collocates: list[CollocateAnswer]


class SetAnswer(BaseModel):
    """A frozen set: the search that found it, and its own hash."""

    name: str
    created_at: str
    software: str
    query: str
    scope: str
    within: str
    filters: dict[str, Any]
    count: int
    hash: str

    @classmethod
    def of(cls, frozen: FrozenSet | ListedSet) -> SetAnswer:
        """The set's values."""
        return cls(**{name: getattr(frozen, name) for name in cls.model_fields})


class SetArticle(BaseModel):
    """An article of a set in the version that was frozen."""

    id: str
    version: str


class SetArticlesAnswer(BaseModel):
    """A page of a set's articles."""

    set: SetAnswer
    articles: list[SetArticle]
    next: str | None = Field(description="cursor of the next page; null on the last")


class SetDifference(BaseModel):
    """An article that differs from the set."""

    fault: str = Field(description="missing, changed or withdrawn")
    id: str
    version: str = Field(description="the frozen one")
    latest: str | None = Field(description="of a changed article, its version of today")
    is_held: bool = Field(description="whether the frozen version is held")
    since: str | None = Field(description="of a withdrawn article, since when")

    @classmethod
    def of(cls, finding: SetFinding) -> SetDifference:
        """The finding's values."""
        return cls(
            fault=finding.fault.value, id=finding.id, version=finding.version, latest=finding.latest,
            is_held=finding.is_held, since=finding.since,
        )  # fmt: skip


class SetDifferencesAnswer(BaseModel):
    """A page of the differences between a set and the archive."""

    differences: list[SetDifference]
    next: str | None = Field(description="cursor of the next page; null on the last")
