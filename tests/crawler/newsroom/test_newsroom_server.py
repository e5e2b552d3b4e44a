"""How the newsroom answers: conditions, codings, framings, failures, its log and its control host."""

from __future__ import annotations

import base64
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from crawler.newsroom import RunningNewsroom, serve_newsroom

Truth = dict[str, Any]


def test_conditional_requests_are_answered_304(client: Any, truth: Truth) -> None:
    targets = ["http://baocantho.test/thoi-su/", truth["articles"][9]["url"], truth["articles"][90]["url"]]
    targets.append(next(image["url"] for article in truth["articles"] for image in article["images"]))
    for url in targets:
        for coding in ("identity", "gzip", "br, gzip"):
            whole = client.get(url, Accept_Encoding=coding)
            if whole.status == 500:
                whole = client.get(url, Accept_Encoding=coding)
            tag, moment = whole.headers["etag"], whole.headers["last-modified"]
            for asked in ({"If_None_Match": tag}, {"If_Modified_Since": moment}, {"If_None_Match": f'W/{tag}, "x"'}):
                answer = client.get(url, Accept_Encoding=coding, **asked)
                assert (answer.status, answer.headers["etag"], answer.body) == (304, tag, b"")
            assert client.get(url, Accept_Encoding=coding, If_None_Match='"other"').status == 200
            assert client.get(url, If_Modified_Since="Mon, 01 Jan 2018 00:00:00 GMT").status == 200
            assert client.get(url, If_None_Match='"other"', If_Modified_Since=moment).status == 200


def test_codings_and_framings_hold_the_same_page(client: Any, truth: Truth) -> None:
    seen = set()
    for article in truth["articles"][::4]:
        plain = client.get(article["url"])
        if plain.status == 500:
            plain = client.get(article["url"])
        assert "content-encoding" not in plain.headers
        for accepted in ("gzip", "gzip, br", "br;q=0, gzip;q=0"):
            answer = client.get(article["url"], Accept_Encoding=accepted)
            assert answer.body == plain.body
            seen.add((answer.headers.get("content-encoding"), answer.headers.get("transfer-encoding")))
    assert seen == {(None, None), (None, "chunked"), ("gzip", None), ("gzip", "chunked"), ("br", None)}


def test_head_sends_the_same_head_without_a_body(client: Any, truth: Truth) -> None:
    for url in (truth["articles"][5]["url"], truth["articles"][80]["url"], "http://baolaocai.test/nowhere"):
        client.get(url)
        whole, head = client.get(url), client.get(url, method="HEAD")
        assert head.headers == whole.headers
        assert head.raw == whole.raw[: len(head.raw)]


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: baocantho.test\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost baocantho.test\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: baocantho.test\r\nContent-Length: x\r\n\r\n",
        b"GET / HTTP/1.1\nHost: baocantho.test\n\n",
        b"GET nowhere HTTP/1.1\r\nHost: baocantho.test\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n",
    ],
)
def test_malformed_requests_are_refused(client: Any, sent: bytes) -> None:
    answer = client.send(sent)
    assert answer.status == 400
    assert client.at_end()


def test_other_answers(client: Any, client_type: Any, newsroom: RunningNewsroom) -> None:
    assert client.get("http://elsewhere.test/").status == 404
    assert client.get("http://baocantho.test/thoi-su?p=99").status == 404
    assert client.get("http://baocantho.test/thoi-su").headers["location"] == "http://baocantho.test/thoi-su/"
    refused = client.get("http://baocantho.test/", method="DELETE")
    assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD")
    absolute = client.send(b"GET http://baolaocai.test/robots.txt HTTP/1.1\r\nHost: proxy\r\n\r\n")
    assert "Disallow" in absolute.text
    old = client_type(newsroom.port)
    answer = old.send(b"GET / HTTP/1.0\r\nHost: baocantho.test\r\n\r\n")
    assert answer.status == 200 and "transfer-encoding" not in answer.headers and old.at_end()


def test_a_request_in_pieces_and_two_in_one(client: Any) -> None:
    first = b"GET /robots.txt HTTP/1.1\r\nHost: baocantho.test\r\n\r\n"
    whole = client.send(first)
    client._socket.sendall(first[:20])
    assert client.send(first[20:]).raw == whole.raw
    assert client.send(first + first).raw == whole.raw
    assert client._until(b"\r\n\r\n") + client._exactly(int(whole.headers["content-length"])) == whole.raw


def test_some_addresses_fail_once(tmp_path: Path, client_type: Any) -> None:
    with serve_newsroom(articles=420) as running:
        client = client_type(running.port)
        urls = []
        for host in running.hosts:
            text = client.get(f"http://{host}/sitemap.xml").text
            urls += [part.split("</loc>")[0] for part in text.split("<loc>")[1:]]
        failing = [url for url in urls if client.get(url).status == 500]
        assert 2 <= len(failing) <= 8
        assert all(client.get(url).status == 200 for url in failing)
        client.close()


def test_the_log_holds_what_went_over_the_wire(tmp_path: Path, client_type: Any) -> None:
    log_path = tmp_path / "exchanges.jsonl"
    with serve_newsroom(articles=30, log_path=log_path) as running:
        urls = [article["url"] for article in running.truth()["articles"]][:20]
        urls += ["http://baocantho.test/", "http://elsewhere.test/x", urls[0]]
        answers = []

        def converse(part: list[str]) -> None:
            client = client_type(running.port)
            answers.extend([client.get(url, Accept_Encoding="gzip, br") for url in part])
            answers.append(client.get(part[0], method="HEAD"))
            answers.append(client.send(b"nonsense\r\n\r\n"))
            client.close()

        threads = [threading.Thread(target=converse, args=(urls[start::3],)) for start in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        lines = [json.loads(line) for line in log_path.read_text().splitlines()]
    assert [line["number"] for line in lines] == list(range(1, len(answers) + 1))
    logged = sorted((base64.b64decode(line["request"]), base64.b64decode(line["response"])) for line in lines)
    assert logged == sorted((answer.sent, answer.raw) for answer in answers)
    assert sorted(line["status"] for line in lines) == sorted(answer.status for answer in answers)
    assert {line["method"] for line in lines} == {"GET", "HEAD", ""}


def test_publishing_editing_and_withdrawing_show_on_the_pages(tmp_path: Path, client_type: Any) -> None:
    with serve_newsroom(articles=90) as running:
        client = client_type(running.port)
        before = {article["url"]: article for article in running.truth()["articles"]}
        [url] = running.publish()
        host = "/".join(url.split("/")[:3])
        assert client.get(host + "/").text.index(url[len(host) :]) > 0
        assert url in client.get(host + "/sitemap.xml").text
        first = client.get(url)
        other = next(known for known in before if known.startswith(host))
        untouched = [client.get(other) for _ in range(2)][1]
        running.edit(url)
        again = client.get(url, If_None_Match=first.headers["etag"], If_Modified_Since=first.headers["last-modified"])
        assert again.status == 200 and again.headers["etag"] != first.headers["etag"]
        assert again.headers["last-modified"] != first.headers["last-modified"]
        after = next(article for article in running.truth()["articles"] if article["url"] == url)
        assert after["modified_at"] and after["url"] not in before
        assert client.get(other).raw == untouched.raw
        running.withdraw(url)
        assert client.get(url).status == 410
        assert url[len(host) :] not in client.get(host + "/").text + client.get(host + "/sitemap.xml").text
        with pytest.raises(ValueError, match="KeyError"):
            running.edit("http://baocantho.test/nowhere-a1.html")
        client.close()


def test_two_processes_serve_the_same_bytes(
    newsroom: RunningNewsroom, truth: Truth, client: Any, client_type: Any
) -> None:
    with serve_newsroom(articles=150) as second:
        other = client_type(second.port)
        for article in truth["articles"][::10]:
            url = article["url"]
            pages = [
                [speaking.get(url, Accept_Encoding="br, gzip") for _ in range(2)][1] for speaking in (client, other)
            ]
            assert pages[0].raw == pages[1].raw
        other.close()
