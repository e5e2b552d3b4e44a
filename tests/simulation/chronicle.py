"""What stood on the papers' sites from when to when, kept beside them by a newsroom that is done the same to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import TypeAlias

import attrs
from script import DAY, HOUR, OPENS_AT, Deed, Script

from crawler.newsroom import Newsroom, RunningNewsroom
from crawler.newsroom.edits import KINDS, EditImpossible
from crawler.newsroom.story import Picture, Story

Content: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]
# Of each picture its path, caption and credit
Beside: TypeAlias = tuple[str | None, str | None, tuple[tuple[str, str | None, str | None], ...]]


@attrs.define
class Stand:
    """A version of an article: title and text, what stands beside, the pictures' files, since when and until when, and
    by which edit."""

    content: Content
    beside: Beside
    pictures: tuple[Picture, ...]
    since: datetime
    until: datetime | None = None
    edit: str | None = None


@attrs.define
class Life:
    """An article: its versions, its moves (when, from which address), and when it was withdrawn."""

    id: str
    paper: str
    section: str
    published: datetime
    versions: list[Stand]
    moves: list[tuple[datetime, str]] = attrs.field(factory=list)
    withdrawn_at: datetime | None = None


def content_of(story: Story) -> Content:
    """What an article says: its title and its body's blocks, kind and text."""
    return story.title, tuple((piece.type, piece.printed_text) for piece in story.pieces)


def beside_of(story: Story) -> Beside:
    """What else an article prints: its lead, its byline, and its pictures in order."""
    by_photographer = story.byline.photographer if not any(picture.credit for picture in story.pictures) else None
    pictures = tuple((picture.path, picture.caption, picture.credit or by_photographer) for picture in story.pictures)
    return story.lead, story.byline.printed, pictures


class Chronicle:
    """Does the script's deeds to a running newsroom and to a twin of it, and writes down what came of them."""

    def __init__(self, script: Script, running: RunningNewsroom) -> None:
        self.script, self.running = script, running
        self.twin = Newsroom(script.seed, script.articles, opens_at=OPENS_AT)
        self.lives: dict[int, Life] = {}
        self.unreadable = {story.url for story in self.twin.stories if story.hidden}
        self._stories: list[Story] = []
        self._edited: list[Story] = []
        self._kinds = list(KINDS)
        self._kept = 0
        self._keep_new()

    def life(self, story: Story) -> Life:
        """What is known of a story."""
        return self.lives[id(story)]

    def do(self, deed: Deed) -> None:
        """Do it, to both. A mended declaration is none of the newsroom's."""
        for newsroom in (self.running, self.twin):
            newsroom.set_clock(deed.at)
        chance = Random(deed.chance)
        match deed.kind:
            case "close":
                self.running.close()
            case "open":
                self.running.open()
            case "redesign":
                self.running.redesign("baocantho")
                self.twin.redesign("baocantho")
            case "silence":
                for newsroom in (self.running, self.twin):
                    newsroom.silence(*self.script.silent[:2])
            case "publish":
                self._publish(chance)
            case "edit" | "edit again":
                self._edit(chance, is_again=deed.kind == "edit again")
            case "move":
                self._move(chance)
            case "withdraw":
                self._withdraw(chance)

    def pass_on_to(self, instant: datetime) -> None:
        """Let time go on."""
        self.running.set_clock(instant)
        self.twin.set_clock(instant)

    def _publish(self, chance: Random) -> None:
        places = [
            (paper.key, section.slug)
            for paper in self.twin.papers
            for section in paper.sections
            if self.twin.now() < self.script.silent[2] or (paper.key, section.slug) != self.script.silent[:2]
        ]
        place = chance.choice(places)
        assert self.running.publish(1, *place) == self.twin.publish(1, *place)
        self._keep_new()

    def _edit(self, chance: Random, *, is_again: bool) -> None:
        shown = self._edited[-12:] if is_again else []
        story = self._choose(chance, [one for one in shown if not one.withdrawn] or list(self._shown(chance)))
        kind = self._edited_so(story.url)
        assert story.touched is not None
        versions = self.life(story).versions
        versions[-1].until = story.touched
        versions.append(Stand(content_of(story), beside_of(story), tuple(story.pictures), story.touched, edit=kind))
        self._edited.append(story)

    def _edited_so(self, url: str) -> str:
        """Make an edit that the story allows, the kinds in turn; which one."""
        wanted = self._kinds[len(self._edited) % len(self._kinds) :] + self._kinds
        for kind in wanted:
            try:
                self.twin.edit(url, kind)
            except EditImpossible:
                continue
            self.running.edit(url, kind)
            return kind
        raise AssertionError(url)

    def _move(self, chance: Random) -> None:
        story = self._choose(chance, list(self._shown(chance)))
        url = story.url
        self._both("move", url)
        assert story.touched is not None
        self.life(story).moves.append((story.touched, url))

    def _withdraw(self, chance: Random) -> None:
        story = self._choose(chance, list(self._shown(chance)))
        self._both("withdraw", story.url)
        life = self.life(story)
        life.withdrawn_at = life.versions[-1].until = story.touched

    def _both(self, deed: str, url: str) -> None:
        for newsroom in (self.running, self.twin):
            getattr(newsroom, deed)(url)

    def _choose(self, chance: Random, stories: list[Story]) -> Story:
        return chance.choice(stories)

    def _shown(self, chance: Random) -> Iterator[Story]:
        """Every other time those of the last day, else all that can be read."""
        is_fresh = chance.random() < 0.5
        instant = self.twin.now()
        for story in self._stories:
            if not story.withdrawn and (not is_fresh or HOUR < instant - story.published < DAY):
                yield story

    def _keep_new(self) -> None:
        for story in self.twin.stories[self._kept :]:
            if story.hidden:
                continue
            self._stories.append(story)
            name = f"{story.paper.key}:{story.number}"
            stand = Stand(content_of(story), beside_of(story), tuple(story.pictures), story.changed)
            self.lives[id(story)] = Life(name, story.paper.key, story.section.name, story.published, [stand])
        self._kept = len(self.twin.stories)
