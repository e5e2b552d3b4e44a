"""The newsroom: composes all papers, and publishes, edits and withdraws; serves nothing itself."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from random import Random
from typing import Any

from crawler.newsroom.donghai import PUBLISHED, write_dong_hai
from crawler.newsroom.papers import BACLIEU, BIENXANH, CANTHO, LAOCAI, PAPERS
from crawler.newsroom.pictures import draw_picture
from crawler.newsroom.story import Paper, Picture, Piece, Story, truth_of
from crawler.newsroom.words import Draw, read_lists
from crawler.newsroom.writing import Writer, take_over

REPRINTING = 12
HIDDEN = {LAOCAI.key: "title", CANTHO.key: "published_at"}


class Newsroom:
    """Every story of the three papers. The same seed and number give the same stories, and the same calls in the
    same order keep them the same. There is no clock: each paper's time goes on by minutes with what is done to it.

    Args:
        seed: decides everything.
        articles: how many articles can be read, at least 6; two more have a page without a required field.
        undeclared: how many the paper that nobody declares prints; with none it is not there.

    Raises:
        ValueError: fewer than 6 articles are asked for.
    """

    def __init__(self, seed: int = 2025, articles: int = 420, undeclared: int = 0) -> None:
        if articles < 6:
            raise ValueError(f"a newsroom needs 6 articles at least, got {articles}")
        self.seed = seed
        self.stories: list[Story] = []
        self.reprints: list[dict[str, str]] = []
        self.changes = 0
        self.papers = (*PAPERS, BIENXANH) if undeclared else PAPERS
        self._writers = {paper.key: Writer(paper, seed) for paper in self.papers}
        self._written = dict.fromkeys(self._writers, 0)
        self._clocks: dict[str, datetime] = {}
        self._digests: dict[str, str] = {}
        share, over = divmod(articles, len(PAPERS))
        for index, paper in enumerate(PAPERS):
            self._compose(paper, share + (index < over))
        if undeclared:
            self._compose(BIENXANH, undeclared)
        self._by_url = {story.url: story for story in self.stories}

    def truth(self) -> dict[str, Any]:
        """What an extractor must find on every page, the pages that it must give up on, and which article was taken
        over from which, whole or abridged."""
        found_out = self.of(BIENXANH)
        readable = [story for story in self.stories if not story.hidden and story not in found_out]
        for story in [*readable, *found_out]:
            for picture in story.pictures:
                self._digest(story.paper, picture)
        return {
            "seed": self.seed,
            "hosts": {paper.key: paper.host for paper in PAPERS},
            "articles": [truth_of(story, self._digests) for story in readable],
            "unreadable": [{"url": story.url, "field": story.hidden} for story in self.stories if story.hidden],
            "reprints": list(self.reprints),
            "undeclared": {
                "host": BIENXANH.host,
                "sections": [
                    {"name": one.name, "path": BIENXANH.list_path.format(section=one.slug)} for one in BIENXANH.sections
                ],
                "articles": [truth_of(story, self._digests) for story in found_out],
            },
        }

    def publish(self, count: int = 1) -> list[str]:
        """Prints new articles, paper after paper, and returns their addresses."""
        urls = []
        for _ in range(count):
            self.changes += 1
            paper = PAPERS[self.changes % len(PAPERS)]
            newest = max(story.number for story in self.of(paper))
            section = paper.sections[self.changes // len(PAPERS) % len(paper.sections)]
            story = self._write(paper, newest + 1 + self.changes % 3, self._tick(paper), section.slug)
            self._keep(story)
            urls.append(story.url)
        return urls

    def edit(self, url: str) -> None:
        """Changes an article's text and says when: the last paragraph goes on, the title too every third time.

        Raises:
            KeyError: no article has that address.
        """
        story = self._by_url[url]
        self.changes += 1
        story.edits += 1
        lists = {**read_lists("chung")[""], **read_lists(story.paper.key)[""]}
        draw = Draw(Random(f"{self.seed} {url} {story.edits}"), lists, {})
        last = max(index for index, piece in enumerate(story.pieces) if piece.type == "paragraph")
        added = draw.sentence(draw.chance.choice(lists["ke_hoach"]))
        if last == 0 and story.paper.key != LAOCAI.key:
            story.pieces.append(Piece("paragraph", added))
        else:
            before = story.pieces[last]
            story.pieces[last] = Piece("paragraph", f"{before.text} {added}", decomposed=before.decomposed)
        if story.edits % 3 == 0:
            story.title += " (cập nhật)"
        story.modified = self._tick(story.paper)

    def withdraw(self, url: str) -> None:
        """Takes an article back: its page is gone (410) and no list names it.

        Raises:
            KeyError: no article has that address.
        """
        story = self._by_url[url]
        self.changes += 1
        story.withdrawn = True
        self._tick(story.paper)

    def of(self, paper: Paper) -> list[Story]:
        """The paper's stories, withdrawn ones too, oldest first."""
        return [story for story in self.stories if story.paper is paper]

    def changed(self, paper: Paper) -> datetime:
        """When the paper last printed, edited or withdrew something."""
        return self._clocks[paper.key]

    def _compose(self, paper: Paper, count: int) -> None:
        chance = Random(f"{self.seed} {paper.key} calendar")
        span = int((paper.last - paper.first).total_seconds() // 60)
        total = count + (paper.key in HIDDEN)
        minutes = sorted(chance.sample(range(span), total - (paper is BACLIEU)))
        times = sorted([paper.first + timedelta(minutes=minute) for minute in minutes])
        if paper is BACLIEU:
            times = sorted([*times, PUBLISHED])
        number, hidden_at = paper.first_number, total * 3 // 5
        for nth, moment in enumerate(times):
            number += chance.randint(1, 7)
            if paper is BACLIEU and moment == PUBLISHED:
                self.stories.append(self._writers[paper.key].adopt(write_dong_hai(paper, number)))
                continue
            story = self._write(paper, number, moment, paper.sections[nth % len(paper.sections)].slug)
            if paper is LAOCAI and nth >= total - REPRINTING and nth % 2:
                self._reprint(story)
            if nth == hidden_at and paper.key in HIDDEN:
                story.hidden = HIDDEN[paper.key]
                story.fails_once = story.has_old_address = story.has_variant_address = False
            elif chance.random() < 0.06:
                story.modified = moment + timedelta(minutes=chance.randint(20, 1500))
            self.stories.append(story)
        self._clocks[paper.key] = max([story.changed for story in self.of(paper)], default=paper.last)

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

    def _keep(self, story: Story) -> None:
        self.stories.append(story)
        self._by_url[story.url] = story

    def _tick(self, paper: Paper) -> datetime:
        self._clocks[paper.key] += timedelta(minutes=1)
        return self._clocks[paper.key]

    def _digest(self, paper: Paper, picture: Picture) -> None:
        url = paper.origin + picture.path
        if url not in self._digests:
            self._digests[url] = hashlib.sha256(picture_file(picture)).hexdigest()


def picture_file(picture: Picture) -> bytes:
    """The bytes of a story's picture."""
    form = "PNG" if picture.path.endswith(".png") else "JPEG"
    return draw_picture(picture.recipe, picture.width, picture.height, form)
