"""The pages of counts: their numbers against a count by hand, chart, CSV, bounds and faults."""

from __future__ import annotations

import csv
import html
import io
import re
import shlex
from collections import Counter
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from archive.collection import Collection
from archive.search.terms.vietnamese import exact
from archive.web.counts import view
from archive.web.counts.chart import MOST_LINES

ENGLISH = {"Accept-Language": "en"}


def table(answer_text: str) -> list[dict[str, str]]:
    assert answer_text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(answer_text.removeprefix("\ufeff"), newline="")))


def by_hand(collection: Collection, word: str) -> Counter[tuple[str, str]]:
    """Occurrences of a word by newspaper and month, counted in the articles themselves."""
    counted: Counter[tuple[str, str]] = Counter()
    with collection.catalog() as catalog:
        for version in catalog.latest_versions(0, catalog.last_seq(), 1000):
            article = version.article()
            # the newspaper's own day, as Vietnam's clock has it
            month = article.published_at.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).strftime("%Y-%m-01")
            texts = [article.title, article.kicker or "", *(image.caption or "" for image in article.images)]
            texts += [block.text for block in article.body if block.type not in {"related", "figure"}]
            if article.lead and article.lead != article.body[0].text:
                texts.append(article.lead)
            for text in texts:
                counted[article.newspaper, month] += len(re.findall(rf"(?<!\w){word}(?!\w)", exact(text)))
    return counted


def test_numbers_are_those_counted_by_hand(client: TestClient, sample: Collection) -> None:
    counted = by_hand(sample, "lúa")
    assert sum(counted.values()) > 5
    rows = table(client.get("/counts.csv?term=lúa&each=1").text)
    found = Counter({(row["newspaper"], row["first"]): int(row["occurrences"]) for row in rows})
    assert +found == +counted
    page = client.get("/counts?term=lúa&each=1", headers=ENGLISH).text
    for paper in ("baocantho", "baodonghai"):
        total = sum(count for (name, _), count in counted.items() if name == paper)
        assert f"<td>{total}</td>" in page


class _Lines(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.titles = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "g" and (values.get("class") or "").startswith("line"):
            self.lines.append(str(values["class"]))
        self.titles += tag == "title"


def test_several_terms_are_lines_of_one_chart(client: TestClient) -> None:
    page = client.get("/counts?term=lúa&term=cầu&term=trẻ", headers=ENGLISH).text
    parsed = _Lines()
    parsed.feed(page)
    assert parsed.lines == ["line1", "line2", "line3"]
    assert page.count('<svg class="key') == 3
    assert '<a href="/counts.csv?term=l%C3%BAa&amp;term=c%E1%BA%A7u&amp;term=tr%E1%BA%BB">' in page


def test_more_lines_than_a_chart_has_are_in_the_table(client: TestClient) -> None:
    terms = "&".join(f"term={word}" for word in ("lúa", "cầu", "trẻ", "bão", "sách"))
    page = client.get(f"/counts?{terms}&each=1", headers=ENGLISH).text
    parsed = _Lines()
    parsed.feed(page)
    assert len(parsed.lines) == MOST_LINES
    assert "2 more lines are in the table only." in page


def test_marks_are_compared_as_each_term_is_typed(client: TestClient) -> None:
    folded, typed = (table(client.get(f"/counts.csv?term={word}&by=year").text) for word in ("bao", "bão"))
    assert {row["scope"] for row in folded} == {"folded"}
    assert {row["scope"] for row in typed} == {"typed"}
    assert sum(int(row["occurrences"]) for row in folded) > sum(int(row["occurrences"]) for row in typed) > 0


def test_without_terms_the_page_says_what_is_held(client: TestClient) -> None:
    page = client.get("/counts", headers=ENGLISH).text
    assert "Held under these filters: 50 articles" in page
    assert "<polyline" not in page


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ('term="lúa', "is not closed"),
        ("from=31/02/2026", "has only 28 days"),
        ("show=none", "There is no choice"),
        ("&".join(f"term=t{n}" for n in range(7)), "At most 6 terms"),
        ("term=lúa&newspaper=none", "no newspaper “none”"),
        ("term=tác giả:An", "has no words"),
    ],
)
def test_faults_are_said_where_they_are(client: TestClient, address: str, said: str) -> None:
    page = client.get(f"/counts?{address}", headers=ENGLISH)
    assert page.status_code == 400
    assert said in page.text
    assert client.get(f"/counts.csv?{address}").status_code == 400


def test_what_would_read_too_much_is_left_to_the_command(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "MOST_READ", 3)
    for path, command in (("counts", "baotinh stats"), ("counts/near", "baotinh stats collocations")):
        page = client.get(f"/{path}?term=lúa&newspaper=baodonghai", headers=ENGLISH).text
        assert "the site reads at most 3 at once" in page
        assert f"<code>{command} &#39;lúa&#39; --newspaper baodonghai</code>" in page
    assert client.get("/counts.csv?term=lúa").status_code == 400


def test_a_command_of_a_hostile_term_is_one_word(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "MOST_READ", 0)
    term = "lúa OR a'b $HOME <b>"
    page = client.get("/counts", params={"term": term}).text
    assert "<b>" not in page
    (command,) = re.findall("<code>(baotinh stats .*?)</code>", page)
    assert shlex.split(html.unescape(command)) == ["baotinh", "stats", term]


def test_words_near_a_term(client: TestClient) -> None:
    page = client.get("/counts/near?term=lúa&window=4", headers=ENGLISH).text
    rows = table(client.get("/counts/near.csv?term=lúa&window=4").text)
    assert rows[0]["words"] in {"thu", "hoạch", "vụ", "vào"}
    assert float(rows[0]["log_likelihood"]) >= float(rows[-1]["log_likelihood"]) > 0
    assert f'<th scope="row" lang="vi">{rows[0]["words"]}</th>' in page
    pairs = table(client.get("/counts/near.csv?term=lúa&pairs=1").text)
    assert all(len(row["words"].split()) == 2 for row in pairs)
    assert client.get("/counts/near?term=lúa&window=99").status_code == 400
    assert client.get("/counts/near", headers=ENGLISH).status_code == 200


def test_a_search_leads_to_its_counts(client: TestClient) -> None:
    page = client.get("/search?q=lúa&newspaper=baodonghai").text
    assert 'href="/counts?term=l%C3%BAa&amp;newspaper=baodonghai"' in page


def test_counts_of_a_search_keep_all_its_filters(client: TestClient) -> None:
    asked = "q=lúa&newspaper=baocantho&author=An&pictures=1&changed=1&source=x&from=2020&scope=folded"
    for narrowed in ("pictures=1", "pictures=0", "author=An", "changed=1", "source=TTXVN"):
        found = client.get(f"/api/v1/search?q=song&{narrowed}".replace("=1", "=true").replace("=0", "=false")).json()
        page = client.get(f"/search?q=song&{narrowed}", headers=ENGLISH).text
        counts = re.search(r'href="(/counts\?[^"]+)">Count over time</a>', page)
        assert counts or not found["total"], narrowed
        rows = table(client.get(html.unescape(counts[1]).replace("/counts?", "/counts.csv?")).text) if counts else []
        assert sum(int(row["found"]) for row in rows) == found["total"], narrowed
        answer = client.get(f"/api/v1/counts?term=song&{narrowed}".replace("=1", "=true").replace("=0", "=false"))
        assert sum(row["found"] for row in answer.json()) == found["total"], narrowed
    page = client.get("/counts?" + asked.replace("q=", "term="), headers=ENGLISH).text
    assert 'name="author" value="An"' in page and '<option value="1" selected>' in page
    within = client.get("/search?q=song&within=title", headers=ENGLISH).text
    assert "Count over time, in whole articles</a>" in within


def test_a_malformed_term_offers_its_plain_words(client: TestClient) -> None:
    for path in ("/counts", "/counts/near"):
        refused = client.get(path, params={"term": '"lúa', "province": "Cần Thơ"}, headers=ENGLISH)
        offered = re.search(r'exactly these words: <a href="([^"]+)"[^>]*>lúa</a>', refused.text)
        assert refused.status_code == 400 and offered is not None
        assert "province=" in offered[1] and client.get(html.unescape(offered[1])).status_code == 200
    both = client.get("/counts", params={"term": ["sông", '"lúa']}, headers=ENGLISH).text
    assert "/counts?term=s%C3%B4ng&amp;term=l%C3%BAa" in both
