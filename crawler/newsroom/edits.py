"""Edits of printed stories, of every kind that readers meet; which one is made is told by its name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from crawler.newsroom.bylines import draw_byline
from crawler.newsroom.story import Piece, Story
from crawler.newsroom.words import Draw, read_lists

_FIGURE = re.compile(r"(?<![\d.,/-])\d{1,3}(?![\d.,/-])")
_NAME = re.compile(r"(?<=[a-zà-ỹ] )[A-ZĐÀ-Ỹ][a-zà-ỹ]+ [A-ZĐÀ-Ỹ][a-zà-ỹ]+")
_CODE = "(CTO) - "
# They need sentences of a topic, as whole articles do
_OF_TOPICS = frozenset({"headline", "lead", "caption"})


class EditImpossible(ValueError):
    """The story has nothing that could be edited so; another kind of edit may be tried."""


def edit(story: Story, kind: str, seed: str) -> None:
    """Change what a story says.

    Args:
        kind: one of `KINDS`, or of `OF_FILES`.

    Raises:
        KeyError: there is no such kind.
        EditImpossible: the story has nothing that could be edited so; it is as before.
    """
    lists = {**read_lists("chung")[""], **read_lists(story.paper.key)[""]}
    kept: dict[str, str] = {}
    if kind in _OF_TOPICS:
        topics = read_lists(story.section.topics or story.section.slug)
        names = sorted(set(topics) - {""})
        lists |= topics[names[story.number % len(names)]]
        kept = {"ngay": f"{story.published.day}-{story.published.month}", "thang": str(story.published.month)}
    {**KINDS, **OF_FILES}[kind](story, Draw(Random(seed), lists, kept))


def goes_on(story: Story, draw: Draw) -> None:
    """The last paragraph goes on, the title too every third time."""
    last = max(index for index, piece in enumerate(story.pieces) if piece.type == "paragraph")
    added = draw.sentence(draw.chance.choice(draw.lists["ke_hoach"]))
    if last == 0 and story.paper.lead_opens_body:
        story.pieces.append(Piece("paragraph", added))
    else:
        before = story.pieces[last]
        story.pieces[last] = Piece("paragraph", f"{before.text} {added}", decomposed=before.decomposed)
    if story.edits % 3 == 0:
        story.title += " (cập nhật)"


def _headline(story: Story, draw: Draw) -> None:
    story.title = _other(lambda: draw.title(draw.chance.choice(draw.lists["title"])), story.title)


def _lead(story: Story, draw: Draw) -> None:
    code = _CODE if story.lead.startswith(_CODE) else ""
    lead = _other(lambda: code + draw.sentence(draw.chance.choice(draw.lists["lead"])), story.lead)
    if story.paper.lead_opens_body:
        story.pieces[0] = Piece("paragraph", lead)
    story.lead = lead


def _figures(story: Story, draw: Draw) -> None:
    _within(story, draw, _FIGURE, lambda found: str(int(found[0]) + draw.chance.randint(1, 40)))


def _names(story: Story, draw: Draw) -> None:
    _within(story, draw, _NAME, lambda found: _other(lambda: draw.fill("{*ho} {*ten_nam}"), found[0]))


def _added(story: Story, draw: Draw) -> None:
    text = draw.sentence(draw.chance.choice(draw.lists["ke_hoach"]))
    story.pieces.insert(draw.chance.choice(_places(story)) + 1, Piece("paragraph", text))


def _removed(story: Story, draw: Draw) -> None:
    places = [
        place
        for place in _places(story)
        if place + 1 < len(story.pieces) and story.pieces[place - 1].type == story.pieces[place + 1].type == "paragraph"
    ]
    if not places:
        raise EditImpossible
    del story.pieces[draw.chance.choice(places)]


def _correction(story: Story, draw: Draw) -> None:
    right = draw.fill("{*ho} {*ten_nam}")
    text = f"Đính chính: Bản tin trước ghi chưa đúng tên nhân vật, xin đọc là {right}. Tòa soạn xin lỗi bạn đọc."
    story.pieces.append(Piece("paragraph", text))


def _byline(story: Story, draw: Draw) -> None:
    former = story.byline.printed
    while not story.byline.printed or story.byline.printed == former:
        story.byline = draw_byline(draw, story.paper.key, False)


def _caption(story: Story, draw: Draw) -> None:
    place = _picture_place(story, draw, needs_caption=True)
    picture = story.pieces[place].picture
    assert picture is not None
    caption = _other(lambda: draw.sentence(draw.chance.choice(draw.lists["scene"])), picture.caption or "")
    story.pieces[place] = replace(story.pieces[place], picture=replace(picture, caption=caption))


def _picture(story: Story, draw: Draw) -> None:
    place = _picture_place(story, draw, needs_caption=False)
    picture = story.pieces[place].picture
    assert picture is not None
    stem, _, ending = picture.path.rpartition(".")
    path = f"{stem}-thay-{story.edits}.{ending}"
    story.pieces[place] = replace(story.pieces[place], picture=replace(picture, path=path, recipe=path, taken=None))


def _exchanged(story: Story, draw: Draw) -> None:
    """Another picture under the same address: the page stays as it is."""
    place = _picture_place(story, draw, needs_caption=False)
    picture = story.pieces[place].picture
    assert picture is not None
    recipe = f"{picture.recipe} khac {story.edits}"
    story.pieces[place] = replace(story.pieces[place], picture=replace(picture, recipe=recipe, taken=None))


def _of_each_picture(**values: Any) -> Callable[[Story, Draw], None]:
    """What becomes of the files of all pictures."""

    def change(story: Story, draw: Draw) -> None:
        for place, piece in enumerate(story.pieces):
            if piece.picture is not None:
                story.pieces[place] = replace(piece, picture=replace(piece.picture, **values))

    return change


KINDS: dict[str, Callable[[Story, Draw], None]] = {
    "goes on": goes_on, "headline": _headline, "lead": _lead, "figures": _figures, "names": _names, "added": _added,
    "removed": _removed, "correction": _correction, "byline": _byline, "caption": _caption, "picture": _picture,
    "exchanged": _exchanged,
}  # fmt: skip
OF_FILES = {"compressed": _of_each_picture(quality=55), "lost": _of_each_picture(is_lost=True)}
"""What is no edit: pictures compressed again, or gone."""
UNSEEN = frozenset({"exchanged", *OF_FILES})
"""What changes pictures' files alone, and no page."""


def _other(drawn: Callable[[], str], former: str) -> str:
    """What is drawn and differs."""
    for _ in range(20):
        found = drawn()
        if found != former:
            return found
    raise EditImpossible


def _within(story: Story, draw: Draw, pattern: re.Pattern[str], new: Callable[[re.Match[str]], str]) -> None:
    """Replace the first match in one of the paragraphs that have one, the lead excepted."""
    places = [place for place in _places(story) if pattern.search(story.pieces[place].text)]
    if not places:
        raise EditImpossible
    place = draw.chance.choice(places)
    piece = story.pieces[place]
    story.pieces[place] = replace(piece, text=pattern.sub(new, piece.text, count=1))


def _places(story: Story) -> list[int]:
    """Where its paragraphs stand, the lead excepted.

    Raises:
        EditImpossible: there is none.
    """
    opens = 1 if story.paper.lead_opens_body else 0
    places = [place for place, piece in enumerate(story.pieces) if place >= opens and piece.type == "paragraph"]
    if not places:
        raise EditImpossible
    return places


def _picture_place(story: Story, draw: Draw, *, needs_caption: bool) -> int:
    places = [
        place
        for place, piece in enumerate(story.pieces)
        if piece.picture is not None and (piece.picture.caption or not needs_caption)
    ]
    if not places:
        raise EditImpossible
    return draw.chance.choice(places)
