"""The papers of the group, and the one that nobody declares: addresses and sections; does nothing else."""

from __future__ import annotations

from datetime import datetime

from crawler.newsroom.story import VIETNAM, Paper, Section

CANTHO = Paper(
    key="baocantho",
    host="baocantho.test",
    name="Báo Cần Thơ Online",
    sections=(Section("thoi-su", "Thời sự"), Section("kinh-te", "Kinh tế")),
    first=datetime(2025, 12, 1, 6, 0, tzinfo=VIETNAM),
    last=datetime(2026, 1, 31, 20, 0, tzinfo=VIETNAM),
    first_number=194_210,
    article_path="/{slug}-a{number}.html",
    old_path="/tin-cu/{slug}-a{number}.html",
    variant_path="/{section}/{slug}-a{number}.html",
    list_path="/{section}/",
    page_path="/{section}?p={page}",
    feed_path="/rss/cate/{section}/",
)

LAOCAI = Paper(
    key="baolaocai",
    host="baolaocai.test",
    name="Báo Lào Cai điện tử",
    sections=(Section("xa-hoi", "Xã hội"), Section("van-hoa", "Văn hóa")),
    first=datetime(2025, 1, 6, 6, 0, tzinfo=VIETNAM),
    last=datetime(2025, 12, 28, 20, 0, tzinfo=VIETNAM),
    first_number=395_100,
    article_path="/{slug}-post{number}.html",
    old_path="/tin-cu/{slug}-post{number}.html",
    variant_path="/{section}/{slug}-post{number}.html",
    list_path="/{section}/",
    page_path="/{section}/?page={page}",
    feed_path="/rss/{section}.xml",
)

BACLIEU = Paper(
    key="baobaclieu",
    host="baobaclieu.test",
    name="Báo Bạc Liêu Online",
    sections=(Section("xay-dung-dang", "Xây dựng Đảng"), Section("quoc-phong-an-ninh", "Quốc phòng - An ninh")),
    first=datetime(2018, 9, 20, 6, 0, tzinfo=VIETNAM),
    last=datetime(2018, 11, 25, 20, 0, tzinfo=VIETNAM),
    first_number=60_915,
    article_path="/{section}/{slug}-{number}.html",
    old_path="/tin-cu/{slug}-{number}.html",
    variant_path="/tin-tuc/{slug}-{number}.html",
    list_path="/{section}",
    page_path="/{section}?page={page}",
    feed_path="/rss/{section}.rss",
)

# A paper of no real name: no file declares it, so that finding it out can be tried.
BIENXANH = Paper(
    key="baobienxanh",
    host="baobienxanh.test",
    name="Biển Xanh",
    sections=(
        Section("thoi-su", "Thời sự"), Section("kinh-te", "Kinh tế"), Section("van-hoa", "Văn hóa"),
        Section("xa-hoi", "Xã hội"),
    ),
    first=datetime(2025, 8, 1, 6, 0, tzinfo=VIETNAM),
    last=datetime(2025, 12, 20, 20, 0, tzinfo=VIETNAM),
    first_number=70_310,
    article_path="/doc/{slug}.{number}.htm",
    old_path="/doc-cu/{slug}.{number}.htm",
    variant_path="/muc/{section}/doc/{slug}.{number}.htm",
    list_path="/muc/{section}.htm",
    page_path="/muc/{section}/trang-{page}.htm",
    feed_path="/tin/{section}.rss",
)  # fmt: skip

PAPERS = (CANTHO, LAOCAI, BACLIEU)
