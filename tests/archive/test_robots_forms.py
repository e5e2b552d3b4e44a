"""robots.txt in every form that RFC 9309 and Google's parser accept means the same."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.robots import read_robots

PLAIN = "User-agent: *\nDisallow: /kho/\nAllow: /kho/mo/\nCrawl-delay: 7\nSitemap: https://bao.test/ban-do.xml\n"
URL = "https://bao.test"


def means_the_same(body: bytes) -> bool:
    rules = read_robots(200, body)
    return (
        not rules.can_fetch(f"{URL}/kho/so-1.html", "baotinh")
        and rules.can_fetch(f"{URL}/kho/mo/so-2.html", "baotinh")
        and rules.can_fetch(f"{URL}/tin/so-3.html", "baotinh")
        and rules.crawl_delay("baotinh") == 7
        and list(rules.sitemaps) == ["https://bao.test/ban-do.xml"]
    )


FORMS = {
    "plain": PLAIN.encode(),
    "BOM": codecs.BOM_UTF8 + PLAIN.encode(),
    "half a BOM": codecs.BOM_UTF8[:2] + PLAIN.encode(),
    "BOM read in a wrong charset": codecs.BOM_UTF8.decode("cp1252").encode() + PLAIN.encode(),
    "BOMs of joined files": PLAIN.replace("Disallow", "\ufeffDisallow").replace("Sitemap", "\ufeffSitemap").encode(),
    "UTF-16, little end first": codecs.BOM_UTF16_LE + PLAIN.encode("utf-16-le"),
    "UTF-16 without a BOM": PLAIN.encode("utf-16-le"),
    "UTF-32": codecs.BOM_UTF32_LE + PLAIN.encode("utf-32-le"),
    "UTF-32, big end first": codecs.BOM_UTF32_BE + PLAIN.encode("utf-32-be"),
    "UTF-16, big end first": codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"),
    "CR LF": PLAIN.replace("\n", "\r\n").encode(),
    "CR alone": PLAIN.replace("\n", "\r").encode(),
    "line ends of all kinds, empty lines": PLAIN.replace("\n", "\r\n\n\r").encode(),
    "no line end": PLAIN.rstrip().encode(),
    "leading blanks": ("\n\n  " + PLAIN.replace("\n", "\n \t \u00a0")).encode(),
    "blanks around the colon": PLAIN.replace(": ", " \t:\t ").encode(),
    "no blank": PLAIN.replace(": ", ":").encode(),
    "no colon": PLAIN.replace(": ", " ").encode(),
    "odd case": PLAIN.replace("User-agent", "uSER-AgEnT").replace("Dis", "DIS").replace("All", "aLL").encode(),
    "comments": ("# Kho báo\n" + PLAIN.replace("\n", " # cấm: /\n#Disallow: /\n")).encode(),
    "misspelt": PLAIN.replace("User-agent", "Useragent").replace("Disallow", "Dissalow").encode(),
    "other names": PLAIN.replace("User-agent", "User agent").replace("Sitemap", "Site-map").encode(),
    "longer names": PLAIN.replace("User-agent", "User-agents").replace("Disallow", "Disallowed").encode(),
    "our name": PLAIN.replace("*", "BaoTinh").encode(),
    "our name and a version": PLAIN.replace("*", "baotinh/2.0 (+https://bao.test)").encode(),
    "star and more": PLAIN.replace("*", "* # ai cũng vậy").encode(),
    "another group before": b"User-agent: khac\nDisallow: /\n\n" + PLAIN.encode(),
    "another group behind": PLAIN.encode() + b"\nUser-agent: khac\nDisallow: /",
    "in one group with another": b"User-agent: khac\n" + PLAIN.encode(),
    "unknown lines between the names": PLAIN.replace("Dis", "Noindex: /x\nUser-agent: khac\nDis", 1).encode(),
    "two groups of one name": PLAIN.replace("All", "User-agent: khac\nDisallow: /\nUser-agent: *\nAll").encode(),
    "two groups of our name": (
        "User-agent: *\nDisallow: /\n\nUser-agent: baotinh\nDisallow: /kho/\n"
        "User-agent: khac\nDisallow: /\nUser-agent: baotinh/1\n" + PLAIN.partition("/kho/\n")[2]
    ).encode(),
    "the beginning of our name": b"User-agent: bao\nAllow: /\n\n" + PLAIN.encode(),
    "bytes that are no UTF-8": b"# B\xe1o\n" + PLAIN.encode() + b"Disallow: /b\xe1o\xff/\n",
    "a control character": PLAIN.replace("/kho/\n", "/kho/\nDisallow: /a\x0bAllow: /kho/so-1.html\n", 1).encode(),
    "Unicode's own line end": PLAIN.replace("/kho/\n", "/kho/\nDisallow: /\u2028Allow: /kho/s\n", 1).encode(),
    "a line that is too long": PLAIN.encode() + b"Disallow: /" + b"x" * 60_000 + b"\nDisallow: /kho/\n",
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_form_means_the_same(form: str) -> None:
    assert means_the_same(FORMS[form])


@pytest.mark.parametrize(
    ("body", "is_allowed", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 4\n\nUser-agent: khac\nDisallow: /kho/\n", False, 4),
        ("User-agent: khac\nUser-agent: *\nCrawl-delay: 4\nUser-agent: nua\nDisallow: /kho/\n", False, 4),
        ("User-agent: khac\nCrawl-delay: 40\nUser-agent: *\nDisallow: /kho/\n", False, None),
        ("User-agent: baotinh\nCrawl-delay: 4\n\nUser-agent: *\nDisallow: /kho/\n", False, 4),
        ("User-agent: *\nDisallow: /kho/\n\nUser-agent: baotinh\nCrawl-delay: 4\n", True, 4),
        ("User-agent: khac\nDisallow: /\nCrawl-delay: 40\nUser-agent: *\nDisallow: /kho/\n", False, None),
        ("Crawl-delay: 40\nUser-agent: *\nDisallow: /kho/\n", False, None),
    ],
)
def test_a_delay_ends_no_group_and_is_of_the_names_before_it(body: str, is_allowed: bool, delay: float | None) -> None:
    rules = read_robots(200, body.encode())
    assert rules.can_fetch(f"{URL}/kho/so-1.html", "baotinh") is is_allowed
    assert rules.crawl_delay("baotinh") == delay


def test_of_a_long_file_the_first_500_kib_are_read_up_to_a_line_end() -> None:
    for end in ("\n", "\r"):
        head = PLAIN.replace("\n", end).encode()
        filler = f"# dòng này không cấm gì{end}".encode()
        room = 500 * 1024 - len(head)
        # the cut goes through "Disallow: /tin/cu/": half of it would forbid all
        body = head + b"#" * (room - len("Disallow: /") - 1) + end.encode() + b"Disallow: /tin/cu/"
        assert len(head) < 500 * 1024 and means_the_same(body + filler * 40_000)
        behind = head + filler * (room // len(filler) + 1) + f"Disallow: /tin/{end}".encode()
        assert means_the_same(behind)
        assert not means_the_same(head + filler + f"Disallow: /tin/{end}".encode())


def test_many_names_of_others_are_one() -> None:
    names = "".join(f"User-agent: may-{number}\n" for number in range(11_000))
    rules = read_robots(200, (names + "Disallow: /a\n" * 11_000 + PLAIN).encode())
    assert not rules.can_fetch(f"{URL}/kho/so-1.html", "baotinh")
    assert rules.can_fetch(f"{URL}/a", "baotinh")


@given(
    st.lists(st.sampled_from(["", "\ufeff", " ", "\t", "\u00a0", "\u200b"]), max_size=3).map("".join),
    st.sampled_from(["\n", "\r\n", "\r", "\n\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from([":", " :", ": ", "\t:\t"]),
    st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=12), max_size=5),
    st.sampled_from([str.lower, str.upper, str.title, str]),
)
def test_forms_in_any_mixture(
    before: str, end: str, charset: str, colon: str, comments: list[str], cased: object
) -> None:
    lines = []
    for number, line in enumerate(PLAIN.splitlines()):
        name, _, value = line.partition(": ")
        comment = f" #{comments[number]}" if number < len(comments) else ""
        lines.append(f"{before}{cased(name)}{colon}{value}{comment}{end}")  # type: ignore[operator]
    assert means_the_same("".join(lines).encode(charset))


@given(st.binary(max_size=400))
def test_any_bytes_give_rules(body: bytes) -> None:
    assert read_robots(200, body).can_fetch(f"{URL}/robots.txt", "baotinh")
    assert read_robots(404, body).can_fetch(f"{URL}/kho/", "baotinh")
