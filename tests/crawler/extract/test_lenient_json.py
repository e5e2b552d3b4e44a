"""JSON as pages wrap and break it; whatever the text, nothing is raised."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import booleans, dictionaries, floats, integers, lists, none, one_of, recursive, text

from crawler.extract.page import open_page
from crawler.extract.sources.json_ld import read_json_ld, read_values

NODE = {
    "@type": "NewsArticle",
    "headline": "Xóm Rẫy đắp lại con đê sau lũ",
    "datePublished": "2024-09-12T06:40:00+07:00",
    "author": {"@type": "Person", "name": "Đoàn Thị Mận"},
}
PLAIN = json.dumps(NODE, ensure_ascii=False)
SITE = json.dumps({"@type": "WebSite", "name": "Báo Gò Nổi"}, ensure_ascii=False)

FORMS = {
    "as it should be": PLAIN,
    "CDATA behind slashes": f"//<![CDATA[\n{PLAIN}\n//]]>",
    "CDATA in comments": f"/* <![CDATA[ */\n{PLAIN}\n/* ]]> */",
    "bare CDATA": f"<![CDATA[{PLAIN}]]>",
    "HTML comment": f"<!--\n{PLAIN}\n-->",
    "HTML comment behind slashes": f"<!--\n{PLAIN}\n//-->",
    "two objects": f"{SITE}\n{PLAIN}",
    "two objects with a comma": f"{SITE},{PLAIN}",
    "a semicolon behind it": f"{PLAIN};",
    "a comma before the end": PLAIN[:-1] + ",}",
    "a line end within a text": PLAIN.replace("Rẫy đắp", "Rẫy\nđắp"),
    "quotes within a text": PLAIN.replace("con đê", '"con đê"'),
    "a comment within": PLAIN.replace('"headline"', '/* tít */ "headline"'),
    "a comment to the line's end": PLAIN.replace('"headline"', '// tít "cũ"\n "headline"'),
    "signs of no width ahead": f"\u200b\ufeff{PLAIN}",
    "an assignment": f"var baiViet = {PLAIN};",
    "entities for quotes": PLAIN.replace('"', "&quot;"),
    "its last bracket missing": PLAIN[:-1],
    "brackets missing within a text": PLAIN[:-2].removesuffix('"'),
    "a bracket too many": f"{PLAIN}}}",
    "escapes that JSON does not know": PLAIN.replace('"headline"', r'"url": "C:\x \' \u00 \"", "headline"'),
    "nothing as other languages write it": PLAIN.replace('"headline"', '"image": undefined, "video": None, "headline"'),
    "a value left out": PLAIN.replace('"headline"', '"image": , "headline"'),
    "names without quotes": PLAIN.replace('"headline"', "headline").replace('"@type"', "@type", 1),
    "commas too many": f"[{SITE},,{PLAIN},]",
    "markup behind it": f"{PLAIN}</div>",
    "signs of no width within": PLAIN.replace(", ", ",\ufeff", 1),
    "a type in small letters": PLAIN.replace("NewsArticle", "newsarticle"),
    "values with their language": PLAIN.replace(
        json.dumps(NODE["headline"], ensure_ascii=False),
        json.dumps({"@value": NODE["headline"], "@language": "vi"}, ensure_ascii=False),
    ),
    "a time in a list": PLAIN.replace('"2024-09-12T06:40:00+07:00"', '["2024-09-12T06:40:00+07:00"]'),
    "an author in lists": PLAIN.replace(
        json.dumps(NODE["author"], ensure_ascii=False), f"[[{json.dumps(NODE['author'])}]]"
    ),
    "in a graph": f'{{"@graph": [{{"@type": "WebPage", "datePublished": "2001-01-01"}}, {PLAIN}]}}',
}


@pytest.mark.parametrize("form", FORMS)
def test_an_article_is_read_however_its_data_are_wrapped(form: str) -> None:
    markup = f'<html><head><script type="application/ld+json">{FORMS[form]}</script></head><body></body></html>'
    linked = read_json_ld(open_page(markup.encode(), "https://baogonoi.test/tin-1.html", {}))
    assert linked.published == NODE["datePublished"]
    assert linked.headline.replace('"', "") == NODE["headline"]
    assert linked.authors == (("Đoàn Thị Mận", True),)


VALUES = recursive(
    one_of(none(), booleans(), integers(), floats(allow_nan=False, allow_infinity=False), text()),
    lambda inner: one_of(lists(inner, max_size=4), dictionaries(text(), inner, max_size=4)),
    max_leaves=12,
)
WRAPPINGS = ["{}", "<!-- {} -->", "/* <![CDATA[ */{}/* ]]> */", "//<![CDATA[\n{}\n//]]>", "/* đầu */ {}", "{};"]


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@given(value=dictionaries(text(), VALUES, min_size=1, max_size=4))
def test_any_value_is_read_back_out_of_any_wrapping(wrapping: str, value: Any) -> None:
    assert read_values(wrapping.replace("{}", json.dumps(value, ensure_ascii=False))) == [value]


@given(one_of(text(), text(alphabet='{}[]",:/*-<>!CDAT \\ntruefalse0', max_size=80)))
def test_any_text_gives_values_or_none(script: str) -> None:
    assert isinstance(read_values(script), list)
