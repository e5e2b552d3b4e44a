"""Pages in Khmer, Chinese and English: their language, times, writers and text, with rules and without."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.article import Article
from crawler.declaration.layout import Layout
from crawler.extract import extract
from crawler.extract.dates.parsing import read_time

CAPTURED = datetime(2026, 9, 1, tzinfo=UTC)
LAYOUT = Layout(title="h1", published_at=".time", lead=".lead", body=".text", byline=".by")
KHMER = (
    "សាលារៀនថ្មីមួយបានបើកនៅមាត់ទន្លេ ហើយសិស្សអាចជិះទូកទៅរៀនរាល់ព្រឹកដោយមិនបង់ថ្លៃ។",
    "លោកគ្រូនាយកសាលាបាននិយាយថា អ្នកភូមិបានរួមគ្នាដាំដើមឈើជុំវិញទីធ្លា ហើយជួសជុលផ្លូវចូលសាលា។",
    "នៅរដូវទឹកឡើង ទូកពីរគ្រឿងនឹងដឹកសិស្ស ហើយគ្រូបង្រៀនម្នាក់ជិះទៅជាមួយពួកគេជានិច្ច។",
)
CHINESE = (
    "河边的新学校今年三月开学，孩子们每天早上坐船上学，不用付船费。",
    "校长说，村民一起在操场四周种了树，还修好了进校的小路。",
    "涨水的季节，两条船接送学生，每次都有一位老师陪着他们。",
)
ENGLISH = (
    "A new school by the river opened in March, and every morning the children row there without paying a fare.",
    "The headmaster said that the villagers planted trees around the yard together, and mended the path to the gate.",
    "When the water rises two boats carry the pupils, and one of the teachers always travels with them to the landing.",
)
PAGES = {
    "km": ("សាលារៀនថ្មីនៅមាត់ទន្លេ", "ថ្ងៃទី១៥ ខែមីនា ឆ្នាំ២០២៦ ម៉ោង ០៨:៣០", "សុខ ដារ៉ា", KHMER, ("សុខ ដារ៉ា",)),
    "zh": ("河边的新学校开学", "2026年3月15日 08:30", "王小河", CHINESE, ("王小河",)),
    "en": (
        "A new school by the river",
        "Sunday, March 15, 2026 08:30",
        "By Tran Van Song",
        ENGLISH,
        ("Tran Van Song",),
    ),
}


def read(language: str, layouts: tuple[Layout, ...], *, lang: str = "vi", declared: str | None = None) -> Article:
    title, time, byline, texts, _ = PAGES[language]
    paragraphs = "".join(f"<p>{text}</p>" for text in texts)
    page = (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title></head><body>'
        '<nav><a href="/">Trang chủ</a> <a href="/thoi-su">Thời sự</a></nav>'
        f'<main><h1>{title}</h1><div class="time">{time}</div><div class="text">{paragraphs}</div>'
        f'<p class="by author">{byline}</p></main><footer>Tòa soạn mẫu</footer></body></html>'
    )
    return extract(
        page.encode(), "https://baosong.vn/bai-7.html", {"Content-Type": "text/html"}, CAPTURED, layouts,
        newspaper="baosong", article_id="7", language=declared,
    )  # fmt: skip


@pytest.mark.parametrize("language", PAGES)
@pytest.mark.parametrize("layouts", [(LAYOUT,), ()], ids=["rules", "without"])
def test_a_declared_edition_is_read_in_its_language(language: str, layouts: tuple[Layout, ...]) -> None:
    title, _, _, texts, authors = PAGES[language]
    article = read(language, layouts, declared=language)
    assert (article.title, article.language) == (title, language)
    assert article.published_at.isoformat() == "2026-03-15T08:30:00+07:00"
    assert [block.text for block in article.body] == list(texts)
    assert article.authors == authors


@pytest.mark.parametrize("language", ["km", "zh"])
def test_letters_show_a_language_whatever_the_template_says(language: str) -> None:
    article = read(language, ())
    assert article.language == language
    assert [block.text for block in article.body] == list(PAGES[language][3])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("១៥/០៣/២០២៦ - ០៨:៣០", "2026-03-15T08:30"), ("ថ្ងៃអាទិត្យ ទី១៥ ខែមីនា ឆ្នាំ២០២៦", "2026-03-15T00:00"),
        ("15 វិច្ឆិកា 2026, 08:30", "2026-11-15T08:30"), ("ថ្ងៃទី ១៥ ខែ៣ ឆ្នាំ២០២៦ ម៉ោង ៨ និង ៣០នាទី", "2026-03-15T08:30"),
        ("2026年3月15日 8时30分", "2026-03-15T08:30"), ("２０２６年３月１５日 下午2:05", "2026-03-15T14:05"),
        ("2026年3月5日 星期四 上午8点05分", "2026-03-05T08:05"),
        ("发布: 2026-03-15 08:30 更新: 2026-03-16 09:00", "2026-03-15T08:30"),
        ("Updated: 15/3/2026 08:30 (GMT+7)", "2026-03-15T08:30"),
        ("Posted on Mar. 15, 2026 at 8:30 AM", "2026-03-15T08:30"),
        ("Sunday, 15/03/2026, 08:30", "2026-03-15T08:30"),
    ],
)  # fmt: skip
def test_times_of_other_tongues(text: str, expected: str) -> None:
    found = read_time(text, "Asia/Ho_Chi_Minh")
    assert found is not None and found.at.isoformat().startswith(expected)
