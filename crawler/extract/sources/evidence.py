"""Structured metadata of a page, and every candidate for a field that no rule gives."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence, Set

import attrs

from crawler.extract.bylines.organisations import FOREIGN_PAPER, VIETNAMESE_AGENCY
from crawler.extract.bylines.people import is_credit, read_people
from crawler.extract.bylines.printed import Byline, read_byline
from crawler.extract.bylines.vocabulary import is_labelled
from crawler.extract.dates.parsing import Instant, read_time
from crawler.extract.dates.printed import printed_times
from crawler.extract.page import Page
from crawler.extract.selectors import Element
from crawler.extract.sources import visible
from crawler.extract.sources.json_ld import JsonLd, plain, read_json_ld
from crawler.extract.sources.meta_elements import MetaElements, read_meta_elements
from crawler.extract.sources.own_names import own_names_of
from crawler.extract.sources.page_language import language_of
from crawler.extract.text import bare
from crawler.extract.vote import Candidate, FeedEntry, Field, Source, feed_candidates

_BETWEEN = re.compile(r"\s+[-–—|｜/»>·•:*]+\s+|\s*[|｜：ㅣ]\s*|(?<=\S)-(?=\S*ㅣ)")
_LONGEST_TITLE = 400
_LONG_TITLE = 20
_PAPER = re.compile(r"(?:Báo|Tạp [Cc]hí|Đài|Trang [Tt]in|Cổng)(?:\s+\w+){1,6}$")
_SEPARATOR = re.compile(r"\W{0,3}[-|–—*»·ㅣ：/]")


@attrs.frozen(kw_only=True)
class StructuredMetadata:
    """What JSON-LD and meta elements say, the names that are no author's, and the page's language."""

    page: Page = attrs.field(eq=False, repr=False)
    json_ld: JsonLd
    meta: MetaElements
    own_names: frozenset[str]
    declared_language: str | None = None
    """Of an edition in another language than Vietnamese."""

    @functools.cached_property
    def language(self) -> str:
        """Tag of the page's language."""
        return self.declared_language or language_of(self.page, self.json_ld, self.meta)

    @property
    def description(self) -> str:
        """What the page says it is about; empty if it says nothing."""
        return self.json_ld.description or self.meta.description

    @property
    def section(self) -> str | None:
        """The section that the page says it stands in."""
        return self.json_ld.section or self.meta.first("article:section")[1] or None


def read_metadata(page: Page, newspaper: str, language: str | None = None) -> StructuredMetadata:
    """Read the page's JSON-LD and meta elements; `language` is that of an edition, if not Vietnamese."""
    json_ld, meta = read_json_ld(page), read_meta_elements(page)
    return StructuredMetadata(
        page=page,
        json_ld=json_ld,
        meta=meta,
        own_names=own_names_of(page, newspaper, json_ld, meta),
        declared_language=language,
    )


def candidates(
    page: Page,
    metadata: StructuredMetadata,
    time_zone: str,
    *,
    feed: FeedEntry | None = None,
    shown: Collection[Field] = (),
) -> list[Candidate]:
    """All candidates that are not from rules.

    Args:
        shown: the fields for which the visible page is asked as well: those that no rule gives.
    """
    # a page in another language keeps the offsets that it gives: the time zone is a Vietnamese paper's
    read = functools.partial(read_time, time_zone=time_zone, keep_offset=bool(shown) and metadata.language != "vi")
    stated = _titles_in_metadata(page, metadata)
    headlines = visible.headlines(page, [text for _, _, text in stated], metadata.own_names) if shown else []
    found = [*feed_candidates(feed, time_zone), *_titles(stated, headlines, metadata, is_shown="title" in shown)]
    found += _times(metadata, read)
    headline = _headline(headlines, found)
    if "published_at" in shown:
        found += _shown_times(page, headline, read)
    found += _authors(page, metadata, _bylines(page, metadata, headline) if "authors" in shown else [])
    return found


def _titles_in_metadata(page: Page, metadata: StructuredMetadata) -> list[tuple[Source, str, str]]:
    stated: list[tuple[Source, str, str]] = [("json-ld", "headline", metadata.json_ld.headline)]
    stated += [("meta", name, text) for name, text in metadata.meta.titles]
    stated.append(("meta", "title", plain(page.title)))
    return [(source, place, text) for source, place, text in stated if text and len(text) <= _LONGEST_TITLE]


def _titles(
    stated: Sequence[tuple[Source, str, str]],
    headlines: Sequence[visible.Headline],
    metadata: StructuredMetadata,
    *,
    is_shown: bool,
) -> list[Candidate]:
    shown = headlines if is_shown else ()
    whole = {bare(text) for text in (*(one.text for one in shown), *(text for _, _, text in stated)) if text}
    headings = {bare(one.text) for one in headlines}
    names = metadata.own_names | _ends_of_several([text for _, _, text in stated], headings)
    found = [
        Candidate("title", without_site(_without_site_ahead(text, names, headings), names, whole), source, place, text)
        for source, place, text in stated
        if is_shown or place != "title"
    ]
    keys = {one.key for one in found}
    for nth, one in enumerate(shown):
        # of several the first is often the kicker: only one that the metadata gives as well counts
        if len(shown) > 1 and nth and bare(one.text) not in keys:
            continue
        title = without_site(one.text, metadata.own_names, whole)
        found.append(Candidate("title", title, "visible", one.place, one.text))
    if len(shown) > 1 and any(one.source == "visible" and one.key in keys for one in found):
        found = [one for one in found if one.source != "visible" or one.key in keys]
    return found


def _headline(headlines: Sequence[visible.Headline], found: Iterable[Candidate]) -> Element | None:
    """The element of the article's headline: the one that says a title of the metadata, else the last."""
    keys = {one.key for one in found if one.field == "title" and one.source != "visible"}
    stated = [one.element for one in headlines if bare(one.text) in keys]
    return stated[0] if stated else headlines[-1].element if headlines else None


def _ends_of_several(titles: Sequence[str], headings: Collection[str]) -> Set[str]:
    """What stands behind the last separator of two different titles of a page and ends no visible headline: the site,
    whatever it calls itself."""
    ends: dict[str, set[str]] = {}
    for title in titles if headings else ():
        if (joints := list(_BETWEEN.finditer(title))) and (end := bare(title[joints[-1].end() :])):
            ends.setdefault(end, set()).add(bare(title[: joints[-1].start()]))
    return {
        end
        for end, ahead in ends.items()
        if len(ahead) > 1 and not any(map(str.isdigit, end)) and not any(heading.endswith(end) for heading in headings)
    }


def _without_site_ahead(title: str, own_names: Container[str], headlines: Container[str]) -> str:
    """The title without the site's name ahead of it ("Báo Cần Thơ - X"), unless the visible headline has the whole."""
    joint = _BETWEEN.search(title)
    if joint is None or bare(title) in headlines:
        return title
    for last in _BETWEEN.finditer(title):
        if bare(title[last.end() :]) in headlines and 2 * last.end() <= len(title):
            return title[last.end() :].strip()
    before, after = title[: joint.start()].strip(), title[joint.end() :].strip()
    is_site = (
        bare(before) in own_names
        or bare(after) in headlines
        or (_PAPER.match(before) and all(word[0].isupper() for word in before.split()[1:]))
    )
    return after if after and is_site else title


def without_site(title: str, own_names: Iterable[str], whole: Collection[str]) -> str:
    """The title without the site's name behind it: "X - Báo Cần Thơ", or what follows a title that stands elsewhere."""
    for joint in reversed(list(_BETWEEN.finditer(title))):
        before, after = title[: joint.start()].rstrip(), bare(title[joint.end() :])
        if not before or not after:
            continue
        if bare(before) in whole or any(
            name and (after == name or (len(name) > 3 and name in after)) for name in own_names
        ):
            return without_site(before, own_names, whole)
    key = bare(title)
    for shorter in whole:
        if _LONG_TITLE <= len(shorter) < len(key) and key.startswith(shorter):
            before, rest = _parted(title, len(shorter))
            if _SEPARATOR.match(rest):
                return before
    return title


def _parted(title: str, letters: int) -> tuple[str, str]:
    """The title parted behind so many of its letters as `bare` counts them."""
    for end in range(1, len(title) + 1):
        if len(bare(title[:end])) >= letters:
            return title[:end], title[end:]
    return title, ""


def _times(metadata: StructuredMetadata, read: Callable[..., Instant | None]) -> Iterator[Candidate]:
    fields: tuple[tuple[Field, str, str, list[tuple[str, str]]], ...] = (
        ("published_at", "datePublished", metadata.json_ld.published, metadata.meta.published),
        ("modified_at", "dateModified", metadata.json_ld.modified, metadata.meta.modified),
    )
    for field, name, json_ld, meta in fields:
        stated: list[tuple[Source, str, str]] = [("json-ld", name, json_ld), *(("meta", *one) for one in meta)]
        for source, place, text in stated:
            found = read(text[:300], updated=field == "modified_at") if text else None
            if found is not None:
                yield Candidate(field, found, source, place, text)


def _shown_times(page: Page, headline: Element | None, read: Callable[..., Instant | None]) -> Iterator[Candidate]:
    for printed in printed_times(page, headline):
        found = read(printed.text)
        if found is not None:
            place = f"{printed.place}, {printed.position.name.lower().replace('_', ' ')}"
            yield Candidate("published_at", found, "visible", place, printed.text, printed.position.value)


def _bylines(page: Page, metadata: StructuredMetadata, headline: Element | None) -> list[tuple[str, list[str]]]:
    """What elements named for it say; where none is, a line below the headline that is a byline by its words."""
    named = visible.bylines(page)
    if named or headline is None or metadata.language != "vi" or not (text := visible.byline_below(headline)):
        return named
    return [("line below the headline", [text])]


def _authors(
    page: Page, metadata: StructuredMetadata, bylines: Sequence[tuple[str, Sequence[str]]]
) -> Iterator[Candidate]:
    stated: list[tuple[str, str, Sequence[str]]] = [
        ("json-ld", "author", [name for name, is_person in metadata.json_ld.authors if is_person or is_credit(name)]),
        *(("meta", name, texts) for name, texts in metadata.meta.authors),
    ]
    stated += [("visible", place, texts) for place, texts in bylines]
    for source, place, texts in stated:
        names = names_in(texts, metadata) if texts else ()
        if (
            source != "json-ld"
            and metadata.language != "vi"
            and all(" " not in name for name in names if name.isascii())
        ):
            # a single word is a name only where JSON-LD says so
            names = tuple(name for name in names if not name.isascii())
        if metadata.language == "vi" and (origin := _source_in(texts, metadata)):
            yield Candidate("source", origin, source, place, "; ".join(texts))  # type: ignore[arg-type]
        if names:
            yield Candidate("authors", names, source, place, "; ".join(texts))  # type: ignore[arg-type]


def _source_in(texts: Sequence[str], metadata: StructuredMetadata) -> str | None:
    """Whom texts that name authors credit as where a text is from: an agency, a foreign paper, or what "Theo" stands
    before.

    A Vietnamese newspaper's name alone is rather that of the page's own.
    """
    for text in texts:
        byline = read_byline(text, metadata.own_names)
        names = byline.source.split(", ") if byline.source else ()
        if names and (byline.authors or is_labelled(text) or all(map(_is_of_others, names))):
            return byline.source
    return None


def _is_of_others(name: str) -> bool:
    return VIETNAMESE_AGENCY.fullmatch(name) is not None or FOREIGN_PAPER.fullmatch(name) is not None


def names_in(texts: Sequence[str], metadata: StructuredMetadata) -> tuple[str, ...]:
    """Those whom texts credit: the persons by the rules of Vietnamese bylines; elsewhere also agencies, which papers
    there credit as authors.
    """
    if metadata.language != "vi":
        return read_people(texts, metadata.own_names).credited
    people: dict[str, None] = {}
    for text in texts:
        # accounts and offices are sifted out
        if is_labelled(text) or read_people([text], metadata.own_names).persons:
            people |= dict.fromkeys(byline_of(text, metadata).authors)
    return tuple(people)


def byline_of(text: str, metadata: StructuredMetadata) -> Byline:
    """A printed byline, read in the page's language."""
    if metadata.language == "vi":
        return read_byline(text, metadata.own_names)
    return credited_byline([text], text, metadata)


def credited_byline(names: Sequence[str], printed: str, metadata: StructuredMetadata) -> Byline:
    """A byline of whole names: the persons wrote, agencies are the source."""
    people = read_people(names, metadata.own_names)
    return Byline.of_writers(printed, people.persons, people.agencies)
