"""What the newsroom publishes: newspapers, sections, stories and their pieces."""

from __future__ import annotations

import unicodedata
from collections.abc import Container
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a paper: its address and its name.

    `topics` names the word lists of its stories, if not its slug. Of a paper drawn by scripts, `more` says how its list
    grows: "scroll" or "button". The stories of a gallery are all photo essays, their pictures after the text.
    """

    slug: str
    name: str
    topics: str = ""
    more: str = "button"
    is_gallery: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A newspaper of the group; `first` and `last` bound the times at which its articles appeared."""

    key: str
    host: str
    name: str
    sections: tuple[Section, ...]
    first: datetime
    last: datetime
    first_number: int
    article_path: str
    old_path: str
    variant_path: str
    list_path: str
    page_path: str
    feed_path: str
    lead_opens_body: bool = True
    is_drawn: bool = False
    """Its pages are empty: scripts draw them of what they ask its API for."""

    @property
    def origin(self) -> str:
        """Scheme and host of the paper's addresses."""
        return f"http://{self.host}"


@dataclass(frozen=True, slots=True)
class Byline:
    """The byline as printed, with its authors and roles."""

    printed: str | None = None
    authors: tuple[str, ...] = ()
    contributors: tuple[tuple[str, str], ...] = ()
    source: str | None = None

    @property
    def photographer(self) -> str | None:
        """Who took all pictures, where the byline names nobody else ("Ảnh: X")."""
        names = [name for name, role in self.contributors if role == "photo"]
        return names[0] if names and len(self.contributors) == 1 else None


@dataclass(frozen=True, slots=True)
class Taken:
    """The picture that another one shows: how it is drawn, what of it is kept (left, upper, right, lower), and whether
    a logo is put upon it."""

    recipe: str
    width: int
    height: int
    form: str
    box: tuple[float, float, float, float]
    has_logo: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: its address on the host, how it is drawn, its caption and credit.

    `taken`: of which other picture. `quality`: that of a JPEG file that was compressed again. `is_lost`: its file is
    gone. `filed`: when its file was put there, where that is later than the article.
    """

    path: str
    recipe: str
    width: int
    height: int
    caption: str | None = None
    credit: str | None = None
    credit_form: str = "Ảnh: {}"
    taken: Taken | None = None
    quality: int | None = None
    is_lost: bool = False
    filed: datetime | None = None

    @property
    def printed(self) -> str:
        """The caption line as the paper prints it, the credit at its end."""
        credit = self.credit_form.format(self.credit) if self.credit else ""
        return " ".join(part for part in (self.caption or "", credit) if part)


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of the body. `lines` holds items, `rows` cells, `links` addresses and titles of a related box."""

    type: str
    text: str = ""
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    picture: Picture | None = None
    decomposed: bool = False

    @property
    def printed(self) -> str:
        """The words as they stand in the page: decomposed (NFD) where the typist's keyboard did that."""
        return unicodedata.normalize("NFD", self.text) if self.decomposed else self.text

    @property
    def printed_text(self) -> str:
        """The block's text as the truth states it."""
        if self.lines:
            return "\n".join(self.lines)
        if self.rows:
            return "\n".join(" | ".join(row) for row in self.rows)
        if self.links:
            return "\n".join(title for _, title in self.links)
        if self.picture is not None:
            return self.picture.caption or ""
        return self.text


@dataclass(slots=True)
class Story:
    """One article of a paper. `hidden` names the field that its page does not show; `touched` says when it was last
    edited, moved or withdrawn."""

    paper: Paper
    section: Section
    number: int
    slug: str
    kicker: str | None
    title: str
    lead: str
    pieces: list[Piece]
    byline: Byline
    published: datetime
    tags: tuple[str, ...]
    subsection: str | None = None
    modified: datetime | None = None
    withdrawn: bool = False
    hidden: str | None = None
    has_old_address: bool = False
    has_variant_address: bool = False
    fails_once: bool = False
    sidebar: tuple[tuple[str, str], ...] = ()
    edits: int = 0
    moves: int = 0
    touched: datetime | None = None
    look: dict[str, bool] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Path of the article's address."""
        return self._address(self.paper.article_path)

    @property
    def url(self) -> str:
        """The article's address."""
        return self.paper.origin + self.path

    @property
    def old_path(self) -> str:
        """An address of before a move: it redirects."""
        return self._address(self.paper.old_path)

    @property
    def variant_path(self) -> str:
        """Another form of the address: it redirects."""
        return self._address(self.paper.variant_path)

    @property
    def changed(self) -> datetime:
        """When the article was last printed anew."""
        return self.modified or self.published

    @property
    def pictures(self) -> list[Picture]:
        """Its pictures in reading order."""
        return [piece.picture for piece in self.pieces if piece.picture is not None]

    def file_pictures(self, before: Container[Picture], at: datetime) -> None:
        """Have the pictures that were none of it before be put there at an instant."""
        for place, piece in enumerate(self.pieces):
            if piece.picture is not None and piece.picture not in before:
                self.pieces[place] = replace(piece, picture=replace(piece.picture, filed=at))

    def _address(self, pattern: str) -> str:
        return pattern.format(slug=self.slug, number=self.number, section=self.section.slug)
