"""The page that the project was made for, rebuilt: the quoted strings are the newspaper's, everything else is ours."""

from __future__ import annotations

from datetime import datetime

from crawler.newsroom.story import VIETNAM, Byline, Paper, Picture, Piece, Story

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
    """The article of Báo Bạc Liêu of 26 October 2018, with its furniture and a body of our own."""
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
