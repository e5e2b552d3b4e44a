"""Captured pictures are hashed and compared: the same picture of two papers is one, with all its printings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PIL import Image
from support.collection_builder import CARD, CollectionBuilder, make_article
from support.printed_pictures import jpeg

from archive.article import Image as ArticleImage
from archive.pictures.following import follow
from archive.pictures.history import find_picture, history_of

Draw = Callable[..., Image.Image]


def test_a_crop_in_another_paper_is_the_same_picture(tmp_path: Path, photograph: Draw) -> None:
    builder = CollectionBuilder(tmp_path / "c", {"baocantho": CARD, "baodonghai": {"title": "Báo Đông Hải"}})
    whole, other = photograph("ghe"), photograph("chợ")
    crop = whole.crop((0, 40, 640, 400)).resize((480, 270))
    for number, (newspaper, picture, caption) in enumerate(
        [("baocantho", whole, "Ghe về bến"), ("baodonghai", crop, "Ghe lúa về bến sớm"), ("baodonghai", other, "Chợ")]
    ):
        url = f"https://{newspaper}.vn/{number}.jpg"
        held = builder.capture(url, jpeg(picture), mime="image/jpeg")
        images = (ArticleImage(url=url, caption=caption, capture=held),)
        builder.publish(
            make_article(number, newspaper=newspaper, images=images, url=f"https://{newspaper}.vn/{number}")
        )
    done = follow(builder.collection, processes=1)
    assert (done.hashed, done.same, done.outcomes) == (3, 1, {"hashed": 3})
    with builder.collection.catalog() as catalog:
        history = history_of(catalog, find_picture(catalog, "https://baodonghai.vn/1.jpg"))
        assert history == history_of(catalog, find_picture(catalog, "https://baocantho.vn/0.jpg"))
        assert [one.caption for one in history.printings] == ["Ghe về bến", "Ghe lúa về bến sớm"]
        assert [(one.width, one.height, one.relation) for one in history.files] == [
            (640, 420, None),
            (480, 270, "crop"),
        ]
        alone = history_of(catalog, find_picture(catalog, "https://baodonghai.vn/2.jpg"))
        assert len(alone.files) == len(alone.printings) == 1
    assert follow(builder.collection, processes=1).hashed == 0
