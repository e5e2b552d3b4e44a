"""The newsroom: writes the stories of all newspapers, and publishes, edits, moves and withdraws them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from crawler.newsroom.editions.stories import write_editions
from crawler.newsroom.edits import UNSEEN, EditImpossible, edit
from crawler.newsroom.papers import BACLIEU, BIENXANH, CANTHO, LAOCAI, PAPERS, PUBLISHED, SONLA, write_dong_hai
from crawler.newsroom.pictures import take_pictures
from crawler.newsroom.story import VIETNAM, Paper, Section, Story
from crawler.newsroom.truth import Digests, sections_of, truths_of
from crawler.newsroom.writing import Writer, moved_slug, take_over

REPRINTING = 12
HIDDEN = {LAOCAI.key: "title", CANTHO.key: "published_at"}
REDESIGNS = (CANTHO.key,)
# The days before `opens_at` from which the first articles are.
BEFORE_OPENING = timedelta(days=40)


class Newsroom:
    """All stories of the three papers. The same seed, number and calls, in the same order, give the same stories.

    Time is simulated: each paper's clock advances by a minute with each change.

    Args:
        seed: of all random choices.
        articles: how many readable articles, at least 6; two more have a page without a required field.
        undeclared: how many articles of the undeclared paper; with 0 it is not served.
        editions: whether Báo Cần Thơ has editions in English, Khmer and Chinese.
        drawn: how many articles of the paper drawn by scripts; with 0 it is not served.
        opens_at: the first articles are of the 40 days before this instant, at which the papers' clocks start;
            without it each paper has its own calendar. With it, feeds and sitemaps have more forms.
        until: the day of the last articles; the calendars of the papers that are still printed are moved to it.

    Raises:
        ValueError: fewer than 6 articles are asked for, or the opening has no offset.
    """

    def __init__(
        self,
        seed: int = 2025,
        articles: int = 420,
        undeclared: int = 0,
        drawn: int = 0,
        editions: bool = False,
        opens_at: datetime | None = None,
        until: date | None = None,
    ) -> None:
        if articles < 6:
            raise ValueError(f"a newsroom needs 6 articles at least, got {articles}")
        self.seed = seed
        self.opens_at = _minute(opens_at) if opens_at else None
        self._until = until
        self.stories: list[Story] = []
        self.reprints: list[dict[str, str]] = []
        self.changes = 0
        self.moves: list[dict[str, str]] = []
        self.redesigned: dict[str, datetime] = {}
        self._silent: set[tuple[str, str]] = set()
        self._instant = self.opens_at
        self._declared = tuple(map(self._moved, PAPERS))
        beside = {self._moved(paper): count for paper, count in ((BIENXANH, undeclared), (SONLA, drawn)) if count}
        self.papers = (*self._declared, *beside)
        self._writers = {paper.key: Writer(paper, seed) for paper in self.papers}
        self._written = dict.fromkeys(self._writers, 0)
        self._clocks: dict[str, datetime] = {}
        self._digests: Digests = {}
        share, over = divmod(articles, len(PAPERS))
        for index, paper in enumerate(self._declared):
            self._compose(paper, share + (index < over))
        for paper, count in beside.items():
            self._compose(paper, count)
        self.taken_pictures = take_pictures((story for story in self.stories if story.paper in self._declared), seed)
        self._by_url = {story.url: story for story in self.stories}
        self.editions = write_editions(self.of(CANTHO)) if editions else ()

    def truth(self) -> dict[str, Any]:
        """The expected articles of all pages, unreadable pages, reprints, moves, pictures taken from one another."""
        readable = [story for story in self.stories if not story.hidden and story.paper in self._declared]
        return {
            "seed": self.seed,
            "hosts": {paper.key: paper.host for paper in PAPERS},
            "articles": truths_of(readable, self._digests),
            "unreadable": [{"url": story.url, "field": story.hidden} for story in self.stories if story.hidden],
            "reprints": list(self.reprints),
            "moves": list(self.moves),
            "taken_pictures": list(self.taken_pictures),
            "undeclared": self._truth_beside(BIENXANH),
            "drawn": self._truth_beside(SONLA),
            "editions": [edition.truth(self._digests) for edition in self.editions],
        }

    def set_clock(self, at: datetime) -> None:
        """Set the time of further changes, to the minute; changes of one paper remain a minute apart. ValueError
        where it has no offset."""
        self._instant = _minute(at)

    def now(self) -> datetime:
        """The instant that was set last, or that of the last change, if later."""
        return max([*self._clocks.values(), *([self._instant] if self._instant else [])])

    def publish(self, count: int = 1, paper: str | None = None, section: str | None = None) -> list[str]:
        """Prints new articles and returns their addresses: paper after paper, or in one paper, or in a section of
        that slug; silent ones are passed over.

        Raises:
            ValueError: there is no such place that is not silent.
        """
        urls = []
        for _ in range(count):
            self.changes += 1
            chosen, place = self._place(paper, section)
            newest = max(story.number for story in self.of(chosen))
            story = self._write(chosen, newest + 1 + self.changes % 3, self._tick(chosen), place.slug)
            self.stories.append(story)
            self._by_url[story.url] = story
            urls.append(story.url)
        return urls

    def silence(self, paper: str, section: str) -> None:
        """Prints nothing more in a section; ValueError where the paper has none of that slug."""
        found = self._paper(paper)
        if section not in [one.slug for one in found.sections]:
            raise ValueError(f"{paper} has no section {section}")
        self._silent.add((paper, section))

    def redesign(self, paper: str) -> None:
        """Prints all article pages of a paper in its other markup from now on.

        Raises:
            ValueError: the paper has no other markup.
        """
        if paper not in REDESIGNS:
            raise ValueError(f"only {', '.join(REDESIGNS)} has a second markup, not {paper}")
        self.changes += 1
        self.redesigned[paper] = self._tick(self._paper(paper))

    def move(self, url: str) -> str:
        """Gives an article another address with the same number; the old one redirects to it. The new address.

        Raises:
            KeyError: no article has that address.
            ValueError: the article was withdrawn.
        """
        story = self._by_url[url]
        if story.withdrawn:
            raise ValueError(f"{url} was withdrawn")
        self.changes += 1
        story.moves += 1
        story.slug = moved_slug(story.title, story.moves)
        story.has_old_address = story.has_variant_address = False
        story.touched = self._tick(story.paper)
        self._by_url[story.url] = self._by_url.pop(url)
        self.moves.append({"from": url, "to": story.url, "at": story.touched.isoformat()})
        return story.url

    def edit(self, url: str, kind: str = "goes on", is_silent: bool = False) -> None:
        """Changes what an article says, and says when.

        Args:
            kind: one of `crawler.newsroom.edits.KINDS` or `OF_FILES`; by default the last paragraph goes on, the
                title too every third time. `is_silent`: the page does not say when.

        Raises:
            KeyError: no article has that address, or there is no such kind.
            EditImpossible: the article has nothing that could be edited so; it is as before.
        """
        story, before = self._by_url[url], set(self._by_url[url].pictures)
        story.edits += 1
        try:
            edit(story, kind, f"{self.seed} {url} {story.edits}")
        except (EditImpossible, KeyError):
            story.edits -= 1
            raise
        self.changes += 1
        story.touched = self._tick(story.paper)
        story.modified = story.modified if is_silent or kind in UNSEEN else story.touched
        if kind in UNSEEN:
            story.file_pictures(before, story.touched)

    def withdraw(self, url: str) -> None:
        """Takes an article back: its page is gone (410) and no list names it; KeyError where none is there."""
        story = self._by_url[url]
        self.changes += 1
        story.withdrawn = True
        story.touched = self._tick(story.paper)

    def of(self, paper: Paper) -> list[Story]:
        """The paper's stories, withdrawn ones too, oldest first."""
        return [story for story in self.stories if story.paper.key == paper.key]

    def changed(self, paper: Paper) -> datetime:
        """When the paper last printed, edited, moved or withdrew something."""
        return self._clocks[paper.key]

    def printed(self, story: Story) -> datetime:
        """When a story's page was last printed anew."""
        return max(story.changed, self.redesigned.get(story.paper.key, story.changed))

    def _moved(self, paper: Paper) -> Paper:
        if self.opens_at:
            return replace(paper, first=self.opens_at - BEFORE_OPENING, last=self.opens_at)
        if self._until and paper.key != BACLIEU.key:  # which ceased
            by = self._until - paper.last.date()
            return replace(paper, first=paper.first + by, last=paper.last + by)
        return paper

    def _paper(self, key: str) -> Paper:
        for paper in self.papers:
            if paper.key == key:
                return paper
        raise ValueError(f"there is no paper {key}")

    def _place(self, paper: str | None, section: str | None) -> tuple[Paper, Section]:
        """Where the next article is printed."""
        among = [one for one in self.papers if one.key == paper] if paper else self._declared
        papers = [one for one in among if any(self._speaking(one, section))]
        if not papers:
            raise ValueError(f"nothing can be printed in {section or 'any section'} of {paper or 'any paper'}")
        chosen = papers[self.changes % len(papers)]
        places = list(self._speaking(chosen, section))
        return chosen, places[self.changes // len(papers) % len(places)]

    def _speaking(self, paper: Paper, section: str | None) -> Iterator[Section]:
        for one in paper.sections:
            if section in (None, one.slug) and (paper.key, one.slug) not in self._silent:
                yield one

    def _compose(self, paper: Paper, count: int) -> None:
        chance = Random(f"{self.seed} {paper.key} calendar")
        span = int((paper.last - paper.first).total_seconds() // 60)
        total = count + (paper.key in HIDDEN)
        adopts = paper.key == BACLIEU.key and self.opens_at is None  # the adopted story has its own date
        minutes = sorted(chance.sample(range(span), total - adopts))
        times = sorted([paper.first + timedelta(minutes=minute) for minute in minutes])
        if adopts:
            times = sorted([*times, PUBLISHED])
        number, hidden_at = paper.first_number, total * 3 // 5
        for nth, moment in enumerate(times):
            number += chance.randint(1, 7)
            if adopts and moment == PUBLISHED:
                self.stories.append(self._writers[paper.key].adopt(write_dong_hai(paper, number)))
                continue
            story = self._write(paper, number, moment, paper.sections[nth % len(paper.sections)].slug)
            if paper.key == LAOCAI.key and nth >= total - REPRINTING and nth % 2:
                self._reprint(story)
            if nth == hidden_at and paper.key in HIDDEN:
                story.hidden = HIDDEN[paper.key]
                story.fails_once = story.has_old_address = story.has_variant_address = False
            elif chance.random() < 0.06:
                modified = moment + timedelta(minutes=chance.randint(20, 1500))
                story.modified = modified if self.opens_at is None or modified <= self.opens_at else None
            self.stories.append(story)
        changed = [story.changed for story in self.of(paper)]
        self._clocks[paper.key] = self.opens_at or max(changed, default=paper.last)

    def _reprint(self, story: Story) -> None:
        """Makes the story one that the paper took over from Cần Thơ through the agency, every other time abridged."""
        before = [other for other in self.of(CANTHO) if other.published < story.published and not other.hidden]
        if before:
            kind = "abridged" if len(self.reprints) % 2 else "whole"
            take_over(story, before[-1], kind == "abridged")
            self.reprints.append({"url": story.url, "of": before[-1].url, "kind": kind})

    def _write(self, paper: Paper, number: int, moment: datetime, slug: str) -> Story:
        section = next(section for section in paper.sections if section.slug == slug)
        nth = self._written[paper.key]
        self._written[paper.key] += 1
        return self._writers[paper.key].write(section, number, moment, nth)

    def _tick(self, paper: Paper) -> datetime:
        following = self._clocks[paper.key] + timedelta(minutes=1)
        self._clocks[paper.key] = max(following, self._instant) if self._instant else following
        return self._clocks[paper.key]

    def _truth_beside(self, paper: Paper) -> dict[str, Any]:
        """What is printed in a paper beside the declared ones."""
        return {
            "host": paper.host,
            "sections": sections_of(paper),
            "articles": truths_of(self.of(paper), self._digests),
        }


def _minute(at: datetime) -> datetime:
    """An instant as the papers print it: by Vietnam's clocks, without seconds.

    Raises:
        ValueError: it has no offset.
    """
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no offset from UTC")
    return at.astimezone(VIETNAM).replace(second=0, microsecond=0)
