"""What the newsroom composes: the same for the same seed, in the shape that extractors are judged by."""

from __future__ import annotations

import html
import io
import unicodedata
from datetime import datetime, timedelta

import pytest
from PIL import Image, ImageFont

from crawler.newsroom import Newsroom
from crawler.newsroom.papers import PAPERS
from crawler.newsroom.pictures import picture_file
from crawler.newsroom.printing.pages import article_page
from crawler.newsroom.site import Site
from crawler.newsroom.static_files import ornament_font
from crawler.newsroom.writing import broken_slug, plain_slug

FIELDS = {
    "newspaper", "article_id", "url", "section", "kicker", "title", "lead", "body", "authors", "contributors",
    "source", "byline", "published_at", "modified_at", "images", "tags", "status",
}  # fmt: skip


@pytest.fixture(scope="module")
def whole() -> Newsroom:
    return Newsroom()


def test_same_seed_gives_same_pages_and_pictures() -> None:
    first, second = Newsroom(7, 30), Newsroom(7, 30)
    assert first.truth() == second.truth()
    assert [article_page(story) for story in first.stories] == [article_page(story) for story in second.stories]
    assert first.publish(4) == second.publish(4)
    for url in [first.stories[3].url, first.stories[-1].url]:
        first.edit(url)
        second.edit(url)
    assert first.truth() == second.truth()


def test_another_seed_gives_other_stories() -> None:
    assert Newsroom(7, 30).truth()["articles"][0] != Newsroom(8, 30).truth()["articles"][0]


def test_truth_has_the_shape_that_extractors_are_judged_by() -> None:
    truth = Newsroom(3, 60).truth()
    assert len(truth["articles"]) == 60
    assert {entry["field"] for entry in truth["unreadable"]} == {"title", "published_at"}
    assert set(truth["hosts"].values()) == {paper.host for paper in PAPERS}
    for article in truth["articles"]:
        assert set(article) == FIELDS
        assert article["url"].startswith(f"http://{truth['hosts'][article['newspaper']]}/")
        assert datetime.fromisoformat(article["published_at"]).utcoffset() == timedelta(hours=7)
        assert {entry["role"] for entry in article["contributors"]} <= {"text", "photo", "collected"}
        assert (article["newspaper"] == "baolaocai") != (article["body"][0]["text"] == article["lead"])
        figures = [index for index, block in enumerate(article["body"]) if block["type"] == "figure"]
        assert [image["position"] for image in article["images"]] == figures
        assert all(
            article["body"][image["position"]]["text"] == (image["caption"] or "") for image in article["images"]
        )
        for text in [article["title"], article["lead"], *(block["text"] for block in article["body"])]:
            assert text == unicodedata.normalize("NFC", text)
            assert "\n".join(" ".join(line.split()) for line in text.split("\n")) == text
            assert not any(mark in text for mark in "{}[]@")


def test_the_whole_newsroom_is_large_and_varied(whole: Newsroom) -> None:
    readable = [story for story in whole.stories if not story.hidden]
    assert len(readable) == 420
    assert len({story.url for story in readable}) == 420
    assert len({story.title for story in readable}) > 410
    for paper in PAPERS:
        for section in paper.sections:
            assert sum(story.section is section for story in whole.of(paper)) >= 69
        assert whole.of(paper) == sorted(whole.of(paper), key=lambda story: (story.published, story.number))
    taken = {entry["url"] for entry in whole.reprints}
    own = [story for story in readable if story.url not in taken]
    texts = [piece.text for story in own for piece in story.pieces if piece.type == "paragraph"]
    assert len(set(texts)) > 0.995 * len(texts) > 2000
    kinds = {piece.type for story in readable for piece in story.pieces}
    assert kinds == {"paragraph", "heading", "figure", "quote", "list", "table", "related"}
    assert all(3 <= sum(p.type == "paragraph" for p in story.pieces) <= 9 for story in own)
    assert 2 <= sum(story.fails_once for story in readable) <= 8
    assert any(piece.decomposed for story in readable for piece in story.pieces)


def test_bylines_of_every_kind_and_what_they_mean(whole: Newsroom) -> None:
    bylines = {story.byline.printed: story.byline for story in whole.stories}
    assert None in bylines
    assert bylines["TTXVN"].source == "TTXVN" and bylines["TTXVN"].authors == ()
    desk = next(byline for printed, byline in bylines.items() if printed and printed.endswith("-BBL"))
    assert desk.printed == f"{desk.authors[0]}-BBL"
    photographer = next(byline for printed, byline in bylines.items() if printed and printed.startswith("Ảnh: "))
    assert photographer.authors == () and photographer.contributors[0][1] == "photo"
    both = next(byline for printed, byline in bylines.items() if printed and printed.startswith("Tin, ảnh: "))
    assert [role for _, role in both.contributors] == ["text", "photo"]
    assert any(len(byline.authors) == 2 for byline in bylines.values())
    assert any(printed and printed.endswith("(tổng hợp)") for printed in bylines)
    assert any(printed and printed.startswith("Theo ") for printed in bylines)
    capitals = [byline for byline in bylines.values() if byline.printed and byline.printed.isupper()]
    assert any(byline.authors and byline.authors[0].istitle() for byline in capitals)


def test_pictures_are_whole_and_distinct(whole: Newsroom) -> None:
    pictures = [picture for story in whole.stories[::12] for picture in story.pictures]
    files = [picture_file(picture) for picture in pictures]
    assert len(set(files)) == len(files) > 20
    for picture, file in zip(pictures, files, strict=True):
        assert 5_000 < len(file) < 80_000
        with Image.open(io.BytesIO(file)) as image:
            assert image.format == ("PNG" if picture.path.endswith(".png") else "JPEG")
            assert image.size == (picture.width, picture.height)
            image.verify()


def test_the_font_can_be_read() -> None:
    font = ImageFont.truetype(io.BytesIO(ornament_font()), 40)
    assert font.getname() == ("Hoa Van", "Regular")
    assert font.getlength("◆") == 40


def test_slugs_with_the_faults_of_their_makers() -> None:
    assert plain_slug("Liên kết hợp tác: đất Đông Hải") == "lien-ket-hop-tac-dat-dong-hai"
    assert broken_slug("Liên kết: Đất") == "lie-n-ke-t-a-t"
    assert len(plain_slug("rất dài " * 40)) == 100


def test_reprints_say_what_they_were_taken_from(whole: Newsroom) -> None:
    by_url = {story.url: story for story in whole.stories}
    assert len(whole.reprints) >= 4 and {entry["kind"] for entry in whole.reprints} == {"whole", "abridged"}
    for entry in whole.reprints:
        story, source = by_url[entry["url"]], by_url[entry["of"]]
        theirs = [piece.text for piece in source.pieces if piece.type == "paragraph"][1:]
        ours = [piece.text for piece in story.pieces]
        assert ours == theirs[: len(ours)]
        assert (len(ours) == len(theirs)) == (entry["kind"] == "whole")
        assert story.published > source.published and story.title == source.title


def test_too_small_a_newsroom_is_refused() -> None:
    assert len(Newsroom(1, 6).truth()["articles"]) == 6
    with pytest.raises(ValueError, match="6 articles"):
        Newsroom(1, 5)


def test_publishing_editing_and_withdrawing() -> None:
    newsroom = Newsroom(5, 30)
    [url] = newsroom.publish()
    story = newsroom.stories[-1]
    assert story.url == url
    others = [other for other in newsroom.of(story.paper) if other is not story]
    assert all(other.published < story.published and other.number < story.number for other in others)
    before = story.pieces[-1].printed_text, article_page(story)
    newsroom.edit(url)
    assert story.modified is not None and story.modified > story.published
    assert article_page(story) != before[1]
    newsroom.withdraw(url)
    assert next(a for a in newsroom.truth()["articles"] if a["url"] == url)["status"] == "withdrawn"
    with pytest.raises(KeyError):
        newsroom.edit("http://baocantho.test/nowhere-a1.html")


def test_the_paper_that_nobody_declares_is_printed_only_where_it_is_asked_for() -> None:
    without, asked = Newsroom(7, 30), Newsroom(7, 30, undeclared=24)
    assert without.truth()["articles"] == asked.truth()["articles"]
    assert without.truth()["undeclared"]["articles"] == []
    told = asked.truth()["undeclared"]
    assert len(told["articles"]) == 24 and told["host"] not in asked.truth()["hosts"].values()
    assert {one["section"] for one in told["articles"]} == {section["name"] for section in told["sections"]}
    site = Site(asked)
    for section in told["sections"]:
        assert site.page(told["host"], section["path"]).status == 200
    for one in told["articles"]:
        page = site.page(told["host"], one["url"].removeprefix(f"http://{told['host']}"))
        assert page.status == 200 and html.escape(one["title"], quote=False) in page.body.decode()
    assert Site(without).page(told["host"], "/").status == 404
