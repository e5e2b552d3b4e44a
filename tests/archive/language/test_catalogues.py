"""The catalogues hold each message of code and templates, whole, and nothing else; a mended word is shown."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from archive.language import catalogue, forms
from archive.language.catalogue import LANGUAGES, Language, current, gettext, ngettext

ROOT = Path(__file__).parents[3]
PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%|%")


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The messages that `make messages` finds."""
    (recipe,) = re.findall(r"pybabel --quiet (extract (?:.*\\\n)+.*)\n", (ROOT / "Makefile").read_text("utf-8"))
    (rooms,) = re.findall(r"ROOMS_WITH_MESSAGES := (.+)", (ROOT / "Makefile").read_text("utf-8"))
    made = tmp_path_factory.mktemp("messages") / "site.pot"
    words = recipe.replace("\\\n", " ").replace("$(ROOMS_WITH_MESSAGES)", rooms).replace("build/site.pot", str(made))
    subprocess.run([Path(sys.executable).parent / "pybabel", "--quiet", *words.split()], check=True, cwd=ROOT)
    with made.open("rb") as file:
        return read_po(file)


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[Language]:
    token = current.set(request.param)
    yield request.param
    current.reset(token)


def read(language: Language) -> Catalog:
    with catalogue.catalogue_path(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def key(message: Message) -> tuple[str | None, tuple[str, ...]]:
    return message.context, texts(message.id)


def texts(value: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())


def faults(catalog: Catalog, language: Language) -> list[str]:
    """The messages of a catalogue that would show something wrong."""
    found = []
    for message in catalog:
        if not message.id:
            continue
        wanted = set(PLACEHOLDER.findall(texts(message.id)[-1]))
        given = texts(message.string)
        if message.fuzzy:
            found.append(f"fuzzy: {message.id}")
        if not all(given) and (language != "en" or any(given)):
            found.append(f"not translated: {message.id}")
        for one in filter(None, given):
            if set(PLACEHOLDER.findall(one)) != wanted or "%" in PLACEHOLDER.sub("", one):
                found.append(f"other placeholders: {message.id} -> {one}")
            if re.findall(r"</?\w+", one) and not re.findall(r"</?\w+", texts(message.id)[0]):
                found.append(f"markup of its own: {one}")
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_message_is_translated_whole(language: Language) -> None:
    assert faults(read(language), language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_has_the_messages_of_the_code_and_no_others(extracted: Catalog, language: Language) -> None:
    catalog = read(language)
    in_code, in_catalogue = ({key(one) for one in found if one.id} for found in (extracted, catalog))
    assert in_catalogue - in_code == set(), "run make messages"
    assert in_code - in_catalogue == set(), "run make messages"
    assert not catalog.obsolete
    # a singular that is also a message by itself would be one entry of the catalogue
    assert [one for one, count in Counter((k[0], k[1][0]) for k in in_code).items() if count > 1] == []


def test_no_message_is_hidden_from_the_extractor(extracted: Catalog) -> None:
    """Calls inside f-strings are not seen by every extractor."""
    known = {text for one in extracted for text in texts(one.id)}
    named: set[str] = set()
    for path in (path for room in ("language", "replay", "web") for path in (ROOT / "archive" / room).rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"gettext", "ngettext", "N_"}:
                named |= {
                    one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
    assert named and named - known == set()


def test_the_faults_are_seen() -> None:
    catalog = Catalog(locale="vi")
    catalog.add("%(n)s day", "%(n)s ngày")
    catalog.add("%(n)s hour", "%(m)s giờ")
    catalog.add("minute", "")
    catalog.add("second", "giây", flags=["fuzzy"])
    catalog.add("word", "<b>chữ")
    assert [one.split(":")[0] for one in faults(catalog, "vi")] == [
        "other placeholders", "not translated", "fuzzy", "markup of its own",
    ]  # fmt: skip


def test_a_mended_word_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: Language) -> None:
    folder = tmp_path / "locale"
    shutil.copytree(catalogue.LOCALE, folder)
    monkeypatch.setattr(catalogue, "LOCALE", folder)
    path = catalogue.catalogue_path(language)
    mended = re.sub(r'(msgid "Runs"\nmsgstr) "[^"]*"', r'\1 "Sổ thu thập"', path.read_text("utf-8"))
    path.write_text(mended, "utf-8")
    catalogue.translations.cache_clear()
    try:
        assert gettext("Runs") == "Sổ thu thập"
    finally:
        catalogue.translations.cache_clear()


def test_no_template_has_words_of_its_own() -> None:
    """All words of the templates are messages: whatever is left when expressions and markup are taken away is none."""
    templates = [*(ROOT / "archive/web/templates").glob("*.html"), *(ROOT / "archive/replay/static").glob("*.html")]
    assert len(templates) > 10
    for path in templates:
        source = re.sub(r"(?s)\{% (trans|block kind).*?\{% end(trans|block) %\}", "", path.read_text("utf-8"))
        for mark in ("{{", "}}"), ("{%", "%}"):
            source = re.sub(rf"(?s){mark[0]}.*?{mark[1]}", "", source)
        source = re.sub(r"(?s)<(?:code|kbd)\b.*?</(?:code|kbd)>", "", source)
        labels = re.findall(r'(?:aria-label|placeholder|title|alt|data-of)="([^"]*\w[^"]*)"', source)
        text = re.sub(r"(?s)<[^>]*>", " ", source)
        assert set(re.findall(r"[^\W\d_]{2,}", text)) <= {"API", "BibTeX", "CSV", "HTTP", "JSON", "PWID"}, path.name
        assert set(labels) <= {"31/01/2026"}, path.name


# dates and numbers


def test_forms(language: Language) -> None:
    instant = datetime(2026, 1, 31, 1, 5, 7, tzinfo=UTC)
    found = (
        forms.day(instant), forms.moment(instant), forms.second(instant), forms.clock(instant),
        forms.month(date(2026, 10, 1)), forms.brief(date(2026, 10, 1), "month"), forms.number(12345),
        forms.percent(0.1234), forms.percent(None), forms.volume(1_250_000), forms.volume(999_999_999_999_999),
        forms.decimal(0.75, 2), forms.lasted(timedelta(seconds=1)), forms.lasted(timedelta(minutes=2)),
        forms.lasted(timedelta(hours=3, minutes=20)), forms.lasted(timedelta(hours=1)),
        forms.hours_or_days(timedelta(hours=30)), forms.hours_or_days(timedelta(days=9)), forms.typed_day(instant),
    )  # fmt: skip
    assert found == {
        "vi": (
            "31/01/2026", "Thứ Bảy, 31/01/2026, 08:05", "08:05:07 ngày 31/01/2026 (UTC+7)", "08:05 ngày 31/01/2026",
            "Tháng 10/2026", "10/2026", "12.345", "12,3 %", "–", "1,2 MB", "1000 TB",
            "0,75", "1 giây", "2 phút", "3 giờ 20 phút", "1 giờ", "30 giờ", "9 ngày", "31/01/2026",
        ),
        "en": (
            "31 January 2026", "Saturday, 31 January 2026, 08:05", "31 January 2026, 08:05:07 (UTC+7)",
            "08:05 on 31 January 2026", "October 2026", "Oct 2026", "12,345", "12.3%", "–", "1.2 MB", "1000 TB",
            "0.75", "1 second", "2 minutes", "3 h 20 min", "1 hour", "30 hours", "9 days", "31/01/2026",
        ),
    }[language]  # fmt: skip
    assert ngettext("%(n)s article", "%(n)s articles", 1, n=1) == {"vi": "1 bài", "en": "1 article"}[language]


def test_one_vietnamese_word_stands_for_each_thing() -> None:
    """The words of the glossary in docs/search-and-cite.md."""
    with (ROOT / "archive/language/locale/vi/LC_MESSAGES/site.po").open("rb") as file:
        for message in read_po(file):
            ids = " ".join(message.id) if isinstance(message.id, tuple) else message.id
            shown = " ".join(message.string) if isinstance(message.string, tuple) else message.string
            assert "bản chụp" not in shown.lower(), ids
            if re.search(r"\bversions?\b", ids, re.IGNORECASE):
                assert "phiên bản" in shown.lower() or "phần mềm" in shown.lower(), ids
            if re.search(r"\b(frozen|the|this|a) sets?\b", ids, re.IGNORECASE):
                assert "tập bài" in shown.lower(), ids
