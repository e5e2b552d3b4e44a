"""A small collection that shows everything a page can hold; its people, places and events are invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs

from archive.article import Article, Block, Contributor, Image
from archive.collection import Collection
from archive.search.indexing.index import follow
from support.collection_builder import CARD, CollectionBuilder, make_article, png

REPLAY = "http://127.0.0.1:8001"

CARDS = {
    "baocantho": CARD,
    "baodonghai": {
        "title": "Báo Đông Hải",
        "province": "Đông Hải",
        "sections": [{"name": "Kinh tế", "path": "/kinh-te/"}, {"name": "Văn hóa", "path": "/van-hoa/"}],
    },
}
HOST = "https://baocantho.com.vn"
MARKET = "baocantho:196670"
HOSTILE = "baocantho:666"

PLACES = ("Tân Lộc", "Vĩnh Thuận", "Mỹ Hòa", "Long Thạnh", "Phú Quý", "An Thới", "Bình Thủy", "Đồng Phú")
SUBJECTS = (
    ("Nông dân {place} vào vụ thu hoạch lúa", "Kinh tế", "Trên những cánh đồng ở {place}, máy gặt chạy từ sáng sớm."),
    ("{place} khánh thành cầu mới qua kênh", "Thời sự", "Cây cầu giúp học sinh {place} không còn phải đi đò."),
    ("Ngày hội sách ở trường làng {place}", "Văn hóa", "Hơn ba trăm quyển sách được trao cho thư viện {place}."),
    ("Lớp học bơi mùa hè ở {place}", "Thời sự", "Các thầy cô ở {place} dạy bơi cho trẻ em vùng sông nước."),
    ("{place} chuẩn bị ứng phó với bão", "Thời sự", "Ủy ban xã {place} cho chằng chống nhà cửa trước mùa bão."),
    ("Gánh hát về {place}", "Văn hóa", "Đêm diễn ở {place} kéo dài đến khuya, khán giả ngồi kín sân đình."),
)


def market(builder: CollectionBuilder) -> Article:
    """A long article with pictures, one of which could not be captured."""
    wide = builder.capture(f"{HOST}/images/cho-noi.png", png(960, 540, (38, 110, 120)), mime="image/png")
    small = builder.capture(f"{HOST}/images/ghe.png", png(240, 160, (150, 90, 50)), mime="image/png")
    body = (
        Block(type="paragraph", text="Chợ nổi họp từ bốn giờ sáng, khi mặt sông còn mù sương."),
        Block(
            type="paragraph",
            text="Bà Nguyễn Thị Thúy, người có hơn ba mươi năm bán hàng trên sông, cho biết lượng ghe về chợ mùa này "
            "tăng gấp rưỡi so với tháng trước. Mỗi ghe treo một cây bẹo, trên ngọn cột thứ hàng mà ghe ấy bán.",
        ),
        Block(type="figure", text="Ghe hàng neo kín một khúc sông lúc bình minh."),
        Block(type="heading", text="Giữ nghề trên sông"),
        Block(
            type="paragraph",
            text="Ủy ban nhân dân phường đã hỗ trợ áo phao và đèn tín hiệu cho các hộ buôn bán. Nhà báo và du khách "
            "đến chợ được hướng dẫn đi theo luồng riêng để không cản ghe hàng.",
        ),
        Block(type="quote", text="Còn người mua là còn chợ, còn chợ là tôi còn chèo ghe."),
        Block(
            type="list",
            text="Khóm, dưa hấu từ miệt trên\nBí đỏ, khoai lang từ các cù lao\nHủ tiếu và cà phê trên xuồng",
        ),
        Block(type="table", text="Tháng | Số ghe | Lượt khách\nTám | 180 | 9.200\nChín | 270 | 14.500"),
        Block(type="figure", text="Một ghe bán trái cây treo cây bẹo ở mũi."),
        Block(type="figure", text="Khách ăn sáng trên xuồng."),
        Block(type="related", text="Chợ nổi vào mùa nước\nGhe hàng về phố"),
    )
    return make_article(
        article_id="196670",
        url=f"{HOST}/cho-noi-mua-nuoc-noi-a196670.html",
        kicker="Phóng sự",
        title="Chợ nổi mùa nước nổi: Người ở lại với dòng sông",
        lead="Chợ nổi họp từ bốn giờ sáng, khi mặt sông còn mù sương.",
        body=body,
        images=(
            Image(url=f"{HOST}/images/cho-noi.png", caption="Ghe hàng neo kín một khúc sông lúc bình minh.",
                  credit="Lê Hòa", position=2, capture=wide),
            Image(url=f"{HOST}/images/ghe.png", caption="Một ghe bán trái cây treo cây bẹo ở mũi.", credit="Lê Hòa",
                  position=8, capture=small),
            Image(url=f"{HOST}/images/mat.png", caption="Khách ăn sáng trên xuồng.", position=9,
                  capture_missing="HTTP 404"),
        ),
        authors=("Trần Minh Quý", "Lê Hòa"),
        contributors=(
            Contributor(name="Trần Minh Quý", role="text"),
            Contributor(name="Lê Hòa", role="photo"),
        ),
        byline="Bài, ảnh: TRẦN MINH QUÝ - LÊ HÒA",
        section="Thời sự",
        tags=("chợ nổi", "sông nước"),
        published_at=datetime(2026, 9, 30, 23, 15, tzinfo=UTC),
        missing={"modified_at": "time.modified matches nothing"},
    )  # fmt: skip


def hostile(builder: CollectionBuilder) -> Article:
    """An article as an attacker would write it."""
    return make_article(
        article_id="666",
        url="javascript:alert(document.domain)",
        canonical_url="javascript:alert(2)",
        kicker="<svg onload=alert(3)>",
        title="<script>alert(1)</script> tựa độc",
        lead='"><img src=x onerror=alert(4)>',
        body=(
            Block(type="paragraph", text="</p><script>alert(5)</script> nội dung độc"),
            Block(type="figure", text="<b>chú thích</b>"),
        ),
        images=(Image(url="javascript:alert(6)", caption='" onerror="alert(7)', position=1, capture_missing="error"),),
        authors=("<i>Kẻ xấu</i>",),
        section="'><script>alert(8)</script>",
        tags=('"><script>alert(9)</script>',),
        published_at=datetime(2026, 9, 29, 1, 0, tzinfo=UTC),
    )


def build_sample(root: Path) -> Collection:
    """The collection, indexed."""
    builder = CollectionBuilder(root, CARDS)
    builder.capture(f"{HOST}/", b"<!doctype html><meta charset=utf-8><h1>Trang ch\xe1\xbb\xa7</h1>")
    story = builder.publish(market(builder))
    builder.instant += timedelta(days=1)
    longer = (*story.body, Block(type="paragraph", text="Cập nhật: chợ nghỉ một ngày để dọn lục bình."))
    changed = attrs.evolve(story, body=longer, modified_at=datetime(2026, 10, 1, 9, 30, tzinfo=UTC), missing={})
    builder.publish(changed)
    bad = hostile(builder)
    ref = builder.capture(f"{HOST}/doc.html", b"<p>x")
    builder.release(attrs.evolve(bad, capture=ref, captured_at=builder.instant))
    for number in range(48):
        title, section, text = SUBJECTS[number % len(SUBJECTS)]
        place = PLACES[number % len(PLACES)]
        paper = "baodonghai" if number % 3 == 0 else "baocantho"
        builder.publish(
            make_article(
                number,
                newspaper=paper,
                url=f"https://{paper}.vn/bai-{number}.html",
                title=title.format(place=place),
                lead=text.format(place=place),
                section=section,
                body=(
                    Block(type="paragraph", text=text.format(place=place)),
                    Block(type="paragraph", text=f"Bà con {place} kể lại chuyện năm {1990 + number} bên bến sông."),
                ),
                authors=("Nguyễn Văn An",) if number % 4 else (),
                missing={} if number % 4 else {"authors": ".author matches nothing"},
                published_at=datetime(2026, 8, 1, 1, 0, tzinfo=UTC) + timedelta(hours=19 * number),
            )
        )
    follow(builder.collection)
    return builder.close()
