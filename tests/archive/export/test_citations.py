"""Citations: their forms, and that no text of a page breaks one."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import attrs
import bibtexparser
import pytest
import rispy
from hypothesis import example, given
from hypothesis import strategies as st
from support.small_archive import HOSTILE

from archive.export.citations.bibliography import bibtex, csl, ris
from archive.export.citations.files import FORMS, CitationForm, cite
from archive.export.citations.reference import Reference, one_line
from archive.export.rows import Row, archive_address

ROW = Row(
    id="baocantho:194306",
    version="sha256:ab12",
    archive_address=archive_address("baocantho:194306", "sha256:ab12"),
    url="http://baocantho.test/trao-hoc-bong-a194306.html",
    newspaper="baocantho",
    newspaper_title="Báo Cần Thơ",
    province="Cần Thơ",
    section="Giáo dục",
    kicker=None,
    title="Trao 189 suất học bổng",
    lead=None,
    authors=("Phan Trinh",),
    source=None,
    byline=None,
    published_at=datetime(2025, 12, 9, 8, 0, tzinfo=timezone(timedelta(hours=7))),
    published_precision="minute",
    modified_at=None,
    tags=(),
    language="vi",
    pictures=0,
    captions=(),
    captured_at=datetime(2026, 11, 23, 20, 20, 33, tzinfo=UTC),
    record_id="urn:uuid:0a1b",
    warc_file=None,
    warc_offset=None,
    payload_digest="sha256:6AUI",
    versions=1,
    page_status=None,
    reprint_cluster=None,
    reprint_origin=None,
    reprint_relation=None,
    extractor=None,
    read_at=None,
    text="",
)
PLACE = "/article/baocantho:194306?version=sha256:ab12"

# what breaks formats, and any other text
AWKWARD = st.lists(
    st.sampled_from(
        [
            *"{}\\%\"'@#,=_&$~^\n\r\t\x1b\x00\x85\u2028\u202e\u0301\ud800",
            "ER  - ",
            "TY  - ",
            "}\n@article{x,",
            "\\\\",
            "báo",
        ]
    ),
    max_size=12,
).map("".join)
TEXTS = AWKWARD | st.text(max_size=40)


def test_the_forms_to_copy() -> None:
    assert cite(ROW, "chicago") == (
        "Phan Trinh. “Trao 189 suất học bổng.” Báo Cần Thơ, December 9, 2025. "
        "http://baocantho.test/trao-hoc-bong-a194306.html. "
        f"Archived November 24, 2026, 03:20:33 (UTC+7): {PLACE}, sha256:6AUI."
    )
    assert cite(ROW, "apa") == (
        "Phan Trinh. (2025, December 9). Trao 189 suất học bổng. Báo Cần Thơ. "
        "http://baocantho.test/trao-hoc-bong-a194306.html "
        f"[Archived November 24, 2026, 03:20:33 (UTC+7); {PLACE}, sha256:6AUI]"
    )
    assert cite(ROW, "vietnamese") == (
        "Phan Trinh. “Trao 189 suất học bổng”. Báo Cần Thơ, 09/12/2025. "
        f"http://baocantho.test/trao-hoc-bong-a194306.html. Bản lưu 24/11/2026 03:20:33, {PLACE}, sha256:6AUI."
    )


@pytest.mark.parametrize(
    ("authors", "chicago", "apa", "vietnamese"),
    [
        (("An", "Bình"), "An and Bình.", "An, & Bình.", "An, Bình."),
        (("An", "Bình", "Cúc"), "An, Bình, and Cúc.", "An, Bình, & Cúc.", "An, Bình, Cúc."),
        (("P.V.",), "P.V.", "P.V.", "P.V."),
    ],
)
def test_several_authors(authors: tuple[str, ...], chicago: str, apa: str, vietnamese: str) -> None:
    row = attrs.evolve(ROW, authors=authors)
    assert cite(row, "chicago").startswith(f"{chicago} “Trao")
    assert cite(row, "apa").startswith(f"{apa} (2025")
    assert cite(row, "vietnamese").startswith(f"{vietnamese} “Trao")


def test_without_an_author_the_agency_stands_in_its_place_and_else_the_title() -> None:
    agency = attrs.evolve(ROW, authors=(), source="TTXVN")
    assert cite(agency, "chicago").startswith("TTXVN. “Trao")
    nobody = attrs.evolve(ROW, authors=())
    assert cite(nobody, "chicago").startswith("“Trao")
    assert cite(nobody, "apa").startswith("Trao 189 suất học bổng. (2025, December 9). Báo Cần Thơ.")


def test_a_title_with_quotation_marks_and_a_question_mark() -> None:
    row = attrs.evolve(ROW, title="“Cát tặc” về đâu?")
    assert "“‘Cát tặc’ về đâu?” Báo" in cite(row, "chicago")
    assert ". (2025, December 9). “Cát tặc” về đâu? Báo" in cite(row, "apa")
    assert "“‘Cát tặc’ về đâu?”. Báo" in cite(row, "vietnamese")


def test_references_for_programs_are_read_back() -> None:
    (entry,) = bibtexparser.parse_string(cite(ROW, "bibtex")).entries
    fields = {field.key: field.value for field in entry.fields}
    assert (entry.entry_type, fields["author"], fields["title"]) == (
        "article", "{Phan Trinh}", "{Trao 189 suất học bổng}",
    )  # fmt: skip
    assert (fields["journal"], fields["date"], fields["urldate"]) == ("Báo Cần Thơ", "2025-12-09", "2026-11-24")
    (record,) = rispy.loads(cite(ROW, "ris"))
    assert (record["type_of_reference"], record["authors"]) == ("NEWS", ["Phan Trinh"])
    assert record["title"] == "Trao 189 suất học bổng"
    assert record["urls"] == ["http://baocantho.test/trao-hoc-bong-a194306.html"]
    (item,) = json.loads(cite(ROW, "csl"))
    assert (item["type"], item["author"]) == ("article-newspaper", [{"literal": "Phan Trinh"}])
    assert (item["issued"], item["accessed"]) == (
        {"date-parts": [[2025, 12, 9]]}, {"date-parts": [[2026, 11, 24]]},
    )  # fmt: skip
    for note in (fields["note"].replace("\\_", "_"), record["notes"][0], item["note"]):
        assert note == (f"Archived 2026-11-24T03:20:33+07:00; {PLACE}; sha256:6AUI; urn:uuid:0a1b; version sha256:ab12")


def test_the_visit_in_which_a_page_was_captured_is_not_cited() -> None:
    url = "http://baocantho.test/c%E1%BA%A7u;jsessionid=5A7F?trang=2&PHPSESSID=18eccedb2fc63358&utm_source=zalo"
    row = attrs.evolve(ROW, url=url)
    assert Reference.of(row).url == "http://baocantho.test/c%E1%BA%A7u?trang=2"
    assert row.url == url


def test_keys_are_of_a_version() -> None:
    keys = {
        Reference.of(attrs.evolve(ROW, id=id, version=version)).key
        for id in ("baocantho:1", "baocantho:~1", "baocantho:}1,\n")
        for version in ("sha256:a", "sha256:b")
    }
    assert len(keys) == 6 and all(re.fullmatch(r"[A-Za-z0-9-]+", key) for key in keys)


@given(title=TEXTS, author=TEXTS, newspaper=TEXTS, section=TEXTS, url=TEXTS, digest=TEXTS)
@example(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_no_text_breaks_a_format(title: str, author: str, newspaper: str, section: str, url: str, digest: str) -> None:
    ref = Reference.of(
        attrs.evolve(
            ROW,
            title=title,
            authors=(author, "Lê Bình"),
            newspaper_title=newspaper,
            section=section,
            url=url,
            payload_digest=digest,
        )
    )
    other = Reference.of(attrs.evolve(ROW, id="baocantho:2"))
    library = bibtexparser.parse_string(bibtex(ref) + "\n" + bibtex(other))
    assert not library.failed_blocks and [entry.key for entry in library.entries] == [ref.key, other.key]
    fields = {field.key: field.value for field in library.entries[0].fields}
    assert bare(fields["title"]) == f"{{{ref.title}}}"
    assert bare(fields["journal"]) == ref.newspaper
    assert bare(fields["author"]) == " and ".join(f"{{{name}}}" for name in ref.authors)
    assert fields.get("url", "") == ref.url

    first, second = rispy.loads(ris(ref) + ris(other))
    assert (first["title"], first["authors"]) == (ref.title, list(ref.authors))
    assert first["secondary_title"] == ref.newspaper
    assert second["title"] == ROW.title
    assert ris(ref).count("\r\n") == len(ris(ref).splitlines())

    item = json.loads(csl(ref))
    assert (item["title"], item["container-title"]) == (ref.title, ref.newspaper)


def bare(value: str) -> str:
    """The text that a value of BibTeX stands for."""
    names = {
        "textbackslash": "\\", "textbraceleft": "{", "textbraceright": "}", "textasciitilde": "~",
        "textasciicircum": "^",
    }  # fmt: skip
    pattern = re.compile(r"\\(" + "|".join(names) + r")\{\}|\\([%&$#_])")
    return pattern.sub(lambda found: names[found[1]] if found[1] else found[2], value)


@given(text=TEXTS, form=st.sampled_from(sorted(FORMS)))
@example(HOSTILE, "apa")
def test_a_citation_has_no_character_that_controls_or_reorders(text: str, form: CitationForm) -> None:
    row = attrs.evolve(ROW, title=text, authors=(text,), source=text, newspaper_title=text, section=text, url=text)
    said = cite(row, form)
    said.encode()
    lines = said.split("\r\n") if form == "ris" else said.split("\n")
    for line in lines:
        assert not [sign for sign in line if unicodedata.category(sign) in ("Cc", "Zl", "Zp", "Cs")]
        assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
    if form in ("chicago", "apa", "vietnamese"):
        assert len(lines) == 1


def test_words_stay_apart_and_letters_whole() -> None:
    assert one_line(" Trao\n học\u2028bổng\u202e\x00 ") == "Trao học bổng"


def test_years_at_the_ends_of_the_calendar() -> None:
    for instant in (datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), datetime.max.replace(tzinfo=UTC)):
        for form in FORMS:
            assert cite(attrs.evolve(ROW, published_at=instant), form)
