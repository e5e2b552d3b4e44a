"""The answer of the API about the printings of an article's text."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI, Query
from pydantic import BaseModel, Field

from archive.catalog.reprints import Direction, Role
from archive.collection import Collection
from archive.reprints.story import Relation, stories_of


class StoryPrintingAnswer(BaseModel):
    """An article that prints a text, and what it is of another one."""

    article: str = Field(description="its id")
    version: str = Field(description="content hash of its latest version")
    newspaper: str
    title: str
    language: str = Field(description="BCP 47 tag")
    published_at: datetime
    is_day: bool = Field(description="whether it says the day of publication alone")
    role: Role = Field(description="a printing of the text, or a longer piece that embeds it")
    relation: Relation = Field(description="what it is of the article that it was compared with")
    compared_with: str | None = Field(description="the id of that article")
    compared_version: str | None
    kept: float | None = Field(description="share of that article's text that it has, from 0 to 1")
    of_own: float | None = Field(description="share of its own text that this is")
    direction: Direction | None = Field(description="by what it is known who had the text first")
    former: bool = Field(description="whether one was compared in a version that is no longer its latest")
    evidence: dict[str, Any] = Field(
        description="times, credits, and what was counted; of the source, then of the copy"
    )


class StoryAnswer(BaseModel):
    """A text that several articles print."""

    cluster: str
    origin: str = Field(description="id of the earliest printing, as far as is known")
    agency: str | None = Field(description="whose text it is, where credits say so")
    basis: Direction = Field(description="by what the origin is known")
    count: int = Field(description="how many articles print it, those that embed it left out")
    printings: list[StoryPrintingAnswer]


def serve_reprints(app: FastAPI, collection: Collection) -> None:
    """Add the printings of an article's text."""

    @app.get("/reprints", summary="The articles that print an article's text")
    def reprints(
        id: Annotated[str, Query(max_length=200, description="the article's id", examples=["baocantho:194306"])],
    ) -> list[StoryAnswer]:
        with closing(collection.catalog()) as catalog:
            catalog.article(id)
            return [StoryAnswer.model_validate(one.values()) for one in stories_of(catalog, id)]
