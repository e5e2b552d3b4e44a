"""Places pictures among the paragraphs of a story, with captions and credits; draws none of them."""

from __future__ import annotations

from collections.abc import Sequence

from crawler.newsroom.story import Paper, Picture, Piece, Story
from crawler.newsroom.words import Draw

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
