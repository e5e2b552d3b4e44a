"""Articles of which it is known who printed whose text: for measuring how well reprints are found.

The same seed gives the same articles. Of each original there are printings of every kind; beside them stand articles
that are alike without being the same: notices with other figures, and one event written by several hands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from crawler.newsroom.newsroom import Newsroom
from crawler.newsroom.story import VIETNAM
from crawler.newsroom.words import Draw, read_lists

KINDS = ("same", "new lead", "words changed", "abridged", "embedded", "expanded")
"""How an article is printed again: with another byline; with another lead too; with 5 of 100 words changed; by half;
within a longer piece; with additions of the place."""
NOTICES = ("thoi-tiet", "xo-so", "gia-ca", "tai-nan", "cao-pho")
_PAPERS = ("baocantho", "baolaocai", "baobaclieu", "baobienxanh", "baosonla", "baovinhlong", "baodongnai")
_BEGAN = datetime(2025, 3, 3, 6, 0, tzinfo=VIETNAM)


@dataclass(frozen=True, slots=True)
class LabelledArticle:
    """An article as an extractor would find it."""

    newspaper: str
    number: int
    title: str
    lead: str
    paragraphs: tuple[str, ...]
    published: datetime
    byline: str | None = None
    source: str | None = None
    authors: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The article's id."""
        return f"{self.newspaper}:{self.number}"


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """An article and one that printed its text, by their ids."""

    source: str
    copy: str
    kind: str


@dataclass(slots=True)
class LabelledSet:
    """Articles, the pairs of them that are reprints, and the pairs that may be found beside: two reprints of one."""

    articles: list[LabelledArticle] = field(default_factory=list)
    pairs: list[LabelledPair] = field(default_factory=list)
    groups: dict[str, str] = field(default_factory=dict)
    """By an article's id the original that it prints, itself where it is one."""

    def are_of_one(self, first: str, second: str) -> bool:
        """Whether two articles print the text of one original."""
        return first in self.groups and self.groups[first] == self.groups.get(second)


def labelled_set(seed: int, originals: int = 60, days: int = 5) -> LabelledSet:
    """Write so many originals of each style with their reprints, and notices of so many days."""
    return _Maker(seed).make(originals, days)


class _Maker:
    """Writes one labelled set."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(f"reprints {seed}")
        self._made = LabelledSet()
        self._lists = {**read_lists("chung")[""], **read_lists("baocantho")[""], **read_lists("notices")[""]}
        stories = Newsroom(seed=seed, articles=90, undeclared=30, drawn=30).stories
        self._stories = [story for story in stories if len(" ".join(_texts_of(story.pieces)).split()) > 120]
        sentences = [one for story in stories for text in _texts_of(story.pieces) for one in text.split(". ")]
        self._sentences = sorted({one.rstrip(".") for one in sentences if 6 <= len(one.split()) <= 40})
        self._clauses = sorted({part.strip() for one in self._sentences for part in one.split(", ") if " " in part})
        self._words = sorted({word for one in self._sentences for word in one.split() if word.isalpha()})

    def make(self, originals: int, days: int) -> LabelledSet:
        styles = (self._mixed, self._short, self._told)
        for nth in range(originals):
            self._print_again(self._add(styles[nth % len(styles)](nth)))
        for topic in NOTICES:
            self._notices(topic, days)
        for _ in range(max(2, originals // 6)):
            self._event()
        return self._made

    # originals, each in a style of its own; no two share more than a sentence by chance

    def _mixed(self, nth: int) -> LabelledArticle:
        """Clauses of all topics in new order: long sentences."""
        chance, paragraphs = self._chance, []
        for _ in range(chance.randint(4, 10)):
            sentences = [", ".join(chance.sample(self._clauses, chance.randint(2, 4))) for _ in range(3)]
            paragraphs.append(_prose(sentences))
        return self._article(paragraphs, _prose([", ".join(chance.sample(self._clauses, 3))]))

    def _short(self, nth: int) -> LabelledArticle:
        """A brief: few and short sentences, much of it figures and names."""
        chance, draw = self._chance, self._draw()
        parts = [
            f"{chance.choice(self._clauses)} {draw.fill('{*nguoi}')} {chance.choice(self._clauses)}"
            f" {chance.randint(3, 900)} {chance.choice(self._words)} {draw.fill('{*noi_nao}')}"
            for _ in range(chance.randint(5, 9))
        ]
        return self._article([_prose(parts[:3]), _prose(parts[3:])], _prose([chance.choice(self._clauses)]))

    def _told(self, nth: int) -> LabelledArticle:
        """Persons who speak: questions, quotations."""
        chance, draw, paragraphs = self._chance, self._draw(), []
        for _ in range(chance.randint(5, 9)):
            said, between = " ".join(chance.sample(self._clauses, 3)), ", ".join(chance.sample(self._clauses, 2))
            paragraphs += [
                f"“{_prose([said])}”, {draw.fill('{*nguoi}')} {chance.choice(self._clauses)}.",
                _prose([between]),
            ]
        return self._article(paragraphs, _prose([", ".join(chance.sample(self._clauses, 2))]))

    # reprints

    def _print_again(self, original: LabelledArticle) -> None:
        kinds = self._chance.sample(KINDS, self._chance.randint(2, len(KINDS)))
        for kind in kinds:
            copy = self._printed(original, kind)
            self._made.pairs.append(LabelledPair(original.id, copy.id, kind))
            self._made.groups[original.id] = self._made.groups[copy.id] = original.id

    def _printed(self, original: LabelledArticle, kind: str) -> LabelledArticle:
        chance = self._chance
        lead, paragraphs = original.lead, list(original.paragraphs)
        if kind in {"new lead", "abridged", "expanded"}:
            lead = _prose([", ".join(chance.sample(self._clauses, 3))])
        if kind == "words changed":
            paragraphs = [self._changed(text) for text in paragraphs]
        if kind == "abridged":
            paragraphs = _half(paragraphs)
        if kind == "embedded":
            size = len(" ".join(paragraphs).split())
            before, behind = (
                self._others(size * chance.uniform(0.5, 1.2)),
                self._others(size * chance.uniform(0.4, 1.0)),
            )
            lead, paragraphs = before[0], [*before[1:], original.lead, *paragraphs, *behind]
        if kind == "expanded":
            size = len(" ".join(paragraphs).split())
            paragraphs += self._others(size * chance.uniform(0.15, 0.5))
        copy = self._article(paragraphs, lead, after=original)
        source = chance.choice([original.source or "TTXVN", "TTXVN", None])
        return self._replaced(copy, byline=f"Theo {source}" if source else copy.byline, source=source)

    def _others(self, size: float) -> list[str]:
        texts: list[str] = []
        while sum(len(text.split()) for text in texts) < size:
            texts.append(_prose([", ".join(self._chance.sample(self._clauses, 3)) for _ in range(2)]))
        return texts

    def _changed(self, text: str) -> str:
        words = text.split()
        for nth in range(len(words)):
            if self._chance.random() < 0.05:
                words[nth] = self._chance.choice(self._words)
        return " ".join(words)

    # what is alike and not the same

    def _notices(self, topic: str, days: int) -> None:
        lists = {**self._lists, **read_lists("notices")[topic]}
        for form in sorted(name for name in lists if name.startswith("body")):
            place = self._chance.choice(lists["tinh_nao"])
            paper = self._chance.choice(_PAPERS)
            for day in range(days):
                at = _BEGAN + timedelta(days=day, minutes=self._chance.randrange(600))
                kept = {"ngay": f"{at.day}/{at.month}", "tinh_nao": place}
                draw = Draw(self._chance, lists, kept)
                texts = [draw.sentence(line) for line in lists[form]]
                notice = self._add(self._article(texts, "", at=at, paper=paper, title=draw.title(lists["title"][0])))
                if day == 1 and topic != "cao-pho":  # a notice, too, is printed by another paper on its day
                    copy = self._article(texts, "", after=notice, hours=6)
                    self._made.pairs.append(LabelledPair(notice.id, copy.id, "same"))
                    self._made.groups[notice.id] = self._made.groups[copy.id] = notice.id

    def _event(self) -> None:
        lists = {**self._lists, **read_lists("notices")["su-kien"]}
        at = _BEGAN + timedelta(minutes=self._chance.randrange(20_000))
        draw = Draw(self._chance, lists, {"ngay": f"{at.day}/{at.month}"})
        papers = self._chance.sample(_PAPERS, 3)
        for form, paper in zip(("body1", "body2", "body3"), papers, strict=True):
            texts = [draw.sentence(line) for line in lists[form]]
            self._add(self._article(texts[1:], texts[0], at=at + timedelta(hours=5), paper=paper))

    # parts

    def _draw(self) -> Draw:
        return Draw(self._chance, self._lists, {})

    def _article(
        self,
        paragraphs: Sequence[str],
        lead: str,
        *,
        after: LabelledArticle | None = None,
        at: datetime | None = None,
        hours: int = 60,
        paper: str | None = None,
        title: str | None = None,
    ) -> LabelledArticle:
        chance = self._chance
        if after is not None:
            at = after.published + timedelta(minutes=chance.randint(4, hours * 60))
            paper = chance.choice([one for one in _PAPERS if one != after.newspaper])
        name = self._draw().fill("{*ho} {*dem_nu} {*ten_nu}")
        article = LabelledArticle(
            newspaper=paper or chance.choice(_PAPERS),
            number=1000 + len(self._made.articles),
            title=title or _prose([chance.choice(self._clauses)]).rstrip("."),
            lead=lead,
            paragraphs=tuple(paragraphs),
            published=at or _BEGAN + timedelta(minutes=chance.randrange(60 * 24 * 60)),
            byline=name,
            authors=(name,),
        )
        return article if after is None else self._add(article)

    def _add(self, article: LabelledArticle) -> LabelledArticle:
        self._made.articles.append(article)
        return article

    def _replaced(self, article: LabelledArticle, byline: str | None, source: str | None) -> LabelledArticle:
        changed = replace(article, byline=byline, source=source, authors=() if source else article.authors)
        self._made.articles[-1] = changed
        return changed


def _texts_of(pieces: Sequence[object]) -> Iterator[str]:
    for piece in pieces:
        if getattr(piece, "type", "") == "paragraph":
            yield str(getattr(piece, "text", ""))


def _prose(sentences: Sequence[str]) -> str:
    return ". ".join(one[0].upper() + one[1:] for one in (text.strip(" .,“”") for text in sentences) if one) + "."


def _half(paragraphs: Sequence[str]) -> list[str]:
    """The first half of the words, whole paragraphs while there are several."""
    words = sum(len(text.split()) for text in paragraphs)
    kept: list[str] = []
    for text in paragraphs:
        if kept and sum(len(one.split()) for one in kept) + len(text.split()) / 2 > words / 2:
            break
        kept.append(text)
    if len(kept) == len(paragraphs):
        return [" ".join(kept[0].split()[: words // 2])]
    return kept
