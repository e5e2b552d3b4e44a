"""Composes stories from the word lists: the same seed gives the same stories."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from random import Random

from crawler.newsroom.bylines import draw_byline
from crawler.newsroom.story import Byline, Paper, Picture, Piece, Section, Story
from crawler.newsroom.words import Draw, read_lists

LONGEST = 100


def plain_slug(title: str) -> str:
    """Marks taken off, đ as d, everything else a hyphen, cut at a hundred characters even within a word."""
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFD", title.lower().replace("đ", "d"))
        if not unicodedata.combining(letter)
    )
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")[:LONGEST]


def broken_slug(title: str) -> str:
    """As a CMS makes it from a decomposed title: each mark becomes a hyphen ("lie-n-ke-t"), đ is dropped."""
    return re.sub(r"[^a-z0-9]+", "-", unicodedata.normalize("NFD", title.lower())).strip("-")[:LONGEST]


def moved_slug(title: str, moves: int) -> str:
    """The slug of an article's address after so many moves."""
    ending = "-ban-moi" if moves == 1 else f"-ban-moi-{moves}"
    return plain_slug(title)[: LONGEST - len(ending)].strip("-") + ending


BODY_LISTS = ("news", "fact", "say")
COMMON_LISTS = ("ke_hoach", "phat_bieu", "y_dan")


class Writer:
    """Writes for one paper. `earlier` grows with each story: related boxes and side columns link to what it holds."""

    def __init__(self, paper: Paper, seed: int) -> None:
        self.paper = paper
        self.seed = seed
        self.earlier: list[Story] = []
        self.titles: set[str] = set()

    def write(self, section: Section, number: int, published: datetime, nth: int) -> Story:
        """The paper's `nth` story, in that section."""
        chance = Random(f"{self.seed} {self.paper.key} {nth}")
        topics = read_lists(section.topics or section.slug)
        topic = chance.choice(sorted(set(topics) - {""}))
        lists = {**read_lists("chung")[""], **read_lists(self.paper.key)[""], **topics[topic]}
        kept = {"ngay": f"{published.day}-{published.month}", "thang": str(published.month)}
        draw = Draw(chance, lists, kept)
        title = self._title(draw)
        essay = chance.random() < 0.03 or section.is_gallery
        slugger = broken_slug if self.paper.key == "baobaclieu" and chance.random() < 0.12 else plain_slug
        story = Story(
            paper=self.paper,
            section=section,
            number=number,
            slug=slugger(title),
            kicker=self._kicker(draw, section),
            subsection=self._subsection(draw, section),
            title=title,
            lead="",
            pieces=[],
            byline=draw_byline(draw, self.paper.key, essay),
            published=published,
            tags=_tags(draw),
            sidebar=self._links(chance, 5),
        )
        self._fill(story, draw, essay)
        _add_traits(story, chance)
        self.earlier.append(story)
        return story

    def adopt(self, story: Story) -> Story:
        """Sets a story written elsewhere among the paper's own: with a side column, and linked to by later ones."""
        story.sidebar = self._links(Random(f"{self.seed} {story.number}"), 5)
        self.earlier.append(story)
        return story

    def _title(self, draw: Draw) -> str:
        for _ in range(12):
            title = draw.title(draw.chance.choice(draw.lists["title"]))
            if title not in self.titles:
                break
        self.titles.add(title)
        return title

    def _kicker(self, draw: Draw, section: Section) -> str | None:
        if self.paper.key == "baocantho":
            return None
        return draw.one("kicker") if draw.chance.random() < 0.45 else None

    def _subsection(self, draw: Draw, section: Section) -> str | None:
        if self.paper.key == "baocantho" and draw.chance.random() < 0.35:
            return draw.one("kicker_" + section.slug)
        return None

    def _links(self, chance: Random, count: int) -> tuple[tuple[str, str], ...]:
        recent = [story for story in self.earlier[-40:] if not story.hidden]
        return tuple((story.url, story.title) for story in chance.sample(recent, min(count, len(recent))))

    def _fill(self, story: Story, draw: Draw, essay: bool) -> None:
        chance = draw.chance
        lead = draw.sentence(chance.choice(draw.lists["lead"]))
        if self.paper.key == "baocantho" and chance.random() < 0.6:
            lead = f"(CTO) - {lead}"
        count = chance.randint(3, 4) if essay else chance.randint(3, 8)
        paragraphs = [Piece("paragraph", text) for text in _paragraphs(draw, count)]
        story.lead = lead
        pieces = [Piece("paragraph", lead), *paragraphs] if self.paper.lead_opens_body else paragraphs
        if not essay:
            pieces = self._furnish(draw, pieces)
        story.pieces = draw_figures(draw, story, pieces, essay)
        if story.section.is_gallery:
            story.pieces.sort(key=lambda piece: piece.type == "figure")
        for index, piece in enumerate(story.pieces):
            if piece.type == "paragraph" and chance.random() < 0.03:
                story.pieces[index] = Piece("paragraph", piece.text, decomposed=True)

    def _furnish(self, draw: Draw, pieces: Sequence[Piece]) -> list[Piece]:
        """The paragraphs with what else a page holds: headings, a list, a quotation, a table, a related box."""
        chance = draw.chance
        body = list(pieces)

        def put(piece: Piece, last: bool = False) -> None:
            body.insert(len(body) if last else chance.randint(2, len(body)), piece)

        if chance.random() < 0.18:
            put(Piece("quote", f"“{draw.sentence(chance.choice(draw.lists['loi_trich']))}”"))
        if chance.random() < 0.15:
            lines = chance.sample(draw.lists["dau_viec"], chance.randint(3, 5))
            put(Piece("list", lines=tuple(draw.title(line) for line in lines)))
        if chance.random() < 0.13:
            rows = tuple(tuple(draw.title(cell) for cell in row.split(" | ")) for row in draw.lists["bang"])
            put(Piece("table", rows=rows))
        if chance.random() < 0.25 and len(body) > 4:
            for text in chance.sample(draw.lists["tieu_muc"], chance.randint(1, 2)):
                put(Piece("heading", draw.title(text)))
            body = _separate_headings(body)
        links = self._links(chance, chance.randint(2, 3))
        if chance.random() < 0.22 and links:
            put(Piece("related", links=links), last=chance.random() < 0.6)
        return body


def take_over(story: Story, source: Story, abridged: bool) -> None:
    """Makes `story` a reprint of `source`: its title, lead and paragraphs, or the first half of them, by the agency."""
    texts = [piece.text for piece in source.pieces if piece.type == "paragraph"][1:]
    story.title, story.slug, story.kicker = source.title, source.slug, None
    story.lead = source.lead.removeprefix("(CTO) - ")
    story.pieces = [Piece("paragraph", text) for text in (texts[: (len(texts) + 1) // 2] if abridged else texts)]
    story.byline = Byline("Theo TTXVN", source="TTXVN")
    story.tags = source.tags


def _paragraphs(draw: Draw, count: int) -> list[str]:
    """Paragraphs of one to four sentences, each template used at most once in the article."""
    chance = draw.chance
    own = [line for name in BODY_LISTS for line in draw.lists[name]]
    shared = [line for name in COMMON_LISTS for line in draw.lists[name]]
    chance.shuffle(own)
    pool = own + chance.sample(shared, 6)
    opening, rest = pool[:2], pool[2:]
    chance.shuffle(rest)
    pool = opening + rest
    paragraphs = []
    for _ in range(count):
        length = chance.randint(1, 4)
        taken, pool = pool[:length], pool[length:]
        if not taken:
            break
        paragraphs.append(" ".join(draw.sentence(line) for line in taken))
    return paragraphs


def _separate_headings(body: list[Piece]) -> list[Piece]:
    """No heading at the end and no two in a row."""
    kept: list[Piece] = []
    for piece, after in zip(body, [*body[1:], None], strict=True):
        if piece.type == "heading" and (after is None or after.type != "paragraph"):
            continue
        kept.append(piece)
    return kept


def _tags(draw: Draw) -> tuple[str, ...]:
    lines = [*draw.lists["tag"], *draw.lists["tag_chung"]]
    chosen = draw.chance.sample(lines, draw.chance.randint(2, 4))
    tags = (draw.fill(line) for line in chosen)
    return tuple(dict.fromkeys(tag[0].upper() + tag[1:] for tag in tags))


def _add_traits(story: Story, chance: Random) -> None:
    """Add the page's variations and faults, and those of its address."""
    story.look = {
        "bold headings": chance.random() < 0.4,
        "centred pictures": chance.random() < 0.3,
        "escaped twice": chance.random() < 0.3,
        "naive time": chance.random() < 0.3,
        "figure element": chance.random() < 0.4,
        "credit apart": chance.random() < 0.4,
        "elder clock": chance.random() < 0.25,
    }
    mood = chance.random()
    story.has_old_address = mood < 0.05
    story.has_variant_address = 0.05 <= mood < 0.08
    story.fails_once = story.number % 97 == 13


SIZES = ((640, 420), (680, 440), (600, 400), (560, 400), (640, 360))
CREDIT_FORMS = ("Ảnh: {}", "Ảnh: {}", "Ảnh: {}", "(Ảnh: {})")


def picture_path(paper: Paper, story: Story, nth: int, form: str) -> str:
    """The address of a story's picture, in the paper's own order of folders."""
    day = story.published
    ending = "png" if form == "PNG" else "jpg"
    if paper.key == "baocantho":
        return f"/image/fckeditor/upload/{day:%Y}/{day:%Y%m%d}/images/{story.number}-{nth}.{ending}"
    if paper.key == "baolaocai":
        return f"/uploads/{day:%Y/%m/%d}/anh-{story.number}-{nth}.{ending}"
    if paper.key == "baobienxanh":
        return f"/kho/{day:%y%j}/{story.number}_{nth}.{ending}"
    if paper.key == "baosonla":
        return f"/media/{day:%Y/%m}/{story.number}-{nth}.{ending}"
    return f"/uploads/image/{day:%Y/%m/%d}/{story.number}{'abcdefgh'[nth - 1]}.{ending}"


def draw_figures(draw: Draw, story: Story, pieces: Sequence[Piece], essay: bool) -> list[Piece]:
    """The pieces with figures set in: none to three, or more in a photo essay, never before the second piece."""
    chance = draw.chance
    count = chance.randint(4, 6) if essay else chance.choices((0, 1, 2, 3), (20, 48, 22, 10))[0]
    scenes = [line for line in draw.lists["scene"] for _ in range(3)]
    chance.shuffle(scenes)
    body = list(pieces)
    captions: set[str] = set()
    for nth in range(1, count + 1):
        caption = draw.sentence(scenes[nth % len(scenes)])
        bare = chance.random() < 0.08 or caption in captions
        captions.add(caption)
        form = "PNG" if chance.random() < 0.2 else "JPEG"
        width, height = chance.choice(SIZES)
        credit = _credit(draw, story) if chance.random() < 0.55 and not bare else None
        path = picture_path(story.paper, story, nth, form)
        credit_form = chance.choice(CREDIT_FORMS)
        picture = Picture(path, path, width, height, None if bare else caption, credit, credit_form)
        body.insert(_place(draw, body, nth), Piece("figure", picture=picture))
    return body


def _place(draw: Draw, body: Sequence[Piece], nth: int) -> int:
    """After a paragraph, and before one: no figure parts a heading from its text or closes the article."""
    places = [
        index
        for index in range(1, len(body))
        if body[index - 1].type == "paragraph" and body[index].type == "paragraph"
    ]
    return draw.chance.choice(places) if places else min(nth, len(body))


def _credit(draw: Draw, story: Story) -> str:
    photographers = [name for name, role in story.byline.contributors if role == "photo"]
    if photographers and draw.chance.random() < 0.5:
        return photographers[0]
    if draw.chance.random() < 0.2:
        return "CTV"
    name = draw.fill("{*dem_nam} {*ten_nam}")
    return ".".join(word[0] for word in name.split()) if draw.chance.random() < 0.6 else name.upper()
