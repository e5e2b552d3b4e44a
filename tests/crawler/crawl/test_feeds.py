"""Feeds and sitemaps in all their forms name the same articles, and say the same of each."""

from __future__ import annotations

import codecs
import random
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.declaration.layout import Rules
from crawler.extract import FeedEntry
from crawler.extract.text import fold
from crawler.survey.feeds import Addresses, read_addresses

FEED = "http://bao.test/rss/tin.xml"
RULES = Rules(newspaper="thu", article_pattern=r"-a(?P<id>\d+)\.html$")
DC, DCTERMS = "http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"
ATOM, SITEMAP = "http://www.w3.org/2005/Atom", "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS, IMAGE = "http://www.google.com/schemas/sitemap-news/0.9", "http://www.google.com/schemas/sitemap-image/1.1"
ALTERNATE = ("", "rel='alternate'", "rel='http://www.iana.org/assignments/relation/alternate'")
RDF, RSS1 = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://purl.org/rss/1.0/"


def read(body: str | bytes, content_type: str | None = None, url: str = FEED) -> Addresses:
    octets = body.encode() if isinstance(body, str) else body
    return read_addresses(octets, url, {"Content-Type": content_type} if content_type else {}, RULES)


def rss(*items: str, attributes: str = "") -> str:
    return f"<rss version='2.0' {attributes}><channel><link>http://bao.test/</link>{''.join(items)}</channel></rss>"


# --- every format, however it is written ---


@attrs.frozen
class Printed:
    """An article as a feed tells of it."""

    address: str
    title: str
    at: datetime


class Writer:
    """Writes entries by chance: order, prefixes, CDATA, noise."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.prefixes = {
            name: chance.choice([usual, f"x{number}", f"{usual}{number}"])
            for number, (name, usual) in enumerate(
                {
                    DC: "dc",
                    DCTERMS: "dcterms",
                    ATOM: "atom",
                    NEWS: "news",
                    IMAGE: "image",
                    RDF: "rdf",
                    "own": "s",
                }.items()
            )
        }

    def text(self, said: str) -> str:
        """A text, escaped in one of the ways that mean the same."""
        way = self.chance.randrange(3)
        if way == 0 and "]]>" not in said:
            return f"<![CDATA[{said}]]>"
        written = escape(said)
        if way == 1:
            written = "".join(letter if letter.isascii() else f"&#{ord(letter)};" for letter in written)
        return f"{self.chance.choice(['', ' ', chr(10)])}{written}{self.chance.choice(['', ' '])}"

    def mixed(self, *parts: str) -> str:
        return "".join(self.chance.sample(parts, len(parts)))

    def of(self, namespace: str, name: str, text: str, attributes: str = "") -> str:
        tag = f"{self.prefixes[namespace]}:{name}"
        return f"<{tag} xmlns:{self.prefixes[namespace]}='{namespace}' {attributes}>{text}</{tag}>"

    def rss2(self, entries: list[Printed]) -> str:
        return rss(
            *(
                "<item>"
                + self.mixed(
                    f"<title>{self.text(one.title)}</title>",
                    f"<link>{self.text(one.address)}</link>",
                    self.chance.choice(
                        [
                            f"<pubDate>{format_datetime(one.at)}</pubDate>",
                            self.of(DC, "date", one.at.isoformat()),
                            self.of(DCTERMS, "created", one.at.isoformat()),
                        ]
                    ),
                    f"<guid isPermaLink='false'>{self.text('tin-7f')}</guid>",
                    "<comments>http://bao.test/binh-luan</comments>",
                    self.of(ATOM, "link", "", "rel='replies' href='http://bao.test/tra-loi'"),
                    "<description><![CDATA[<a href='http://bao.test/khac-a99.html'>x</a><br>&nbsp;]]></description>",
                    "<source url='http://bao.test/nguon.xml'>Nguồn</source>",
                    "<enclosure url='http://bao.test/a.mp3'/>",
                    self.of(IMAGE, "loc", "http://bao.test/anh/a.jpg"),
                )
                + "</item>"
                for one in entries
            )
        )

    def rss1(self, entries: list[Printed]) -> str:
        rdf = self.prefixes[RDF]
        items = "".join(
            f"<item {rdf}:about={quoteattr(one.address)}>"
            + self.mixed(
                f"<title>{self.text(one.title)}</title>",
                f"<link>{self.text(one.address)}</link>",
                self.of(DC, "date", one.at.isoformat()),
            )
            + "</item>"
            for one in entries
        )
        toc = "".join(f"<{rdf}:li {rdf}:resource={quoteattr(one.address)}/>" for one in entries)
        channel = f"<channel {rdf}:about='{FEED}'><link>http://bao.test/</link><items><{rdf}:Seq>{toc}</{rdf}:Seq></items></channel>"
        return f"<{rdf}:RDF xmlns:{rdf}='{RDF}' xmlns='{RSS1}'>{channel}{items}</{rdf}:RDF>"

    def atom(self, entries: list[Printed], namespace: str = ATOM, published: str = "published") -> str:
        prefix = self.chance.choice(["", f"{self.prefixes['own']}:"])
        said = "".join(
            f"<{prefix}entry xml:base='/nha-in/'>"
            + self.mixed(
                f"<{prefix}title>{self.text(one.title)}</{prefix}title>",
                f"<{prefix}link {self.chance.choice(ALTERNATE)} href={quoteattr(one.address)}/>",
                f"<{prefix}link rel='self' href='http://bao.test/x.atom'/>",
                f"<{prefix}id>tag:bao.test,2025:7</{prefix}id>",
                f"<{prefix}{published}>{one.at.isoformat()}</{prefix}{published}>",
                f"<{prefix}source><{prefix}id>http://bao.test/khac-a98.html</{prefix}id></{prefix}source>",
                f"<{prefix}author><{prefix}name>Tư Ếch</{prefix}name></{prefix}author>",
            )
            + f"</{prefix}entry>"
            for one in entries
        )
        bound = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
        return f"<{prefix}feed {bound}='{namespace}'><{prefix}link href='http://bao.test/'/>{said}</{prefix}feed>"

    def atom03(self, entries: list[Printed]) -> str:
        return self.atom(entries, "http://purl.org/atom/ns#", "issued")

    def news(self, entries: list[Printed]) -> str:
        prefix = self.chance.choice(["", f"{self.prefixes['own']}:"])
        said = "".join(
            f"<{prefix}url>"
            + self.mixed(
                f"<{prefix}loc>{self.text(one.address)}</{prefix}loc>",
                self.of(
                    IMAGE, "image", self.of(IMAGE, "loc", "http://bao.test/a.jpg") + self.of(IMAGE, "title", "Ảnh")
                ),
                self.of(
                    NEWS,
                    "news",
                    self.mixed(
                        self.of(NEWS, "publication", self.of(NEWS, "name", "Báo")),
                        self.of(NEWS, "title", self.text(one.title)),
                        self.of(NEWS, "publication_date", one.at.isoformat()),
                    ),
                ),
            )
            + f"</{prefix}url>"
            for one in entries
        )
        bound = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
        return f"<{prefix}urlset {bound}='{SITEMAP}'>{said}</{prefix}urlset>"


FORMATS = [Writer.rss2, Writer.rss1, Writer.atom, Writer.atom03, Writer.news]
_TITLES = st.text(
    st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="&>"), min_size=1, max_size=30
)
_ADDRESSES = st.integers(1, 10**6).flatmap(
    lambda number: st.sampled_from(["", "?a=1&b=2", "?section=x&copy=2&lt;=1"]).map(
        lambda query: f"/tin/x-a{number}.html{query}"
    )
)


def encoded(text: str, encoding: str, is_told_by_http: bool) -> tuple[bytes, str]:
    """The document in a charset, told by HTTP or by the document; with a BOM where the name says so."""
    declared = "" if is_told_by_http else f"<?xml version='1.0' encoding='{encoding.removesuffix('-sig')}'?>"
    octets = (declared + text).encode(encoding, "xmlcharrefreplace")
    return octets, f"application/xml; charset={encoding}" if is_told_by_http else "application/xml"


@given(
    st.sampled_from(FORMATS),
    st.randoms(use_true_random=False),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "windows-1258"]),
    st.booleans(),
    st.lists(st.tuples(_ADDRESSES, _TITLES, st.integers(0, 10**5)), max_size=4, unique_by=lambda one: one[0]),
)
def test_what_was_written_in_any_format_is_read_back(
    form: object, chance: random.Random, encoding: str, is_told_by_http: bool, said: list[tuple[str, str, int]]
) -> None:
    start = datetime(2020, 1, 1, tzinfo=timezone(timedelta(hours=7)))
    entries = [
        Printed(f"http://bao.test{path}", f"Tin {title}", start + timedelta(minutes=at)) for path, title, at in said
    ]
    if encoding == "windows-1258":  # what that charset lacks cannot stand in CDATA
        entries = [attrs.evolve(one, title=one.title.encode("ascii", "ignore").decode()) for one in entries]
    body, content_type = encoded(form(Writer(chance), entries), encoding, is_told_by_http)  # type: ignore[operator]
    found = read(body, content_type)
    assert found.urls == tuple(one.address for one in entries)
    assert not found.is_index and found.left_out == 0
    for one in entries:
        assert found.entries[one.address].title == fold(one.title)
        assert found.published_at[one.address] == one.at


# --- one rule each ---


def first(body: str | bytes, content_type: str | None = None, url: str = FEED) -> tuple[str, FeedEntry | None]:
    found = read(body, content_type, url)
    return found.urls[0], found.entries.get(found.urls[0])


TIME = "Tue, 17 Jun 2025 09:15:00 +0700"
SAID = f"<title>Lớp học đêm</title><pubDate>{TIME}</pubDate>"
ENTRY = FeedEntry(title="Lớp học đêm", published_at=TIME)


@pytest.mark.parametrize(
    ("item", "address"),
    [
        ("<guid isPermaLink='false'>8f2c</guid><link>/tin/x-a1.html</link>", "http://bao.test/tin/x-a1.html"),
        (
            "<guid isPermaLink='false'>http://bao.test/ma/8f2c</guid><link>/x-a1.html</link>",
            "http://bao.test/x-a1.html",
        ),
        ("<guid>http://bao.test/x-a1.html</guid>", "http://bao.test/x-a1.html"),
        ("<guid isPermaLink='TRUE'>http://bao.test/x-a1.html</guid>", "http://bao.test/x-a1.html"),
        ("<guid>http://bao.test/x-a1.html</guid><link>http://dan.test/r?8f</link>", "http://bao.test/x-a1.html"),
        ("<link>http://dan.test/r?8f</link><guid isPermaLink='false'>8f</guid>", "http://dan.test/r?8f"),
        (
            "<link>http://dan.test/r</link><f:origLink xmlns:f='http://rssnamespace.org/feedburner/ext/1.0'>"
            "http://bao.test/x-a1.html</f:origLink>",
            "http://bao.test/x-a1.html",
        ),
        (
            "<link>http://dan.test/r</link><feedburner:origLink>/x-a1.html</feedburner:origLink>",
            "http://bao.test/x-a1.html",
        ),
        ("<link/><atom:link href='/x-a1.html'/>", "http://bao.test/x-a1.html"),
        ("<link>x-a1.html</link>", "http://bao.test/rss/x-a1.html"),
        ("<link xml:base='http://bao.test/tin/'>x-a1.html</link>", "http://bao.test/tin/x-a1.html"),
        ("<link>\\\\bao.test\\tin\\x-a1.html</link>", "http://bao.test/tin/x-a1.html"),
        ("<link>\n  http://bao.test/x-a1.html\n\t</link>", "http://bao.test/x-a1.html"),
        ("<link>http://bao.test/x-a1.html#binh-luan</link>", "http://bao.test/x-a1.html"),
        ("<link>http://bao.test/chợ-a1.html</link>", "http://bao.test/ch%E1%BB%A3-a1.html"),
        ("<link><![CDATA[/x-a1.html?a=1&section=2&copy=3]]></link>", "http://bao.test/x-a1.html?a=1&section=2&copy=3"),
        ("<link>/x-a1.html?a=1&section=2&copy=3</link>", "http://bao.test/x-a1.html?a=1&section=2&copy=3"),
        ("<link>/x-a1.html?a=1&amp;section=2&amp;copy=3</link>", "http://bao.test/x-a1.html?a=1&section=2&copy=3"),
        ("<link>/x-a1.html?a=1&amp;amp;b=2&amp;#038;c=3</link>", "http://bao.test/x-a1.html?a=1&b=2&c=3"),
        ("<link><![CDATA[/x-a1.html?a=1&amp;b=2]]></link>", "http://bao.test/x-a1.html?a=1&b=2"),
        ("<LINK>/x-a1.html</LINK>", "http://bao.test/x-a1.html"),
    ],
)
def test_an_items_words_are_its_articles_wherever_they_stand(item: str, address: str) -> None:
    for whole in (f"<item>{item}{SAID}</item>", f"<item>{SAID}{item}</item>"):
        assert first(rss(whole)) == (address, ENTRY)


@pytest.mark.parametrize(
    ("title", "read_as"),
    [
        ("Đò &amp; bến", "Đò & bến"),
        ("<![CDATA[Đò &amp; bến]]>", "Đò & bến"),
        ("Đò & bến", "Đò & bến"),
        ("1 < 2", "1 < 2"),
        ("Caf&eacute;&nbsp;&hellip;", "Café …"),
        ("&#272;&#xF2; &khong; c&oacute;", "Đò &khong; có"),
        ("a&#1;&#0;b", "a\ufffdb"),
        ("&lt;b&gt;Nóng&lt;/b&gt;: mưa", "Nóng: mưa"),
        ("Luật &lt;Đất đai&gt;", "Luật <Đất đai>"),
        ("<b>Nóng</b>: mưa", "Nóng: mưa"),
        ("<![CDATA[<span class='x'>Nóng</span><br/>mưa]]>", "Nóng mưa"),
        ("<![CDATA[A]]> và <![CDATA[B]]>", "A và B"),
        ("<!-- cũ &bad; -->Mới", "Mới"),
        ("  Hai\n dòng ", "Hai dòng"),
        ("A\x0bB", "A\ufffdB"),
    ],
)
def test_a_title_is_read_as_it_is_meant(title: str, read_as: str) -> None:
    _, entry = first(rss(f"<item><title>{title}</title><link>/x-a1.html</link></item>"))
    assert entry is not None and entry.title == read_as


def test_bases_are_inherited() -> None:
    atom = f"""<feed xmlns='{ATOM}' xml:base='http://bao.test/doc/'><entry xml:base='2025/06/'>
        <link href='../a-a1.html'/></entry><entry><link xml:base='//khac.test' href='b-a2.html'/></entry>
        <entry><link href='c-a3.html'/></entry></feed>"""
    assert read(atom).urls == (
        "http://bao.test/doc/2025/a-a1.html",
        "http://khac.test/b-a2.html",
        "http://bao.test/doc/c-a3.html",
    )


def test_of_several_links_that_for_readers_is_the_entrys() -> None:
    atom = """<feed><entry><id>http://bao.test/ma-a9.html</id><link rel='enclosure' href='/a.mp3'/>
        <link rel='alternate' type='application/json' href='/x-a1.html'/><link rel='related' href='/khac-a2.html'/>
        <link rel='Alternate' type='text/html' href='/x-a3.html'/></entry></feed>"""
    assert read(atom).urls == ("http://bao.test/x-a3.html",)


@pytest.mark.parametrize(
    "image",
    [
        "<image:image><image:loc>/a.jpg</image:loc></image:image>",
        "<video:video><video:content_loc>/a.mp4</video:content_loc><video:publication_date>2019-01-01</video:publication_date><video:title>Phim</video:title></video:video>",
    ],
)
@pytest.mark.parametrize(
    "bound", ["", f"xmlns:image='{IMAGE}' xmlns:video='http://www.google.com/schemas/sitemap-video/1.1'"]
)
def test_pictures_and_films_before_the_address_are_not_the_article(image: str, bound: str) -> None:
    entry = f"<url>{image}<loc>/x-a1.html</loc><lastmod>2025-06-17</lastmod></url>"
    found = read(f"<urlset xmlns='{SITEMAP}' {bound}>{entry}</urlset>")
    assert found.urls == ("http://bao.test/x-a1.html",) and not found.entries and not found.published_at
    assert list(found.changed_at) == ["http://bao.test/x-a1.html"]


@pytest.mark.parametrize("at", ["2025-06-17T09:15:00+07:00", "2025-06-17T09:15+07:00", TIME])
def test_times_of_changes_in_the_forms_of_w3c_and_mail(at: str) -> None:
    found = read(f"<urlset><url><lastmod>{at}</lastmod><loc>/x-a1.html</loc></url></urlset>")
    assert found.changed_at["http://bao.test/x-a1.html"] == datetime(2025, 6, 17, 2, 15, tzinfo=UTC)


def test_an_index_of_sitemaps_whatever_its_prefix() -> None:
    for prefix in ("", "s:"):
        bound = f"xmlns{':s' if prefix else ''}='{SITEMAP}'"
        inner = f"<{prefix}sitemap><{prefix}loc>/s1.xml</{prefix}loc></{prefix}sitemap>"
        found = read(f"<!-- {'x' * 9000} --><{prefix}sitemapindex {bound}>{inner}</{prefix}sitemapindex>")
        assert found.is_index and found.urls == ("http://bao.test/s1.xml",)
    assert read(f"<{'s:sitemapindex'}><s:sitemap><s:loc>/s1.xml</s:loc></s:sitemap></s:sitemapindex>").is_index


@pytest.mark.parametrize(
    ("octets", "content_type"),
    [
        (b"<?xml version='1.0' encoding='windows-1258'?>%s", None),
        (b"<?xml version='1.0'  encoding=\"ISO-8859-1\" ?>%s", "text/xml"),
        (b"%s", "text/xml; charset=iso-8859-1"),
        (b"<?xml version='1.0' encoding='utf-8'?>%s", "text/xml; charset='iso-8859-1'"),
        (b"<?xml version='1.0' encoding='iso-8859-1'?>%s", "text/xml; charset=utf-8"),
        (b"<?xml version='1.0' encoding='iso-8859-1'?>%s", "text/xml; charset=khong-co"),
        (b"\n <?xml version='1.0' encoding='iso-8859-1'?>%s", None),
        (b"<?xml version='1.0' encoding='iso-8859-1'?>%s", "text/xml; charset=zlib"),
    ],
)
def test_http_then_the_declaration_say_the_charset(octets: bytes, content_type: str | None) -> None:
    body = rss("<item><title>Café é</title><link>/x-a1.html</link></item>").encode("iso-8859-1")
    _, entry = first(octets.replace(b"%s", body), content_type)
    assert entry is not None and entry.title == "Café é"


@pytest.mark.parametrize(
    "octets",
    [
        codecs.BOM_UTF8 + b"<?xml version='1.0' encoding='iso-8859-1'?>%s",
        codecs.BOM_UTF16_LE + b"%s",
        codecs.BOM_UTF16_BE + b"%s",
        b"<?xml version='1.0' encoding='utf-16'?>%s",
    ],
)
def test_a_bom_goes_before_all_and_utf16_is_seen_without_one(octets: bytes) -> None:
    charset = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}.get(octets[:2], "utf-8")
    body = rss("<item><title>Chợ nổi</title><link>/x-a1.html</link></item>")
    for content_type in (None, "application/rss+xml; charset=iso-8859-1"):
        _, entry = first(octets.replace(b"%s", body.encode(charset)), content_type)
        assert entry is not None and entry.title == "Chợ nổi"
    for charset in ("utf-16-le", "utf-16-be"):
        _, entry = first(body.encode(charset))
        assert entry is not None and entry.title == "Chợ nổi"


def test_xml_that_is_none_is_read_as_far_as_it_goes() -> None:
    item = f"<item><link>/x-a1.html</link>{SAID}</item>"
    assert first(
        f"<br />\n<b>Warning</b>: x & y\n<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a 'b'>]>{rss(item)}"
    ) == (
        "http://bao.test/x-a1.html",
        ENTRY,
    )
    for broken in (
        f"<rss><channel>{item}",
        f"<rss><channel>{item[:-7]}<item><link>/y-a2.html</link></item>",
        f"{rss(item)}<!-- x",
        f"{rss()}{rss(item)}",
        f"<rss><channel><b></i>{item}</rss>",
        f"<rss><channel><![CDATA[ x {item}",
        f"<rss><channel><title>x<item><link>/x-a1.html</link>{SAID}</item>",
    ):
        assert first(broken) == ("http://bao.test/x-a1.html", ENTRY), broken
    assert first(f"<item><title>Lớp học đêm<link>/x-a1.html</link><pubDate>{TIME}</pubDate></item>")[1] == ENTRY
    assert read("").urls == read("<").urls == read(b"\xff\xfe\x00").urls == ()


def test_a_sitemap_of_plain_lines() -> None:
    text = "http://bao.test/x-a1.html\r\nhttp://bao.test/y-a2.html\nkhông phải\n"
    assert read(codecs.BOM_UTF8 + text.encode(), "text/plain").urls == (
        "http://bao.test/x-a1.html",
        "http://bao.test/y-a2.html",
    )


def test_no_entity_is_expanded_and_no_file_read(tmp_path: Path) -> None:
    secret = tmp_path / "mat.txt"
    secret.write_text("http://bao.test/mat-a7.html")
    bomb = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 20}'>" for n in range(1, 20))
    for declared in (
        f"<!ENTITY e0 SYSTEM '{secret.as_uri()}'>{bomb}",
        f"<!ENTITY % p SYSTEM '{secret.as_uri()}'> %p;",
        f"<!ENTITY e0 'http://bao.test/mat-a7.html'>{bomb}<!-- don't -->",
    ):
        body = f"<!DOCTYPE rss [{declared}]>" + rss(
            "<item><title>&e0;&e19;</title><link>/x-a1.html?&e19;</link></item><item><link>&e0;</link></item>"
        )
        found = read(body)
        assert found.urls[0] == "http://bao.test/x-a1.html?&e19;" and "mat-a7" not in str(found)
        assert found.entries[found.urls[0]].title == "&e0;&e19;"


@pytest.mark.parametrize(
    "body",
    [
        "<" * 200_000,
        "&" * 200_000,
        "<a>" * 100_000,
        "<item><title>x" * 50_000,
        "<![CDATA[" * 50_000,
        "<!--" * 50_000,
        "<!DOCTYPE a [" + "<!ENTITY '" * 50_000,
        "<?xml " * 50_000,
        "<item xml:base='/a/'><link>" * 50_000,
    ],
)
def test_hostile_bodies_name_nothing_and_end(body: str) -> None:
    assert read(body).urls in ((), (FEED,), ("http://bao.test/a/",))


@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(
            [
                "<item>",
                "</item>",
                "<link>",
                "</link>",
                "/x-a1.html",
                "&",
                "&#",
                "<![CDATA[",
                "]]>",
                "<!--",
                "-->",
                "<!DOCTYPE",
                "[",
                "xml:base='/b/'",
                "<a:",
                "\x00",
            ]
        ),
        max_size=30,
    ).map("".join)
)
def test_any_text_is_read(body: str) -> None:
    for url in read(body.encode("utf-8", "replace")).urls:
        assert url.startswith("http")
