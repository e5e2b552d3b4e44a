"""`baotinh newspapers check NAME`: shows how an article is read, and keeps its page once a person accepts it."""

from __future__ import annotations

from collections.abc import Sequence

from archive.errors import NothingToRead
from archive.printable import say
from archive.search.terms.passages import BODY_BLOCKS
from crawler.declaration.declared import Declared
from crawler.declaration.layout import day_of
from crawler.declaration.own import own_folder
from crawler.survey import golden
from crawler.survey.checking import CheckedPage

_LONGEST_SHOWN = 160


def show_article(spider: type[Declared], pages: Sequence[CheckedPage], *, accept: bool) -> None:
    """Print how an article is read, for a person to judge; keep its page as a golden page if it was accepted."""
    found = golden.most_telling((one.fetched, one.article) for one in pages if one.article is not None)
    if found is None:
        if accept:
            reason = "on the pages that were seen no article can be read, so that nothing was accepted"
            raise NothingToRead(spider.name, reason, "mend its declaration")
        return
    fetched, article = found
    texts = [block.text for block in article.body if block.type in BODY_BLOCKS]
    lines = {
        "title": article.title,
        "kicker": article.kicker,
        "published": article.published_at.isoformat(timespec="minutes"),
        "authors": ", ".join(article.authors),
        "byline": article.byline,
        "source": article.source,
        "section": article.section,
        "lead": article.lead,
        "first": texts[0] if texts else None,
        "last": texts[-1] if len(texts) > 1 else None,
        "texts": str(len(texts)),
        **{f"picture {nth}": f"{image.url} {image.caption or ''}" for nth, image in enumerate(article.images, 1)},
    }
    say(f"\n{fetched.url}")
    for label, text in lines.items():
        if text:
            line = " / ".join(text.splitlines())
            say(f"  {label:<10} {line if len(line) <= _LONGEST_SHOWN else line[: _LONGEST_SHOWN - 3] + '...'}")
    if accept:
        place = golden.accept(own_folder(), spider, fetched, article)
        day = day_of(fetched.captured_at, spider.time_zone)
        say(f"\nAccepted: {place}. Each check reads it again and says what differs.")
        say(f"In the declaration say verified = date({day.year}, {day.month}, {day.day}), and to the layout the same.")
    elif (day_before := golden.golden_day(own_folder(), spider.name)) is not None:
        say(f"\nThe golden page of {day_before} is read again above; --accept keeps this one as well.")
    else:
        say("\nIf every line is right, say it again with --accept: the page is kept as a golden page.")
