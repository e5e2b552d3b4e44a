"""Similar articles: those that share rare pairs of syllables, never the article itself."""

from __future__ import annotations

from pathlib import Path

from support.collection_builder import CollectionBuilder, make_article

from archive.article import Block
from archive.search.indexing.index import follow
from archive.search.similar import similar


def test_articles_on_one_matter_are_alike(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "c")
    ref = builder.capture("https://baocantho.com.vn/", b"x")

    def release(number: int, title: str, *paragraphs: str) -> None:
        body = tuple(Block(type="paragraph", text=text) for text in paragraphs)
        builder.release(make_article(number, title=title, lead=None, body=body, tags=(), images=(), capture=ref))

    release(1, "Hạn mặn đến sớm ở ven biển", "Nước mặn lấn sâu vào nội đồng, bà con be bờ giữ nước ngọt cho vườn cây.")
    release(2, "Xâm nhập mặn gay gắt hơn", "Nước mặn lấn sâu, cống ngăn mặn đóng sớm, nhà vườn trữ nước ngọt.")
    release(3, "Ngăn mặn giữ vườn cây", "Bà con be bờ, đắp đập ngăn nước mặn lấn sâu vào nội đồng.")
    for number in range(10, 30):
        release(number, f"Giải bóng chuyền xã lần {number}", "Các đội thi đấu vòng tròn, khán giả đến sân rất đông.")
    follow(builder.collection)
    with builder.collection.catalog() as catalog:
        drought, match = (catalog.article(f"baocantho:{196000 + n}").article() for n in (1, 10))
    found = similar(builder.collection, drought)
    assert [one.id for one in found[:2]] == ["baocantho:196003", "baocantho:196002"]
    assert drought.id not in {one.id for one in found}
    assert all("bóng chuyền" not in one.title for one in found)
    assert len(similar(builder.collection, match, limit=3)) == 3


def test_nothing_is_like_a_single_article(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "c")
    alone = make_article(1, capture=builder.capture("https://baocantho.com.vn/", b"x"))
    assert similar(builder.collection, alone) == ()
    builder.release(alone)
    follow(builder.collection)
    assert similar(builder.collection, alone) == ()
