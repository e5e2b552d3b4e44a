"""Which links of a page are a site's sections, and which lead to a list's further pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

import attrs

from archive.identity import asks_query, names_article
from crawler.declaration.layout import Section
from crawler.extract.text import bare
from crawler.survey.page import Link, PageSurvey

_LONGEST_NAME = 40
_MOST_WORDS = 7
_FEWEST = 3
MOST_SECTIONS = 60
# menu entries besides sections, without diacritics and spaces
_NO_SECTIONS = frozenset((
    "trangchu", "home", "lienhe", "gioithieu", "timkiem", "rss", "dangnhap", "dangky", "dangxuat", "quangcao", "datbao",
    "toasoan", "sodotrang", "sitemap", "banin", "docbaoin", "xembaoin", "baoin", "english", "duongdaynong", "gopy",
    "thongtintoasoan", "lienhequangcao", "banggiaquangcao", "chinhsachbaomat", "dieukhoansudung", "mobile", "facebook",
    "youtube", "zalo", "xemthem", "doctiep", "tatca", "moinhat", "tinmoinhat", "tinmoi", "xemnhieu", "docnhieu",
    "tinxemnhieu", "lenautrang", "veautrang", "ungdung", "taiungdung", "tailieu",
))  # fmt: skip
_NO_PAGES = re.compile(r"\.(?:xml|rss|atom|pdf|jpe?g|png|gif|zip|apk|docx?|xlsx?|mp[34])$|/(?:rss|feed)s?/", re.I)
_PAGE = re.compile(
    r"(?P<mark>[?&](?:p|page|trang|paged|pageindex|pagenumber|pi)=|/(?:page|trang|p)[-/]?|[-_.](?:page|trang|p)[-_]?)"
    r"(?P<number>\d{1,5})(?P<end>(?:\.[a-z]{2,5})?/?)$",
    re.I,
)
_FURTHER = frozenset(("trangsau", "sau", "tiep", "tieptheo", "xemthem", "next", "trangke", "ke", "trangtiep", "cuhon"))


def sections_of(
    survey: PageSurvey, hosts: Iterable[str | None], article_pattern: str, more: Sequence[str] = ()
) -> tuple[Section, ...]:
    """The sections that a home page names: those of its menus, else those of a box of short links.

    Args:
        more: other addresses of the site, as its sitemap names them; sections where the page names none.
    """
    own, pattern = set(hosts), re.compile(article_pattern)
    named = [link for link in survey.links if _may_be_section(link, survey.url, own, pattern)]
    chosen = [link for link in named if link.in_menu and not link.is_aside]
    if len({link.path for link in chosen}) < _FEWEST:
        chosen = _of_a_box([link for link in named if not link.is_aside]) or _of_a_box(named) or chosen
    if len({link.path for link in chosen}) < _FEWEST:
        chosen += [link for link in named if link in chosen or not link.is_aside]
        unnamed = [Link(url, _spelled(url)) for url in more]
        chosen += [link for link in unnamed if _may_be_section(link, survey.url, own, pattern)]
    found: dict[str, str] = {}
    for link in chosen:
        if link.path.rstrip("/") not in (path.rstrip("/") for path in found):
            found[link.path] = link.text
    return _distinct([Section(as_name(text), path) for path, text in list(found.items())[:MOST_SECTIONS]])


def _distinct(sections: Sequence[Section]) -> tuple[Section, ...]:
    """The sections, with the path added to names that occur twice: the catalog identifies sections by name."""
    names = Counter(section.name for section in sections)
    return tuple(
        section if names[section.name] == 1 else Section(f"{section.name} ({section.path.strip('/')})", section.path)
        for section in sections
    )


def _may_be_section(link: Link, home: str, hosts: set[str | None], pattern: re.Pattern[str]) -> bool:
    parts = urlsplit(link.url)
    path = parts.path
    return (
        parts.hostname in hosts
        and (not parts.query or asks_query(pattern.pattern))
        and path.rstrip("/") not in ("", urlsplit(home).path.rstrip("/"))
        and 2 <= len(link.text) <= _LONGEST_NAME
        and len(link.text.split()) <= _MOST_WORDS
        and not link.text.isdecimal()
        and bare(link.text) not in _NO_SECTIONS
        and bare(_spelled(link.url)) not in _NO_SECTIONS
        and path.count("/") <= 4
        and not names_article(pattern, link.path)
        and not _NO_PAGES.search(path)
        and not _PAGE.search(link.path)
    )


def _of_a_box(links: Sequence[Link]) -> list[Link]:
    """The links of the box with most different links."""
    boxes = Counter({box: len({link.path for link in links if link.box == box}) for box in {one.box for one in links}})
    for box, count in boxes.most_common(1):
        if count >= _FEWEST:
            return [link for link in links if link.box == box]
    return []


def _spelled(url: str) -> str:
    """The words of an address's last part, for a link without a name."""
    last = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    return re.sub(r"\.[a-z]{2,5}$", "", last).replace("-", " ").strip()


def as_name(text: str) -> str:
    """A menu's text as a section's name, without the menu's capital letters."""
    return text[0] + text[1:].lower() if text.isupper() else text[0].upper() + text[1:]


@attrs.frozen
class Paging:
    """The further pages of a list: their addresses, a CSS selector for the links, an address with {page}.

    There is no selector if it would match other links as well, as "-p" would.
    """

    urls: tuple[str, ...]
    selector: str | None
    template: str | None


def paging_of(survey: PageSurvey) -> Paging:
    """The further pages that a list page names: addresses of the list itself that end in a page's number."""
    stem = _without_page(_list_path(survey.url))
    urls: dict[str, None] = {}
    marks: Counter[tuple[str, str]] = Counter()
    for link in survey.links:
        found = _PAGE.search(link.path)
        if found is None or link.url == survey.url or int(found["number"]) < 1:
            continue
        near = _without_page(_list_path(link.url) if "?" in stem else urlsplit(link.url).path)
        if near == stem and (len(link.text) <= 4 or bare(link.text) in _FURTHER or "trang" in bare(link.text)):
            urls[link.url] = None
            marks[found["mark"], found["end"]] += 1
    if not marks:
        return Paging((), None, None)
    (mark, end), _ = marks.most_common(1)[0]
    selector = f"a[href*='{mark}']" if "=" in mark or len(mark) > 4 else None
    return Paging(tuple(urls), selector, _template(survey.url, next(iter(urls)), mark, end))


def page_number(url: str) -> int | None:
    """The number of the list page at an address that ends in one."""
    parts = urlsplit(url)
    found = _PAGE.search(parts.path + (f"?{parts.query}" if parts.query else ""))
    return int(found["number"]) if found else None


def page_after(url: str) -> str | None:
    """The address of the list page after one whose address ends in a number."""
    number = page_number(url)
    return page_at(url, number + 1) if number is not None else None


def page_at(url: str, number: int) -> str | None:
    """The address of another page of the list, by its number, where the address ends in one."""
    parts = urlsplit(url)
    whole = parts.path + (f"?{parts.query}" if parts.query else "")
    found = _PAGE.search(whole)
    if found is None:
        return None
    following = f"{whole[: found.start('number')]}{number}{found['end']}"
    return f"{parts.scheme}://{parts.netloc}{following}"


def _list_path(url: str) -> str:
    """The path of a list, with its query where it has more in it than the number of a page."""
    parts = urlsplit(url)
    own = _PAGE.sub("", f"{parts.path}?{parts.query}") if parts.query else parts.path
    return own if "?" in own else parts.path


def _without_page(path: str) -> str:
    """The list's own path, without ending and page number."""
    path = _PAGE.sub("", path)
    return re.sub(r"\.[a-z]{2,5}$", "", path.rstrip("/"))


def _template(first: str, further: str, mark: str, end: str) -> str | None:
    """The address of further pages, where it begins with that of the first."""
    path, parts = _list_path(first), urlsplit(further)
    whole = parts.path + (f"?{parts.query}" if parts.query else "")
    before = whole[: whole.rindex(mark)]
    if before == path:
        return f"{{path}}{mark}{{page}}{end}"
    if before + "/" == path and mark.startswith("/"):
        return f"{{path}}{mark[1:]}{{page}}{end}"
    return None


def next_page(url: str, section_path: str, template: str) -> str:
    """The address of the list page after this one, by a declared paging template."""
    parts = urlsplit(url)
    whole = parts.path + (f"?{parts.query}" if parts.query else "")
    pattern = re.escape(template).replace(r"\{path\}", re.escape(section_path)).replace(r"\{page\}", r"(\d+)")
    found = re.fullmatch(pattern, whole)
    number = int(found[1]) + 1 if found else 2
    return f"{parts.scheme}://{parts.netloc}" + template.replace("{path}", section_path).replace("{page}", str(number))
