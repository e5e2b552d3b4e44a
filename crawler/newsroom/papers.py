"""The papers of the group: addresses and sections, and one article rebuilt from a real page."""

from __future__ import annotations

from datetime import datetime

from crawler.newsroom.story import VIETNAM, Byline, Paper, Picture, Piece, Section, Story

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
    lead_opens_body=False,
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

# Not declared by any spider: for tests of crawls without a declaration.
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
    lead_opens_body=False,
)  # fmt: skip

# Drawn by scripts: for tests of crawls with a browser. It has no feeds and no sitemap, and its lists no second page.
SONLA = Paper(
    key="baosonla",
    host="baosonla.test",
    name="Báo Sơn La điện tử",
    sections=(
        Section("xa-hoi", "Xã hội", more="scroll"), Section("van-hoa", "Văn hóa"),
        Section("anh", "Ảnh", topics="van-hoa", is_gallery=True),
    ),
    first=datetime(2025, 9, 1, 6, 0, tzinfo=VIETNAM),
    last=datetime(2026, 1, 30, 20, 0, tzinfo=VIETNAM),
    first_number=81_040,
    article_path="/{section}/{slug}-{number}.html",
    old_path="/tin-cu/{slug}-{number}.html",
    variant_path="/tin-tuc/{slug}-{number}.html",
    list_path="/{section}",
    page_path="",
    feed_path="",
    lead_opens_body=False,
    is_drawn=True,
)  # fmt: skip

PAPERS = (CANTHO, LAOCAI, BACLIEU)


KICKER = "Tiến tới Đại hội Đảng các cấp"
TITLE = "Huyện Đông Hải: Nâng cao chất lượng tổ chức cơ sở Đảng"
PUBLISHED = datetime(2018, 10, 26, 16, 26, tzinfo=VIETNAM)
CAPTION = "Một góc trung tâm huyện Đông Hải ngày nay."

# Quoted: the opening of the first paragraph and the end of the fifth. The rest was written for this newsroom.
PARAGRAPHS = (
    "Thực hiện Nghị quyết Trung ương 4 (khóa XII), mỗi chi bộ ở huyện ven biển này chọn ra vài việc phải làm cho xong "
    "trong năm, ghi vào sổ và đọc lại ở từng kỳ họp. Cách làm giản dị ấy giúp các kỳ họp bớt khô khan, đảng viên biết "
    "mình nợ dân điều gì và khi nào phải trả.",
    "Một cán bộ tổ chức của huyện kể rằng khó nhất không phải là viết nghị quyết mà là giữ cho nghị quyết khỏi nằm yên "
    "trong ngăn tủ. Vì vậy, người được phân công về ấp phải ở lại đủ buổi, nghe hết ý kiến, rồi cùng chi ủy soạn ra ba "
    "đầu việc có tên người nhận, có ngày hoàn thành. Kỳ sau, câu hỏi đầu tiên luôn là: việc tháng trước tới đâu rồi?",
    "Ở những ấp giáp biển, nhiều đảng viên theo ghe cả tháng mới về. Chi bộ dời ngày họp theo con nước, gửi trước nội "
    "dung để người đi xa kịp góp lời. Có nơi, buổi họp diễn ra ngay bên vuông tôm, bàn chuyện lịch thả giống, chuyện "
    "nạo vét kinh và chuyện đứa trẻ nào trong xóm sắp bỏ học giữa chừng.",
    "Nguồn kết nạp cũng được tìm từ những nơi như vậy: một cô giáo mầm non, một tổ trưởng hợp tác xã, một thanh niên "
    "vừa xong nghĩa vụ quân sự. Họ được giao việc trước khi được giới thiệu, và bà con trong ấp là người nhận xét đầu "
    "tiên. Lớp bồi dưỡng mở vào buổi tối để người đi làm vẫn học được.",
    "Nhìn lại chặng đường đã qua, điều còn đọng lại không nằm ở những con số báo cáo mà ở nếp làm việc: nói ít, làm "
    "đến nơi, dân hỏi thì trả lời. Giữ được nếp ấy, từng chi bộ sẽ đủ sức "
    "thực hiện nhiệm vụ chính trị của địa phương.",
)


def write_dong_hai(paper: Paper, number: int) -> Story:
    """The article of Báo Bạc Liêu of 26 October 2018, with its boilerplate and an invented body."""
    path = "/uploads/image/2018/10/26/dong-hai.jpg"
    pieces = [Piece("paragraph", text) for text in PARAGRAPHS]
    pieces.insert(2, Piece("figure", picture=Picture(path, path, 640, 420, CAPTION, "X.T")))
    return Story(
        paper=paper,
        section=paper.sections[0],
        number=number,
        slug="huyen-dong-hai-nang-cao-chat-luong-to-chuc-co-so-dang",
        kicker=KICKER,
        title=TITLE,
        lead=PARAGRAPHS[0],
        pieces=pieces,
        byline=Byline("XUÂN THƯỞNG", ("Xuân Thưởng",), (("Xuân Thưởng", "text"),)),
        published=PUBLISHED,
        tags=("Huyện Đông Hải", "Xây dựng Đảng"),
    )
