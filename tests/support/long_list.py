"""A paper with a long list on a raw server: its list pages and articles, and what a crawl of it held."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from support.small_paper import Paper, answer, article, listing

NEWEST = date(2025, 7, 30)


PAGES, PER_PAGE = 10, 3


def published(number: int) -> date:
    """Articles are numbered from the newest, one a day."""
    return NEWEST - timedelta(days=number)


def site(pages: int = PAGES) -> dict[str, list[Any]]:
    """A section of some list pages, with a box of favourites on each."""
    served: dict[str, list[Any]] = {}
    for page in range(1, pages + 1):
        numbers = range((page - 1) * PER_PAGE, page * PER_PAGE)
        paths = [f"/tin-post{number}.html" for number in numbers]
        following = f"/van-hoa/?page={page + 1}" if page < pages else ""
        served["/van-hoa/" if page == 1 else f"/van-hoa/?page={page}"] = listing(
            *paths, "/tin-post1.html", following=following
        )
        served |= {
            path: article(f"Tin số {number}", published(number).isoformat())
            for number, path in zip(numbers, paths, strict=True)
        }
    return served


def unlinked(pages: int) -> dict[str, list[Any]]:
    """A section whose list pages link to none, and an empty page behind them."""
    served = site(pages)
    for page in range(1, pages + 1):
        paths = [f"/tin-post{number}.html" for number in range((page - 1) * PER_PAGE, page * PER_PAGE)]
        served["/van-hoa/" if page == 1 else f"/van-hoa/?page={page}"] = listing(*paths)
    return served | {f"/van-hoa/?page={pages + 1}": answer("<p>Không còn tin.</p>")}


def held(paper: Paper) -> set[int]:
    return {int(number) for number in paper.ids()}


def places(paper: Paper) -> list[str]:
    """The pages at which walks go on."""
    return [place for (place,) in paper.rows("SELECT next_url FROM walks WHERE ended_at IS NULL")]


def lists(server: Any, since: int = 0) -> list[str]:
    return [path for path, _ in server.received[since:] if path.startswith("/van-hoa/")]


def with_catalog(paper: Paper, statement: str) -> None:
    from archive.collection import Collection

    with Collection.open(paper.root).catalog(writable=True) as catalog, catalog.transaction() as connection:
        connection.execute(statement)
