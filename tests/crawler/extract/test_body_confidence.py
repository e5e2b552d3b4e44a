"""How sure a body without a rule is: less where the readers differ in how much text there is, and why."""

# ruff: noqa: E501 - pages and sentences are not broken
from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from crawler.declaration.layout import Rules
from crawler.extract.confidence import confidences, doubts
from crawler.extract.extraction import Extraction
from crawler.extract.generic.evidence import Amounts, Ground
from crawler.extract.page import open_page
from crawler.extract.results import read_any

CAPTURED = datetime(2026, 3, 8, tzinfo=UTC)
TEXT = tuple(
    f"Tổ hợp tác nuôi cua biển ở ấp thứ {nth} thu hoạch vụ đầu, mỗi hộ lãi chừng {nth + 20} triệu đồng sau khi trừ tiền giống và tiền cải tạo vuông."
    for nth in range(1, 13)
)


def read(shown: str, told: str = "") -> Extraction:
    script = json.dumps({"@type": "NewsArticle", "headline": "Vụ cua đầu", "articleBody": told}) if told else ""
    page = f"""<html lang=vi><head><title>Vụ cua đầu</title><meta property='article:published_time' content='2026-03-07T08:06:00+07:00'>
    {f"<script type='application/ld+json'>{script}</script>" if told else ""}</head><body><article><h1>Vụ cua đầu</h1>{shown}</article></body></html>"""
    return read_any(open_page(page.encode(), "https://x.test/a", {}), CAPTURED, Rules(newspaper="x"))


def laid(texts: tuple[str, ...]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


@pytest.mark.parametrize("told", ["", " ".join(TEXT), TEXT[0]], ids=["no JSON-LD", "the same", "a teaser"])
def test_a_body_that_all_readers_find_is_sure(told: str) -> None:
    reading = read(f"<div>{laid(TEXT)}</div>", told)
    assert confidences(reading)["body"] == 0.95 and "body" not in doubts(reading, CAPTURED)


@pytest.mark.parametrize(
    ("shown", "told", "ground"),
    [
        (f"<div>{laid(TEXT[:4])}</div>", " ".join(TEXT), Ground.JSON_LD),
        (
            f"<div>{laid(TEXT[:6])}<div class='modal-box' style='display:none'>{laid(TEXT[6:9])}</div></div>",
            "",
            Ground.LEFT_OUT,
        ),
    ],
    ids=["JSON-LD has three times as much", "a box of the body is left out"],
)
def test_a_body_of_which_a_reader_has_more_is_doubted(shown: str, told: str, ground: Ground) -> None:
    reading = read(shown, told)
    assert reading.generic is not None and reading.generic.amounts.ground is ground
    assert confidences(reading)["body"] < 0.8
    assert f" ground={ground.value} " in doubts(reading, CAPTURED)["body"]


def test_the_reader_that_differs_most_is_the_ground() -> None:
    assert Amounts(kept=900, trafilatura=1000, json_ld=3000, left_out=100, shared=1.0).ground is Ground.JSON_LD
    assert Amounts(kept=900, trafilatura=1000, left_out=900, shared=0.7).ground is Ground.LEFT_OUT
    assert Amounts(kept=900, trafilatura=2000, left_out=100, shared=0.7).ground is Ground.TRAFILATURA
    assert Amounts(kept=900, trafilatura=900, shared=0.7).ground is Ground.PARAGRAPHS
    assert Amounts(kept=900, trafilatura=900, shared=1.0).agreement == 1.0
