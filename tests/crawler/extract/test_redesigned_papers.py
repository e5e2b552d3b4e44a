"""One story in the templates of several systems, read by their families' rules and without any: the same version."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from archive.article import Article
from archive.changes.printed import PrintedPart, differing_parts
from crawler.declaration.layout import Layout
from crawler.extract.article import extract
from spiders.families.a_id import AIdFamily
from spiders.families.baclieu2018 import BacLieu2018Family
from spiders.families.mcms import McmsFamily
from spiders.families.mediatech import MediatechFamily
from spiders.families.onecms import OneCmsFamily

AT = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


@attrs.frozen(kw_only=True)
class Told:
    """A story as the paper has it."""

    title: str = "Làng chiếu Định Yên vào mùa cói mới"
    lead: str = "Sau ba tháng chờ nước rút, hơn 200 hộ ở làng chiếu Định Yên lại trải cói ra phơi dọc bờ kênh."
    paragraphs: tuple[str, ...] = (
        "Bà Phan Thị Rớt, 64 tuổi, dệt chiếu từ năm lên chín. Mỗi ngày hai mẹ con bà dệt được bốn đôi chiếu bông.",
        "“Cói năm nay dài mà dai, dệt sướng tay lắm”, bà Rớt nói, tay vẫn đưa thoi đều đều dưới mái hiên lợp lá.",
        "Theo Ủy ban nhân dân xã, cả làng có 432 khung dệt, trong đó một nửa đã chuyển sang dệt máy từ năm 2019.",
        "Chợ chiếu họp lúc nửa đêm giờ chỉ còn trong lời kể, nhưng xã đang bàn chuyện mở lại mỗi tháng hai phiên.",
    )
    picture: str = "phoi-coi-ben-kenh-21.jpg"
    caption: str = "Người làng Định Yên phơi cói dọc bờ kênh"
    credit: str = "Trần Lam"
    byline: str = "Trần Lam"


def a_id(told: Told) -> str:
    text = "".join(f'<p style="text-align: justify;">{one}</p>' for one in told.paragraphs[1:])
    return f"""<title>{told.title}</title><meta property="article:published_time" content="2026-03-02T08:15:00+07:00">
    <meta property="og:title" content="{told.title}"><div class="titlecate"><h1><a href="/">KINH TẾ</a></h1></div>
    <span class="pubdate">02/03/2026 - 08:15</span><h1 class="margintopbot10">{told.title}&nbsp;</h1>
    <div id="newscontents"><div class="content-fck"><p style="text-align: justify;">{told.lead}</p>
    <p style="text-align: justify;">{told.paragraphs[0]}</p><div class="AMN_res"></div>
    <p style="text-align: center;"><img alt="" src="/image/upload/2026/{told.picture}" width="600" height="400"></p>
    <p style="text-align: center;"><em>{told.caption}. Ảnh: {told.credit}</em></p>{text}
    <p style="text-align: right;"><strong>{told.byline.upper()}</strong></p></div></div>"""


def bac_lieu(told: Told) -> str:
    text = "".join(f"<p>{one}</p>" for one in told.paragraphs[1:])
    return f"""<title>{told.title}</title><div id="chitiet"><div class="tieude-phu">Nghề xưa</div>
    <div class="tieude-tin">{told.title}</div><div class="ngaydang">Thứ Hai, 02/03/2026 | 08:15</div>
    <div class="noidung"><p>{told.lead}</p><p>{told.paragraphs[0]}</p>
    <p><img src="/uploads/image/2026/03/02/{told.picture}" width="600" height="400"></p>
    <p style="text-align:center"><em>{told.caption}. Ảnh: {told.credit}</em></p>{text}
    <div class="tinlienquan"><a href="/x-1.html">Chợ chiếu nửa đêm</a></div>
    <p class="tacgia">{told.byline}</p></div></div>"""


def mcms(told: Told) -> str:
    text = "".join(f"<p>{one}</p>" for one in told.paragraphs[1:])
    return f"""<title>{told.title}</title><div class="article__kicker">NGHỀ XƯA</div>
    <h1 class="article__title">{told.title}</h1><div class="article__meta"><time datetime="2026-03-02T08:15:00+07:00">
    02/03/2026 08:15</time></div><div class="article__sapo">{told.lead}</div>
    <div class="article__body cms-body"><p>{told.paragraphs[0]}</p>
    <figure><img src="https://cdn.dinhyen.test/thumb_x600/2026/03/{told.picture}.webp" width="600" height="400">
    <figcaption>{told.caption} (Ảnh: {told.credit})</figcaption></figure>{text}
    <div class="t1"><span class="t2">Bài, ảnh: {told.byline}</span></div></div>"""


def onecms(told: Told) -> str:
    text = "".join(f"<p>{one}</p>" for one in told.paragraphs[1:])
    return f"""<title>{told.title}</title><meta property="article:published_time" content="2026-03-02T08:15:00+07:00">
    <h1 class="block-sc-title">{told.title}</h1><div class="block-sc-sapo">{told.lead}</div>
    <article class="entry"><p>{told.paragraphs[0]}</p><figure class="image"><img width="600" height="400"
    src="/uploads/images/2026/03/{told.picture.replace(".jpg", "-600x400.jpg")}"><figcaption>{told.caption}. Ảnh:
    {told.credit}</figcaption></figure>{text}<p style="text-align:right"><strong>{told.byline}</strong></p></article>"""


def mediatech(told: Told) -> str:
    text = "".join(f"<p>{one}</p>" for one in told.paragraphs[1:])
    return f"""<title>{told.title}</title><div class="content-article"><h1 class="name">{told.title}</h1>
    <p class="date">Thứ 2, 02/03/2026 | 08:15:00 [GMT +7]</p><div id="content-detail"><p class="sapo">{told.lead}</p>
    <p>{told.paragraphs[0]}</p><p style="text-align:center"><img src="/file/2026/03/{told.picture}" width="600"
    height="400"></p><p style="text-align:center"><em>{told.caption}. Ảnh: {told.credit}</em></p>{text}
    <div class="author">{told.byline}</div></div></div>"""


def modern(told: Told) -> str:
    text = "".join(f"<p>{one}</p>" for one in told.paragraphs[1:])
    return f"""<title>{told.title} - Báo Định Yên</title><meta property="og:title" content="{told.title}">
    <meta property="article:published_time" content="2026-03-02T08:15:00+07:00"><header><nav><a href="/">Trang chủ</a>
    <a href="/kinh-te">Kinh tế</a></nav></header><main><article><h1>{told.title}</h1>
    <p class="standfirst"><b>{told.lead}</b></p>
    <p>{told.paragraphs[0]}</p><figure><img src="/media/2026/{told.picture}" width="800" height="533">
    <figcaption>{told.caption}. Ảnh: {told.credit}</figcaption></figure>{text}</article></main>
    <aside><h3>Đọc nhiều</h3><ul><li><a href="/a-1.html">Giá lúa hôm nay</a></li></ul></aside>"""


def tables(told: Told) -> str:
    text = "".join(f"<p align='justify'><font face='Arial'>{one}</font></p>" for one in told.paragraphs[1:])
    return f"""<title>{told.title}</title><table width="760"><tr><td><a href="/">Trang chủ</a></td></tr></table>
    <table width="520"><tr><td><h1>{told.title}</h1></td></tr><tr><td>Cập nhật: 02/03/2026 08:15</td></tr>
    <tr><td><p align="justify"><b>{told.lead}</b></p><p align="justify">{told.paragraphs[0]}</p>
    <table align="center"><tr><td><img src="/anh/2026/{told.picture}" width="400" height="300"></td></tr>
    <tr><td align="center"><i>{told.caption}. Ảnh: {told.credit}</i></td></tr></table>{text}
    <p align="right"><b>{told.byline}</b></p></td></tr></table>"""


Made = tuple[Callable[[Told], str], tuple[Layout, ...]]
TEMPLATES: dict[str, Made] = {
    "a-id": (a_id, AIdFamily.layouts), "bac lieu": (bac_lieu, BacLieu2018Family.layouts),
    "mcms": (mcms, McmsFamily.layouts), "onecms": (onecms, OneCmsFamily.layouts),
    "mediatech": (mediatech, MediatechFamily.layouts), "modern, without rules": (modern, ()),
    "tables, without rules": (tables, ()), "mcms, without rules": (mcms, ()), "a-id, without rules": (a_id, ()),
    "a-id by rules of mcms": (a_id, McmsFamily.layouts),
}  # fmt: skip
PAIRS = list(itertools.permutations(TEMPLATES, 2))
AS_TOLD = Told()
FIRST = AS_TOLD.paragraphs
EDITS: dict[str, tuple[dict[str, Any], PrintedPart]] = {
    "title": ({"title": "Làng chiếu Định Yên hết mùa cói"}, PrintedPart.TITLE),
    "lead": ({"lead": AS_TOLD.lead.replace("ba tháng", "bốn tháng")}, PrintedPart.LEAD),
    "figures": ({"paragraphs": (*FIRST[:2], FIRST[2].replace("432", "342"), FIRST[3])}, PrintedPart.BODY),
    "names": ({"paragraphs": (FIRST[0].replace("Phan Thị", "Phạm Thị"), *FIRST[1:])}, PrintedPart.BODY),
    "added": ({"paragraphs": (*FIRST, "Xã cũng vừa xin lập một nhà truyền thống của nghề chiếu.")}, PrintedPart.BODY),
    "removed": ({"paragraphs": FIRST[:3]}, PrintedPart.BODY),
    "caption": ({"caption": "Thợ dệt trẻ bên khung dệt máy"}, PrintedPart.CAPTIONS),
    "picture": ({"picture": "khung-det-may-07.jpg"}, PrintedPart.PICTURES),
}  # fmt: skip


def read(name: str, told: Told = AS_TOLD) -> Article:
    template, layouts = TEMPLATES[name]
    page = f"<!DOCTYPE html><html lang='vi'><meta charset='utf-8'><body>{template(told)}</body></html>"
    return extract(
        page.encode(), "https://dinhyen.test/lang-chieu-7.html", {}, AT, layouts, newspaper="dinhyen", article_id="7"
    )


@pytest.mark.parametrize(("former", "later"), PAIRS)
def test_a_redesign_makes_no_version(former: str, later: str) -> None:
    assert differing_parts(read(former), read(later)) == ()


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("name", TEMPLATES)
def test_an_edit_makes_one(name: str, edit: str) -> None:
    changes, part = EDITS[edit]
    edited = read(name, attrs.evolve(AS_TOLD, **changes))
    assert edited.layout == read(name).layout
    found = differing_parts(read(name), edited)
    assert found and (part in found or part in (PrintedPart.LEAD, PrintedPart.CAPTIONS))


@pytest.mark.parametrize("edit", [one for one in EDITS if one != "picture"])
@pytest.mark.parametrize(("former", "later"), PAIRS)
def test_so_does_a_redesign_with_an_edit(former: str, later: str, edit: str) -> None:
    assert differing_parts(read(former), read(later, attrs.evolve(AS_TOLD, **EDITS[edit][0])))


def test_a_byline_that_is_removed_makes_one_where_the_template_is_the_same() -> None:
    signed = [name for name in TEMPLATES if read(name).byline]
    assert len(signed) >= 6
    for name in signed:
        assert differing_parts(read(name), read(name, attrs.evolve(AS_TOLD, byline="Lý Hải"))) == (PrintedPart.BYLINE,)
