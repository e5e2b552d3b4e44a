"""The sample collection, built once, a client of the site over it, and a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from support.sample import REPLAY, build_sample
from support.serving import running

from archive.collection import Collection
from archive.web.app import site_app
from archive.web.serve import Serving

if TYPE_CHECKING:
    from playwright import sync_api


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return build_sample(tmp_path_factory.mktemp("sample") / "collection")


@pytest.fixture(scope="session")
def client(sample: Collection) -> TestClient:
    return TestClient(site_app(sample, REPLAY), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def serving(sample: Collection) -> Iterator[Serving]:
    from support.browsing import VIEWER

    with running(sample, VIEWER) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    from support.browsing import ARGUMENTS, CHROMIUM, sync_api

    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: sync_api.Browser, request: pytest.FixtureRequest) -> Iterator[sync_api.Page]:
    width = getattr(request, "param", 1280)
    context = browser.new_context(viewport={"width": width, "height": 800}, locale="vi-VN")
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    # Whatever would leave this machine is refused and told
    left: list[str] = []

    def refuse(route: sync_api.Route) -> None:
        left.append(route.request.url)
        route.abort()

    context.route(lambda url: urlsplit(url).hostname not in {"127.0.0.1", None}, refuse)
    yield opened
    context.close()
    assert left == []
