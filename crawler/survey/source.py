"""Writing a draft as a declaration, Python to be mended by hand; finds nothing out itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

import attrs

from archive.printable import json_text, printable
from crawler.extract.page import bare
from crawler.layout import Layout, Section
from crawler.provinces import PROVINCES
from crawler.survey.drafting import Draft

_WIDEST = 90


def source(draft: Draft) -> str:
    """The declaration, as Python that passes the schema and the linter."""
    province = next((one for one in PROVINCES if bare(one) in bare(draft.title) or bare(one) in draft.name), None)
    names = ["Layout"] * bool(draft.found) + ["Section"] * bool(draft.sections)
    lines = [
        f'"""{_plain(draft.title)}, drafted from {draft.pages} of its pages; declares and parses nothing."""',
        "",
        *([f"from crawler.layout import {', '.join(names)}"] if names else []),
        "from crawler.newspaper import NewspaperSpider",
        "",
        "",
        f"class {draft.name.capitalize()}(NewspaperSpider):",
        f'    """{_summary(draft)}"""',
        "",
        f"    name = {_text(draft.name)}",
        f"    title = {_text(draft.title)}",
        f"    # {'guessed from the name' if province else 'not told'}: one since July 2025, None for the whole country",
        f"    province = {_text(province) if province else None}",
        f"    provinces_before = {_tuple(PROVINCES.get(province or '', ()))}",
        f"    hosts = {_tuple(draft.hosts)}",
        f"    article_pattern = {_raw(draft.articles.pattern)}",
        f"    section_pages = {_text(draft.section_pages) if draft.section_pages else None}",
        *([f"    paging = {_text(draft.paging)}"] if draft.paging else []),
        f"    feeds = {_tuple(draft.feeds)}",
        f"    sitemaps = {_tuple(draft.sitemaps)}",
        *(["    needs_javascript = True"] if draft.needs_javascript else []),
        "    unproved = True",
        *_section_lines(draft.sections),
        *(_layout_lines([one.layout for one in draft.found]) if draft.found else ["    layouts = ()"]),
    ]
    return "\n".join(lines) + "\n"


def _summary(draft: Draft) -> str:
    if not draft.found:
        return "No markup repeats on its article pages: they are read in the general way."
    read, tried = (sum(counts) for counts in zip(*((one.read, one.of) for one in draft.found), strict=True))
    by = "the layout" if len(draft.found) == 1 else f"one of {len(draft.found)} layouts"
    return f"An article was read by {by} on {read} of {tried} pages that were tried."


def _section_lines(sections: Sequence[Section]) -> list[str]:
    if not sections:
        return ["    # none was found: they are looked for on the home page and in the sitemaps", "    sections = ()"]
    rows = [f"        Section({_text(section.name)}, {_text(section.path)})," for section in sections]
    return ["    sections = (", *rows, "    )"]


def _layout_lines(layouts: Sequence[Layout]) -> list[str]:
    return ["    layouts = (", *(line for layout in layouts for line in _one_layout(layout)), "    )"]


def _one_layout(layout: Layout) -> list[str]:
    values = [(field.name, getattr(layout, field.name), field.default) for field in attrs.fields(Layout)]
    rows = [
        f"            {name}={_text(value) if isinstance(value, str) else repr(value)},"
        for name, value, usual in values
        if value != usual
    ]
    return ["        Layout(", *rows, "        ),"]


def _plain(text: str) -> str:
    return printable(re.sub(r'["\\\n]', "", text)[:60])


def _text(text: str) -> str:
    return json_text(text)


def _raw(pattern: str) -> str:
    return f'r"{pattern}"' if '"' not in pattern else repr(pattern)


def _tuple(values: Sequence[str]) -> str:
    listed = ", ".join(_text(value) for value in values)
    if len(listed) > _WIDEST:
        return "(\n" + "".join(f"        {_text(value)},\n" for value in values) + "    )"
    return f"({listed},)" if len(values) == 1 else f"({listed})"
