"""The page of a picture, its API and command, the gallery and the article's page; what is withheld is in none."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from support.collection_builder import CARD, CollectionBuilder, make_article
from support.crawling import baotinh
from support.printed_pictures import jpeg
from support.sample import REPLAY

from archive.article import Image as ArticleImage
from archive.catalog.pictures import cursor
from archive.collection import Collection
from archive.errors import UnknownPicture
from archive.pictures.following import follow
from archive.pictures.history import find_picture, history_of
from archive.reasons import WithholdingReason
from archive.rebuild.whole import rebuild
from archive.search.indexing.index import follow as index
from archive.web.app import site_app
from archive.web.pictures.history_view import view_picture
from archive.withholding import withhold

CANTHO, DONGHAI = "https://baocantho.vn/0.jpg", "https://baodonghai.vn/1.jpg"


@pytest.fixture
def collection(tmp_path: Path, photograph: Callable[..., Image.Image]) -> Collection:
    builder = CollectionBuilder(tmp_path / "c", {"baocantho": CARD, "baodonghai": {"title": "Báo Đông Hải"}})
    whole = photograph("ghe")
    crop = whole.crop((0, 30, 640, 390)).resize((480, 270))
    for number, (url, picture, caption, credit) in enumerate(
        [(CANTHO, whole, "Ghe về bến sáng nay", "Lê Hòa"), (DONGHAI, crop, "Ghe về bến chiều nay", None)]
    ):
        held = builder.capture(url, jpeg(picture), mime="image/jpeg")
        images = (ArticleImage(url=url, caption=caption, credit=credit, capture=held),)
        newspaper = ("baocantho", "baodonghai")[number]
        builder.publish(
            make_article(number, newspaper=newspaper, images=images, url=f"https://{newspaper}.vn/bai-{number}")
        )
    follow(builder.collection, processes=1)
    index(builder.collection)
    return builder.close()


def name_of(collection: Collection, url: str = CANTHO) -> str:
    with collection.for_readers.catalog() as catalog:
        return history_of(catalog, find_picture(catalog, url)).name


def test_the_page_shows_each_printing_and_what_differs(collection: Collection) -> None:
    site = TestClient(site_app(collection, REPLAY), headers={"Accept-Language": "en"})
    name = name_of(collection)
    page = site.get(f"/picture/{name}").text
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Printed in 2 articles of 2 newspapers" in text and "2 different captions" in text
    assert text.index("Ghe về bến sáng nay") < text.index("Ghe về bến chiều nay")
    assert re.search(r"\[removed: sáng ?\] \[added: chiều ?\]", text) and "Lê Hòa" in text
    assert "640 × 420" in text and "480 × 270" in text and "cropped" in text
    assert "cropped (compared with file 1 )" in text and 'id="file-1"' in page and 'href="#file-1"' in page
    with collection.catalog() as catalog:
        other = find_picture(catalog, DONGHAI).name
    moved = site.get(f"/picture/{other}", follow_redirects=False)
    assert (moved.status_code, moved.headers["Location"]) == (308, f"/picture/{name}")
    assert site.get("/picture/aaaaaaaaaaaaaaaa").status_code == site.get("/picture/...").status_code == 404


def test_a_caption_is_compared_with_the_nearest_before_and_said_once(
    tmp_path: Path, photograph: Callable[..., Image.Image]
) -> None:
    builder = CollectionBuilder(tmp_path / "captions")
    held = builder.capture(CANTHO, jpeg(photograph("ghe")), mime="image/jpeg")
    captions = ("Ghe về bến sáng nay", None, "Người dân đi chợ xuân", "Ghe về bến sáng nay", "Người dân đi chợ tết")
    for number, caption in enumerate(captions):
        builder.publish(make_article(number, images=(ArticleImage(url=CANTHO, caption=caption, capture=held),)))
    follow(builder.collection, processes=1)
    with builder.close().for_readers.catalog() as catalog:
        view = view_picture(catalog, CANTHO)
    assert [(one.like, one.is_same) for one in view.printings] == [
        (None, False), (None, False), (None, False), (1, True), (3, False),
    ]  # fmt: skip
    assert view.captions == 3


def test_article_and_gallery_lead_to_it(collection: Collection) -> None:
    site = TestClient(site_app(collection, REPLAY), headers={"Accept-Language": "en"})
    name = name_of(collection)
    assert f'<a href="/picture/{name}">Printed in 1 more article</a>' in site.get("/article/baocantho:196000").text
    gallery = site.get("/pictures").text
    assert gallery.count('<li class="tile">') == 2 and f'<a href="/picture/{name}">' in gallery
    assert site.get("/pictures?once=1").text.count('<li class="tile">') == 1
    first = site.get("/api/v1/pictures?once=true&limit=1").json()
    assert [(one["same"], one["articles"]) for one in first["pictures"]] == [(name, 2)]
    # the other one is on the next page, where it is the same
    after = site.get(f"/api/v1/pictures?once=true&limit=1&cursor={first['next']}").json()
    assert after["pictures"] == [] and after["next"] is None


def test_the_api_and_the_command_have_the_same(collection: Collection) -> None:
    name = name_of(collection)
    answer = TestClient(site_app(collection, REPLAY)).get(f"/api/v1/pictures/{CANTHO}").json()
    assert answer["id"] == name and [one["relation"] for one in answer["files"]] == [None, "crop"]
    assert [one["caption"] for one in answer["printings"]] == ["Ghe về bến sáng nay", "Ghe về bến chiều nay"]
    for subject in (name, CANTHO, answer["files"][1]["payload_digest"]):
        done = baotinh("pictures", subject, "--json", "--collection", collection.root)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        assert [one["article"] for one in lines] == [one["article"] for one in answer["printings"]]
    listed = baotinh("pictures", "baocantho:196000", "--collection", collection.root).stdout
    assert listed.startswith(f"1  {name}  in 2 articles")
    bare = CollectionBuilder(collection.root.parent / "bare")
    bare.publish(make_article(7))
    shown = baotinh("pictures", "baocantho:196007", "--collection", bare.close().root)
    assert shown.stdout == "baocantho:196007 has no pictures.\n"
    assert "a crop of" in baotinh("pictures", name, "--collection", collection.root).stdout
    unknown = baotinh("pictures", "aaaaaaaaaaaaaaaa", "--collection", collection.root)
    assert unknown.returncode == 2 and "no picture is known" in unknown.stderr


def test_what_is_withheld_is_shown_nowhere(collection: Collection) -> None:
    name = name_of(collection)
    withhold(collection, "baocantho:196000", WithholdingReason.PRIVACY, "")
    site = TestClient(site_app(collection.for_readers, REPLAY))
    answer = site.get(f"/api/v1/pictures/{name}").json()
    assert [one["article"] for one in answer["printings"]] == ["baodonghai:196001"]
    assert CANTHO not in json.dumps(answer) and "Lê Hòa" not in site.get(f"/picture/{name}").text
    assert "more article" not in site.get("/article/baodonghai:196001", headers={"Accept-Language": "en"}).text
    withhold(collection, "baodonghai.vn", WithholdingReason.COURT, "")
    assert site.get(f"/picture/{name}").status_code in (403, 451)
    assert site.get(f"/api/v1/pictures/{name}").status_code in (403, 451)


def test_a_rebuild_keeps_hashes_and_ids(collection: Collection) -> None:
    rebuild(collection.root)  # the digests are those of the records now, which the builder's are not
    follow(collection, processes=1)
    name = name_of(collection)
    rebuild(collection.root)
    with collection.catalog() as catalog:
        assert cursor(catalog.connection, "captures") == 0
    assert follow(collection, processes=1).hashed == 0
    assert name_of(collection, DONGHAI) == name
    follow(collection, processes=1, rebuild=True)
    assert name_of(collection, DONGHAI) == name
    with collection.catalog() as catalog, pytest.raises(UnknownPicture):
        find_picture(catalog, "https://baocantho.vn/none.jpg")
